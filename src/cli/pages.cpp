#include "cli/pages.h"

#include "cli/text_table.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

std::string dumped(const json& value, int indent) {
  return value.dump(indent, ' ', false, json::error_handler_t::replace) + "\n";
}

void flatten(const json& value, const std::string& path, TextTable& table) {
  if (!value.is_object()) return table.add({path, cell_text(value)});
  for (const auto& [key, member] : value.items()) {
    flatten(member, path.empty() ? key : path + "." + key, table);
  }
}

}  // namespace

base::Result<json> send_json(HttpClient& hub, const JsonCall& call) {
  HttpRequest request{.method = call.method, .path = call.path, .body = {}, .on_body = {}};
  if (!call.body.is_null()) {
    request.body = call.body.dump(-1, ' ', false, json::error_handler_t::replace);
  }
  if (call.is_long) request.stall_timeout = kLongCall;
  MILLRACE_LET(const HttpAnswer answer, hub.send(request));
  constexpr int kNoContent = 204;
  if (answer.status == kNoContent) return json();
  auto parsed = json::parse(answer.body, nullptr, false);
  if (parsed.is_object()) return parsed;
  return base::fail(base::ErrorCode::kMalformed, "the hub's answer is not JSON",
                    "Is the address that of a Millrace hub?");
}

base::Result<json> get_json(HttpClient& hub, const std::string& path) {
  return send_json(hub, {.method = "GET", .path = path});
}

ExitCode print_call(const Context& context, const JsonCall& call, const std::string& done) {
  const auto hub = context.connect();
  if (!hub) return context.fail(hub.error());
  const auto answer = send_json(**hub, call);
  if (!answer) return context.fail(answer.error());
  if (!answer->is_null()) {
    print_object(context, *answer);
  } else if (context.is_json()) {
    print_object(context, {{"done", done}});
  } else {
    context.say(done);
  }
  return ExitCode::kDone;
}

json value_of(std::string_view typed) {
  auto parsed = json::parse(typed, nullptr, false);
  return parsed.is_discarded() ? json(typed) : parsed;
}

base::Result<json> get_items(HttpClient& hub, const std::string& path, std::size_t limit) {
  json items = json::array();
  std::string cursor;
  while (items.size() < limit) {
    const std::string more = cursor.empty() ? "" : "cursor=" + url_encoded(cursor);
    const char* const joint = more.empty() ? "" : path.contains('?') ? "&" : "?";
    MILLRACE_LET(json page, get_json(hub, path + joint + more));
    for (json& item : page["items"]) items.push_back(std::move(item));
    const json& next = page["next"];
    if (!next.is_string()) break;
    cursor = next.get<std::string>();
  }
  while (items.size() > limit) items.erase(items.size() - 1);
  return items;
}

std::string query_of(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string query;
  for (const auto& [key, value] : parameters) {
    if (value.empty()) continue;
    query += std::format("{}{}={}", query.empty() ? '?' : '&', key, url_encoded(value));
  }
  return query;
}

std::string cell_text(const json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) {
    std::string all;
    for (const json& one : value) all += (all.empty() ? "" : ",") + cell_text(one);
    return all;
  }
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string member_text(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? "" : cell_text(*found);
}

void print_items(const Context& context, const json& items,
                 const std::vector<PageColumn>& columns) {
  if (context.is_json()) return context.print(dumped({{"items", items}}, -1));
  std::vector<std::string> names;
  for (const PageColumn& column : columns) names.push_back(column.name);
  TextTable table(names);
  for (const json& item : items) {
    std::vector<std::string> cells;
    for (const PageColumn& column : columns) {
      const json::json_pointer place(column.pointer);
      cells.push_back(item.contains(place) ? cell_text(item[place]) : "");
    }
    table.add(std::move(cells));
  }
  if (table.rows() == 0) return context.say("nothing found");
  context.print(table.text());
}

void print_object(const Context& context, const json& object) {
  if (context.is_json()) return context.print(dumped(object, -1));
  TextTable table({"", ""});
  flatten(object, "", table);
  context.print(table.text().substr(1));
}

}  // namespace millrace::cli
