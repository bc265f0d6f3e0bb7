#include "store/duckdb/upgrading.h"

#include <format>

#include "base/log.h"
#include "store/duckdb/tables.h"

namespace millrace::store::duckdb {
namespace {

base::Result<std::int32_t> read_format(Connection& connection) {
  MILLRACE_LET(auto rows, connection.query("SELECT format FROM store"));
  MILLRACE_LET(const bool is_there, rows.next());
  if (is_there) return rows.column<std::int32_t>(0)[0];
  return base::fail(base::ErrorCode::kCorrupt, "the table `store` is empty",
                    "Restore the store from a backup.");
}

}  // namespace

base::Result<void> upgrade(Connection& connection, OlderFormat older_format) {
  MILLRACE_LET(const std::int32_t format, read_format(connection));
  if (format < 1 || format >= kFormat) return {};
  if (older_format != OlderFormat::kUpgrade) {
    return base::fail(
        base::ErrorCode::kCancelled,
        std::format("the series store has format {}, this program writes {}", format, kFormat));
  }
  MILLRACE_LET(auto transaction, Transaction::begin(connection));
  if (format < 2) {
    MILLRACE_TRY(connection.run(std::string(kCorrectionsTable)));
    MILLRACE_TRY(connection.run("ALTER TABLE partitions ADD COLUMN has_rows BOOLEAN DEFAULT true"));
  }
  MILLRACE_TRY(connection.run("ALTER TABLE losses ADD COLUMN thing VARCHAR DEFAULT ''"));
  MILLRACE_TRY(connection.run("ALTER TABLE losses ADD COLUMN property VARCHAR DEFAULT ''"));
  MILLRACE_TRY(connection.run(std::format("UPDATE store SET format = {}", kFormat)));
  MILLRACE_TRY(transaction.commit());
  base::log::info("the series store has been brought from format {} to {}", format, kFormat);
  return {};
}

}  // namespace millrace::store::duckdb
