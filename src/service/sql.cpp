#include "service/sql.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "codec/utf8.h"
#include "service/sql_tables.h"

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::size_t kNotedBytesMax = 8U << 10;

/// One of the places for running statements, while it is held.
class RunningPlace {
 public:
  explicit RunningPlace(std::atomic<int>& running) : running_(running), at_(++running) {}
  RunningPlace(const RunningPlace&) = delete;
  RunningPlace& operator=(const RunningPlace&) = delete;
  ~RunningPlace() { --running_; }
  bool is_one() const { return at_ <= kSqlAtOnce; }

 private:
  std::atomic<int>& running_;
  const int at_;
};

Result<void> check_request(const SqlRequest& request) {
  if (request.limit < 1 || request.limit > kSqlRowsMax) {
    return base::fail(ErrorCode::kInvalid,
                      std::format("limit is not between 1 and {}", kSqlRowsMax));
  }
  if (request.sql.size() > store::kSqlTextBytesMax) {
    return base::fail(ErrorCode::kTooLarge,
                      std::format("sql has more than {} bytes", store::kSqlTextBytesMax),
                      "Ask in several statements.");
  }
  if (!codec::is_utf8(request.sql)) {
    return base::fail(ErrorCode::kInvalid, "sql is not UTF-8");
  }
  return {};
}

}  // namespace

Result<std::vector<store::SqlTable>> Sql::tables(const identity::Caller& caller) const {
  MILLRACE_TRY(allow(caller, Permission::kQuery));
  auto all = deps_.series.sql_tables();
  for (store::SqlGivenTable& given : twin_tables(twins_.roster(), deps_)) {
    all.push_back(std::move(given.table));
  }
  std::ranges::sort(all, {}, &store::SqlTable::name);
  return all;
}

Result<void> Sql::note(const identity::Caller& caller, const SqlRequest& request,
                       const Result<store::SqlAnswer>& answer, double elapsed_ms) const {
  nlohmann::json body = {
      {"sql", codec::readable_utf8(std::string_view(request.sql).substr(0, kNotedBytesMax))},
      {"bytes", request.sql.size()},
      {"elapsed_ms", elapsed_ms}};
  if (answer) {
    body["rows"] = answer->rows();
    body["commit"] = number(answer->commit);
  } else {
    body["error"] = base::text(answer.error().code);
  }
  store::MetaChange change;
  change.audit = {{.time = deps_.clock.now(),
                   .actor = caller.name,
                   .actor_role = std::string(identity::text(caller.role)),
                   .action = answer ? "sql.queried" : "sql.refused",
                   .subject = "sql",
                   .address = caller.address,
                   .body = body.dump()}};
  return deps_.meta.apply(change);
}

Result<SqlAnswer> Sql::run(const identity::Caller& caller, const SqlRequest& request) {
  MILLRACE_TRY(allow(caller, Permission::kQuery));
  MILLRACE_TRY(check_request(request));
  const RunningPlace place(running_);
  if (!place.is_one()) {
    return base::fail_for_now(ErrorCode::kLimited,
                              std::format("{} statements run already", kSqlAtOnce),
                              "Wait until one of them has ended.");
  }
  const auto started = deps_.clock.monotonic();
  auto answer = deps_.series.sql({.sql = request.sql,
                                  .limit = request.limit,
                                  .deadline = started + deps_.limits.query,
                                  .given = twin_tables(twins_.roster(), deps_),
                                  .stop = request.stop});
  const double elapsed_ms =
      std::chrono::duration<double, std::milli>(deps_.clock.monotonic() - started).count();
  MILLRACE_TRY(note(caller, request, answer, elapsed_ms));
  if (!answer) return std::unexpected(std::move(answer).error());
  return SqlAnswer{std::move(*answer), elapsed_ms};
}

}  // namespace millrace::service
