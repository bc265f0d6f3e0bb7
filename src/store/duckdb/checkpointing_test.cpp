#include "store/duckdb/checkpointing.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <format>

#include "base/files.h"
#include "store/duckdb/file_format.h"

namespace millrace::store::duckdb {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

std::string word(std::uint64_t number) {
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &number, 8);
  return bytes;
}

class CheckpointTest : public testing::Test {
 protected:
  CheckpointTest() : folder_(fs::temp_directory_path() / std::format("check-{}", ::getpid())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~CheckpointTest() override { fs::remove_all(folder_); }

  /// A database with one table of numbers, closed.
  void make_database() {
    auto database = Database::open(file_, {}).value();
    auto connection = Connection::open(database).value();
    EXPECT_TRUE(connection.run("CREATE TABLE t AS SELECT range AS n FROM range(1000); CHECKPOINT"));
    EXPECT_TRUE(connection.run("INSERT INTO t VALUES (1000)"));
    EXPECT_TRUE(checkpoint(connection, file_));
    EXPECT_FALSE(fs::exists(guard_));
  }
  void write(const fs::path& path, std::string_view bytes) {
    ASSERT_TRUE(base::write_file_durably(path, bytes));
  }
  std::string guard(std::uint64_t iteration, std::uint64_t number, std::string_view block) const {
    return "MRGUARD1" + word(iteration) + word(header_.block_bytes) + word(1) + word(number) +
           std::string(block);
  }
  /// The database with block 0 overwritten, as by a checkpoint that was cut.
  std::string damage(std::string bytes) const {
    std::fill_n(bytes.begin() + static_cast<long>(header_.offset_of(0)), 5'000, 'x');
    return bytes;
  }
  void SetUp() override {
    make_database();
    whole_ = base::read_file(file_).value();
    header_ = read_header(file_).value();
    block_ = whole_.substr(header_.offset_of(0), header_.block_bytes);
    ASSERT_EQ(block_.size(), header_.block_bytes);
  }

  const fs::path folder_;
  const fs::path file_ = folder_ / "store.duckdb";
  const fs::path guard_ = folder_ / "store.duckdb.guard";
  std::string whole_;
  std::string block_;
  FileHeader header_;
};

TEST_F(CheckpointTest, each_checkpoint_raises_the_iteration_and_empties_the_log) {
  auto database = Database::open(file_, {}).value();
  auto connection = Connection::open(database).value();
  ASSERT_TRUE(connection.run("INSERT INTO t VALUES (1001)"));
  EXPECT_TRUE(fs::exists(file_.native() + ".wal"));
  ASSERT_TRUE(checkpoint(connection, file_));
  EXPECT_GT(read_header(file_)->iteration, header_.iteration);
  EXPECT_FALSE(fs::exists(guard_));
  std::error_code error;
  const auto log_bytes = fs::file_size(file_.native() + ".wal", error);
  EXPECT_TRUE(error || log_bytes == 0);
}

TEST_F(CheckpointTest, another_transaction_in_the_way_makes_it_wait_and_breaks_nothing) {
  auto database = Database::open(file_, {}).value();
  auto writer = Connection::open(database).value();
  auto other = Connection::open(database).value();
  ASSERT_TRUE(other.run("BEGIN TRANSACTION; INSERT INTO t VALUES (7)"));
  const auto done = checkpoint(writer, file_);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kUnavailable) << base::describe(done.error());
  EXPECT_FALSE(database->is_broken());
  EXPECT_FALSE(fs::exists(guard_));
  EXPECT_TRUE(other.run("COMMIT"));
  EXPECT_TRUE(checkpoint(writer, file_));
}

TEST_F(CheckpointTest, blocks_come_back_while_the_header_of_their_guard_is_in_force) {
  write(file_, damage(whole_));
  write(guard_, guard(header_.iteration, 0, block_));
  ASSERT_TRUE(undo_checkpoint(file_));
  EXPECT_TRUE(*base::read_file(file_) == whole_);
  EXPECT_FALSE(fs::exists(guard_));
}

TEST_F(CheckpointTest, a_guard_of_a_checkpoint_that_ended_means_nothing) {
  write(guard_, guard(header_.iteration - 1, 0, std::string(header_.block_bytes, 'x')));
  ASSERT_TRUE(undo_checkpoint(file_));
  EXPECT_TRUE(*base::read_file(file_) == whole_);
  EXPECT_FALSE(fs::exists(guard_));
}

TEST_F(CheckpointTest, without_a_guard_nothing_happens) {
  ASSERT_TRUE(undo_checkpoint(file_));
  EXPECT_TRUE(*base::read_file(file_) == whole_);
  EXPECT_TRUE(undo_checkpoint(folder_ / "none.duckdb"));
}

TEST_F(CheckpointTest, a_guard_that_is_cut_short_or_none_is_reported_and_not_used) {
  write(guard_, guard(header_.iteration, 0, block_.substr(0, 100)));
  EXPECT_EQ(undo_checkpoint(file_).error().code, ErrorCode::kCorrupt);
  EXPECT_TRUE(*base::read_file(file_) == whole_);
  write(guard_, "something else");
  EXPECT_EQ(undo_checkpoint(file_).error().code, ErrorCode::kCorrupt);
}

TEST_F(CheckpointTest, a_database_without_a_whole_header_is_corrupt) {
  std::string bytes = whole_;
  bytes[4096 + 20] ^= 1;
  bytes[8192 + 20] ^= 1;
  write(file_, bytes);
  EXPECT_EQ(read_header(file_).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace millrace::store::duckdb
