// descriptions: what is registered in the hub's Thing Directory beside its own things.
#include <algorithm>
#include <charconv>
#include <memory>

#include "base/files.h"
#include "cli/command.h"
#include "cli/pages.h"

namespace millrace::cli {
namespace {

using base::ErrorCode;
using base::Result;
using nlohmann::json;

constexpr const char* kDescriptionsPath = "/api/v1/wot/things";
constexpr const char* kDescriptionType = "application/td+json";
constexpr std::size_t kDescriptionsAtOnce = 100;
constexpr std::uintmax_t kDescriptionFileBytesMax = 32U << 20;

struct DescriptionOptions {
  std::vector<std::filesystem::path> files;
  std::string id;
  bool is_only_new = false;
};

std::string path_of_description(const std::string& id) {
  return std::format("{}/{}", kDescriptionsPath, url_encoded(id));
}

/// Reads the directory, which is by id: the hub's own stand together, and may be thousands.
class DirectoryReader {
 public:
  DirectoryReader(HttpClient& hub, const std::string& name)
      : hub_(hub), own_(std::format("urn:millrace:{}:", name)) {}

  Result<json> foreign();

 private:
  struct Slice {
    json documents;
    bool has_more = false;
  };
  Result<Slice> slice(std::size_t offset, std::size_t limit);
  Result<bool> is_own_at(std::size_t place);
  Result<std::size_t> behind_own(std::size_t offset);
  bool is_own(const json& document) const { return document.value("id", "").starts_with(own_); }

  HttpClient& hub_;
  const std::string own_;
};

Result<DirectoryReader::Slice> DirectoryReader::slice(std::size_t offset, std::size_t limit) {
  MILLRACE_LET(
      const HttpAnswer answer,
      hub_.send({.path = std::format("{}?offset={}&limit={}", kDescriptionsPath, offset, limit),
                 .body = {},
                 .on_body = {}}));
  Slice found{json::parse(answer.body, nullptr, false)};
  if (!found.documents.is_array()) {
    return base::fail(ErrorCode::kMalformed, "the hub's answer is no list",
                      "Is the address that of a Millrace hub?");
  }
  found.has_more = hub_.header("Link").contains("rel=\"next\"");
  return found;
}

Result<bool> DirectoryReader::is_own_at(std::size_t place) {
  MILLRACE_LET(const Slice one, slice(place, 1));
  return !one.documents.empty() && is_own(one.documents.front());
}

/// The first place from `offset` on that has another one; found in few steps.
Result<std::size_t> DirectoryReader::behind_own(std::size_t offset) {
  std::size_t low = offset, high = offset;
  for (std::size_t step = kDescriptionsAtOnce;; step *= 2) {
    MILLRACE_LET(const bool is_own, is_own_at(high));
    if (!is_own) break;
    low = high + 1;
    high += step;
  }
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    MILLRACE_LET(const bool is_own, is_own_at(middle));
    (is_own ? low : high) = is_own ? middle + 1 : middle;
  }
  return low;
}

Result<json> DirectoryReader::foreign() {
  json all = json::array();
  for (std::size_t place = 0;;) {
    MILLRACE_LET(Slice found, slice(place, kDescriptionsAtOnce));
    const bool ends_own = !found.documents.empty() && is_own(found.documents.back());
    for (json& one : found.documents) {
      if (!is_own(one)) all.push_back(std::move(one));
    }
    if (!found.has_more) return all;
    place += kDescriptionsAtOnce;
    if (ends_own) {
      MILLRACE_LET(place, behind_own(place));
    }
  }
}

ExitCode list_descriptions(const Context& context) {
  const auto hub = context.connect();
  if (!hub) return context.fail(hub.error());
  const auto system = get_json(**hub, "/api/v1/system");
  if (!system) return context.fail(system.error());
  const auto found = DirectoryReader(**hub, system->value("hub", "")).foreign();
  if (!found) return context.fail(found.error());
  print_items(context, *found,
              {{"id", "/id"},
               {"title", "/title"},
               {"registered", "/registration/created"},
               {"changed", "/registration/modified"}});
  return ExitCode::kDone;
}

/// As it came, so that it can be put again.
ExitCode show_description(const Context& context, const std::string& id) {
  const auto hub = context.connect();
  if (!hub) return context.fail(hub.error());
  const auto document = get_json(**hub, path_of_description(id));
  if (!document) return context.fail(document.error());
  constexpr int kIndent = 2;
  context.print(
      document->dump(context.is_json() ? -1 : kIndent, ' ', false, json::error_handler_t::replace) +
      "\n");
  return ExitCode::kDone;
}

/// The descriptions of a file: one object, or a list of them.
Result<std::vector<json>> descriptions_in(const std::filesystem::path& file) {
  MILLRACE_LET(const std::string text, base::read_file(file, kDescriptionFileBytesMax));
  json parsed = json::parse(text, nullptr, false);
  if (parsed.is_object()) return std::vector{std::move(parsed)};
  const bool is_list = parsed.is_array() &&
                       std::ranges::all_of(parsed, [](const json& one) { return one.is_object(); });
  if (is_list) return parsed.get<std::vector<json>>();
  return base::fail(ErrorCode::kInvalid,
                    std::format("{} holds no Thing Description", file.native()),
                    "Give a file with a JSON object, or a list of objects.");
}

/// The id that a Location ends with.
std::string id_in(std::string_view location) {
  const std::string_view last = location.substr(location.find_last_of('/') + 1);
  std::string id;
  for (std::size_t i = 0; i < last.size(); ++i) {
    unsigned byte = 0;
    const char* digits = last.data() + i + 1;
    const bool is_escaped = last[i] == '%' && i + 2 < last.size() &&
                            std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    id += is_escaped ? static_cast<char>(byte) : last[i];
    if (is_escaped) i += 2;
  }
  return id;
}

std::string title_in(const json& document) {
  const auto title = document.find("title");
  return title != document.end() && title->is_string() ? title->get<std::string>()
                                                       : "a description";
}

/// Under its id, or under one that the hub gives; gives what became of it.
Result<json> put_description(HttpClient& hub, const json& document, bool is_only_new) {
  HttpRequest request{.method = "POST",
                      .path = kDescriptionsPath,
                      .body = document.dump(-1, ' ', false, json::error_handler_t::replace),
                      .content_type = kDescriptionType,
                      .on_body = {}};
  const bool has_id = document.contains("id") && document["id"].is_string();
  std::string id = has_id ? document["id"].get<std::string>() : "";
  if (has_id) {
    request.method = "PUT";
    request.path = path_of_description(id);
    if (is_only_new) request.headers = {"If-None-Match: *"};
  }
  MILLRACE_LET(const HttpAnswer answer, hub.send(request));
  constexpr int kCreated = 201;
  if (!has_id) id = id_in(hub.header("Location"));
  return json{{"id", id}, {"done", answer.status == kCreated ? "registered" : "replaced"}};
}

/// All that can be put is put; gives the code of the first that cannot.
ExitCode put_descriptions(const Context& context, const DescriptionOptions& options) {
  const auto hub = context.connect();
  if (!hub) return context.fail(hub.error());
  std::vector<json> documents;
  for (const auto& file : options.files) {
    auto found = descriptions_in(file);
    if (!found) return context.fail(found.error());
    for (json& one : *found) documents.push_back(std::move(one));
  }
  json done = json::array();
  std::optional<base::Error> refused;
  for (const json& document : documents) {
    const auto put = put_description(**hub, document, options.is_only_new);
    if (put) {
      done.push_back(*put);
      if (!context.is_json()) {
        context.say(std::format("{} {}", (*put)["id"].get<std::string>(),
                                (*put)["done"].get<std::string>()));
      }
      continue;
    }
    base::Error error = put.error();
    error.what = std::format("{}: {}", title_in(document), error.what);
    if (!context.is_json()) context.fail(error);
    if (!refused) refused = std::move(error);
  }
  if (context.is_json() && refused) return context.fail(*refused);
  if (context.is_json()) print_object(context, {{"items", done}});
  return refused ? exit_code(refused->code) : ExitCode::kDone;
}

}  // namespace

RunCommand add_descriptions(CLI::App& app, Context& context) {
  auto options = std::make_shared<DescriptionOptions>();
  CLI::App* list = add_verb(app, "list", "Those that are registered, by id");
  CLI::App* show = add_verb(app, "show", "One as JSON, also of a thing of the hub");
  CLI::App* put = add_verb(app, "put", "Register or replace what JSON files hold");
  CLI::App* remove = add_verb(app, "delete", "Remove one");
  show->add_option("id", options->id, "Its id, such as urn:example:lamp")->required();
  remove->add_option("id", options->id, "Its id, as `descriptions list` shows it")->required();
  put->add_option("file", options->files, "Thing Descriptions (JSON), one or a list of them")
      ->required();
  put->add_flag("--new", options->is_only_new, "Replace none: refused where the id is registered");
  put->footer("One without an id gets one. Things of the hub follow their resources.");
  return run_verb(
      app, {{list, [&context] { return list_descriptions(context); }},
            {show, [options, &context] { return show_description(context, options->id); }},
            {put, [options, &context] { return put_descriptions(context, *options); }},
            {remove, [options, &context] {
               return print_call(context,
                                 {.method = "DELETE", .path = path_of_description(options->id)},
                                 std::format("{} is removed", options->id));
             }}});
}

}  // namespace millrace::cli
