#include <gtest/gtest.h>

#include <string_view>

#include "store/duckdb/sql_worker.h"

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "sql-worker") {
    return millrace::store::duckdb::run_sql_worker(millrace::store::duckdb::kSqlWorkerSocket);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
