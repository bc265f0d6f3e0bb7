#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace millrace::store::duckdb {

/// Which rows of a table with time and series a statement can need: the others need not be read.
struct SqlBounds {
  std::int64_t from = std::numeric_limits<std::int64_t>::min();  // µs since the epoch, included
  std::int64_t to = std::numeric_limits<std::int64_t>::max();    // not included
  std::optional<std::vector<std::int32_t>> series;               // all when empty

  /// Rows of either.
  void unite(const SqlBounds& other);
};

/// What finding bounds asks the engine.
struct SqlEvaluation {
  /// The value of an expression without columns as µs since the epoch; empty when it has none.
  std::function<std::optional<std::int64_t>(const nlohmann::json& expression)> time;
  /// The series for which all conditions hold that name its columns, the table called `alias`;
  /// empty when that cannot be said.
  std::function<std::optional<std::vector<std::int32_t>>(
      const std::string& alias, const std::vector<nlohmann::json>& conditions)>
      series;
};

/// The bounds that the WHERE clauses around a table give: of each place that reads it the AND-ed
/// conditions on its time and on the columns of its series, and all places united. What is not
/// understood bounds nothing, so that no row is left out which the statement could see. The engine
/// still applies every condition; this only spares reading.
SqlBounds find_sql_bounds(const nlohmann::json& tree, const std::string& table,
                          const SqlEvaluation& evaluate);

/// A syntax tree that computes one expression, and one that selects the series of conditions.
nlohmann::json tree_of_expression(const nlohmann::json& expression);
nlohmann::json tree_of_series(const std::string& alias,
                              const std::vector<nlohmann::json>& conditions);

}  // namespace millrace::store::duckdb
