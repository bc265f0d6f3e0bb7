#include <algorithm>
#include <nlohmann/json.hpp>

#include "connector/file/import.h"

namespace millrace::connector::file {
namespace {

constexpr std::uint64_t kRowsBetweenProgress = 4096;

/// Counts rows as they will be stored.
class Count {
 public:
  void row(const MappedRow& row) {
    std::uint64_t samples_bad = 0, samples_uncertain = 0;
    for (const MappedCell& cell : row.cells) {
      if (cell.quality.is_good()) continue;
      ++(cell.quality.is_bad() ? samples_bad : samples_uncertain);
    }
    totals_.samples += row.cells.size();
    totals_.samples_bad += samples_bad;
    totals_.empty_cells += row.empty_cells;
    totals_.bad_cells += row.bad_cells;
    if (row.kind == LocalKind::kAmbiguous) {
      // While the clock learns, all of them are uncertain and at the earlier time.
      ambiguous_.push_back({row.row, samples_uncertain, row.time, row.later});
      return;
    }
    totals_.samples_uncertain += samples_uncertain;
    if (row.kind == LocalKind::kNonexistent) ++totals_.nonexistent_rows;
    order(row);
  }

  Totals finish(const FileRows& rows, const FoldResolver& folds) {
    for (const Ambiguous& one : ambiguous_) {
      const Pass pass = folds.pass_of(one.row);
      if (pass == Pass::kUnknown) totals_.samples_uncertain += one.samples;
      widen(pass == Pass::kSecond ? one.later : one.time);
    }
    totals_.rows = rows.rows();
    totals_.refused_rows = rows.refused_rows();
    totals_.things = rows.targets().things();
    totals_.series = rows.targets().all().size();
    totals_.ambiguous_rows = folds.ambiguous_rows();
    totals_.unresolved_rows = folds.unknown_rows();
    return totals_;
  }

 private:
  struct Ambiguous {
    std::uint64_t row;
    std::uint64_t samples;
    base::Time time;
    base::Time later;
  };

  void widen(base::Time time) {
    if (!totals_.first || time < *totals_.first) totals_.first = time;
    if (!totals_.last || time > *totals_.last) totals_.last = time;
  }

  void order(const MappedRow& row) {
    if (row.cells.empty()) return;
    widen(row.time);
    const auto [last, is_first] = last_.try_emplace(row.key, row.time);
    if (is_first) return;
    if (row.time == last->second) ++totals_.repeated_times;
    if (row.time < last->second) ++totals_.backward_steps;
    last->second = row.time;
  }

  Totals totals_;
  std::vector<Ambiguous> ambiguous_;
  std::unordered_map<std::uint64_t, base::Time> last_;
};

/// The mapping as part of the identity: where it speaks of the file's names, with these names, for
/// then the same content under another name is another import.
std::string mapping_for(const Mapping& mapping, const FileNames& names) {
  std::vector<std::string> templates = {mapping.thing, mapping.thing_title, mapping.site,
                                        mapping.area, mapping.line};
  for (const PropertyRule& rule : mapping.properties) {
    templates.push_back(rule.name);
    templates.push_back(rule.thing);
  }
  const auto speaks_of = [&](std::string_view hole) {
    return std::ranges::any_of(templates, [&](const auto& text) { return text.contains(hole); });
  };
  auto object = nlohmann::json::parse(canonical_json(mapping));
  if (speaks_of("{file}")) object["names"]["file"] = names.file;
  if (speaks_of("{folder}")) object["names"]["folder"] = names.folder;
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::unexpected<base::Error> cancelled() {
  return base::fail(base::ErrorCode::kCancelled, "stopped while reading the file",
                    "Nothing was sent; start the import again.");
}

std::unexpected<base::Error> too_many_series() {
  return base::fail(base::ErrorCode::kTooLarge,
                    std::format("the file feeds more than {} series", model::kImportTargetsMax),
                    "Check which columns name thing and property, or split the file.");
}

}  // namespace

base::Result<Plan> plan_import(const FileSource& source, const Mapping& mapping,
                               const ProblemSink& problems, const Progress& progress) {
  MILLRACE_LET(const auto rows, FileRows::open({source, mapping, nullptr, problems}));
  Count count;
  MappedRow row;
  while (true) {
    MILLRACE_LET(const bool found, rows->next(row));
    if (!found) break;
    count.row(row);
    if (rows->targets().all().size() > model::kImportTargetsMax) return too_many_series();
    const bool is_due = progress && rows->rows() % kRowsBetweenProgress == 0;
    if (is_due && !progress(rows->bytes_read(), rows->bytes_total())) return cancelled();
  }
  rows->learned().finish();
  Plan plan{.source = source, .mapping = &mapping, .request = {}, .folds = {}, .totals = {}};
  plan.folds = std::move(rows->learned());
  plan.totals = count.finish(*rows, plan.folds);
  plan.request = {.file_name = source.name,
                  .file_hash = rows->content_hash(),
                  .file_bytes = rows->content_bytes(),
                  .rows_total = rows->rows(),
                  .mapping = mapping_for(mapping, names_of(source)),
                  .targets = rows->targets().all()};
  return plan;
}

base::Result<std::vector<MappedRow>> preview(const Plan& plan, std::size_t rows) {
  const ProblemSink silent = [](const Problem&) {};
  MILLRACE_LET(const auto reader,
               FileRows::open({plan.source, *plan.mapping, &plan.folds, silent}));
  std::vector<MappedRow> first;
  MappedRow row;
  while (first.size() < rows) {
    MILLRACE_LET(const bool found, reader->next(row));
    if (!found) break;
    first.push_back(row);
  }
  return first;
}

}  // namespace millrace::connector::file
