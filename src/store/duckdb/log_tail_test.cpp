#include "store/duckdb/log_tail.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <format>

#include "base/files.h"
#include "store/duckdb/file_format.h"

namespace millrace::store::duckdb {
namespace {

const std::string kHead("\x64\x00\x62\x65\x00\x02\xFF\xFF", 8);
const std::string kFlush("\x64\x00\x64\xFF\xFF", 5);

std::string log_word(std::uint64_t number) {
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &number, 8);
  return bytes;
}

std::string entry(std::string_view bytes) {
  return log_word(bytes.size()) + log_word(engine_checksum(bytes)) + std::string(bytes);
}

/// Two entries and the flush.
std::string transaction(char content) {
  return entry(std::string(100, content)) + entry(std::string(13, content)) + entry(kFlush);
}

std::string flipped(std::string log, std::size_t at) {
  log.at(at) ^= 1;
  return log;
}

TEST(LogTail, a_log_that_is_whole_or_empty_is_kept_whole) {
  EXPECT_EQ(torn_from(""), 0U);
  EXPECT_EQ(torn_from(kHead), kHead.size());
  const std::string log = kHead + transaction('a') + transaction('b');
  EXPECT_EQ(torn_from(log), log.size());
}

TEST(LogTail, a_log_that_only_ends_early_is_left_to_the_engine) {
  const std::string log = kHead + transaction('a') + transaction('b');
  for (std::size_t size = 0; size < log.size(); ++size) {
    EXPECT_EQ(torn_from(log.substr(0, size)), size) << size;
  }
}

TEST(LogTail, a_hole_in_the_last_transaction_cuts_all_of_it_and_nothing_else) {
  const std::string before = kHead + transaction('a');
  const std::string last = transaction('b');
  for (std::size_t at = 8; at < last.size(); ++at) {
    const bool is_size = at >= 116 && at < 124;
    if (is_size || (at >= 145 && at < 153)) continue;  // sizes that run over the end
    EXPECT_EQ(torn_from(flipped(before + last, before.size() + at)), before.size()) << at;
  }
  std::string zeros = before + last;
  std::fill_n(zeros.begin() + static_cast<long>(before.size()), 60, '\0');
  EXPECT_EQ(torn_from(zeros), before.size());
}

TEST(LogTail, damage_before_the_last_transaction_is_not_hidden) {
  const std::string log = kHead + transaction('a') + transaction('b') + transaction('c');
  EXPECT_EQ(torn_from(flipped(log, kHead.size() + 20)), log.size());
  EXPECT_EQ(torn_from(flipped(log, kHead.size() + transaction('a').size() + 20)), log.size());
}

TEST(LogTail, a_torn_head_loses_the_only_transaction_and_other_versions_are_left_alone) {
  EXPECT_EQ(torn_from(flipped(kHead + transaction('a'), 1)), 0U);
  const std::string other = flipped(kHead + transaction('a'), 5);
  EXPECT_EQ(torn_from(other), other.size());
  const std::string two = flipped(kHead + transaction('a') + transaction('b'), 1);
  EXPECT_EQ(torn_from(two), two.size());
}

TEST(LogTail, what_is_cut_is_kept_beside_the_log) {
  const auto path = std::filesystem::temp_directory_path() / std::format("log-{}", ::getpid());
  const std::string before = kHead + transaction('a');
  const std::string torn = flipped(before + transaction('b'), before.size() + 20);
  ASSERT_TRUE(base::write_file_durably(path, torn));
  ASSERT_TRUE(cut_torn_log(path));
  EXPECT_EQ(*base::read_file(path), before);
  EXPECT_EQ(*base::read_file(path.native() + ".torn"), torn.substr(before.size()));
  ASSERT_TRUE(cut_torn_log(path));
  EXPECT_EQ(*base::read_file(path), before);
  std::filesystem::remove(path);
  std::filesystem::remove(path.native() + ".torn");
  EXPECT_TRUE(cut_torn_log(path)) << "a log that is not there is whole";
}

}  // namespace
}  // namespace millrace::store::duckdb
