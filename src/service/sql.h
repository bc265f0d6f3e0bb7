#pragma once

#include <atomic>

#include "service/permission.h"
#include "service/twins.h"

namespace millrace::service {

struct SqlRequest {
  std::string sql;
  std::size_t limit = 10'000;
  std::stop_token stop{};  // requested when nobody waits for the answer
};

struct SqlAnswer {
  store::SqlAnswer table;
  double elapsed_ms = 0;
};

inline constexpr std::size_t kSqlRowsMax = 100'000;
inline constexpr int kSqlAtOnce = 2;

/// Read-only SQL over series and metadata: who may, how long, how many at once, and the audit book.
/// What a statement can reach is the store's business (store/sql_query.h). Any thread; waits for
/// the store.
class Sql {
 public:
  Sql(const Deps& deps, const Twins& twins) : deps_(deps), twins_(twins) {}

  /// By name. Errors: forbidden.
  base::Result<std::vector<store::SqlTable>> tables(const identity::Caller& caller) const;
  /// Every statement that was let in stands in the audit book with what came of it. Errors:
  /// forbidden, limited (kSqlAtOnce run already), cancelled (by the request's stop), those of
  /// SeriesStore::sql().
  base::Result<SqlAnswer> run(const identity::Caller& caller, const SqlRequest& request);

 private:
  base::Result<void> note(const identity::Caller& caller, const SqlRequest& request,
                          const base::Result<store::SqlAnswer>& answer, double elapsed_ms) const;

  const Deps& deps_;
  const Twins& twins_;
  std::atomic<int> running_ = 0;
};

}  // namespace millrace::service
