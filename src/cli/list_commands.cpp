// things, series, edges, imports, events: lists of the hub, one table of what they ask and print.
#include <memory>

#include "cli/command.h"
#include "cli/list_command.h"

namespace millrace::cli {
namespace {

constexpr ListFilter kWords = {"--q", "q", "Only where these words occur"};
constexpr ListFilter kSite = {"--site", "site", "Only of this site"};
constexpr ListFilter kArea = {"--area", "area", "Only of this area"};
constexpr ListFilter kLine = {"--line", "line", "Only of this line"};

ExitCode print_thing(const Context& context, const std::string& thing) {
  const auto hub = context.connect();
  if (!hub) return context.fail(hub.error());
  const auto detail = get_json(**hub, "/api/v1/things/" + url_encoded(thing));
  if (!detail) return context.fail(detail.error());
  if (context.is_json()) {
    print_object(context, *detail);
    return ExitCode::kDone;
  }
  print_items(context, (*detail)["properties"],
              {{"property", "/name"},
               {"value", "/current/value"},
               {"unit", "/unit"},
               {"time", "/current/time"},
               {"quality", "/current/quality"},
               {"reasons", "/current/reasons"},
               {"type", "/type"},
               {"series", "/series"}});
  return ExitCode::kDone;
}

}  // namespace

RunCommand add_things(CLI::App& app, Context& context) {
  const List list = {"/api/v1/things",
                     {kWords,
                      kSite,
                      kArea,
                      kLine,
                      {"--edge", "edge", "Only what this edge delivers"},
                      {"--quality", "quality", "good, uncertain or bad"}},
                     {{"thing", "/id"},
                      {"title", "/title"},
                      {"site", "/site"},
                      {"area", "/area"},
                      {"line", "/line"},
                      {"source", "/source"},
                      {"properties", "/properties"},
                      {"quality", "/quality"},
                      {"stale", "/stale"},
                      {"last sample", "/last_sample"}}};
  auto options = add_filters(app, list);
  auto thing = std::make_shared<std::string>();
  app.add_option("thing", *thing, "One thing with its properties and current values");
  return [options, list, thing, &context] {
    return thing->empty() ? print_list(context, list, *options) : print_thing(context, *thing);
  };
}

RunCommand add_series(CLI::App& app, Context& context) {
  return add_list(
      app, context,
      {"/api/v1/series",
       {kWords, kSite, kArea, kLine, {"--things", "things", "Only of these, by commas"}},
       {{"series", "/id"},
        {"thing", "/thing"},
        {"property", "/property"},
        {"type", "/type"},
        {"unit", "/unit"},
        {"site", "/tags/site"},
        {"source", "/source/name"},
        {"last sample", "/last_sample"}}});
}

RunCommand add_edges(CLI::App& app, Context& context) {
  return add_list(app, context,
                  {"/api/v1/edges",
                   {kWords, kSite},
                   {{"edge", "/name"},
                    {"kind", "/kind"},
                    {"site", "/site"},
                    {"connected", "/connected"},
                    {"since", "/since"},
                    {"things", "/things"},
                    {"samples/s", "/samples_per_second"},
                    {"spooled", "/spool/batches"},
                    {"lost", "/losses/samples"},
                    {"last sample", "/last_sample"}}});
}

RunCommand add_imports(CLI::App& app, Context& context) {
  return add_list(app, context,
                  {"/api/v1/imports",
                   {},
                   {{"import", "/id"},
                    {"state", "/state"},
                    {"file", "/file_name"},
                    {"rows", "/rows_total"},
                    {"stored", "/next_row"},
                    {"samples", "/samples"},
                    {"uncertain", "/samples_uncertain"},
                    {"bad", "/samples_bad"},
                    {"updated", "/updated"}}});
}

RunCommand add_events(CLI::App& app, Context& context) {
  return add_list(app, context,
                  {"/api/v1/events",
                   {{"--kind", "kind", "Only this kind, or all that start with it"},
                    {"--subject", "subject", "Only about this thing, edge or import"},
                    {"--start", "start", "Not before"},
                    {"--end", "end", "Before"}},
                   {{"id", "/id"},
                    {"time", "/time"},
                    {"kind", "/kind"},
                    {"subject", "/subject"},
                    {"by", "/actor_role"},
                    {"body", "/body"}}});
}

}  // namespace millrace::cli
