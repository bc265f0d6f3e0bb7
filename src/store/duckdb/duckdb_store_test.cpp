#include "store/duckdb/duckdb_store.h"

#include "contract/corrections_suite.h"
#include "contract/newest_suite.h"
#include "contract/series_store_suite.h"

namespace millrace::store::contract {
namespace {

std::unique_ptr<SeriesStore> make_store(const std::filesystem::path& folder,
                                        const base::Clock& clock) {
  duckdb::DuckDbOptions options{.folder = folder};
  options.seal = {.rows_min = 200, .rows_target = 400, .hot_rows_max = 1000, .late_rows_min = 1};
  return std::make_unique<duckdb::DuckDbStore>(options, clock, base::Random(1));
}

const MakeStore kDuckDb{"duckdb", make_store};
INSTANTIATE_TEST_SUITE_P(DuckDb, SeriesStoreContract, testing::Values(kDuckDb));
INSTANTIATE_TEST_SUITE_P(DuckDb, SeriesStoreNewest, testing::Values(kDuckDb));
INSTANTIATE_TEST_SUITE_P(DuckDb, SeriesStoreBuckets, testing::Values(kDuckDb));
INSTANTIATE_TEST_SUITE_P(DuckDb, SeriesStoreCorrections, testing::Values(kDuckDb));

}  // namespace
}  // namespace millrace::store::contract
