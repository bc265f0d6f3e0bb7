// Any bytes as a statement, and as the tree of one: no crash, and what the guard lets pass reads no
// more than what is offered.
#include <cstdint>
#include <cstdlib>

#include "store/duckdb/sql_bounds.h"
#include "store/duckdb/sql_guard.h"
#include "store/duckdb/sql_sandbox.h"

namespace {

using namespace millrace;
using namespace millrace::store::duckdb;

void expect(bool is_so) {
  if (!is_so) std::abort();
}

/// An engine whose parser is asked; its tables give nothing.
struct Parser {
  SqlPipe pipe{base::FileDescriptor(), [] { return false; }};
  SandboxTables tables{pipe, {}};
  Sandbox sandbox = Sandbox::open(tables).value();

  std::optional<nlohmann::json> tree(std::string_view sql) {
    const auto texts = sandbox.texts("SELECT json_serialize_sql(" + sql_literal(sql) + ")");
    if (!texts || texts->empty()) return std::nullopt;
    const auto tree = read_sql_tree(texts->front());
    return tree ? std::optional(*tree) : std::nullopt;
  }
};

void look_at(const nlohmann::json& tree) {
  const SqlNames offered = {"samples", "things"};
  const auto named = check_sql_tree(tree, offered);
  if (!named) return expect(!named.error().what.empty());
  for (const std::string& name : *named) expect(offered.contains(name));
  const SqlEvaluation evaluate = {
      .time = [](const nlohmann::json&) { return std::optional<std::int64_t>(5); },
      .series = [](const std::string&,
                   const auto&) { return std::optional(std::vector<std::int32_t>{1}); }};
  const SqlBounds bounds = find_sql_bounds(tree, "samples", evaluate);
  expect(!bounds.series || named->contains("samples"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Parser parser;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with('{')) {
    const auto given = read_sql_tree(text);
    if (given) look_at(*given);
    return 0;
  }
  if (!check_sql_text(text)) return 0;
  if (const auto tree = parser.tree(text)) look_at(*tree);
  return 0;
}
