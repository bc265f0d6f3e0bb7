#include "http/decode_import.h"

#include <charconv>
#include <limits>

#include "http/body.h"

namespace millrace::http {
namespace {

using base::ErrorCode;
using base::Result;
using nlohmann::json;

constexpr std::uint64_t kNaturalMax = std::numeric_limits<std::int64_t>::max();

Result<model::ImportTarget> target_of(const json& object, std::size_t place) {
  BodyReader reader(object, std::format("/targets/{}", place));
  model::ImportTarget target;
  target.thing = reader.text("thing", 63);
  target.property = reader.text("property", 63);
  const auto type = model::parse_value_type(reader.text("type", 10));
  if (!type || *type == model::ValueType::kBytes) {
    reader.fail("type", "is none of f64, i64, u64, bool, text");
  }
  target.type = type.value_or(model::ValueType::kF64);
  target.unit = reader.maybe_text("unit", 63).value_or("");
  target.title = reader.maybe_text("title", 200).value_or("");
  target.thing_title = reader.maybe_text("thing_title", 200).value_or("");
  target.site = reader.maybe_text("site", 63).value_or("");
  target.area = reader.maybe_text("area", 63).value_or("");
  target.line = reader.maybe_text("line", 63).value_or("");
  MILLRACE_TRY(reader.finish());
  return target;
}

template <class T>
std::optional<model::Value> whole_from_text(const json& value) {
  const auto& text = value.get_ref<const std::string&>();
  T number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return model::Value(number);
}

/// A JSON value as a value of `type`; empty when it is none.
std::optional<model::Value> value_of(const json& value, model::ValueType type) {
  if (value.is_null()) return model::Value();
  switch (type) {
    case model::ValueType::kF64:
      if (value.is_number()) return model::Value(value.get<double>());
      return std::nullopt;
    case model::ValueType::kI64:
      if (value.is_string()) return whole_from_text<std::int64_t>(value);
      if (value.is_number_integer() &&
          !(value.is_number_unsigned() && value.get<std::uint64_t>() > kNaturalMax)) {
        return model::Value(value.get<std::int64_t>());
      }
      return std::nullopt;
    case model::ValueType::kU64:
      if (value.is_string()) return whole_from_text<std::uint64_t>(value);
      if (value.is_number_unsigned()) return model::Value(value.get<std::uint64_t>());
      return std::nullopt;
    case model::ValueType::kBool:
      if (value.is_boolean()) return model::Value(value.get<bool>());
      return std::nullopt;
    case model::ValueType::kText:
      if (value.is_string()) return model::Value(value.get<std::string>());
      return std::nullopt;
    case model::ValueType::kBytes: return std::nullopt;
  }
  return std::nullopt;
}

Result<model::ImportColumn> column_of(const json& object, std::string where,
                                      const std::vector<model::ImportTarget>& targets) {
  BodyReader reader(object, where);
  model::ImportColumn column;
  const std::size_t target_max = targets.empty() ? 0 : targets.size() - 1;
  column.target = static_cast<std::uint32_t>(reader.natural("target", target_max));
  const json& values = reader.array("values", model::kImportChunkSamplesMax);
  const json& codes = reader.array("quality_codes", model::kImportChunkSamplesMax);
  if (!codes.empty() && codes.size() != values.size()) {
    reader.fail("quality_codes", "has another length than values");
  }
  MILLRACE_TRY(reader.finish());
  const model::ValueType type = targets[column.target].type;
  column.values.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto value = value_of(values[i], type);
    if (!value) {
      return base::fail(ErrorCode::kInvalid, std::format("{}/values/{} is no {}", where, i,
                                                         model::text(type)));
    }
    column.values.push_back(std::move(*value));
  }
  column.qualities.resize(values.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (!codes[i].is_number_unsigned() || codes[i].get<std::uint64_t>() > 0xFFFFFFFFU) {
      return base::fail(ErrorCode::kInvalid,
                        std::format("{}/quality_codes/{} is no 32-bit number", where, i));
    }
    column.qualities[i] = model::Quality::from_bits(codes[i].get<std::uint32_t>());
  }
  return column;
}

Result<model::ImportBlock> block_of(const json& object, const std::string& where,
                                    const std::vector<model::ImportTarget>& targets) {
  BodyReader reader(object, where);
  const json& rows = reader.array("rows", model::kImportChunkSamplesMax);
  const json& times = reader.array("times_us", model::kImportChunkSamplesMax);
  const json& columns = reader.array("columns", model::kImportTargetsMax);
  for (const char* needed : {"rows", "times_us", "columns"}) {
    if (!reader.has(needed)) reader.fail(needed, "is missing");
  }
  MILLRACE_TRY(reader.finish());
  model::ImportBlock block;
  for (const json& row : rows) {
    if (!row.is_number_unsigned()) {
      return base::fail(ErrorCode::kInvalid, std::format("{}/rows holds no row number", where));
    }
    block.rows.push_back(row.get<std::uint64_t>());
  }
  for (const json& time : times) {
    if (!time.is_number_integer()) {
      return base::fail(ErrorCode::kInvalid, std::format("{}/times_us holds no time", where));
    }
    block.times.emplace_back(base::Duration(time.get<std::int64_t>()));
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    MILLRACE_LET(auto column,
                 column_of(columns[i], std::format("{}/columns/{}", where, i), targets));
    block.columns.push_back(std::move(column));
  }
  return block;
}

}  // namespace

Result<model::ImportRequest> import_request(const Request& request) {
  MILLRACE_LET(const json body, parse_body(request));
  BodyReader reader(body, "");
  model::ImportRequest import;
  import.file_name = reader.text("file_name", 255);
  import.file_hash = reader.text("file_hash", 64);
  import.file_bytes = reader.natural("file_bytes", kNaturalMax);
  import.rows_total = reader.natural("rows_total", kNaturalMax);
  import.mapping = reader.object("mapping").dump(-1, ' ', false, json::error_handler_t::replace);
  const json& targets = reader.array("targets", model::kImportTargetsMax);
  MILLRACE_TRY(reader.finish());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    MILLRACE_LET(auto target, target_of(targets[i], i));
    import.targets.push_back(std::move(target));
  }
  return import;
}

Result<model::ImportChunk> import_chunk(const Request& request, std::uint64_t first_row,
                                        const std::vector<model::ImportTarget>& targets) {
  MILLRACE_LET(const json body, parse_body(request));
  BodyReader reader(body, "");
  model::ImportChunk chunk{.first_row = first_row};
  chunk.row_count = reader.natural("row_count", kNaturalMax);
  const json& blocks = reader.array("blocks", model::kImportTargetsMax);
  if (!reader.has("blocks")) reader.fail("blocks", "is missing");
  MILLRACE_TRY(reader.finish());
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    MILLRACE_LET(auto block, block_of(blocks[i], std::format("/blocks/{}", i), targets));
    chunk.blocks.push_back(std::move(block));
  }
  return chunk;
}

}  // namespace millrace::http
