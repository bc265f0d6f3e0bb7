#include "store/duckdb/sql_statement.h"

#include <algorithm>
#include <format>

#include "store/duckdb/sample_rows.h"
#include "store/duckdb/sql_cells.h"
#include "store/duckdb/sql_worker.h"

namespace millrace::store::duckdb {
namespace {

using base::ErrorCode;
using nlohmann::json;

constexpr std::size_t kCellBytesAtOnce = 256U << 10;

constexpr std::string_view kSamplesView =
    "CREATE VIEW samples AS SELECT r.time, i.thing, i.property, r.value, i.unit, "
    "millrace_severity(r.quality_code) AS quality, "
    "nullif(millrace_reasons(r.quality_code), '') AS reasons, r.correction, i.site, i.area, "
    "i.line, i.type, r.value_i64, r.value_u64, r.value_bool, r.value_text, r.value_bytes, "
    "r.quality_code, r.series FROM millrace_scan({}) r JOIN main.series i ON i.series = r.series";

constexpr std::string_view kRollupView =
    "CREATE VIEW {0} AS SELECT r.time, i.thing, i.property, i.unit, r.samples, r.bad, r.avg, "
    "r.time_weighted_avg, r.min, r.max, r.first, r.last, r.sum, i.site, i.area, i.line, r.series "
    "FROM millrace_scan({1}) r JOIN main.series i ON i.series = r.series";

bool is_bounded(std::string_view table) { return std::ranges::contains(kBoundedTables, table); }

/// A tree as the statement it stands for.
base::Result<std::string> sql_of(Sandbox& sandbox, const json& tree) {
  const std::string text = tree.dump(-1, ' ', false, json::error_handler_t::replace);
  MILLRACE_LET(const auto found,
               sandbox.texts(std::format("SELECT json_deserialize_sql({})", sql_literal(text))));
  if (found.size() == 1) return found[0];
  return base::fail(ErrorCode::kInternal, "a tree became no statement");
}

std::optional<std::int64_t> time_of(Sandbox& sandbox, const json& expression) {
  const auto sql = sql_of(sandbox, tree_of_expression(expression));
  if (!sql) return std::nullopt;
  auto rows = sandbox.connection().query(std::format("SELECT epoch_us(({}))", *sql));
  if (!rows) return std::nullopt;
  const auto is_there = rows->next();
  if (!is_there || !*is_there || rows->is_null(0, 0)) return std::nullopt;
  return rows->column<std::int64_t>(0)[0];
}

std::optional<std::vector<std::int32_t>> series_of(Sandbox& sandbox, const std::string& alias,
                                                   const std::vector<json>& conditions) {
  const auto sql = sql_of(sandbox, tree_of_series(alias, conditions));
  if (!sql) return std::nullopt;
  auto rows = sandbox.connection().query(*sql);
  if (!rows) return std::nullopt;
  std::vector<std::int32_t> found;
  while (true) {
    const auto has_more = rows->next();
    if (!has_more) return std::nullopt;
    if (!*has_more) break;
    const auto* ids = rows->column<std::int64_t>(0);
    for (std::size_t row = 0; row < rows->size(); ++row) {
      found.push_back(static_cast<std::int32_t>(ids[row]));
    }
  }
  std::ranges::sort(found);
  return found;
}

/// The lines of the engine's message that say something.
std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// The types of a result's columns.
class ResultTypes {
 public:
  explicit ResultTypes(Rows& rows) {
    for (std::size_t i = 0; i < rows.columns(); ++i) all_.push_back(rows.type(i));
  }
  ResultTypes(const ResultTypes&) = delete;
  ResultTypes& operator=(const ResultTypes&) = delete;
  ~ResultTypes() {
    for (duckdb_logical_type& type : all_) duckdb_destroy_logical_type(&type);
  }
  const std::vector<duckdb_logical_type>& all() const { return all_; }

 private:
  std::vector<duckdb_logical_type> all_;
};

}  // namespace

base::Error statement_error(const base::Error& engine) {
  if (engine.what.contains("Out of Memory Error") || engine.what.contains("bad allocation")) {
    return {ErrorCode::kTooLarge, base::Retry::kNever,
            std::format("the statement needs more than the {} MB it may have", kSqlEngineMemoryMb),
            "Take a shorter range of time, fewer groups, or `hours` in place of `samples`."};
  }
  auto lines = lines_of(engine.what);
  std::string what = lines.empty() ? "the statement cannot be run" : lines[0];
  if (what.starts_with("DuckDB: ")) what.erase(0, 8);
  base::Error error{ErrorCode::kInvalid, base::Retry::kNever, std::move(what), ""};
  for (std::size_t i = 1; i < lines.size() && error.hint.empty(); ++i) {
    const bool helps = lines[i].starts_with("Did you mean") || lines[i].starts_with("Candidate");
    if (helps) error.hint = lines[i];
  }
  return error;
}

/// Its text, then its tree, in an engine that holds nothing yet.
base::Result<json> SqlStatement::check(Sandbox& sandbox) {
  MILLRACE_TRY(check_sql_text(sql_));
  const auto parsed =
      sandbox.texts(std::format("SELECT json_serialize_sql({})", sql_literal(sql_)));
  if (!parsed) return std::unexpected(statement_error(parsed.error()));
  if (parsed->size() != 1) return base::fail(ErrorCode::kInternal, "the parser gave no tree");
  MILLRACE_LET(json tree, read_sql_tree(parsed->front()));
  SqlNames names;
  for (const SandboxTable& table : tables_.all()) names.insert(table.name);
  MILLRACE_LET(named_, check_sql_tree(tree, names));
  return tree;
}

/// Views over scans for what the statement names; the series are copied, since the others join
/// them.
base::Result<void> SqlStatement::make_tables(Sandbox& sandbox) const {
  const auto needs_series = [](const std::string& name) {
    return name == kSeriesTable || is_bounded(name);
  };
  const auto series = tables_.find(kSeriesTable);
  if (series && std::ranges::any_of(named_, needs_series)) {
    MILLRACE_TRY(sandbox.connection().run(
        std::format("CREATE TABLE series AS SELECT * FROM millrace_scan({})", *series)));
  }
  for (const std::string& name : named_) {
    const auto place = tables_.find(name);
    if (!place || name == kSeriesTable) continue;
    std::string sql =
        std::format("CREATE VIEW {} AS SELECT * FROM millrace_scan({})", name, *place);
    if (is_bounded(name)) sql = std::vformat(kRollupView, std::make_format_args(name, *place));
    if (name == "samples") sql = std::vformat(kSamplesView, std::make_format_args(*place));
    MILLRACE_TRY(sandbox.connection().run(sql));
  }
  return {};
}

base::Result<void> SqlStatement::set_bounds(Sandbox& sandbox, const json& tree) {
  const SqlEvaluation evaluate = {
      .time = [&](const json& expression) { return time_of(sandbox, expression); },
      .series = [&](const std::string& alias,
                    const auto& conditions) { return series_of(sandbox, alias, conditions); }};
  for (SandboxTable& table : tables_.all()) {
    if (!is_bounded(table.name) || !named_.contains(table.name)) continue;
    table.bounds = find_sql_bounds(tree, table.name, evaluate);
  }
  return {};
}

base::Result<void> SqlStatement::run() {
  MILLRACE_LET(auto sandbox, Sandbox::open(tables_));
  MILLRACE_LET(const json tree, check(sandbox));
  MILLRACE_TRY(make_tables(sandbox));
  MILLRACE_TRY(sandbox.lock());
  // now() is the same for the bounds and for the statement.
  MILLRACE_LET(auto transaction, Transaction::begin(sandbox.connection()));
  MILLRACE_TRY(set_bounds(sandbox, tree));
  return answer(sandbox);
}

base::Result<void> SqlStatement::answer(Sandbox& sandbox) {
  auto rows = sandbox.connection().stream(sql_);
  if (!rows) return std::unexpected(statement_error(rows.error()));
  const ResultTypes types(*rows);
  WireWriter columns;
  columns.put(static_cast<std::uint32_t>(rows->columns()));
  for (std::size_t i = 0; i < rows->columns(); ++i) {
    columns.text(rows->name(i)).text(sql_type_name(types.all()[i]));
  }
  MILLRACE_TRY(pipe_.send(SqlMessage::kColumns, columns.take()));
  while (true) {
    const auto has_more = rows->next();
    if (!has_more) return std::unexpected(statement_error(has_more.error()));
    if (!*has_more) break;
    MILLRACE_LET(const bool is_full, send_rows(*rows, types.all()));
    if (is_full) return pipe_.send(SqlMessage::kDone, WireWriter().put(std::uint8_t{1}).take());
  }
  return pipe_.send(SqlMessage::kDone, WireWriter().put(std::uint8_t{0}).take());
}

/// True when the limit is reached and there is more.
base::Result<bool> SqlStatement::send_rows(Rows& rows,
                                           const std::vector<duckdb_logical_type>& types) {
  WireWriter cells;
  bool is_full = false;
  for (std::size_t row = 0; row < rows.size() && !is_full; ++row) {
    is_full = sent_ == limit_;
    if (is_full) break;
    for (std::size_t i = 0; i < types.size(); ++i) write_cell(cells, rows.vector(i), types[i], row);
    ++sent_;
    if (sent_bytes_ + cells.size() > kSqlAnswerBytesMax) {
      return base::fail(ErrorCode::kTooLarge,
                        std::format("the answer has more than {} MB", kSqlAnswerBytesMax >> 20),
                        "Name fewer columns or rows, or export the samples as a file.");
    }
    if (cells.size() < kCellBytesAtOnce) continue;
    sent_bytes_ += cells.size();
    MILLRACE_TRY(pipe_.send(SqlMessage::kCells, cells.take()));
  }
  sent_bytes_ += cells.size();
  if (cells.size() > 0) MILLRACE_TRY(pipe_.send(SqlMessage::kCells, cells.take()));
  return is_full;
}

}  // namespace millrace::store::duckdb
