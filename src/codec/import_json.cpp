#include "codec/import_json.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "codec/sha256.h"
#include "codec/utf8.h"
#include "model/name.h"

namespace millrace::codec {
namespace {

using model::ValueType;
using nlohmann::json;

constexpr std::int64_t kExactMax = (std::int64_t{1} << 53) - 1;  // beyond, JSON numbers are texts
constexpr std::size_t kTitleBytesMax = 800, kUnitBytesMax = 63 * 4, kFileNameBytesMax = 255 * 4;

std::unexpected<base::Error> malformed(std::string_view what) {
  return base::fail(base::ErrorCode::kMalformed, std::string(what),
                    "Send what the API document describes.");
}
std::unexpected<base::Error> invalid(std::string what) {
  return base::fail(base::ErrorCode::kInvalid, std::move(what),
                    "Send what the API document describes.");
}

template <class Number>
void append_number(std::string& out, Number number) {
  char digits[32];
  const auto result = std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, result.ptr);
}

void append_text(std::string& out, const std::string& text) {
  out += json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

template <class Integer>
void append_integer(std::string& out, Integer number) {
  const bool is_exact =
      std::cmp_less_equal(number, kExactMax) && std::cmp_greater_equal(number, -kExactMax);
  if (!is_exact) out += '"';
  append_number(out, number);
  if (!is_exact) out += '"';
}

void append_value(std::string& out, const model::Value& value) {
  if (const auto* real = std::get_if<double>(&value)) {
    append_number(out, *real);
  } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    append_integer(out, *whole);
  } else if (const auto* natural = std::get_if<std::uint64_t>(&value)) {
    append_integer(out, *natural);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    out += *flag ? "true" : "false";
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    append_text(out, *text);
  } else {
    out += "null";
  }
}

/// "name":[…] of one item after the other.
template <class Items, class Append>
void append_list(std::string& out, std::string_view name, const Items& items, Append append) {
  out += std::format("\"{}\":[", name);
  bool is_first = true;
  for (const auto& item : items) {
    if (!std::exchange(is_first, false)) out += ',';
    append(item);
  }
  out += ']';
}

void append_column(std::string& out, const model::ImportColumn& column) {
  out += std::format("{{\"target\":{},", column.target);
  append_list(out, "values", column.values, [&](const auto& value) { append_value(out, value); });
  const auto is_good = [](model::Quality quality) { return quality.bits() == 0; };
  if (!std::ranges::all_of(column.qualities, is_good)) {
    out += ',';
    append_list(out, "quality_codes", column.qualities,
                [&](model::Quality quality) { append_number(out, quality.bits()); });
  }
  out += '}';
}

void append_block(std::string& out, const model::ImportBlock& block) {
  out += '{';
  append_list(out, "rows", block.rows, [&](std::uint64_t row) { append_number(out, row); });
  out += ',';
  append_list(out, "times_us", block.times,
              [&](base::Time time) { append_number(out, time.time_since_epoch().count()); });
  out += ',';
  append_list(out, "columns", block.columns,
              [&](const model::ImportColumn& column) { append_column(out, column); });
  out += '}';
}

json target_json(const model::ImportTarget& target) {
  json object = {{"thing", target.thing},
                 {"property", target.property},
                 {"type", std::string(model::text(target.type))}};
  const std::pair<const char*, const std::string*> texts[] = {
      {"unit", &target.unit}, {"title", &target.title}, {"thing_title", &target.thing_title},
      {"site", &target.site}, {"area", &target.area},   {"line", &target.line}};
  for (const auto& [key, text] : texts) {
    if (!text->empty()) object[key] = *text;
  }
  return object;
}

/// Reads members of an object, remembering the first thing that is wrong.
class Members {
 public:
  explicit Members(const json& object) : object_(object) {
    if (!object.is_object()) what_ = "an object is expected";
  }

  /// The member, or null when it is not there.
  const json* find(std::string_view key) const {
    if (!object_.is_object()) return nullptr;
    const auto it = object_.find(key);
    return it == object_.end() ? nullptr : &*it;
  }
  void text(std::string_view key, std::string& into, std::size_t bytes_max) {
    const json* member = find(key);
    if (!member) return;
    if (!member->is_string()) return wrong(key, "a text");
    into = member->get<std::string>();
    if (into.size() > bytes_max) wrong(key, "a shorter text");
  }
  void count(std::string_view key, std::uint64_t& into) {
    const json* member = find(key);
    if (!member || !member->is_number_integer() ||
        (!member->is_number_unsigned() && member->get<std::int64_t>() < 0)) {
      return wrong(key, "a whole number from 0");
    }
    into = member->get<std::uint64_t>();
  }
  const json& list(std::string_view key) {
    static const json kEmpty = json::array();
    const json* member = find(key);
    if (member && member->is_array()) return *member;
    wrong(key, "a list");
    return kEmpty;
  }
  void wrong(std::string_view key, std::string_view wanted) {
    if (what_.empty()) what_ = std::format("{}: {} is expected", key, wanted);
  }
  bool is_wrong() const { return !what_.empty(); }
  base::Result<void> result() const {
    if (!what_.empty()) return malformed(what_);
    return {};
  }

 private:
  const json& object_;
  std::string what_;
};

base::Result<model::ImportTarget> read_target(const json& object) {
  Members members(object);
  model::ImportTarget target;
  std::string type;
  members.text("thing", target.thing, 63);
  members.text("property", target.property, 63);
  members.text("type", type, 8);
  members.text("unit", target.unit, kUnitBytesMax);
  members.text("title", target.title, kTitleBytesMax);
  members.text("thing_title", target.thing_title, kTitleBytesMax);
  members.text("site", target.site, 63);
  members.text("area", target.area, 63);
  members.text("line", target.line, 63);
  MILLRACE_TRY(members.result());
  const auto parsed = model::parse_value_type(type);
  if (!parsed || *parsed == ValueType::kBytes) {
    return invalid(std::format("type '{}' cannot be imported", type));
  }
  target.type = *parsed;
  for (const std::string* name : {&target.thing, &target.property}) {
    MILLRACE_TRY(model::Name::parse(*name));
  }
  for (const std::string* place : {&target.site, &target.area, &target.line}) {
    if (!place->empty()) MILLRACE_TRY(model::Name::parse(*place));
  }
  return target;
}

base::Result<void> check_request(const model::ImportRequest& request) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (request.file_hash.size() != 64 || !std::ranges::all_of(request.file_hash, is_hex)) {
    return invalid("file_hash is not a SHA-256 in hex");
  }
  if (request.targets.empty() || request.targets.size() > model::kImportTargetsMax) {
    return invalid(std::format("an import has 1 to {} targets", model::kImportTargetsMax));
  }
  std::set<std::pair<std::string_view, std::string_view>> keys;
  for (const model::ImportTarget& one : request.targets) {
    if (keys.emplace(one.thing, one.property).second) continue;
    return invalid(std::format("{} of {} stands twice in targets", one.property, one.thing));
  }
  return {};
}

/// A number, or the decimal text of one that JSON numbers cannot hold.
template <class Integer>
bool read_integer(const json& from, model::Value& into) {
  Integer number = 0;
  if (from.is_string()) {
    const auto& text = from.get_ref<const std::string&>();
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return false;
  } else if (from.is_number_unsigned()) {
    const auto natural = from.get<std::uint64_t>();
    if (!std::in_range<Integer>(natural)) return false;
    number = static_cast<Integer>(natural);
  } else if (from.is_number_integer()) {
    const auto whole = from.get<std::int64_t>();
    if (!std::in_range<Integer>(whole)) return false;
    number = static_cast<Integer>(whole);
  } else {
    return false;
  }
  into = number;
  return true;
}

bool read_value(const json& from, ValueType type, model::Value& into) {
  if (from.is_null()) return true;
  switch (type) {
    case ValueType::kF64:
      if (!from.is_number()) return false;
      into = from.get<double>();
      return true;
    case ValueType::kI64:
      return read_integer<std::int64_t>(from, into);
    case ValueType::kU64:
      return read_integer<std::uint64_t>(from, into);
    case ValueType::kBool:
      if (!from.is_boolean()) return false;
      into = from.get<bool>();
      return true;
    case ValueType::kText:
      if (!from.is_string()) return false;
      into = from.get<std::string>();
      return true;
    case ValueType::kBytes:
      return false;
  }
  return false;
}

base::Result<model::ImportColumn> read_column(const json& object, std::size_t rows,
                                              const std::vector<ValueType>& types) {
  Members members(object);
  model::ImportColumn column;
  std::uint64_t target = 0;
  members.count("target", target);
  const json& values = members.list("values");
  MILLRACE_TRY(members.result());
  if (target >= types.size()) return invalid(std::format("there is no target {}", target));
  column.target = static_cast<std::uint32_t>(target);
  column.values.resize(rows);
  column.qualities.resize(rows);
  if (values.size() != rows) return invalid("values are not as many as rows");
  for (std::size_t i = 0; i < rows; ++i) {
    if (read_value(values[i], types[target], column.values[i])) continue;
    return invalid(std::format("value {} of target {} is no {}", i, target, text(types[target])));
  }
  if (!members.find("quality_codes")) return column;
  const json& codes = members.list("quality_codes");
  if (codes.size() != rows) return invalid("quality_codes are not as many as rows");
  for (std::size_t i = 0; i < rows; ++i) {
    const bool fits = codes[i].is_number_unsigned() && codes[i].get<std::uint64_t>() <= 0xFFFFFFFFU;
    if (!fits) return invalid("a quality code is no 32-bit number");
    column.qualities[i] = model::Quality::from_bits(codes[i].get<std::uint32_t>());
  }
  return column;
}

base::Result<model::ImportBlock> read_block(const json& object, const model::ImportChunk& chunk,
                                            const std::vector<ValueType>& types) {
  Members members(object);
  const json& rows = members.list("rows");
  const json& times = members.list("times_us");
  const json& columns = members.list("columns");
  MILLRACE_TRY(members.result());
  if (rows.size() != times.size()) return invalid("times_us are not as many as rows");
  model::ImportBlock block;
  std::uint64_t least = chunk.first_row;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].is_number_unsigned() || !times[i].is_number_integer()) {
      return malformed("rows and times_us are whole numbers");
    }
    const auto row = rows[i].get<std::uint64_t>();
    if (row < least || row - chunk.first_row >= chunk.row_count) {
      return invalid(std::format("row {} does not rise or is not in this chunk", row));
    }
    least = row + 1;
    block.rows.push_back(row);
    block.times.emplace_back(base::Duration(times[i].get<std::int64_t>()));
  }
  for (const json& column : columns) {
    MILLRACE_LET(model::ImportColumn read, read_column(column, rows.size(), types));
    block.columns.push_back(std::move(read));
  }
  return block;
}

/// Deeper than any import; whoever walks a tree of JSON recursively must not run out of stack.
bool is_deep(std::string_view text) {
  constexpr int kDepthMax = 64;
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text) {
      if (c == '\\') ++i;
      if (c == '"') in_text = false;
      continue;
    }
    if (c == '"') in_text = true;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > kDepthMax) return true;
  }
  return false;
}

base::Result<json> parse(std::string_view text) {
  if (is_deep(text)) return malformed("the JSON is nested too deep");
  json parsed = json::parse(text, nullptr, false);
  if (parsed.is_discarded()) return malformed("the body is not JSON");
  return parsed;
}

}  // namespace

std::string to_json(const model::ImportRequest& request) {
  json object = {{"file_name", readable_utf8(request.file_name)},
                 {"file_hash", request.file_hash},
                 {"file_bytes", request.file_bytes},
                 {"rows_total", request.rows_total},
                 {"mapping", json::parse(request.mapping, nullptr, false)},
                 {"targets", json::array()}};
  for (const model::ImportTarget& one : request.targets) {
    object["targets"].push_back(target_json(one));
  }
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string to_json(const model::ImportChunk& chunk) {
  std::string out = std::format("{{\"row_count\":{},", chunk.row_count);
  append_list(out, "blocks", chunk.blocks,
              [&](const model::ImportBlock& block) { append_block(out, block); });
  return out + '}';
}

base::Result<model::ImportRequest> parse_import_request(std::string_view text) {
  MILLRACE_LET(const json object, parse(text));
  Members members(object);
  model::ImportRequest request;
  members.text("file_name", request.file_name, kFileNameBytesMax);
  members.text("file_hash", request.file_hash, 64);
  members.count("file_bytes", request.file_bytes);
  members.count("rows_total", request.rows_total);
  const json* mapping = members.find("mapping");
  if (!mapping || !mapping->is_object()) members.wrong("mapping", "an object");
  const json& targets = members.list("targets");
  MILLRACE_TRY(members.result());
  request.mapping = mapping->dump();
  for (const json& one : targets) {
    MILLRACE_LET(model::ImportTarget target, read_target(one));
    request.targets.push_back(std::move(target));
  }
  MILLRACE_TRY(check_request(request));
  return request;
}

base::Result<model::ImportChunk> parse_import_chunk(std::string_view text, std::uint64_t first_row,
                                                    const std::vector<ValueType>& types) {
  if (text.size() > model::kImportChunkBytesMax) {
    return base::fail(base::ErrorCode::kTooLarge, "the chunk is larger than 32 MiB",
                      "Send fewer rows at once.");
  }
  MILLRACE_LET(const json object, parse(text));
  Members members(object);
  model::ImportChunk chunk{.first_row = first_row, .row_count = 0, .blocks = {}};
  members.count("row_count", chunk.row_count);
  const json& blocks = members.list("blocks");
  MILLRACE_TRY(members.result());
  std::size_t samples = 0;
  for (const json& one : blocks) {
    MILLRACE_LET(model::ImportBlock block, read_block(one, chunk, types));
    samples += block.rows.size() * block.columns.size();
    chunk.blocks.push_back(std::move(block));
  }
  if (samples > model::kImportChunkSamplesMax) {
    return base::fail(base::ErrorCode::kTooLarge, "the chunk has more than 1,000,000 samples",
                      "Send fewer rows at once.");
  }
  return chunk;
}

base::Result<model::ImportState> parse_import_state(std::string_view text) {
  MILLRACE_LET(const json object, parse(text));
  Members members(object);
  model::ImportState state;
  std::string progress;
  members.text("id", state.id, 64);
  members.text("state", progress, 16);
  members.count("rows_total", state.rows_total);
  members.count("next_row", state.next_row);
  members.count("samples", state.samples);
  members.count("samples_uncertain", state.samples_uncertain);
  members.count("samples_bad", state.samples_bad);
  MILLRACE_TRY(members.result());
  state.is_complete = progress == "complete";
  return state;
}

std::string import_identity(const model::ImportRequest& request) {
  return sha256_hex(request.file_hash + "\n" + request.mapping);
}

std::string import_id(std::string_view identity) { return std::string(identity.substr(0, 16)); }

}  // namespace millrace::codec
