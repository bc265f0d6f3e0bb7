#pragma once

#include <memory>
#include <vector>

#include "cli/command.h"
#include "cli/pages.h"

namespace millrace::cli {

/// An option of a list that becomes a parameter of the query.
struct ListFilter {
  const char* option;
  const char* parameter;
  const char* sentence;
};

/// A list of the hub as a command: where it is, what narrows it, which columns people see.
struct List {
  const char* path;
  std::vector<ListFilter> filters;
  std::vector<PageColumn> columns;
};

struct ListOptions {
  std::vector<std::string> values;  // by filter
  std::size_t limit = 10'000;
};

std::shared_ptr<ListOptions> add_filters(CLI::App& app, const List& list);
ExitCode print_list(const Context& context, const List& list, const ListOptions& options);
/// Both: a command that prints the list.
RunCommand add_list(CLI::App& app, Context& context, List list);

}  // namespace millrace::cli
