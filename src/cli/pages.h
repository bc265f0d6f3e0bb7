#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/context.h"

namespace millrace::cli {

/// GET as JSON. Errors: those of HttpClient::send, malformed.
base::Result<nlohmann::json> get_json(HttpClient& hub, const std::string& path);

/// A call with a JSON body (null: none); null for an answer without one. Errors: as get_json().
struct JsonCall {
  const char* method;
  std::string path;
  nlohmann::json body{};
  bool is_long = false;  // takes the hub as long as its data are large: waits an hour
};
base::Result<nlohmann::json> send_json(HttpClient& hub, const JsonCall& call);

/// All items of a list, page after page, at most `limit`.
base::Result<nlohmann::json> get_items(HttpClient& hub, const std::string& path, std::size_t limit);

/// "?a=1&b=2" of the parameters that are not empty.
std::string query_of(const std::vector<std::pair<std::string, std::string>>& parameters);

/// A column of a printed list: its name and the JSON pointer of its cell.
struct PageColumn {
  std::string name;
  std::string pointer;
};

/// A JSON value as a cell of a table: texts without quotes, null as nothing, lists with commas.
std::string cell_text(const nlohmann::json& value);

/// A member of an object as a cell; nothing where it is not there.
std::string member_text(const nlohmann::json& object, const char* name);

/// Prints items as JSON or as a table.
void print_items(const Context& context, const nlohmann::json& items,
                 const std::vector<PageColumn>& columns);

/// Connects, calls and prints the answer: an object, or `done` where there is none.
ExitCode print_call(const Context& context, const JsonCall& call, const std::string& done);

/// What somebody typed as a value: JSON where it is JSON, else a text.
nlohmann::json value_of(std::string_view typed);

/// Prints an object as JSON or as lines "key  value".
void print_object(const Context& context, const nlohmann::json& object);

}  // namespace millrace::cli
