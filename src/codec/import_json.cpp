#include "codec/import_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "codec/utf8.h"

namespace millrace::codec {
namespace {

using nlohmann::json;

constexpr std::int64_t kExactMax = (std::int64_t{1} << 53) - 1;  // beyond, JSON numbers are texts

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
    if (*real == 0 && std::signbit(*real)) out += ".0";  // "-0" is the whole number 0 to a parser
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

bool read_count(const json& object, const char* key, std::uint64_t& into) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_number_unsigned()) return false;
  into = it->get<std::uint64_t>();
  return true;
}

bool read_text(const json& object, const char* key, std::string& into) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_string()) return false;
  into = it->get<std::string>();
  return true;
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

base::Result<model::ImportState> parse_import_state(std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  model::ImportState state;
  std::string progress;
  const bool is_whole = object.is_object() && read_text(object, "id", state.id) &&
                        read_text(object, "state", progress) &&
                        read_count(object, "rows_total", state.rows_total) &&
                        read_count(object, "next_row", state.next_row) &&
                        read_count(object, "samples", state.samples) &&
                        read_count(object, "samples_uncertain", state.samples_uncertain) &&
                        read_count(object, "samples_bad", state.samples_bad);
  state.is_complete = progress == "complete";
  if (is_whole && (state.is_complete || progress == "open")) return state;
  return base::fail(base::ErrorCode::kMalformed, "the hub's answer is no import",
                    "Is the address that of a Millrace hub of this version?");
}

}  // namespace millrace::codec
