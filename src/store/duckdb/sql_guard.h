#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace millrace::store::duckdb {

// The guard of statements. It looks at the syntax tree that the engine's own parser writes as JSON
// (json_serialize_sql) and lets pass what it knows: SELECT over the tables that are offered and the
// functions of sql_functions.h. Pure.

/// Sizes beyond which the engine's planner would be the one to suffer.
inline constexpr std::size_t kSqlNodesMax = 20'000;
inline constexpr std::size_t kSqlTablesMax = 64;
/// Each of these clauses doubles the tree, so few are enough.
inline constexpr std::size_t kSqlMaterializedMax = 4;

using SqlNames = std::set<std::string, std::less<>>;

/// What is refused before anything parses it. Errors: invalid, too_large.
base::Result<void> check_sql_text(std::string_view sql);

/// The syntax tree from its JSON. Errors: invalid, with what the parser said.
base::Result<nlohmann::json> read_sql_tree(std::string_view json);

/// Of `tables` (in small letters) those that the statement names; more where one of them is hidden
/// by a WITH. Errors: invalid, with what is not offered; too_large.
base::Result<SqlNames> check_sql_tree(const nlohmann::json& tree, const SqlNames& tables);

/// Names of everything that a WITH defines, in small letters.
SqlNames with_names(const nlohmann::json& tree);

/// A member of an object as text; empty for anything else.
std::string_view text_member(const nlohmann::json& object, const char* name);
std::string small(std::string_view text);

/// Calls `each` for every object of the tree, an object before what is in it.
template <class Each>
void for_each_object(const nlohmann::json& tree, Each each) {
  std::vector<const nlohmann::json*> open = {&tree};
  while (!open.empty()) {
    const nlohmann::json& one = *open.back();
    open.pop_back();
    if (one.is_object()) each(one);
    if (!one.is_structured()) continue;
    for (const auto& item : one) open.push_back(&item);
  }
}

}  // namespace millrace::store::duckdb
