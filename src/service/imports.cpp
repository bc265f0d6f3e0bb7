#include "service/imports.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/log.h"
#include "base/time_text.h"
#include "codec/sha256.h"
#include "service/freshness.h"
#include "service/import_targets.h"

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;
using model::ImportTarget;

constexpr std::size_t kIdDigits = 16;
constexpr std::size_t kHashDigits = 64;

std::string key_of(const std::string& file_hash, const std::string& mapping) {
  return codec::sha256_hex(file_hash + "\n" + mapping);
}

bool is_hash(std::string_view text) {
  return text.size() == kHashDigits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

/// Samples that the hub keeps no longer: they would go with the next seal.
class BeyondRetention {
 public:
  BeyondRetention(const store::SeriesStore& store, const std::vector<ImportTarget>& targets) {
    for (const ImportTarget& target : targets) {
      if (!expired_.contains(target.type)) expired_[target.type] = store.expired(target.type);
    }
  }
  /// Counts the sample where it is one.
  bool takes(model::ValueType type, base::Time time) {
    const auto& ranges = expired_.at(type);
    if (std::ranges::none_of(ranges, [&](const auto& one) { return one.holds(time); })) {
      return false;
    }
    first_ = samples_ == 0 ? time : std::min(first_, time);
    last_ = samples_ == 0 ? time : std::max(last_, time);
    ++samples_;
    return true;
  }
  std::vector<store::Event> events(const std::string& import, const std::string& role,
                                   base::Time now) const {
    if (samples_ == 0) return {};
    return {{.time = now,
             .kind = "import.beyond_retention",
             .subject = import,
             .actor_role = role,
             .body = std::format(R"({{"samples":{},"first":"{}","last":"{}"}})", samples_,
                                 base::to_text(first_), base::to_text(last_))}};
  }

 private:
  std::map<model::ValueType, std::vector<store::TimeRange>> expired_;
  std::uint64_t samples_ = 0;
  base::Time first_;
  base::Time last_;
};

/// The rows of a chunk from `next_row` on as samples, with their counts in the mark.
store::SampleBlock to_samples(const model::ImportChunk& chunk,
                              const std::vector<ImportTarget>& targets,
                              const std::vector<model::SeriesId>& series, const JudgedChunk& judged,
                              BeyondRetention& beyond, base::Time now, store::ImportMark& mark) {
  store::SampleBlock samples;
  const auto add = [&](std::uint32_t target, const model::Sample& sample) {
    if (beyond.takes(targets[target].type, sample.time)) return;
    samples.push(series[target], targets[target].type, sample, now);
    mark.samples_bad += sample.quality.is_bad() ? 1U : 0U;
    mark.samples_uncertain += sample.quality.severity() == model::Severity::kUncertain ? 1U : 0U;
  };
  const std::uint64_t next_row = mark.rows_done;
  for (std::size_t b = 0; b < chunk.blocks.size(); ++b) {
    const model::ImportBlock& block = chunk.blocks[b];
    for (std::size_t c = 0; c < block.columns.size(); ++c) {
      const model::ImportColumn& column = block.columns[c];
      for (std::size_t i = 0; i < block.rows.size(); ++i) {
        if (block.rows[i] < next_row || is_nothing(column, i)) continue;
        add(column.target, {block.times[i], column.values[i], judged.qualities[b][c][i]});
      }
    }
  }
  for (const ImportSilence& one : judged.silences) add(one.target, one.sample);
  mark.samples += samples.size();
  return samples;
}

}  // namespace

Result<Import> Imports::with_mark(store::ImportRecord record) const {
  const std::string key = key_of(record.file_hash, record.mapping);
  MILLRACE_LET(auto mark, deps_.series.import_mark(key));
  if (!mark) {
    mark = store::ImportMark{.file_hash = key, .name = record.file_name, .updated = record.created};
    mark->is_complete = record.rows_total == 0;
  }
  return Import{std::move(record), std::move(*mark)};
}

Result<Import> Imports::get(std::string_view id) const {
  MILLRACE_LET(auto record, deps_.meta.import(id));
  if (record) return with_mark(std::move(*record));
  return base::fail(ErrorCode::kNotFound, std::format("import '{}' is unknown", id.substr(0, 80)),
                    "Announce the file first.");
}

Result<std::vector<ImportTarget>> Imports::targets(std::string_view id) const {
  MILLRACE_LET(const Import import, get(id));
  return targets_from_json(import.record.targets);
}

Result<Page<Import>> Imports::list(const PageRequest& page) const {
  MILLRACE_LET(const std::int64_t before, number_of(page));
  MILLRACE_LET(auto records, deps_.meta.imports(before, page.limit + 1));
  Page<Import> found;
  for (store::ImportRecord& record : records) {
    if (found.items.size() == page.limit) {
      found.next = to_cursor(std::to_string(found.items.back().record.number));
      return found;
    }
    MILLRACE_LET(Import import, with_mark(std::move(record)));
    found.items.push_back(std::move(import));
  }
  return found;
}

Result<void> Imports::check_existing(const ImportTarget& target) const {
  const auto known = deps_.index.find(target.thing, target.property, target.type);
  if (known && deps_.index.get(*known)->unit == target.unit) return {};
  for (const model::Series& series : deps_.index.of_thing(target.thing)) {
    if (series.property != target.property) continue;
    return base::fail(ErrorCode::kConflict,
                      std::format("{}/{} is there as {} in '{}', the file has {} in '{}'",
                                  target.thing, target.property, model::text(series.type),
                                  series.unit, model::text(target.type), target.unit),
                      "Map it to another property, or correct type and unit in the mapping.");
  }
  return {};
}

Result<void> Imports::check(const model::ImportRequest& request) const {
  MILLRACE_TRY(check_targets(request.targets));
  const auto catalog = deps_.catalogs.now();
  for (const ImportTarget& target : request.targets) {
    MILLRACE_TRY(check_contract(*catalog, deps_.units, target));
    MILLRACE_TRY(check_existing(target));
  }
  return {};
}

Result<std::pair<Import, Announced>> Imports::create(const identity::Caller& caller,
                                                     const model::ImportRequest& request) {
  MILLRACE_TRY(allow(caller, Permission::kImport));
  if (!is_hash(request.file_hash)) {
    return base::fail(ErrorCode::kInvalid, "file_hash is not a SHA-256 in hex");
  }
  MILLRACE_TRY(check_targets(request.targets));
  const std::lock_guard lock(mutex_);
  const std::string id = key_of(request.file_hash, request.mapping).substr(0, kIdDigits);
  MILLRACE_LET(auto known, deps_.meta.import(id));
  if (known) {
    const bool is_same = known->targets == targets_to_json(request.targets) &&
                         known->rows_total == request.rows_total;
    if (!is_same) {
      return base::fail(ErrorCode::kConflict,
                        "this file and mapping were announced with other targets or rows",
                        "Change the mapping, which makes it another import.");
    }
    MILLRACE_LET(Import import, with_mark(std::move(*known)));
    return std::pair(std::move(import), Announced::kKnown);
  }
  MILLRACE_TRY(check(request));
  MILLRACE_TRY(announce(caller, id, request));
  MILLRACE_LET(Import import, get(id));
  return std::pair(std::move(import), Announced::kNew);
}

Result<void> Imports::announce(const identity::Caller& caller, const std::string& id,
                               const model::ImportRequest& request) {
  const base::Time now = deps_.clock.now();
  store::MetaChange change;
  change.imports = {{.id = id,
                     .file_name = request.file_name,
                     .file_hash = request.file_hash,
                     .file_bytes = request.file_bytes,
                     .rows_total = request.rows_total,
                     .mapping = request.mapping,
                     .targets = targets_to_json(request.targets),
                     .target_count = static_cast<std::uint32_t>(request.targets.size()),
                     .created = now}};
  std::set<std::string> titled;
  for (const ImportTarget& target : request.targets) {
    if (target.thing_title.empty() || !titled.insert(target.thing).second) continue;
    change.titles.push_back({"thing", target.thing, target.thing_title});
  }
  change.audit = {{.time = now,
                   .actor = caller.name,
                   .actor_role = std::string(identity::text(caller.role)),
                   .action = "import.created",
                   .subject = id,
                   .address = caller.address,
                   .body = "{}"}};
  MILLRACE_TRY(deps_.meta.apply(change));
  for (const store::Title& title : change.titles) titles_.put(title);
  return {};
}

/// On the writer's thread: gives the targets without a series one, in a commit of its own.
Result<void> Imports::define(const std::string& id, const std::vector<ImportTarget>& targets) {
  store::Commit commit;
  model::SeriesId next = deps_.series.next_series_id();
  for (const ImportTarget& target : targets) {
    if (deps_.index.find(target.thing, target.property, target.type)) continue;
    commit.series.push_back({.id = next,
                             .thing = target.thing,
                             .property = target.property,
                             .type = target.type,
                             .unit = target.unit,
                             .site = target.site,
                             .area = target.area,
                             .line = target.line,
                             .source = std::string(kImportSource) + id,
                             .title = target.title});
    next = model::SeriesId(number(next) + 1);
  }
  if (commit.series.empty()) return {};
  MILLRACE_TRY(deps_.series.commit(commit));
  for (const model::Series& series : commit.series) deps_.index.put(series);
  return {};
}

Result<std::vector<model::SeriesId>> Imports::series_of(const std::string& id,
                                                        const std::vector<ImportTarget>& targets) {
  std::vector<model::SeriesId> series;
  for (const ImportTarget& target : targets) {
    const auto known = deps_.index.find(target.thing, target.property, target.type);
    if (!known) break;
    series.push_back(*known);
  }
  if (series.size() == targets.size()) return series;
  MILLRACE_TRY(deps_.on_writer([&] { return define(id, targets); }));
  series.clear();
  for (const ImportTarget& target : targets) {
    series.push_back(*deps_.index.find(target.thing, target.property, target.type));
  }
  return series;
}

Result<void> Imports::store_rows(const Import& import, const model::ImportChunk& chunk,
                                 const std::vector<ImportTarget>& targets,
                                 const std::string& role) {
  MILLRACE_LET(const auto series, series_of(import.record.id, targets));
  const base::Time now = deps_.clock.now();
  store::Commit commit;
  store::ImportMark mark = import.mark;
  BeyondRetention beyond(deps_.series, targets);
  auto rules = rules_.take(import.record.id, deps_.catalogs.now(), targets, mark.rows_done);
  MILLRACE_LET(const JudgedChunk judged, rules->judge(deps_.series, series, chunk));
  commit.samples = to_samples(chunk, targets, series, judged, beyond, now, mark);
  commit.events = beyond.events(import.record.id, role, now);
  mark.rows_done = chunk.first_row + chunk.row_count;
  mark.is_complete = mark.rows_done == import.record.rows_total;
  mark.updated = now;
  if (mark.is_complete) {
    commit.events.push_back(
        {.time = now,
         .kind = "import.completed",
         .subject = import.record.id,
         .actor_role = role,
         .body = std::format(R"({{"rows":{},"samples":{}}})", mark.rows_done, mark.samples)});
  }
  const bool is_complete = mark.is_complete;
  commit.imports = {std::move(mark)};
  const auto stored = deps_.on_writer([&]() -> Result<void> {
    MILLRACE_TRY(deps_.series.commit(commit));
    return {};
  });
  MILLRACE_TRY(stored);
  if (!is_complete) rules_.put_back(import.record.id, std::move(rules));
  return {};
}

Result<Import> Imports::put_rows(const identity::Caller& caller, std::string_view id,
                                 const model::ImportChunk& chunk) {
  MILLRACE_TRY(allow(caller, Permission::kImport));
  const std::lock_guard lock(mutex_);
  MILLRACE_LET(Import import, get(id));
  MILLRACE_LET(const auto targets, targets_from_json(import.record.targets));
  MILLRACE_TRY(check_chunk(chunk, targets, import.record.rows_total));
  const std::uint64_t next_row = import.mark.rows_done;
  if (chunk.first_row > next_row) {
    return base::fail(
        ErrorCode::kConflict,
        std::format("row {} would leave a hole, next is {}", chunk.first_row, next_row),
        "Go on at next_row of the import.");
  }
  if (chunk.first_row + chunk.row_count <= next_row) return import;  // it came before
  MILLRACE_TRY(store_rows(import, chunk, targets, std::string(identity::text(caller.role))));
  return get(id);
}

}  // namespace millrace::service
