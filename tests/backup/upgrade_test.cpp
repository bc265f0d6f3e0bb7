// A hub on what an older Millrace left: a backup first, then the upgrade, and a way back.

#include "base/files.h"
#include "hub/hub_stores.h"
#include "service/backup_set.h"
#include "service/hub_name.h"
#include "service/service_fixture.h"
#include "support/golden_store.h"

namespace millrace::apps {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using store::Migration;
using store::OlderFormat;
using namespace std::chrono_literals;

constexpr std::string_view kBroken[] = {"INSERT INTO no_such_table VALUES (1)"};

std::vector<Migration> migrations_and(const Migration& more) {
  std::vector<Migration> all(store::migrations().begin(), store::migrations().end());
  all.push_back(more);
  return all;
}

class UpgradeTest : public testing::Test {
 protected:
  UpgradeTest() : root_(fs::temp_directory_path() / std::format("upgrade-{}", ::getpid())) {
    fs::remove_all(root_);
    support::unpack_golden_store(1, data_ / "series");
    for (const std::string_view file : store::duckdb::kStoreFiles) {
      golden_[std::string(file)] = bytes_of(data_ / "series" / file);
    }
    EXPECT_TRUE(base::write_file_durably(data_ / "edges.yaml", "edges: []\n"));
    write_metadata(store::migrations().first(1));
  }
  ~UpgradeTest() override { fs::remove_all(root_); }

  static std::string bytes_of(const fs::path& file) {
    return base::read_file(file, 1U << 30).value_or("nothing");
  }
  void write_metadata(std::span<const Migration> schema) {
    store::SqliteMetaStore meta({.file = data_ / "meta.db", .migrations = schema});
    EXPECT_TRUE(meta.start());
    EXPECT_TRUE(meta.stop());
  }
  HubStoreOptions options() const { return {.data_dir = data_, .kept_paths = {"edges.yaml"}}; }
  base::Result<HubStores> open(const HubStoreOptions& options) {
    clock_.advance(1s);
    return open_hub_stores(options, clock_);
  }
  std::vector<fs::path> backups() const {
    std::vector<fs::path> found;
    std::error_code none;
    for (const auto& one : fs::directory_iterator(data_ / "backup", none)) {
      found.push_back(one.path());
    }
    std::ranges::sort(found);
    return found;
  }
  /// The data directory is as the older program left it.
  void expect_untouched(const fs::path& data) const {
    for (const auto& [file, bytes] : golden_) {
      EXPECT_TRUE(bytes_of(data / "series" / file) == bytes) << file;
    }
  }
  /// What each store says of its format; empty for one of this program's.
  std::string older(const fs::path& data) const {
    HubStores stores = closed_hub_stores({.data_dir = data}, clock_, OlderFormat::kRefuse);
    const auto found = start_unless_older(stores);
    EXPECT_TRUE(found) << base::describe(found.error());
    return found.value_or("it does not open");
  }

  const fs::path root_;
  const fs::path data_ = root_ / "data";
  std::map<std::string, std::string> golden_;
  base::ManualClock clock_{base::Time(std::chrono::sys_days(std::chrono::year(2026) / 12 / 1))};
  const std::string newest_ = std::to_string(store::migrations().back().number);
};

TEST_F(UpgradeTest, a_backup_comes_before_the_upgrade_and_brings_the_old_format_back) {
  const std::string both =
      "the series store has format 1, this program writes 3; "
      "the metadata have schema 1, this program writes " +
      newest_;
  EXPECT_EQ(older(data_), both);
  expect_untouched(data_);
  {
    const auto stores = open(options());
    ASSERT_TRUE(stores) << base::describe(stores.error());
    EXPECT_EQ(number(stores->series->stats()->commit), 3);
    const auto audit = stores->meta->audit(0, 10);
    ASSERT_TRUE(audit && audit->size() == 1U);
    EXPECT_EQ(audit->front().action, "backup.made");
    EXPECT_EQ(audit->front().subject, backups().at(0).filename().native());
  }
  EXPECT_EQ(older(data_), "");
  ASSERT_EQ(backups().size(), 1U);
  const fs::path backup = backups()[0];
  EXPECT_TRUE(service::is_backup_name(backup.filename().native()));
  const auto check = service::check_sums(backup);
  ASSERT_TRUE(check);
  EXPECT_TRUE(check->is_valid());
  EXPECT_EQ(check->files, 4U) << "store and log, metadata, accounts";
  expect_untouched(backup);
  const fs::path restored = root_ / "restored";
  ASSERT_TRUE(service::copy_backup(backup, restored));
  EXPECT_EQ(older(restored), both);
  expect_untouched(restored);
  EXPECT_EQ(bytes_of(restored / "edges.yaml"), "edges: []\n");
  ASSERT_TRUE(open(options()));
  EXPECT_EQ(backups().size(), 1U) << "nothing is older any more";
  const auto again = open({.data_dir = restored});
  ASSERT_TRUE(again) << base::describe(again.error());
  EXPECT_EQ(number(again->series->stats()->commit), 3);
}

TEST_F(UpgradeTest, beside_metadata_of_a_newer_program_nothing_changes) {
  const auto newer = migrations_and({99, "newer", {}, {}});
  write_metadata(newer);
  const auto refused = open(options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  expect_untouched(data_);
  EXPECT_TRUE(backups().empty());
}

TEST_F(UpgradeTest, a_name_that_is_not_the_hubs_is_refused_before_anything_changes) {
  {
    store::SqliteMetaStore meta(
        {.file = data_ / "meta.db", .migrations = store::migrations().first(1)});
    ASSERT_TRUE(meta.start());
    ASSERT_TRUE(meta.apply({.users = {{.name = "admin", .role = "administrator"}}}));
    ASSERT_TRUE(meta.stop());
  }
  const std::string before = older(data_);
  HubStoreOptions named = options();
  const auto called = [](const std::string& name) {
    return [name](const store::MetaStore& meta) { return service::check_kept_name(meta, name); };
  };
  named.may_upgrade = called("plant-north");
  const auto refused = open(named);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_TRUE(refused.error().what.contains("called 'hub'")) << refused.error().what;
  EXPECT_EQ(older(data_), before);
  expect_untouched(data_);
  EXPECT_TRUE(backups().empty());
  named.may_upgrade = called("hub");
  EXPECT_TRUE(open(named));
  EXPECT_EQ(backups().size(), 1U);
}

TEST_F(UpgradeTest, without_room_for_the_backup_nothing_changes) {
  HubStoreOptions crowded = options();
  crowded.spare_bytes = std::uint64_t{1} << 60;
  const auto refused = open(crowded);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNoSpace);
  EXPECT_TRUE(refused.error().what.contains("MB backup before the upgrade"))
      << refused.error().what;
  expect_untouched(data_);
  EXPECT_TRUE(backups().empty());
}

TEST_F(UpgradeTest,
       an_upgrade_that_fails_half_way_goes_on_and_does_not_fill_the_disk_with_backups) {
  const auto broken = migrations_and({99, "broken", kBroken, {}});
  HubStoreOptions failing = options();
  failing.migrations = broken;
  EXPECT_FALSE(open(failing));
  ASSERT_EQ(backups().size(), 1U);
  expect_untouched(backups()[0]);
  // The series are in the new format, the metadata are not: that is kept, too, but once.
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(open(failing));
  EXPECT_EQ(backups().size(), 2U);
  const auto stores = open(options());
  ASSERT_TRUE(stores) << base::describe(stores.error());
  EXPECT_EQ(number(stores->series->stats()->commit), 3);
  EXPECT_TRUE(service::check_sums(backups()[0])->is_valid());
}

}  // namespace
}  // namespace millrace::apps
