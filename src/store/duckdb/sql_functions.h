#pragma once

#include <string_view>

namespace millrace::store::duckdb {

/// Whether a statement may call a scalar function, aggregate or window function of this name: those
/// that compute from their arguments alone, or say what time it is. No list of what is forbidden
/// would be complete; this one of what is allowed is what a release of the engine may fall behind.
bool is_sql_function(std::string_view name);

/// Whether it gives the same for the same arguments within one statement.
bool is_stable_sql_function(std::string_view name);

/// Whether it may stand in FROM: range, generate_series, unnest, json_each.
bool is_sql_table_function(std::string_view name);

}  // namespace millrace::store::duckdb
