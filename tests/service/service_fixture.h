#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "service/services.h"
#include "store/duckdb/duckdb_store.h"
#include "store/sqlite/sqlite_meta_store.h"

namespace millrace::service {

using namespace std::chrono_literals;
using base::ErrorCode;
using identity::Role;

/// Origins as a test sets them.
class SetOrigins final : public pipeline::OriginView {
 public:
  std::vector<pipeline::OriginSnapshot> origins() const override { return all; }
  std::vector<pipeline::OriginSnapshot> all;
};

/// The services on real stores in a folder of their own; the test is the writer, and time stands
/// still until it says otherwise.
class ServiceTest : public testing::Test {
 protected:
  ServiceTest() {
    static std::atomic<int> count = 0;
    folder_ = std::filesystem::temp_directory_path() /
              std::format("millrace-service-{}-{}", ::getpid(), ++count);
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    series_ = std::make_unique<store::duckdb::DuckDbStore>(
        store::duckdb::DuckDbOptions{.folder = folder_ / "series"}, clock_, base::Random(1));
    meta_ =
        std::make_unique<store::SqliteMetaStore>(store::SqliteOptions{.file = folder_ / "meta.db"});
    EXPECT_TRUE(series_->start());
    EXPECT_TRUE(meta_->start());
    identity_ = std::make_unique<identity::Identity>(
        identity::IdentityOptions{.cost = {.passes = 1, .memory_bytes = 8192}},
        identity::Identity::Deps{*meta_, clock_});
    EXPECT_TRUE(identity_->start("correct horse"));
    make_services();
  }
  ~ServiceTest() override {
    services_.reset();
    catalogs_.reset();
    identity_.reset();
    series_.reset();
    meta_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// As a hub that starts does.
  void make_services() {
    services_.reset();
    catalogs_ = std::make_unique<Catalogs>(Catalogs::Deps{*meta_, units_, connectors_});
    EXPECT_TRUE(catalogs_->load());
    services_ = std::make_unique<Services>(deps());
  }
  Deps deps() {
    return {.series = *series_,
            .index = index_,
            .meta = *meta_,
            .catalogs = *catalogs_,
            .identity = *identity_,
            .live = feed_,
            .origins = origins_,
            .units = units_,
            .clock = clock_,
            .metrics = metrics_,
            .on_writer = [this](auto work) -> base::Result<void> {
              if (writes_to_fail_ == 0) return on_writer_ ? on_writer_(std::move(work)) : work();
              --writes_to_fail_;
              return base::fail_for_now(ErrorCode::kUnavailable, "the store refuses to commit");
            },
            .broker = [this] { return broker_; },
            .ingest = [] { return pipeline::IngestState{}; },
            .facts = {.version = "0.1.0",
                      .hub = "test",
                      .data_dir = folder_,
                      .kept_paths = {"edges.yaml", "opcua"},
                      .spare_bytes = spare_bytes_},
            .commands = commands_,
            .use_binder = [this](auto binder) -> base::Result<void> {
              if (use_binder_) return use_binder_(std::move(binder));
              binder_ = std::move(binder);
              return {};
            },
            .use_time_rules = use_time_rules_,
            .automatic_thing =
                [](const twin::SparkplugSource& one) { return one.node + "." + one.device; },
            .accounts = accounts_};
  }

  identity::Caller admin() {
    const auto session =
        identity_->login({.user = "admin", .password = "correct horse", .address = "10.0.0.1"});
    EXPECT_TRUE(session);
    return identity_->authenticate(session->secret, "10.0.0.1").value();
  }
  /// Somebody with an API token of this role.
  identity::Caller as(Role role) {
    const auto made = identity_->create_token(
        admin(), {.name = std::format("token-{}", ++tokens_), .role = role});
    EXPECT_TRUE(made);
    return identity_->authenticate(made->secret, "10.0.0.2").value();
  }

  model::SeriesId define(const std::string& thing, const std::string& property,
                         model::ValueType type = model::ValueType::kF64) {
    model::Series series{.id = series_->next_series_id(),
                         .thing = thing,
                         .property = property,
                         .type = type,
                         .site = "plant",
                         .source = "edge-1"};
    EXPECT_TRUE(series_->commit({.series = {series}}));
    index_.put(series);
    return series.id;
  }
  void put(model::SeriesId id, const model::Sample& sample) {
    store::Commit commit;
    commit.samples.push(id, index_.get(id)->type, sample, clock_.now());
    EXPECT_TRUE(series_->commit(commit));
    feed_.publish({id});
  }

  /// Newest first.
  std::vector<store::AuditEntry> audit() { return meta_->audit(0, 1000).value(); }
  std::size_t count_audit(std::string_view action) {
    std::size_t count = 0;
    for (const store::AuditEntry& entry : audit()) count += entry.action == action ? 1 : 0;
    return count;
  }

  std::filesystem::path folder_;
  std::uint64_t spare_bytes_ = 0;  // make_services() takes it
  base::ManualClock clock_{base::Time(std::chrono::seconds(1'790'000'000))};
  base::Metrics metrics_;
  SetOrigins origins_;
  const unit::Units units_ = unit::Units::create().value();
  pipeline::LiveFeed feed_;
  store::SeriesIndex index_{{}};
  std::unique_ptr<store::duckdb::DuckDbStore> series_;
  std::unique_ptr<store::SqliteMetaStore> meta_;
  std::unique_ptr<identity::Identity> identity_;
  std::vector<pipeline::ConnectorKind> connectors_;
  BrokerStatus broker_;
  pipeline::CommandLink* commands_ = nullptr;
  HubAccounts* accounts_ = nullptr;
  std::unique_ptr<Catalogs> catalogs_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<pipeline::InboundBinder> binder_;  // that services have put in force
  OnWriter on_writer_;           // of a test that has another writer than itself
  UseBinder use_binder_;         // of one that has an ingest
  UseTimeRules use_time_rules_;  // the same
  int writes_to_fail_ = 0;
  int tokens_ = 0;
};

}  // namespace millrace::service
