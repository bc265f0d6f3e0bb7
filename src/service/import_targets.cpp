#include "service/import_targets.h"

#include <nlohmann/json.hpp>
#include <set>

#include "model/name.h"

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;
using model::ImportTarget;
using nlohmann::json;

std::unexpected<base::Error> wrong(std::string what, std::string hint = {}) {
  return base::fail(ErrorCode::kInvalid, std::move(what), std::move(hint));
}

Result<void> check_place(std::string_view what, const std::string& place) {
  if (place.empty() || model::is_name(place)) return {};
  return wrong(std::format("{} '{}' is not a name", what, place.substr(0, 80)),
               std::format("The nearest name is '{}'.", model::nearest_name(place)));
}

Result<void> check_column(const model::ImportColumn& column, const model::ImportBlock& block,
                          const std::vector<ImportTarget>& targets) {
  if (column.target >= targets.size()) {
    return wrong(std::format("target {} is not one of the import", column.target));
  }
  if (column.values.size() != block.rows.size() || column.qualities.size() != block.rows.size()) {
    return wrong("the lists of a block differ in length");
  }
  const model::ValueType type = targets[column.target].type;
  for (const model::Value& value : column.values) {
    const auto its_type = model::type_of(value);
    if (its_type && *its_type != type) {
      return wrong(std::format("target {} takes {}, a value is {}", column.target,
                               model::text(type), model::text(*its_type)));
    }
  }
  return {};
}

Result<void> check_block(const model::ImportBlock& block, const model::ImportChunk& chunk,
                         const std::vector<ImportTarget>& targets) {
  if (block.times.size() != block.rows.size()) return wrong("rows and times differ in length");
  const std::uint64_t end = chunk.first_row + chunk.row_count;
  std::uint64_t least = chunk.first_row;
  for (const std::uint64_t row : block.rows) {
    if (row < least || row >= end) {
      return wrong(std::format("row {} is not in order or not of this chunk", row));
    }
    least = row;  // a long table may name the same row for several things
  }
  for (const model::ImportColumn& column : block.columns) {
    MILLRACE_TRY(check_column(column, block, targets));
  }
  return {};
}

}  // namespace

std::string targets_to_json(const std::vector<ImportTarget>& targets) {
  json all = json::array();
  for (const ImportTarget& one : targets) {
    all.push_back({{"thing", one.thing},
                   {"property", one.property},
                   {"type", model::text(one.type)},
                   {"unit", one.unit},
                   {"title", one.title},
                   {"thing_title", one.thing_title},
                   {"site", one.site},
                   {"area", one.area},
                   {"line", one.line}});
  }
  return all.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<std::vector<ImportTarget>> targets_from_json(std::string_view text) {
  const json all = json::parse(text, nullptr, false);
  std::vector<ImportTarget> targets;
  for (const json& one : all.is_array() ? all : json::array()) {
    const auto member = [&](const char* name) { return one.value(name, std::string()); };
    const auto type = model::parse_value_type(member("type"));
    if (!type) return base::fail(ErrorCode::kCorrupt, "the targets of an import are damaged");
    targets.push_back({member("thing"), member("property"), *type, member("unit"), member("title"),
                       member("thing_title"), member("site"), member("area"), member("line")});
  }
  if (!targets.empty()) return targets;
  return base::fail(ErrorCode::kCorrupt, "the targets of an import are damaged");
}

Result<void> check_targets(const std::vector<ImportTarget>& targets) {
  if (targets.empty()) return wrong("an import needs targets", "Name at least one.");
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const ImportTarget& target : targets) {
    MILLRACE_TRY(model::Name::parse(target.thing));
    MILLRACE_TRY(model::Name::parse(target.property));
    MILLRACE_TRY(check_place("site", target.site));
    MILLRACE_TRY(check_place("area", target.area));
    MILLRACE_TRY(check_place("line", target.line));
    if (!seen.emplace(target.thing, target.property).second) {
      return wrong(std::format("{}/{} is a target twice", target.thing, target.property));
    }
  }
  return {};
}

Result<void> check_chunk(const model::ImportChunk& chunk, const std::vector<ImportTarget>& targets,
                         std::uint64_t rows_total) {
  if (chunk.row_count == 0) return wrong("row_count is 0", "A chunk covers at least one row.");
  if (chunk.first_row > rows_total || chunk.row_count > rows_total - chunk.first_row) {
    return wrong(std::format("rows {} to {} go beyond the {} rows announced", chunk.first_row,
                             chunk.first_row + chunk.row_count, rows_total));
  }
  std::size_t samples = 0;
  for (const model::ImportBlock& block : chunk.blocks) {
    MILLRACE_TRY(check_block(block, chunk, targets));
    samples += block.rows.size() * block.columns.size();
  }
  if (samples <= model::kImportChunkSamplesMax) return {};
  return base::fail(ErrorCode::kTooLarge, std::format("the chunk has {} samples", samples),
                    std::format("Send at most {}.", model::kImportChunkSamplesMax));
}

}  // namespace millrace::service
