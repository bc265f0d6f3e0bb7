#include "pipeline/store_import.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/time_text.h"
#include "codec/import_json.h"

namespace millrace::pipeline {
namespace {

using model::ImportChunk;
using model::ImportState;
using model::ImportTarget;

std::unexpected<base::Error> conflict(std::string what, std::string hint) {
  return base::fail(base::ErrorCode::kConflict, std::move(what), std::move(hint));
}

/// Why a target cannot feed a series that exists; empty when it can.
std::optional<base::Error> clash(const ImportTarget& target, const model::Series& known) {
  const auto says = [&](std::string_view what, std::string_view new_one, std::string_view old_one) {
    return conflict(std::format("{} of {} is {} '{}' here and '{}' in the hub", target.property,
                                target.thing, what, new_one, old_one),
                    "Correct the mapping, or give the property another name.")
        .error();
  };
  if (known.property != target.property) return std::nullopt;
  if (known.type != target.type) return says("of type", text(target.type), text(known.type));
  if (known.unit != target.unit) return says("in", target.unit, known.unit);
  return std::nullopt;
}

std::uint64_t count_in(const nlohmann::json& body, const char* key) {
  const auto it = body.find(key);
  return it != body.end() && it->is_number_unsigned() ? it->get<std::uint64_t>() : 0;
}

}  // namespace

/// What one chunk brings into the store.
struct StoreImport::Pending {
  store::Commit commit;
  ImportState state;
  base::Time received;
  std::vector<std::pair<std::uint32_t, model::SeriesId>> new_series;
};

base::Result<ImportState> StoreImport::begin(const model::ImportRequest& request) {
  request_ = request;
  identity_ = codec::import_identity(request);
  created_ = deps_.clock.now();
  series_.assign(request.targets.size(), std::nullopt);
  state_ = {.id = codec::import_id(identity_), .rows_total = request.rows_total};
  MILLRACE_TRY(check_targets());
  MILLRACE_LET(const auto mark, deps_.store.import_mark(identity_));
  has_mark_ = mark.has_value();
  if (!mark) return state_;
  state_.next_row = mark->rows_done;
  state_.is_complete = mark->is_complete;
  const auto body = nlohmann::json::parse(mark->body, nullptr, false);
  if (!body.is_object()) return state_;
  state_.samples = count_in(body, "samples");
  state_.samples_uncertain = count_in(body, "samples_uncertain");
  state_.samples_bad = count_in(body, "samples_bad");
  if (const auto created = base::parse_time(body.value("created", ""))) created_ = *created;
  return state_;
}

std::vector<model::ValueType> StoreImport::target_types() const {
  std::vector<model::ValueType> types;
  for (const ImportTarget& target : request_.targets) types.push_back(target.type);
  return types;
}

base::Result<void> StoreImport::check_targets() const {
  for (const ImportTarget& target : request_.targets) {
    for (const model::Series& known : deps_.index.of_thing(target.thing)) {
      if (auto error = clash(target, known)) return std::unexpected(std::move(*error));
    }
  }
  return {};
}

base::Result<void> StoreImport::check_chunk(const ImportChunk& chunk) const {
  if (chunk.first_row > state_.next_row) {
    return conflict(
        std::format("row {} would leave a hole, next is {}", chunk.first_row, state_.next_row),
        "Go on at next_row of the import.");
  }
  if (chunk.row_count > request_.rows_total ||
      chunk.first_row > request_.rows_total - chunk.row_count) {
    return base::fail(base::ErrorCode::kInvalid,
                      std::format("the chunk goes beyond the file's {} rows", request_.rows_total),
                      "Announce the file again.");
  }
  for (const model::ImportBlock& block : chunk.blocks) {
    const auto has_rows = [&](const model::ImportColumn& column) {
      return column.target < request_.targets.size() && column.values.size() == block.rows.size() &&
             column.qualities.size() == block.rows.size();
    };
    MILLRACE_CHECK(block.times.size() == block.rows.size());
    MILLRACE_CHECK(std::ranges::all_of(block.columns, has_rows));
  }
  return {};
}

base::Result<ImportState> StoreImport::append(const ImportChunk& chunk) {
  MILLRACE_TRY(check_chunk(chunk));
  const std::uint64_t end = chunk.first_row + chunk.row_count;
  if (end <= state_.next_row) return state_;  // all of it is there already
  Pending pending{.commit = {}, .state = state_, .received = deps_.clock.now(), .new_series = {}};
  for (const model::ImportBlock& block : chunk.blocks) take(block, pending);
  pending.state.next_row = end;
  pending.state.is_complete = end == request_.rows_total;
  return commit(pending);
}

void StoreImport::take(const model::ImportBlock& block, Pending& pending) {
  const auto first = static_cast<std::size_t>(
      std::ranges::lower_bound(block.rows, state_.next_row) - block.rows.begin());
  for (const model::ImportColumn& column : block.columns) {
    const model::ValueType type = request_.targets[column.target].type;
    std::optional<model::SeriesId> id;
    for (std::size_t i = first; i < block.rows.size(); ++i) {
      const model::Quality quality = column.qualities[i];
      if (column.values[i].index() == 0 && !quality.is_bad()) continue;
      if (!id) id = series_of(column.target, pending);
      pending.commit.samples.push(*id, type, {block.times[i], column.values[i], quality},
                                  pending.received);
      ++pending.state.samples;
      if (quality.is_bad()) ++pending.state.samples_bad;
      if (quality.severity() == model::Severity::kUncertain) ++pending.state.samples_uncertain;
    }
  }
}

/// The series of a target; a new one is defined in the same commit as its first samples.
model::SeriesId StoreImport::series_of(std::uint32_t place, Pending& pending) {
  if (series_[place]) return *series_[place];
  const ImportTarget& target = request_.targets[place];
  if (const auto known = deps_.index.find(target.thing, target.property, target.type)) {
    series_[place] = *known;
    return *known;
  }
  for (const auto& [other, id] : pending.new_series) {
    if (other == place) return id;
  }
  const auto id = model::SeriesId(number(deps_.store.next_series_id()) +
                                  static_cast<std::int32_t>(pending.new_series.size()));
  pending.new_series.emplace_back(place, id);
  pending.commit.series.push_back({.id = id,
                                   .thing = target.thing,
                                   .property = target.property,
                                   .type = target.type,
                                   .unit = target.unit,
                                   .site = target.site,
                                   .area = target.area,
                                   .line = target.line,
                                   .source = "import:" + state_.id,
                                   .title = target.title});
  return id;
}

base::Result<ImportState> StoreImport::commit(Pending& pending) {
  pending.commit.imports.push_back(mark(pending.state));
  if (pending.state.is_complete) {
    pending.commit.events.push_back({.time = pending.received,
                                     .kind = "import.completed",
                                     .subject = state_.id,
                                     .actor_role = "system",
                                     .body = pending.commit.imports.back().body});
  }
  MILLRACE_TRY(deps_.store.commit(pending.commit));
  for (const model::Series& one : pending.commit.series) deps_.index.put(one);
  for (const auto& [place, id] : pending.new_series) series_[place] = id;
  state_ = pending.state;
  has_mark_ = true;
  return state_;
}

base::Result<ImportState> StoreImport::finish() {
  if (state_.next_row < request_.rows_total) {
    return conflict(std::format("rows from {} on are missing", state_.next_row),
                    "Go on at next_row of the import.");
  }
  if (state_.is_complete && has_mark_) return state_;
  Pending pending{.commit = {}, .state = state_, .received = deps_.clock.now(), .new_series = {}};
  pending.state.is_complete = true;  // a file without rows
  return commit(pending);
}

store::ImportMark StoreImport::mark(const ImportState& state) const {
  const nlohmann::json body = {
      {"file_name", request_.file_name},
      {"file_hash", request_.file_hash},
      {"file_bytes", request_.file_bytes},
      {"rows_total", request_.rows_total},
      {"targets", request_.targets.size()},
      {"samples", state.samples},
      {"samples_uncertain", state.samples_uncertain},
      {"samples_bad", state.samples_bad},
      {"created", base::to_text(created_)},
      {"mapping", nlohmann::json::parse(request_.mapping, nullptr, false)}};
  return {.file_hash = identity_,
          .name = request_.file_name,
          .rows_done = state.next_row,
          .is_complete = state.is_complete,
          .updated = deps_.clock.now(),
          .body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

}  // namespace millrace::pipeline
