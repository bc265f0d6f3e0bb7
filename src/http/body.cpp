#include "http/body.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "service/page.h"

namespace millrace::http {
namespace {

using base::ErrorCode;
using nlohmann::json;

constexpr int kDepthMax = 64;
const json kNoArray = json::array();
const json kNoObject = json::object();

/// Whether lists and objects stand in each other deeper than any call needs: writing such a tree
/// out again is recursive, and would run out of stack.
bool is_deep(std::string_view text) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size() && depth <= kDepthMax; ++i) {
    const char c = text[i];
    if (in_text) {
      if (c == '\\') ++i;
      in_text = c != '"';
      continue;
    }
    in_text = c == '"';
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
  }
  return depth > kDepthMax;
}

}  // namespace

base::Result<json> parse_body(const Request& request) {
  if (is_deep(request.body)) {
    return base::fail(ErrorCode::kMalformed, "the body is nested too deep",
                      std::format("At most {} levels.", kDepthMax));
  }
  json body = json::parse(request.body, nullptr, false);
  if (body.is_discarded()) {
    return base::fail(ErrorCode::kMalformed, "the body is not JSON",
                      "Send JSON with Content-Type: application/json.");
  }
  if (body.is_object()) return body;
  return base::fail(ErrorCode::kInvalid, "the body is not a JSON object", "Send an object.");
}

std::optional<model::Value> value_of(const json& from) {
  if (from.is_null()) return model::Value();
  if (from.is_boolean()) return from.get<bool>();
  if (from.is_number_unsigned()) {
    const auto number = from.get<std::uint64_t>();
    if (std::in_range<std::int64_t>(number)) return static_cast<std::int64_t>(number);
    return number;
  }
  if (from.is_number_integer()) return from.get<std::int64_t>();
  if (from.is_number()) return from.get<double>();
  if (from.is_string()) return from.get<std::string>();
  return std::nullopt;
}

base::Result<std::optional<model::Value>> value_body(const Request& request) {
  const bool is_empty = request.body.find_first_not_of(" \t\r\n") == std::string_view::npos;
  if (is_empty) return std::optional<model::Value>();
  if (is_deep(request.body)) {
    return base::fail(ErrorCode::kMalformed, "the body is nested too deep", "Send a plain value.");
  }
  const json body = json::parse(request.body, nullptr, false);
  if (body.is_discarded()) {
    return base::fail(ErrorCode::kMalformed, "the body is not JSON",
                      "A text stands in quotes; a number, true or false do not.");
  }
  if (auto scalar = value_of(body)) return scalar;
  return std::optional<model::Value>(body.dump());
}

BodyReader::BodyReader(const json& object, std::string where)
    : object_(object.is_object() ? object : kNoObject), where_(std::move(where)) {
  if (!object.is_object()) fail("", "is not an object");
}

void BodyReader::fail(std::string_view name, std::string_view what) {
  if (error_) return;
  error_ = base::Error{ErrorCode::kInvalid, base::Retry::kNever,
                       std::format("{}{}{} {}", where_, name.empty() ? "" : "/", name, what),
                       "See /api/docs for what this call takes."};
}

const json* BodyReader::take(std::string_view name, bool is_required) {
  known_.emplace_back(name);
  const auto found = object_.find(name);
  if (found != object_.end() && !found->is_null()) return &*found;
  if (is_required) fail(name, "is missing");
  return nullptr;
}

std::optional<std::string> BodyReader::maybe_text(std::string_view name, std::size_t bytes_max) {
  const json* value = take(name, false);
  if (!value) return std::nullopt;
  if (!value->is_string()) {
    fail(name, "is not a text");
    return std::nullopt;
  }
  auto text = value->get<std::string>();
  if (text.size() <= bytes_max) return text;
  fail(name, std::format("is longer than {} bytes", bytes_max));
  return std::nullopt;
}

json BodyReader::maybe_any(std::string_view name) {
  const json* value = take(name, false);
  return value ? *value : json();
}

std::string BodyReader::text(std::string_view name, std::size_t bytes_max) {
  if (!take(name, true)) return {};
  known_.pop_back();
  return maybe_text(name, bytes_max).value_or(std::string());
}

std::optional<std::uint64_t> BodyReader::maybe_natural(std::string_view name, std::uint64_t max) {
  const json* value = take(name, false);
  if (!value) return std::nullopt;
  if (value->is_number_unsigned() && value->get<std::uint64_t>() <= max) {
    return value->get<std::uint64_t>();
  }
  fail(name, std::format("is not a whole number from 0 to {}", max));
  return std::nullopt;
}

std::optional<double> BodyReader::maybe_number(std::string_view name, double min, double max) {
  const json* value = take(name, false);
  if (!value) return std::nullopt;
  const double number = value->is_number() ? value->get<double>() : std::nan("");
  if (number >= min && number <= max) return number;
  fail(name, std::format("is not a number from {} to {}", min, max));
  return std::nullopt;
}

std::uint64_t BodyReader::natural(std::string_view name, std::uint64_t max) {
  if (!take(name, true)) return 0;
  known_.pop_back();
  return maybe_natural(name, max).value_or(0);
}

bool BodyReader::flag(std::string_view name) {
  const json* value = take(name, false);
  if (value && !value->is_boolean()) fail(name, "is neither true nor false");
  return value && value->is_boolean() && value->get<bool>();
}

const json& BodyReader::array(std::string_view name, std::size_t items_max) {
  const json* value = take(name, false);
  if (!value) return kNoArray;
  if (!value->is_array()) {
    fail(name, "is not a list");
    return kNoArray;
  }
  if (value->size() <= items_max) return *value;
  fail(name, std::format("has {} items, at most {} are taken", value->size(), items_max));
  return kNoArray;
}

const json& BodyReader::object(std::string_view name) {
  const json* value = take(name, true);
  if (value && value->is_object()) return *value;
  fail(name, "is not an object");
  return kNoObject;
}

base::Result<void> BodyReader::finish() {
  for (const auto& [name, value] : object_.items()) {
    if (std::ranges::contains(known_, name)) continue;
    fail(name.substr(0, 80), "is unknown");
    if (error_->what.ends_with("is unknown")) {
      const std::string hint = service::did_you_mean(name, known_);
      if (!hint.empty()) error_->hint = hint;
    }
  }
  if (error_) return std::unexpected(*error_);
  return {};
}

}  // namespace millrace::http
