#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "base/files.h"
#include "config/table.h"
#include "config/yaml.h"

namespace millrace::config {

/// A configuration from text; `file` names it in messages. Everything that is wrong is reported at
/// once: the Error (invalid) has a line "file:line: what (hint)" for each problem.
template <class T>
base::Result<T> load_text(std::string_view text, const std::string& file, const TableOf<T>& table) {
  auto tree = parse_yaml(text);
  if (!tree) return std::unexpected(to_error(file, std::move(tree).error()));
  T loaded;
  Problems problems;
  table.read(*tree, &loaded, problems);
  if (!problems.empty()) return std::unexpected(to_error(file, std::move(problems)));
  return loaded;
}

/// As load_text(), from a file. Errors also: not_found, forbidden, too_large, unavailable.
template <class T>
base::Result<T> load_file(const std::filesystem::path& path, const TableOf<T>& table) {
  MILLRACE_LET(const std::string text, base::read_file(path, YamlLimits().bytes_max));
  return load_text(text, path.string(), table);
}

/// The configuration as YAML, every option with its present value.
template <class T>
std::string to_text(const T& value, const TableOf<T>& table, Secrets secrets) {
  return to_yaml(table.show(&value, secrets));
}

}  // namespace millrace::config
