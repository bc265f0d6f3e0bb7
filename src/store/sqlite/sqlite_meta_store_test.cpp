#include "store/sqlite/sqlite_meta_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace millrace::store {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::Time;
using std::chrono::seconds;

constexpr Time kNow{seconds(1'800'000'000)};

class SqliteMetaStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / std::format("millrace meta={}", ::getpid());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::unique_ptr<SqliteMetaStore> open(std::span<const Migration> known = migrations()) {
    auto store = std::make_unique<SqliteMetaStore>(SqliteOptions{file(), known});
    const auto started = store->start();
    EXPECT_TRUE(started) << base::describe(started.error());
    return store;
  }
  fs::path file() const { return folder_ / "meta.db"; }

  fs::path folder_;
};

User ada() {
  return {.name = "ada",
          .title = "Ada",
          .role = "viewer",
          .password_hash = "$argon2id$…",
          .created = kNow,
          .changed = kNow};
}

Token token(std::string id, TokenKind kind, std::optional<Time> expires) {
  return {.id = id,
          .kind = kind,
          .hash = "hash of " + id,
          .name = "name of " + id,
          .role = "viewer",
          .created_by = "ada",
          .created = kNow,
          .expires = expires};
}

TEST_F(SqliteMetaStoreTest, what_was_applied_is_there_after_the_file_is_opened_again) {
  {
    auto store = open();
    MetaChange change{.users = {ada()}, .tokens = {token("t1", TokenKind::kApi, std::nullopt)}};
    change.settings = {{"hub", "mill", kNow}};
    change.titles = {{"thing", "pump-1", "Pumpe 1 泵"}};
    change.audit = {{.time = kNow, .actor = "ada", .action = "token.created", .body = "{}"}};
    ASSERT_TRUE(store->apply(change));
  }
  const auto store = open();
  EXPECT_EQ(*store->user("ada"), ada());
  EXPECT_EQ(*store->user("eve"), std::nullopt);
  EXPECT_EQ(*store->token_by_hash("hash of t1"), token("t1", TokenKind::kApi, std::nullopt));
  EXPECT_EQ(*store->setting("hub"), "mill");
  EXPECT_EQ(*store->setting("none"), std::nullopt);
  EXPECT_EQ(store->titles()->front().title, "Pumpe 1 泵");
  EXPECT_EQ(store->audit(0, 10)->front().action, "token.created");
}

TEST_F(SqliteMetaStoreTest, a_change_that_fails_leaves_nothing_behind) {
  const auto store = open();
  MetaChange change{.users = {ada()}};
  change.tokens = {token("t1", TokenKind::kApi, std::nullopt),
                   token("t1", TokenKind::kApi, std::nullopt)};
  const auto applied = store->apply(change);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, ErrorCode::kConflict);
  EXPECT_EQ(*store->user("ada"), std::nullopt);
  EXPECT_TRUE(store->tokens(TokenKind::kApi)->empty());
}

TEST_F(SqliteMetaStoreTest, two_api_tokens_cannot_share_a_name_but_sessions_can) {
  const auto store = open();
  Token one = token("t1", TokenKind::kApi, std::nullopt);
  Token two = token("t2", TokenKind::kApi, std::nullopt);
  two.name = one.name;
  EXPECT_FALSE(store->apply({.tokens = {one, two}}));
  one.kind = two.kind = TokenKind::kSession;
  EXPECT_TRUE(store->apply({.tokens = {one, two}}));
}

TEST_F(SqliteMetaStoreTest, expired_sessions_are_dropped_and_everything_else_stays) {
  const auto store = open();
  MetaChange change;
  change.tokens = {token("old", TokenKind::kSession, kNow),
                   token("new", TokenKind::kSession, kNow + seconds(1)),
                   token("api", TokenKind::kApi, kNow)};
  ASSERT_TRUE(store->apply(change));
  ASSERT_TRUE(store->apply({.drop_expired = kNow}));
  ASSERT_EQ(store->tokens(TokenKind::kSession)->size(), 1U);
  EXPECT_EQ(store->tokens(TokenKind::kSession)->front().id, "new");
  EXPECT_EQ(store->tokens(TokenKind::kApi)->size(), 1U);
  ASSERT_TRUE(store->apply({.tokens_ended = {"new", "unknown"}}));
  EXPECT_TRUE(store->tokens(TokenKind::kSession)->empty());
}

TEST_F(SqliteMetaStoreTest, a_token_remembers_when_it_was_used) {
  const auto store = open();
  Token one = token("t1", TokenKind::kApi, std::nullopt);
  ASSERT_TRUE(store->apply({.tokens = {one}}));
  one.last_used = kNow + seconds(60);
  ASSERT_TRUE(store->apply({.tokens_used = {one}}));
  EXPECT_EQ(*store->token_by_hash(one.hash), one);
}

TEST_F(SqliteMetaStoreTest, imports_are_numbered_and_listed_newest_first_in_pages) {
  const auto store = open();
  for (const char* id : {"a", "b", "c"}) {
    const ImportRecord record{.id = id, .rows_total = 1ULL << 40, .created = kNow};
    ASSERT_TRUE(store->apply({.imports = {record}}));
  }
  const auto page = *store->imports(0, 2);
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(page[0].id, "c");
  EXPECT_EQ(page[0].rows_total, 1ULL << 40);
  const auto rest = *store->imports(page[1].number, 2);
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].id, "a");
  EXPECT_EQ((*store->import("b"))->number, 2);
}

TEST_F(SqliteMetaStoreTest, the_audit_book_refuses_to_be_changed_even_by_sql) {
  const auto store = open();
  ASSERT_TRUE(store->apply({.audit = {{.time = kNow, .actor = "ada", .action = "a.b"}}}));
  ASSERT_TRUE(store->stop());
  static constexpr std::string_view kForge[] = {"UPDATE audit SET actor = 'eve'"};
  static constexpr std::string_view kErase[] = {"DELETE FROM audit"};
  for (const auto& statements : {std::span(kForge), std::span(kErase)}) {
    std::vector<Migration> known(migrations().begin(), migrations().end());
    known.push_back({known.back().number + 1, "forgery", statements, {}});
    SqliteMetaStore forger({file(), known});
    EXPECT_FALSE(forger.start());
  }
  EXPECT_EQ(open()->audit(0, 10)->front().actor, "ada");
}

TEST_F(SqliteMetaStoreTest, a_schema_from_a_newer_program_is_refused_with_both_numbers) {
  static constexpr std::string_view kMore[] = {"CREATE TABLE more (x INTEGER)"};
  std::vector<Migration> newer(migrations().begin(), migrations().end());
  newer.push_back({newer.back().number + 1, "more", kMore, {}});
  ASSERT_TRUE(open(newer)->stop());
  SqliteMetaStore store({file()});
  const auto started = store.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(started.error().what.find(std::format("schema {}", newer.back().number)),
            std::string::npos)
      << started.error().what;
}

TEST_F(SqliteMetaStoreTest, a_migration_that_fails_halfway_leaves_the_schema_as_it_was) {
  ASSERT_TRUE(open()->stop());
  static constexpr std::string_view kTorn[] = {"CREATE TABLE half (x INTEGER)", "CREATE NONSENSE"};
  std::vector<Migration> torn(migrations().begin(), migrations().end());
  torn.push_back({torn.back().number + 1, "torn", kTorn, {}});
  EXPECT_FALSE(SqliteMetaStore({file(), torn}).start());
  static constexpr std::string_view kGood[] = {"CREATE TABLE half (x INTEGER)"};
  torn.back().statements = kGood;
  EXPECT_EQ(open(torn)->stats()->schema_version, torn.back().number);
}

TEST_F(SqliteMetaStoreTest, a_backup_opens_like_any_other_store) {
  const auto store = open();
  ASSERT_TRUE(store->apply({.users = {ada()}}));
  const fs::path copy = folder_ / "copy.db";
  ASSERT_TRUE(store->backup(copy));
  SqliteMetaStore restored({copy});
  ASSERT_TRUE(restored.start());
  EXPECT_EQ(*restored.user("ada"), ada());
  EXPECT_FALSE(store->backup(copy)) << "a copy never overwrites another one";
}

TEST_F(SqliteMetaStoreTest, a_file_of_something_else_is_called_corrupt) {
  std::ofstream(file()) << std::string(4096, 'x');
  SqliteMetaStore store({file()});
  const auto started = store.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::kCorrupt) << started.error().what;
}

TEST_F(SqliteMetaStoreTest, the_file_can_be_read_by_its_owner_alone) {
  const auto store = open();
  struct stat seen{};
  ASSERT_EQ(::stat(file().c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 0777U, 0600U);
  EXPECT_GT(store->stats()->bytes_on_disk, 0U);
  EXPECT_TRUE(store->stats()->engine.starts_with("SQLite 3."));
}

}  // namespace
}  // namespace millrace::store
