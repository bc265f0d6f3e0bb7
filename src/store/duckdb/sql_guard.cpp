#include "store/duckdb/sql_guard.h"

#include <algorithm>
#include <format>
#include <optional>

#include "store/duckdb/sql_functions.h"
#include "store/sql_query.h"

namespace millrace::store::duckdb {
namespace {

using base::ErrorCode;
using nlohmann::json;

std::unexpected<base::Error> refuse(std::string what, std::string hint = {}) {
  return base::fail(ErrorCode::kInvalid, std::move(what), std::move(hint));
}

bool is_one_of(std::string_view name, std::string_view list) {
  return list.contains(std::format(" {} ", name));
}

/// Expressions by their class.
constexpr std::string_view kClasses =
    " BETWEEN CASE CAST COLLATE COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION LAMBDA "
    "LAMBDA_REF OPERATOR POSITIONAL_REFERENCE STAR SUBQUERY WINDOW ";
/// Everything else by its type: queries, tables, modifiers.
constexpr std::string_view kTypes =
    " SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE CTE_NODE "
    "BASE_TABLE SUBQUERY JOIN TABLE_FUNCTION EXPRESSION_LIST EMPTY PIVOT SHOW_REF "
    "ORDER_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER DISTINCT_MODIFIER "
    "ORDER_DEFAULT ASCENDING DESCENDING ";

/// A name that no file has: replacement of tables by files needs a dot or a slash.
bool is_plain_name(std::string_view name) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c >= 0x80; };
  return !name.empty() && std::ranges::all_of(name, fits);
}

class TreeCheck {
 public:
  TreeCheck(const SqlNames& tables, const SqlNames& defined) : tables_(tables), defined_(defined) {}

  void look_at(const json& object);
  base::Result<SqlNames> result() {
    if (error_) return std::unexpected(*error_);
    return std::move(named_);
  }

 private:
  void fail(std::string what, std::string hint = {}) {
    if (!error_) error_ = base::Error{ErrorCode::kInvalid, {}, std::move(what), std::move(hint)};
  }
  void check_kind(const json& object);
  void check_table(const json& table);
  void check_function(const json& function);
  void check_table_function(const json& table);
  void check_show(const json& show);
  void check_size(std::size_t count, std::size_t most, std::string_view what) {
    if (count <= most || error_) return;
    error_ = base::Error{ErrorCode::kTooLarge,
                         {},
                         std::format("the statement has more than {} {}", most, what),
                         "Ask in several statements."};
  }
  std::string offered() const {
    std::string all;
    for (const std::string& name : tables_) all += (all.empty() ? "" : ", ") + name;
    return std::format("There are {}.", all);
  }

  const SqlNames& tables_;
  const SqlNames& defined_;
  SqlNames named_;
  std::optional<base::Error> error_;
  std::size_t nodes_ = 0;
  std::size_t table_count_ = 0;
  std::set<const json*> table_functions_;  // checked with their table
};

void TreeCheck::check_kind(const json& object) {
  const std::string_view kind = text_member(object, "class");
  const std::string_view type = text_member(object, "type");
  if (kind == "PARAMETER") {
    return fail("parameters are not offered", "Write the value into the statement.");
  }
  const bool is_type_info = type.ends_with("_TYPE_INFO");
  const bool is_known = kind.empty() ? type.empty() || is_type_info || is_one_of(type, kTypes)
                                     : is_one_of(kind, kClasses);
  if (!is_known) fail(std::format("{} is not offered", kind.empty() ? type : kind));
}

void TreeCheck::check_table(const json& table) {
  check_size(++table_count_, kSqlTablesMax, "tables");
  const std::string name = small(text_member(table, "table_name"));
  const bool is_qualified =
      !text_member(table, "schema_name").empty() || !text_member(table, "catalog_name").empty();
  if (is_qualified) {
    return fail(std::format("{} is named with a schema", name), "Name the table alone.");
  }
  if (table.contains("at_clause") && !table["at_clause"].is_null()) {
    return fail("AT is not offered", "Ask the history of a property with as_of.");
  }
  if (tables_.contains(name)) named_.insert(name);
  if (tables_.contains(name) || defined_.contains(name)) return;
  if (!is_plain_name(name)) {
    return fail(std::format("'{}' is no table, and files cannot be read here", name), offered());
  }
  fail(std::format("there is no table {}", name), offered());
}

void TreeCheck::check_function(const json& function) {
  const std::string name = small(text_member(function, "function_name"));
  const std::string_view schema = text_member(function, "schema");
  const bool is_plain =
      (schema.empty() || schema == "main") && text_member(function, "catalog").empty();
  if (is_plain && is_sql_function(name)) return;
  fail(std::format("the function {} is not offered", name),
       "Functions that compute from their arguments are; see the guide on SQL.");
}

/// range(…) and the like in FROM.
void TreeCheck::check_table_function(const json& table) {
  check_size(++table_count_, kSqlTablesMax, "tables");
  const json& function = table.contains("function") ? table["function"] : table;
  const std::string name = small(text_member(function, "function_name"));
  table_functions_.insert(&function);
  const bool is_plain = text_member(function, "class") == "FUNCTION" &&
                        text_member(function, "catalog").empty() && is_sql_table_function(name);
  if (is_plain) return;
  fail(std::format("the table function {} is not offered", name),
       offered() + " In FROM may also stand range, generate_series, unnest and json_each.");
}

/// DESCRIBE and SUMMARIZE of a query; SHOW of anything else would list what is not offered.
void TreeCheck::check_show(const json& show) {
  const bool has_query = show.contains("query") && show["query"].is_object();
  if (!has_query) fail("SHOW is not offered", offered());
}

void TreeCheck::look_at(const json& object) {
  check_size(++nodes_, kSqlNodesMax, "parts");
  check_kind(object);
  if (!object.contains("class")) {
    const std::string_view type = text_member(object, "type");
    if (type == "BASE_TABLE") check_table(object);
    if (type == "TABLE_FUNCTION") check_table_function(object);
    if (type == "SHOW_REF") check_show(object);
    if (!text_member(object, "pivot_enum").empty()) fail("PIVOT over a type is not offered");
  }
  if (object.contains("function_name") && !table_functions_.contains(&object)) {
    check_function(object);
  }
}

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

}  // namespace

std::string_view text_member(const json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return {};
  return found->get_ref<const std::string&>();
}

std::string small(std::string_view text) {
  std::string all(text);
  for (char& c : all) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return all;
}

base::Result<void> check_sql_text(std::string_view sql) {
  if (sql.size() > kSqlTextBytesMax) {
    return base::fail(ErrorCode::kTooLarge,
                      std::format("the statement has more than {} bytes", kSqlTextBytesMax),
                      "Ask in several statements.");
  }
  if (sql.contains('\0')) return refuse("the statement holds a byte that is no text");
  const std::string text = small(sql);
  std::size_t count = 0;
  for (std::size_t at = text.find("materialized"); at != std::string::npos;
       at = text.find("materialized", at + 1)) {
    ++count;
  }
  if (count <= kSqlMaterializedMax) return {};
  return refuse(std::format("MATERIALIZED stands more than {} times", kSqlMaterializedMax),
                "Leave the word out: what is used twice is computed once anyway.");
}

base::Result<json> read_sql_tree(std::string_view text) {
  json tree = json::parse(text, nullptr, false);
  if (!tree.is_object()) {
    return base::fail(ErrorCode::kInternal, "the parser's answer is no JSON");
  }
  const auto error = tree.find("error");
  if (error == tree.end() || *error != false) {
    const std::string said(first_line(text_member(tree, "error_message")));
    if (said.starts_with("Only SELECT")) {
      return refuse("this is no SELECT",
                    "Only a SELECT (or WITH, FROM, VALUES, DESCRIBE) is answered.");
    }
    return refuse(said.empty() ? "the statement cannot be parsed" : said);
  }
  const auto statements = tree.find("statements");
  const std::size_t count =
      statements != tree.end() && statements->is_array() ? statements->size() : 0;
  if (count == 1) return tree;
  return refuse(
      count == 0 ? "there is no statement" : std::format("there are {} statements, not one", count),
      "Ask one SELECT at a time.");
}

SqlNames with_names(const json& tree) {
  SqlNames names;
  for_each_object(tree, [&](const json& object) {
    if (object.contains("cte_name")) names.insert(small(text_member(object, "cte_name")));
    const auto map = object.find("cte_map");
    if (map == object.end() || !map->is_object()) return;
    const auto entries = map->find("map");
    if (entries == map->end() || !entries->is_array()) return;
    for (const json& entry : *entries) names.insert(small(text_member(entry, "key")));
  });
  return names;
}

base::Result<SqlNames> check_sql_tree(const json& tree, const SqlNames& tables) {
  const SqlNames defined = with_names(tree);
  for (const std::string& name : defined) {
    if (!is_plain_name(name)) {
      return refuse(std::format("'{}' is no name for a part of WITH", name),
                    "Take letters, digits and underscores.");
    }
  }
  TreeCheck check(tables, defined);
  for_each_object(tree, [&](const json& object) { check.look_at(object); });
  return check.result();
}

}  // namespace millrace::store::duckdb
