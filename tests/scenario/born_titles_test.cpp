// What sources call their properties reaches the series registry, also of series that are there.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "fleet/hub_delivery.h"
#include "pipeline/ingest.h"
#include "store/duckdb/duckdb_store.h"

namespace millrace::scenario {
namespace {

using namespace std::chrono_literals;

class NoLink final : public pipeline::OriginLink {
 public:
  void acknowledge(const std::string&, const pipeline::Acknowledgement&) override {}
};

class BornTitlesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    ASSERT_TRUE(store_.start());
    ingest_.start();
  }
  void TearDown() override {
    ingest_.stop();
    ASSERT_TRUE(store_.stop());
    std::filesystem::remove_all(folder_);
  }
  void born(std::string title) {
    const std::vector<pipeline::BornProperty> properties = {
        {"flow", model::ValueType::kF64, std::move(title)}};
    ASSERT_TRUE(ingest_.offer(pipeline::ThingUp{"edge", "pump", properties}));
  }
  void arrive(double value) {
    pipeline::BatchArrived arrived{.origin = "edge", .site = "site", .received = clock_.now()};
    arrived.batch = {
        .thing = "pump", .made = {}, .properties = {{"flow", model::ValueType::kF64, ""}}};
    arrived.batch.samples = {{0, {clock_.now(), value, {}}}};
    ASSERT_TRUE(ingest_.offer(std::move(arrived)));
  }
  /// Whether the store has it, not only the index.
  bool is_stored(std::string_view title) {
    const auto series = store_.series();
    return series && series->size() == 1 && series->front().title == title;
  }
  bool comes(std::string_view title) {
    for (int i = 0; i < 2000 && !is_stored(title); ++i) std::this_thread::sleep_for(5ms);
    return is_stored(title) && index_.get(model::SeriesId(1))->title == title;
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / std::format("millrace-titles-{}", ::getpid());
  base::SystemClock clock_;
  base::Metrics metrics_;
  store::duckdb::DuckDbStore store_{{.folder = folder_}, clock_, base::Random(1)};
  store::SeriesIndex index_{std::vector<model::Series>{}};
  NoLink link_;
  fleet::OriginBook book_{clock_, {}, {}};
  fleet::HubDelivery ledger_{{.session = 1}, {}, {link_, book_, clock_}};
  pipeline::LiveFeed live_;
  pipeline::Ingest ingest_{{}, {store_, index_, ledger_, live_, clock_, metrics_}};
};

TEST_F(BornTitlesTest, ATitleOfABirthIsThatOfTheSeries) {
  born("Flow");
  arrive(1);
  EXPECT_TRUE(comes("Flow"));
  born("Durchfluss");
  EXPECT_TRUE(comes("Durchfluss"));
  born("");  // says nothing
  arrive(2);
  std::this_thread::sleep_for(200ms);
  EXPECT_TRUE(is_stored("Durchfluss"));
}

TEST_F(BornTitlesTest, TwoBirthsWithinOneCommitLeaveOneSeriesThatOpensAgain) {
  born("Flow");
  arrive(1);
  born("Durchfluss");  // at once: the series is still to be committed
  EXPECT_TRUE(comes("Durchfluss"));
  ingest_.stop();
  EXPECT_EQ(store_.series()->size(), 1U);
  ASSERT_TRUE(store_.stop());
  EXPECT_TRUE(store_.start());
  EXPECT_TRUE(is_stored("Durchfluss"));
}

}  // namespace
}  // namespace millrace::scenario
