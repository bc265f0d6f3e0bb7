#include "service/binding_units.h"

#include <algorithm>
#include <format>
#include <map>

#include "pipeline/unit_agreement.h"
#include "service/bound_sources.h"
#include "store/present_series.h"
#include "twin/tree.h"

namespace millrace::service {
namespace {

/// A row of a binding that states another unit than the device says whose values it reads.
struct DeniedUnit {
  std::string binding;
  std::string property;
  std::string stated;
  std::string said;        // as the device writes it
  std::string understood;  // and what unit that is
};

/// Rows by whose metrics they read: "group/node/device", as titles of automatic things have it.
struct UnitRow {
  std::string address;
  DeniedUnit unit;
};
using UnitRows = std::multimap<std::string, UnitRow, std::less<>>;

std::string device_path(const twin::SparkplugSource& source) {
  return std::format("{}/{}/{}", source.group, source.node, source.device);
}

/// Whether a row of a binding stood before as it is now.
bool stood_before(const twin::Catalog& before, const twin::Binding& binding,
                  const twin::PropertyBinding& row) {
  const auto known = before.bindings().find(binding.name);
  if (known == before.bindings().end() || known->second.thing != binding.thing) return false;
  const auto* source = std::get_if<twin::SparkplugSource>(&known->second.source);
  const auto& now = std::get<twin::SparkplugSource>(binding.source);
  if (!source || device_path(*source) != device_path(now)) return false;
  return std::ranges::any_of(known->second.properties, [&](const auto& one) {
    return one.property == row.property && one.address == row.address &&
           one.raw_unit == row.raw_unit;
  });
}

UnitRows new_unit_rows(const twin::Catalog& before, const twin::Catalog& after) {
  UnitRows rows;
  for (const auto& [name, binding] : after.bindings()) {
    const auto* source = std::get_if<twin::SparkplugSource>(&binding.source);
    if (!source) continue;
    for (const twin::PropertyBinding& row : binding.properties) {
      if (row.raw_unit.empty() || stood_before(before, binding, row)) continue;
      rows.emplace(device_path(*source),
                   UnitRow{row.address, {name, row.property, row.raw_unit, {}, {}}});
    }
  }
  return rows;
}

/// What a device says of a metric. One that has come with several types has a series for each: the
/// one that came last has the last word. Empty where the device has said another unit since its
/// series began, which is not kept.
std::string unit_said(const std::vector<model::Series>& series, const std::string& address,
                      const store::SeriesStore& samples) {
  std::vector<const model::Series*> of_metric;
  for (const model::Series& one : series) {
    if (!one.unit.empty() && address_of(one) == address) of_metric.push_back(&one);
  }
  if (of_metric.empty()) return {};
  const model::Series* present =
      &store::present_series(of_metric, std::nullopt, store::last_times(samples));
  const auto last = samples.last_value(present->id, store::Corrections::kLeftOut);
  const bool is_other = last && last->sample.quality.has(model::Reason::kWrongUnit);
  return is_other ? std::string() : present->unit;
}

/// Where a row of a binding says its unit.
config::Place unit_place(const twin::Resource& binding, std::string_view property) {
  const config::Node* rows = twin::value_of(binding.spec, "properties");
  if (!rows) return binding.place;
  for (const config::Node& row : rows->items) {
    const auto* unit = row.find("unit");
    if (unit && twin::text_of(row, "property") == property) return unit->place;
  }
  return binding.place;
}

/// The next step, also for a device that says one unit and sends another.
std::string write_unit(const DeniedUnit& one, const unit::Units& units) {
  std::string hint = std::format("Write unit: {}", one.understood);
  const auto conversion = units.convert(one.stated, one.understood);
  if (!conversion) return hint + ".";
  hint +=
      std::format("; if it sends {} all the same, also scale: {}", one.stated, conversion->factor);
  if (conversion->offset != 0) hint += std::format(" and offset: {}", conversion->offset);
  return hint + ".";
}

base::Result<std::vector<DeniedUnit>> denied_units(const twin::Catalog& before,
                                                   const twin::Catalog& after, const Deps& deps) {
  std::vector<DeniedUnit> denied;
  UnitRows rows = new_unit_rows(before, after);
  if (rows.empty()) return denied;
  const pipeline::CompareUnits compare = pipeline::compare_units(deps.units);
  MILLRACE_LET(const auto titles, deps.meta.titles());
  for (const store::Title& title : titles) {
    if (title.kind != "sparkplug_thing" || !rows.contains(title.title)) continue;
    const auto series = deps.index.of_thing(title.name);
    const auto [first, last] = rows.equal_range(title.title);
    for (auto row = first; row != last; ++row) {
      DeniedUnit& one = row->second.unit;
      one.said = unit_said(series, row->second.address, deps.series);
      if (one.said.empty() || compare(one.said, one.stated) != pipeline::UnitsMeet::kOther)
        continue;
      one.understood = deps.units.understood(one.said);
      denied.push_back(one);
    }
  }
  return denied;
}

}  // namespace

base::Result<void> refuse_denied_units(const twin::Catalog& before, const twin::Catalog& built,
                                       const Deps& deps, twin::ResourceProblems& problems) {
  MILLRACE_LET(const auto denied, denied_units(before, built, deps));
  for (const DeniedUnit& one : denied) {
    const twin::ResourceKey key{twin::Kind::kBinding, one.binding, 0};
    const auto binding = std::ranges::lower_bound(built.resources(), key, {}, &twin::Resource::key);
    problems.push_back({binding->file,
                        "unit",
                        {unit_place(*binding, one.property),
                         std::format("{}: '{}' has unit: {}, but the device says {}", text(key),
                                     one.property, one.stated, one.said),
                         write_unit(one, deps.units)}});
  }
  return {};
}

}  // namespace millrace::service
