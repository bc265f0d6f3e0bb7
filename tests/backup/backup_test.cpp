// Backups with checksums: what is not as it was written is found.

#include <fstream>

#include "base/files.h"
#include "service/backup_set.h"
#include "service/service_fixture.h"

namespace millrace::service {
namespace {

namespace fs = std::filesystem;

class BackupTest : public ServiceTest {
 protected:
  BackupTest() {
    const auto id = define("pump-1", "flow");
    put(id, {clock_.now(), 4.5, {}});
    const auto made = services_->system.back_up(admin());
    EXPECT_TRUE(made) << base::describe(made.error());
    backup_ = *made;
  }
  BackupCheck verify() {
    auto check = services_->system.verify(admin(), backup_.name);
    EXPECT_TRUE(check) << base::describe(check.error());
    return check.value_or(BackupCheck{});
  }
  void change_byte(const fs::path& path, std::streamoff at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const char byte = static_cast<char>(file.get());
    file.seekp(at);
    file.put(static_cast<char>(byte ^ 1));
  }

  Backup backup_;
};

TEST_F(BackupTest, a_backup_is_as_it_was_written_until_something_changes_it) {
  const BackupCheck whole = verify();
  EXPECT_TRUE(whole.is_valid());
  EXPECT_EQ(std::tuple(whole.files, whole.bytes, whole.checksum),
            std::tuple(2U, backup_.bytes, backup_.checksum));
  EXPECT_EQ(count_audit("backup.verified"), 1U);
  change_byte(backup_.path / "series/store.duckdb", 20'000);
  EXPECT_EQ(verify().problems, std::vector<std::string>{"series/store.duckdb differs"});
  change_byte(backup_.path / "series/store.duckdb", 20'000);
  fs::resize_file(backup_.path / "meta.db", fs::file_size(backup_.path / "meta.db") - 1);
  std::ofstream(backup_.path / "series/more") << "x";
  EXPECT_EQ(verify().problems,
            (std::vector<std::string>{"meta.db differs", "series/more is in no list"}));
  fs::remove(backup_.path / "meta.db");
  EXPECT_EQ(verify().problems.back(), "meta.db is missing");
}

TEST_F(BackupTest, without_room_beside_ingest_neither_a_backup_nor_an_export_begins) {
  const auto one = index_.all().front().id;
  const ExportRequest wanted{.series = {one}, .range = {clock_.now() - 1h, clock_.now() + 1h}};
  EXPECT_TRUE(services_->exports.write(wanted));
  spare_bytes_ = 1ULL << 60;
  make_services();
  clock_.advance(2s);
  const auto refused = services_->system.back_up(admin());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNoSpace);
  EXPECT_TRUE(refused.error().what.starts_with("there is no room for a backup: "));
  EXPECT_FALSE(refused.error().hint.empty());
  const auto exported = services_->exports.write(wanted);
  ASSERT_FALSE(exported);
  EXPECT_EQ(exported.error().code, ErrorCode::kNoSpace);
  std::size_t backups = 0;
  for ([[maybe_unused]] const auto& each : fs::directory_iterator(folder_ / "backup")) ++backups;
  EXPECT_EQ(backups, 1U);
}

TEST_F(BackupTest, what_is_no_backup_is_refused) {
  const auto code = [&](const std::string& name) {
    return services_->system.verify(admin(), name).error().code;
  };
  EXPECT_EQ(code("2020-01-01T000000Z"), ErrorCode::kNotFound);
  for (const char* name : {"", ".", "..", "../series", "a/b", "/etc"}) {
    EXPECT_EQ(code(name), ErrorCode::kInvalid) << name;
  }
  EXPECT_EQ(services_->system.verify(as(Role::kOtEngineer), backup_.name).error().code,
            ErrorCode::kForbidden);
  ASSERT_TRUE(base::write_file_durably(backup_.path / kSumsFile,
                                       std::string(64, 'a') + "  ../../series/store.duckdb\n"));
  EXPECT_EQ(code(backup_.name), ErrorCode::kCorrupt);
  fs::remove(backup_.path / kSumsFile);
  EXPECT_EQ(code(backup_.name), ErrorCode::kNotFound);
}

TEST_F(BackupTest, a_restore_makes_a_data_directory_or_nothing) {
  const fs::path target = folder_ / "restored";
  const auto done = copy_backup(backup_.path, target);
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_EQ(done->checksum, backup_.checksum);
  EXPECT_FALSE(fs::exists(target / kSumsFile));
  store::duckdb::DuckDbStore copy({.folder = target / "series"}, clock_, base::Random(2));
  ASSERT_TRUE(copy.start());
  EXPECT_EQ(copy.stats()->commit, backup_.commit);
  EXPECT_EQ(copy.last_value(model::SeriesId(1), store::Corrections::kApplied)->sample.value,
            model::Value(4.5));
  EXPECT_EQ(copy_backup(backup_.path, target).error().code, ErrorCode::kConflict);
  change_byte(backup_.path / "meta.db", 100);
  const auto refused = copy_backup(backup_.path, folder_ / "other");
  EXPECT_EQ(refused.error().code, ErrorCode::kCorrupt);
  EXPECT_TRUE(refused.error().what.contains("meta.db differs"));
  EXPECT_FALSE(fs::exists(folder_ / "other") || fs::exists(folder_ / "other.part"));
}

TEST_F(BackupTest, what_nothing_can_make_again_is_in_a_backup_and_comes_back_for_its_owner_alone) {
  fs::create_directories(folder_ / "opcua/own");
  ASSERT_TRUE(base::write_file_durably(folder_ / "edges.yaml", "edges: []\n"));
  ASSERT_TRUE(base::write_file_durably(folder_ / "opcua/own/key.der", "key"));
  ASSERT_TRUE(base::write_file_durably(folder_ / "opcua/own/key.der.part", "half"));
  ASSERT_TRUE(base::write_file_durably(folder_ / "scratch.bin", "made again at any time"));
  clock_.advance(1s);
  backup_ = *services_->system.back_up(admin());
  EXPECT_EQ(std::tuple(verify().is_valid(), verify().files), std::tuple(true, 4U));
  change_byte(backup_.path / "edges.yaml", 3);
  EXPECT_EQ(verify().problems, std::vector<std::string>{"edges.yaml differs"});
  change_byte(backup_.path / "edges.yaml", 3);
  const fs::path target = folder_ / "restored";
  ASSERT_TRUE(copy_backup(backup_.path, target));
  EXPECT_EQ(*base::read_file(target / "edges.yaml"), "edges: []\n");
  EXPECT_EQ(*base::read_file(target / "opcua/own/key.der"), "key");
  for (const fs::path& folder : {backup_.path, target}) {
    for (const char* file : {"edges.yaml", "meta.db", "opcua/own/key.der", "series/store.duckdb"}) {
      EXPECT_EQ(fs::status(folder / file).permissions(),
                fs::perms::owner_read | fs::perms::owner_write)
          << folder / file;
    }
  }
}

}  // namespace
}  // namespace millrace::service
