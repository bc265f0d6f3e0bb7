#include "store/duckdb/sql_bounds.h"

#include <algorithm>
#include <iterator>

#include "store/duckdb/sql_functions.h"
#include "store/duckdb/sql_guard.h"

namespace millrace::store::duckdb {
namespace {

using nlohmann::json;

constexpr std::string_view kSeriesColumns = " series thing property type unit site area line ";

/// A place in FROM that reads the table.
struct Place {
  std::string alias;
  const json* where = nullptr;
};

/// Places whose rows a condition in WHERE can leave out without changing what a join gives: below
/// inner joins, and on the left of left ones.
void find_places(const json& table_ref, const std::string& table, std::vector<std::string>& found) {
  if (!table_ref.is_object()) return;
  const std::string_view type = text_member(table_ref, "type");
  if (type == "BASE_TABLE") {
    const bool is_sampled = table_ref.contains("sample") && !table_ref["sample"].is_null();
    const bool is_renamed =
        table_ref.contains("column_name_alias") && !table_ref["column_name_alias"].empty();
    if (small(text_member(table_ref, "table_name")) != table || is_sampled || is_renamed) return;
    const std::string_view alias = text_member(table_ref, "alias");
    found.push_back(alias.empty() ? table : small(alias));
    return;
  }
  const std::string_view kind = text_member(table_ref, "ref_type");
  const bool is_plain = kind == "REGULAR" || kind == "CROSS";
  const std::string_view join = text_member(table_ref, "join_type");
  if (type != "JOIN" || !is_plain || (join != "INNER" && join != "LEFT")) return;
  if (table_ref.contains("left")) find_places(table_ref["left"], table, found);
  if (join == "INNER" && table_ref.contains("right")) {
    find_places(table_ref["right"], table, found);
  }
}

void add_conditions(const json& where, std::vector<const json*>& conditions) {
  const bool is_and = text_member(where, "type") == "CONJUNCTION_AND" &&
                      where.contains("children") && where["children"].is_array();
  if (!is_and) return conditions.push_back(&where);
  for (const json& child : where["children"]) add_conditions(child, conditions);
}

/// The name of a column when the expression is one of the table called `alias`.
std::string column_of(const json& expression, const std::string& alias) {
  const auto names = expression.find("column_names");
  if (text_member(expression, "class") != "COLUMN_REF" || names == expression.end()) return {};
  if (!names->is_array() || names->empty() || names->size() > 2) return {};
  for (const json& name : *names) {
    if (!name.is_string()) return {};
  }
  const std::string last = small(names->back().get_ref<const std::string&>());
  if (names->size() == 1) return last;
  return small(names->front().get_ref<const std::string&>()) == alias ? last : "";
}

/// Whether it computes from constants (and from columns that `is_known`) alone, the same each time.
template <class Known>
bool is_pure(const json& expression, Known is_known) {
  bool is_so = true;
  for_each_object(expression, [&](const json& one) {
    const std::string_view kind = text_member(one, "class");
    if (kind == "SUBQUERY" || kind == "WINDOW" || kind == "STAR" || kind == "LAMBDA" ||
        kind == "POSITIONAL_REFERENCE") {
      is_so = false;
    }
    if (kind == "COLUMN_REF" && !is_known(one)) is_so = false;
    if (one.contains("function_name")) {
      is_so = is_so && is_stable_sql_function(small(text_member(one, "function_name")));
    }
  });
  return is_so;
}

class PlaceBounds {
 public:
  PlaceBounds(std::string alias, const SqlEvaluation& evaluate)
      : alias_(std::move(alias)), evaluate_(evaluate) {}

  void take(const json& condition) {
    const std::string_view kind = text_member(condition, "class");
    if (kind == "COMPARISON") take_comparison(condition);
    if (kind == "BETWEEN") take_between(condition);
    bool names_series = false;
    const auto is_of_series = [&](const json& column) {
      const std::string name = column_of(column, alias_);
      const bool is_one = !name.empty() && kSeriesColumns.contains(" " + name + " ");
      names_series |= is_one;
      return is_one;
    };
    if (is_pure(condition, is_of_series) && names_series) of_series_.push_back(condition);
  }

  SqlBounds result() {
    if (!of_series_.empty()) bounds_.series = evaluate_.series(alias_, of_series_);
    return std::move(bounds_);
  }

 private:
  bool is_time(const json& expression) const { return column_of(expression, alias_) == "time"; }
  std::optional<std::int64_t> constant(const json& expression) const {
    if (!is_pure(expression, [](const json&) { return false; })) return std::nullopt;
    return evaluate_.time(expression);
  }
  void not_before(const std::optional<std::int64_t>& time) {
    if (time) bounds_.from = std::max(bounds_.from, *time);
  }
  void not_after(const std::optional<std::int64_t>& time) {
    if (time && *time < std::numeric_limits<std::int64_t>::max()) {
      bounds_.to = std::min(bounds_.to, *time + 1);
    }
  }
  void take_comparison(const json& condition) {
    if (!condition.contains("left") || !condition.contains("right")) return;
    const bool is_left = is_time(condition["left"]);
    if (!is_left && !is_time(condition["right"])) return;
    const auto time = constant(condition[is_left ? "right" : "left"]);
    const std::string_view type = text_member(condition, "type");
    const bool is_greater = type.starts_with("COMPARE_GREATERTHAN");
    const bool is_less = type.starts_with("COMPARE_LESSTHAN");
    const bool is_equal = type == "COMPARE_EQUAL";
    if (is_equal || (is_left ? is_greater : is_less)) not_before(time);
    if (is_equal || (is_left ? is_less : is_greater)) not_after(time);
  }
  void take_between(const json& condition) {
    const bool is_whole =
        condition.contains("input") && condition.contains("lower") && condition.contains("upper");
    if (!is_whole || !is_time(condition["input"])) return;
    not_before(constant(condition["lower"]));
    not_after(constant(condition["upper"]));
  }

  const std::string alias_;
  const SqlEvaluation& evaluate_;
  SqlBounds bounds_;
  std::vector<json> of_series_;
};

json statement_of(json select_list, json from, json where) {
  json node = {{"type", "SELECT_NODE"},
               {"modifiers", json::array()},
               {"cte_map", {{"map", json::array()}}},
               {"select_list", std::move(select_list)},
               {"from_table", std::move(from)},
               {"where_clause", std::move(where)},
               {"group_expressions", json::array()},
               {"group_sets", json::array()},
               {"aggregate_handling", "STANDARD_HANDLING"},
               {"having", nullptr},
               {"sample", nullptr},
               {"qualify", nullptr}};
  json statement = {{"node", std::move(node)}, {"named_param_map", json::array()}};
  return {{"error", false}, {"statements", json::array({std::move(statement)})}};
}

}  // namespace

void SqlBounds::unite(const SqlBounds& other) {
  from = std::min(from, other.from);
  to = std::max(to, other.to);
  if (!series || !other.series) {
    series.reset();
    return;
  }
  std::vector<std::int32_t> both;
  std::ranges::set_union(*series, *other.series, std::back_inserter(both));
  series = std::move(both);
}

SqlBounds find_sql_bounds(const json& tree, const std::string& table,
                          const SqlEvaluation& evaluate) {
  std::size_t named = 0;
  std::vector<Place> places;
  for_each_object(tree, [&](const json& object) {
    const std::string_view type = text_member(object, "type");
    const bool is_table = type == "BASE_TABLE" && !object.contains("class");
    if (is_table && small(text_member(object, "table_name")) == table) ++named;
    const bool is_sampled = object.contains("sample") && !object["sample"].is_null();
    if (type != "SELECT_NODE" || is_sampled || !object.contains("from_table")) return;
    std::vector<std::string> found;
    find_places(object["from_table"], table, found);
    const auto where = object.find("where_clause");
    const bool has_where = where != object.end() && where->is_object();
    for (std::string& alias : found) {
      places.push_back({std::move(alias), has_where ? &*where : nullptr});
    }
  });
  const bool is_hidden = with_names(tree).contains(table);
  if (places.size() != named || places.empty() || is_hidden) return {};
  std::optional<SqlBounds> all;
  for (const Place& place : places) {
    std::vector<const json*> conditions;
    if (place.where) add_conditions(*place.where, conditions);
    PlaceBounds bounds(place.alias, evaluate);
    for (const json* condition : conditions) bounds.take(*condition);
    if (all) {
      all->unite(bounds.result());
    } else {
      all = bounds.result();
    }
  }
  return *all;
}

json tree_of_expression(const json& expression) {
  json cast = {{"class", "CAST"},
               {"type", "OPERATOR_CAST"},
               {"alias", ""},
               {"child", expression},
               {"cast_type", {{"id", "TIMESTAMP WITH TIME ZONE"}, {"type_info", nullptr}}},
               {"try_cast", false}};
  return statement_of(json::array({std::move(cast)}),
                      {{"type", "EMPTY"}, {"alias", ""}, {"sample", nullptr}}, nullptr);
}

json tree_of_series(const std::string& alias, const std::vector<json>& conditions) {
  json column = {{"class", "COLUMN_REF"},
                 {"type", "COLUMN_REF"},
                 {"alias", ""},
                 {"column_names", json::array({"series"})}};
  json from = {{"type", "BASE_TABLE"},   {"alias", alias},
               {"sample", nullptr},      {"schema_name", "main"},
               {"table_name", "series"}, {"column_name_alias", json::array()},
               {"catalog_name", ""},     {"at_clause", nullptr}};
  json where = {{"class", "CONJUNCTION"},
                {"type", "CONJUNCTION_AND"},
                {"alias", ""},
                {"children", conditions}};
  return statement_of(json::array({std::move(column)}), std::move(from), std::move(where));
}

}  // namespace millrace::store::duckdb
