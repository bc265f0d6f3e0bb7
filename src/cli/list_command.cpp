#include "cli/list_command.h"

#include <algorithm>

namespace millrace::cli {

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

}  // namespace millrace::cli
