// A statement's time, on the store's side: a process is started, told of the tables, given the rows
// it asks for, and its answer is taken, until it ends, its time is over, or nobody waits for it.

#include "store/duckdb/sql_running.h"

#include <format>
#include <map>

#include "store/duckdb/sql_cells.h"
#include "store/duckdb/sql_process.h"
#include "store/duckdb/sql_scan.h"
#include "store/duckdb/sql_wire.h"
#include "store/duckdb/sql_worker.h"

namespace millrace::store::duckdb {
namespace {

using base::ErrorCode;

constexpr std::size_t kScansMax = 256;

std::unexpected<base::Error> is_nonsense() {
  return base::fail(ErrorCode::kInternal, "the process of the statement says what makes no sense");
}

class SqlRun {
 public:
  SqlRun(OpenStore& store, const SqlQuery& query, SqlPipe& pipe, model::CommitId commit)
      : store_(store), query_(query), pipe_(pipe) {
    answer_.commit = commit;
  }

  base::Result<SqlAnswer> run() {
    MILLRACE_TRY(ask());
    while (!is_done_) {
      MILLRACE_LET(const SqlPipe::Message message, pipe_.receive());
      MILLRACE_TRY(take(message));
    }
    return std::move(answer_);
  }

 private:
  struct Scan {
    std::unique_ptr<SqlScan> rows;
    SqlBlock block;
  };

  base::Result<void> ask();
  base::Result<void> take(const SqlPipe::Message& message);
  base::Result<void> open_scan(WireReader body);
  base::Result<std::unique_ptr<SqlScan>> scan_of(std::size_t table, SqlScanRequest request) const;
  base::Result<void> send_rows(WireReader body);
  base::Result<void> take_columns(WireReader body);
  base::Result<void> take_cells(WireReader body);
  base::Result<void> take_error(WireReader body) const;
  std::vector<SqlType> types_of(std::size_t table) const;

  OpenStore& store_;
  const SqlQuery& query_;
  SqlPipe& pipe_;
  std::map<std::uint32_t, Scan> scans_;
  bool is_done_ = false;
  SqlAnswer answer_;
};

base::Result<void> SqlRun::ask() {
  WireWriter body;
  body.text(query_.sql).put(static_cast<std::uint64_t>(query_.limit));
  body.put(static_cast<std::uint32_t>(stored_tables().size() + query_.given.size()));
  for (const StoredTable& table : stored_tables()) {
    body.text(table.name).put(static_cast<std::uint32_t>(table.columns.size()));
    for (const StoredColumn& column : table.columns) body.text(column.name).put(column.type);
  }
  for (const SqlGivenTable& given : query_.given) {
    body.text(given.table.name).put(static_cast<std::uint32_t>(given.table.columns.size()));
    for (const SqlTableColumn& column : given.table.columns) {
      body.text(column.name).put(given_type(column.type));
    }
  }
  return pipe_.send(SqlMessage::kAsk, body.take());
}

base::Result<void> SqlRun::take(const SqlPipe::Message& message) {
  const WireReader body(message.body);
  switch (message.kind) {
    case SqlMessage::kScan:
      return open_scan(body);
    case SqlMessage::kNext:
      return send_rows(body);
    case SqlMessage::kColumns:
      return take_columns(body);
    case SqlMessage::kCells:
      return take_cells(body);
    case SqlMessage::kError:
      return take_error(body);
    case SqlMessage::kDone:
      is_done_ = true;
      answer_.is_truncated = WireReader(message.body).get<std::uint8_t>() != 0;
      return {};
    default:
      return is_nonsense();
  }
}

std::vector<SqlType> SqlRun::types_of(std::size_t table) const {
  std::vector<SqlType> types;
  const auto stored = stored_tables();
  if (table < stored.size()) {
    for (const StoredColumn& column : stored[table].columns) types.push_back(column.type);
  } else if (table - stored.size() < query_.given.size()) {
    for (const SqlTableColumn& one : query_.given[table - stored.size()].table.columns) {
      types.push_back(given_type(one.type));
    }
  }
  return types;
}

base::Result<std::unique_ptr<SqlScan>> SqlRun::scan_of(std::size_t table,
                                                       SqlScanRequest request) const {
  const auto stored = stored_tables();
  if (table >= stored.size()) {
    return scan_given(query_.given[table - stored.size()], std::move(request.columns));
  }
  switch (stored[table].kind) {
    case StoredKind::kSamples:
      return scan_samples(request);
    case StoredKind::kMinutes:
      return scan_rollups(request, kMinute);
    case StoredKind::kHours:
      return scan_rollups(request, kHour);
    default:
      return scan_rows(request, stored[table]);
  }
}

base::Result<void> SqlRun::open_scan(WireReader body) {
  const auto id = body.get<std::uint32_t>();
  const std::size_t table = body.get<std::uint32_t>();
  SqlScanRequest request{
      .store = store_, .commit = answer_.commit, .deadline = query_.deadline, .stop = query_.stop};
  request.columns.resize(body.count(4));
  for (std::uint32_t& one : request.columns) one = body.get<std::uint32_t>();
  const bool has_series = body.get<std::uint8_t>() != 0;
  std::vector<std::int32_t> series(body.count(4));
  for (std::int32_t& one : series) one = body.get<std::int32_t>();
  if (has_series) request.bounds.series = std::move(series);
  request.bounds.from = body.get<std::int64_t>();
  request.bounds.to = body.get<std::int64_t>();
  const auto all = types_of(table);
  std::vector<SqlType> types;
  for (const std::uint32_t column : request.columns) {
    if (column >= all.size()) return is_nonsense();
    types.push_back(all[column]);
  }
  if (body.is_broken() || all.empty() || scans_.size() >= kScansMax) return is_nonsense();
  MILLRACE_LET(auto rows, scan_of(table, std::move(request)));
  const bool is_new = scans_.try_emplace(id, std::move(rows), SqlBlock(std::move(types))).second;
  return is_new ? base::Result<void>() : is_nonsense();
}

base::Result<void> SqlRun::send_rows(WireReader body) {
  const auto id = body.get<std::uint32_t>();
  const auto found = scans_.find(id);
  if (found == scans_.end()) return {};  // it has ended, and the end was said
  Scan& scan = found->second;
  MILLRACE_TRY(scan.rows->fill(scan.block));
  WireWriter rows;
  rows.put(id);
  const bool is_end = scan.block.rows() == 0;
  scan.block.write(rows);
  if (is_end) scans_.erase(found);
  return pipe_.send(SqlMessage::kRows, rows.take());
}

base::Result<void> SqlRun::take_columns(WireReader body) {
  answer_.columns.resize(body.count(8));
  for (SqlColumn& column : answer_.columns) {
    column.name = body.text();
    column.type = body.text();
  }
  return body.is_broken() || answer_.columns.empty() ? is_nonsense() : base::Result<void>();
}

base::Result<void> SqlRun::take_cells(WireReader body) {
  while (!body.is_at_end() && !body.is_broken()) answer_.cells.push_back(read_cell(body));
  const bool is_whole = !body.is_broken() && !answer_.columns.empty() &&
                        answer_.cells.size() % answer_.columns.size() == 0 &&
                        answer_.rows() <= query_.limit;
  return is_whole ? base::Result<void>() : is_nonsense();
}

base::Result<void> SqlRun::take_error(WireReader body) const {
  const auto code = static_cast<ErrorCode>(body.get<std::uint8_t>());
  std::string what(body.text());
  std::string hint(body.text());
  const bool is_users = code == ErrorCode::kInvalid || code == ErrorCode::kTooLarge;
  if (body.is_broken()) return is_nonsense();
  return base::fail(is_users ? code : ErrorCode::kInternal, std::move(what), std::move(hint));
}

constexpr std::string_view kIsGone = "the process of the statement is gone";

/// What the caller is told. A process that was killed without a word ran out of memory.
base::Error as_said(const base::Error& error, SqlProcess& process, const SqlSetting& setting,
                    const SqlQuery& query) {
  if (error.code == ErrorCode::kTimeout || error.code == ErrorCode::kCancelled) {
    if (query.stop.stop_requested()) return stopped_for_nobody();
    const bool is_over = query.deadline && setting.clock.monotonic() >= *query.deadline;
    if (!is_over) {
      return {ErrorCode::kUnavailable, base::Retry::kLater, "the series store opens again", ""};
    }
    return {ErrorCode::kTimeout, base::Retry::kLater, "the statement was stopped at its deadline",
            "Take a shorter range of time or fewer things, or `hours` in place of `samples`."};
  }
  if (error.what != kIsGone || !process.was_killed()) return error;
  return {ErrorCode::kTooLarge, base::Retry::kNever,
          std::format("the statement needs more than the {} MB it may have", kSqlProcessMemoryMb),
          "Take a shorter range of time, fewer groups or shorter texts."};
}

}  // namespace

base::Result<SqlAnswer> run_sql(OpenStore& store, const SqlSetting& setting,
                                const SqlQuery& query) {
  if (setting.worker.empty()) {
    return base::fail(ErrorCode::kUnsupported, "this program runs no SQL",
                      "Ask a hub that was started as `millrace hub`.");
  }
  model::CommitId commit{};
  {
    const std::shared_lock lock(store.state);
    commit = model::CommitId(store.commit);
  }
  MILLRACE_LET(auto process, SqlProcess::start(setting.worker));
  SqlPipe pipe(process.take_socket(), [&] {
    const bool is_over = query.deadline && setting.clock.monotonic() >= *query.deadline;
    return !is_over && !query.stop.stop_requested() && setting.is_current();
  });
  auto answer = SqlRun(store, query, pipe, commit).run();
  if (answer) return answer;
  return std::unexpected(as_said(answer.error(), process, setting, query));
}

}  // namespace millrace::store::duckdb
