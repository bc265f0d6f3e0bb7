#pragma once

#include "store/duckdb/open_store.h"
#include "store/sql_query.h"

namespace millrace::store::duckdb {

/// What running a statement needs beside the open store.
struct SqlSetting {
  const std::vector<std::string>& worker;  // program and arguments
  const base::Clock& clock;
  std::function<bool()> is_current;  // false: the store must be let go of
};

/// SeriesStore::sql(). Errors: as it says.
base::Result<SqlAnswer> run_sql(OpenStore& store, const SqlSetting& setting, const SqlQuery& query);

}  // namespace millrace::store::duckdb
