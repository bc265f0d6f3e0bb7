// onboarding: what waits unbound, what a server offers, and files that would bind it.
#include <memory>

#include "cli/command.h"
#include "cli/list_command.h"
#include "cli/pages.h"
#include "cli/resource_files.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

struct Browsed {
  std::string connection, address;
  std::size_t limit = 1000;
};

ExitCode browse(const Context& context, const Browsed& wanted) {
  const auto hub = context.connect();
  if (!hub) return context.fail(hub.error());
  json body = {{"connection", wanted.connection}, {"limit", wanted.limit}};
  if (!wanted.address.empty()) body["address"] = wanted.address;
  const auto answer =
      send_json(**hub, {.method = "POST", .path = "/api/v1/onboarding/browse", .body = body});
  if (!answer) return context.fail(answer.error());
  if (context.is_json()) {
    print_object(context, *answer);
    return ExitCode::kDone;
  }
  print_items(context, answer->value("nodes", json::array()),
              {{"address", "/address"},
               {"name", "/name"},
               {"title", "/title"},
               {"type", "/type"},
               {"unit", "/unit"},
               {"min", "/min"},
               {"max", "/max"},
               {"writable", "/writable"}});
  if (answer->value("truncated", false)) {
    context.say("there is more: raise --limit, or browse below an --address");
  }
  return ExitCode::kDone;
}

struct Proposed {
  std::string candidate, connection, model, thing;
  std::string site, area, line, cell;
  std::vector<std::string> addresses;
  std::filesystem::path folder;
};

json body_of(const Proposed& wanted) {
  json body = json::object(), place = json::object();
  const auto put = [](json& to, const char* name, const std::string& text) {
    if (!text.empty()) to[name] = text;
  };
  put(body, "candidate", wanted.candidate);
  put(body, "connection", wanted.connection);
  put(body, "model", wanted.model);
  put(body, "thing", wanted.thing);
  put(place, "site", wanted.site);
  put(place, "area", wanted.area);
  put(place, "line", wanted.line);
  put(place, "cell", wanted.cell);
  if (!place.empty()) body["place"] = place;
  if (!wanted.addresses.empty()) body["addresses"] = wanted.addresses;
  return body;
}

ExitCode propose(const Context& context, const Proposed& wanted) {
  const auto hub = context.connect();
  if (!hub) return context.fail(hub.error());
  const auto answer = send_json(
      **hub, {.method = "POST", .path = "/api/v1/onboarding/proposal", .body = body_of(wanted)});
  if (!answer) return context.fail(answer.error());
  const auto written =
      write_resource_files(answer->value("files", json::array()), wanted.folder, context);
  if (!written) return context.fail(written.error());
  if (context.is_json()) {
    json shown = *answer;
    shown["folder"] = wanted.folder.native();
    print_object(context, shown);
    return ExitCode::kDone;
  }
  print_items(context, answer->value("matches", json::array()),
              {{"address", "/address"},
               {"property", "/property"},
               {"score", "/score"},
               {"reason", "/reason"}});
  context.say(std::format("{} as {}: {} files in {}; read them, then: millrace plan {}",
                          answer->value("thing", ""), answer->value("model", ""), *written,
                          wanted.folder.native(), wanted.folder.native()));
  return ExitCode::kDone;
}

void add_proposal_options(CLI::App& app, Proposed& wanted) {
  app.add_option("candidate", wanted.candidate, "Id of a candidate, as `onboarding list` shows it");
  app.add_option("--connection", wanted.connection, "Or a connection …");
  app.add_option("--addresses", wanted.addresses, "… and the addresses picked in it");
  app.add_option("--model", wanted.model, "pump@1; the best fitting one by default, or a new one");
  app.add_option("--thing", wanted.thing, "Name of the thing");
  app.add_option("--site", wanted.site, "Where it stands …");
  app.add_option("--area", wanted.area, "…");
  app.add_option("--line", wanted.line, "…");
  app.add_option("--cell", wanted.cell, "…");
  app.add_option("-o,--output", wanted.folder, "Folder to write the files to")->required();
}

}  // namespace

RunCommand add_onboarding(CLI::App& app, Context& context) {
  const List candidates = {"/api/v1/onboarding",
                           {{"--q", "q", "Only where these words occur"}},
                           {{"candidate", "/id"},
                            {"title", "/title"},
                            {"thing", "/thing"},
                            {"samples", "/samples"},
                            {"first seen", "/first_seen"},
                            {"last seen", "/last_seen"}}};
  auto browsed = std::make_shared<Browsed>();
  auto proposed = std::make_shared<Proposed>();
  CLI::App* list =
      add_verb(app, "list", "Sources whose values are stored and bound to nothing yet");
  CLI::App* nodes = add_verb(app, "browse", "What a server offers, by asking it now");
  nodes->add_option("connection", browsed->connection, "Name of a connection")->required();
  nodes->add_option("--address", browsed->address, "Only below this node");
  nodes->add_option("--limit", browsed->limit, "At most so many")->capture_default_str();
  CLI::App* files = add_verb(app, "propose", "Files that would bind a source to a thing");
  add_proposal_options(*files, *proposed);
  return run_verb(app, {{list, add_list(*list, context, candidates)},
                        {nodes, [browsed, &context] { return browse(context, *browsed); }},
                        {files, [proposed, &context] { return propose(context, *proposed); }}});
}

}  // namespace millrace::cli
