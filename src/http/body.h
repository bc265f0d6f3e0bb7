#pragma once

#include <nlohmann/json.hpp>

#include "http/message.h"
#include "model/value.h"

namespace millrace::http {

/// The JSON object of a body. Errors: malformed.
base::Result<nlohmann::json> parse_body(const Request& request);

/// A JSON scalar as a value; none for null. Empty for an array or an object.
std::optional<model::Value> value_of(const nlohmann::json& json);

/// The value that is the whole body: a scalar, an array or object as its JSON text. Empty for an
/// empty body. Errors: malformed.
base::Result<std::optional<model::Value>> value_body(const Request& request);

/// Reads the members of a JSON object one by one and, at the end, refuses those nobody asked for.
/// After the first error every read gives an empty value; finish() tells it.
class BodyReader {
 public:
  /// `where` is the JSON Pointer of the object, for messages.
  BodyReader(const nlohmann::json& object, std::string where);

  std::string text(std::string_view name, std::size_t bytes_max);
  std::optional<std::string> maybe_text(std::string_view name, std::size_t bytes_max);
  std::uint64_t natural(std::string_view name, std::uint64_t max);
  std::optional<std::uint64_t> maybe_natural(std::string_view name, std::uint64_t max);
  std::optional<double> maybe_number(std::string_view name, double min, double max);
  /// Any JSON value; null when it is not there.
  nlohmann::json maybe_any(std::string_view name);
  /// True or false; false when it is not there.
  bool flag(std::string_view name);
  /// An array of at most `items_max`; empty (not null) when it is not there.
  const nlohmann::json& array(std::string_view name, std::size_t items_max);
  const nlohmann::json& object(std::string_view name);
  bool has(std::string_view name) const { return object_.contains(std::string(name)); }

  void fail(std::string_view name, std::string_view what);
  base::Result<void> finish();

 private:
  const nlohmann::json* take(std::string_view name, bool is_required);

  const nlohmann::json& object_;
  const std::string where_;
  std::vector<std::string> known_;
  std::optional<base::Error> error_;
};

}  // namespace millrace::http
