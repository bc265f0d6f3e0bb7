// things, series, edges, imports, events: lists of the hub, one table of what they ask and print.
#include <memory>

#include "cli/command.h"
#include "cli/pages.h"

namespace millrace::cli {
namespace {

struct Filter {
  const char* option;
  const char* parameter;
  const char* sentence;
};

struct List {
  const char* path;
  std::vector<Filter> filters;
  std::vector<PageColumn> columns;
};

constexpr Filter kWords = {"--q", "q", "Only where these words occur"};
constexpr Filter kSite = {"--site", "site", "Only of this site"};
constexpr Filter kArea = {"--area", "area", "Only of this area"};
constexpr Filter kLine = {"--line", "line", "Only of this line"};

struct ListOptions {
  std::vector<std::string> values;  // by filter
  std::size_t limit = 10'000;
};

std::shared_ptr<ListOptions> add_filters(CLI::App& app, const List& list) {
  auto options = std::make_shared<ListOptions>();
  options->values.resize(list.filters.size());
  for (std::size_t i = 0; i < list.filters.size(); ++i) {
    app.add_option(list.filters[i].option, options->values[i], list.filters[i].sentence);
  }
  app.add_option("--limit", options->limit, "At most so many")->capture_default_str();
  return options;
}

ExitCode print_list(const Context& context, const List& list, const ListOptions& options) {
  const auto hub = context.connect();
  if (!hub) return context.fail(hub.error());
  std::vector<std::pair<std::string, std::string>> parameters;
  for (std::size_t i = 0; i < list.filters.size(); ++i) {
    parameters.emplace_back(list.filters[i].parameter, options.values[i]);
  }
  parameters.emplace_back("limit", std::to_string(std::min<std::size_t>(options.limit, 1000)));
  const auto items = get_items(**hub, list.path + query_of(parameters), options.limit);
  if (!items) return context.fail(items.error());
  print_items(context, *items, list.columns);
  return ExitCode::kDone;
}

RunCommand add_list(CLI::App& app, Context& context, List list) {
  auto options = add_filters(app, list);
  return
      [options, list = std::move(list), &context] { return print_list(context, list, *options); };
}

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
