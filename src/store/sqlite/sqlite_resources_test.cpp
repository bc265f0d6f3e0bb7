#include <gtest/gtest.h>
#include <unistd.h>

#include "store/sqlite/sqlite_meta_store.h"

namespace millrace::store {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::Time;
using std::chrono::seconds;

constexpr Time kAppliedAt{seconds(1'800'000'000)};
constexpr std::size_t kReleasedHash =
    7'022'479'240'718'641'601U;  // FNV-1a of the first migration's statements

class SqliteResourcesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / std::format("millrace-resources-{}", ::getpid());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::unique_ptr<SqliteMetaStore> open(std::span<const Migration> known = migrations()) {
    auto store = std::make_unique<SqliteMetaStore>(SqliteOptions{folder_ / "meta.db", known});
    const auto started = store->start();
    EXPECT_TRUE(started) << base::describe(started.error());
    return store;
  }

  fs::path folder_;
};

ResourceRow row(std::string kind, std::string name, int version, std::int64_t revision) {
  return {.name = {std::move(kind), std::move(name), version},
          .spec = R"({"title":"Pumpe 泵"})",
          .revision = revision,
          .changed = kAppliedAt,
          .changed_by = "ada"};
}

Revision revision(std::int64_t number) {
  return {.number = number,
          .time = kAppliedAt,
          .by = "ada",
          .role = "ot_engineer",
          .reason = "new pump",
          .changes = R"([{"action":"create","kind":"Thing","name":"pump-1"}])"};
}

TEST_F(SqliteResourcesTest, an_apply_is_there_as_a_whole_after_the_file_is_opened_again) {
  const ResourceRow thing = row("Thing", "pump-1", 0, 1);
  const ResourceRow model = row("ThingModel", "pump", 2, 1);
  {
    MetaChange change{.resources = {model, thing}, .revision = revision(1)};
    change.audit = {
        {.time = kAppliedAt, .actor = "ada", .action = "resources.applied", .body = "{}"}};
    ASSERT_TRUE(open()->apply(change));
  }
  const auto store = open();
  EXPECT_EQ(*store->resources(), (std::vector{thing, model}));
  EXPECT_EQ(*store->revisions(0, 10), std::vector{revision(1)});
  EXPECT_EQ(store->audit(0, 10)->front().action, "resources.applied");
}

TEST_F(SqliteResourcesTest, the_second_of_two_changes_that_stand_on_one_revision_leaves_nothing) {
  const auto store = open();
  ASSERT_TRUE(store->apply({.resources = {row("Thing", "pump-1", 0, 1)}, .revision = revision(1)}));
  const auto late =
      store->apply({.resources = {row("Thing", "pump-2", 0, 1)}, .revision = revision(1)});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kConflict) << base::describe(late.error());
  EXPECT_FALSE(
      store->apply({.resources = {row("Thing", "pump-2", 0, 3)}, .revision = revision(3)}));
  EXPECT_EQ(store->resources()->size(), 1U);
  EXPECT_EQ(store->revisions(0, 10)->size(), 1U);
}

TEST_F(SqliteResourcesTest, what_is_deleted_leaves_its_name_behind) {
  const auto store = open();
  ASSERT_TRUE(
      store->apply({.resources = {row("ThingModel", "pump", 1, 1), row("ThingModel", "pump", 2, 1)},
                    .revision = revision(1)}));
  ASSERT_TRUE(
      store->apply({.resources_gone = {{"ThingModel", "pump", 1}}, .revision = revision(2)}));
  ASSERT_EQ(store->resources()->size(), 1U);
  EXPECT_EQ(store->resources()->front().name.version, 2);
  EXPECT_EQ(*store->tombstones(), (std::vector<ResourceName>{{"ThingModel", "pump", 1}}));
}

TEST_F(SqliteResourcesTest, a_resource_is_replaced_by_its_name_and_keeps_the_newest_revision) {
  const auto store = open();
  ASSERT_TRUE(store->apply({.resources = {row("Thing", "pump-1", 0, 1)}, .revision = revision(1)}));
  ResourceRow changed = row("Thing", "pump-1", 0, 2);
  changed.spec = "{}";
  ASSERT_TRUE(store->apply({.resources = {changed}, .revision = revision(2)}));
  EXPECT_EQ(*store->resources(), std::vector{changed});
  const auto page = *store->revisions(2, 10);
  ASSERT_EQ(page.size(), 1U);
  EXPECT_EQ(page[0].number, 1);
}

TEST_F(SqliteResourcesTest, a_registered_description_is_kept_replaced_and_removed_by_its_id) {
  const DescriptionRow lamp{"urn:example:lamp", R"({"title":"Lampe 泵"})", kAppliedAt, kAppliedAt,
                            "ada"};
  DescriptionRow pump{"urn:example:Pump", "{}", kAppliedAt, kAppliedAt, "ada"};
  ASSERT_TRUE(open()->apply({.descriptions = {lamp, pump}}));
  const auto store = open();
  EXPECT_EQ(*store->description_ids(), (std::vector<std::string>{pump.id, lamp.id}));
  EXPECT_EQ(**store->description(lamp.id), lamp);
  EXPECT_FALSE(*store->description("urn:example:LAMP"));
  pump.document = R"({"title":"Pump"})";
  pump.changed = kAppliedAt + seconds(5);
  ASSERT_TRUE(store->apply({.descriptions = {pump}, .descriptions_gone = {lamp.id, "urn:x"}}));
  EXPECT_EQ(**store->description(pump.id), pump);
  EXPECT_EQ(store->description_ids()->size(), 1U);
}

TEST_F(SqliteResourcesTest, metadata_of_the_first_schema_are_brought_up_to_date_and_kept) {
  const std::span<const Migration> first = migrations().first(1);
  {
    const auto old = open(first);
    ASSERT_EQ(old->stats()->schema_version, 1);
    ASSERT_TRUE(old->apply({.titles = {{"thing", "pump-1", "Pump"}}}));
    ASSERT_TRUE(old->apply({.audit = {{.time = kAppliedAt, .actor = "ada", .action = "a.b"}}}));
    ASSERT_TRUE(old->stop());
  }
  const auto store = open();
  EXPECT_EQ(store->stats()->schema_version, migrations().back().number);
  EXPECT_EQ(store->titles()->front().title, "Pump");
  EXPECT_EQ(store->audit(0, 10)->front().actor, "ada");
  EXPECT_TRUE(store->resources()->empty());
  EXPECT_TRUE(store->apply({.resources = {row("Thing", "pump-1", 0, 1)}, .revision = revision(1)}));
}

TEST_F(SqliteResourcesTest, the_first_schema_is_what_was_released) {
  // Its words are a promise to every hub that runs: this text may never change.
  std::string words;
  for (const std::string_view statement : migrations().front().statements) words += statement;
  for (const std::string_view statement : migrations().front().sqlite) words += statement;
  std::size_t hash = 14695981039346656037ULL;
  for (const char c : words) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  EXPECT_EQ(hash, kReleasedHash);
}

}  // namespace
}  // namespace millrace::store
