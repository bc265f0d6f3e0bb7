#include "service/hub_name.h"

#include "model/name.h"
#include "service_fixture.h"

namespace millrace::service {
namespace {

/// The metadata of a hub before its first start, and before hubs had names.
class HubNameTest : public testing::Test {
 protected:
  HubNameTest() {
    folder_ = std::filesystem::temp_directory_path() / std::format("millrace-name-{}", ::getpid());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    open();
  }
  ~HubNameTest() override {
    meta_.reset();
    std::filesystem::remove_all(folder_);
  }
  void open() {
    meta_ =
        std::make_unique<store::SqliteMetaStore>(store::SqliteOptions{.file = folder_ / "meta.db"});
    ASSERT_TRUE(meta_->start());
  }
  base::Result<std::string> start(const std::string& wanted = "") {
    return hub_name(*meta_, wanted, random_, base::Time(1'790'000'000s));
  }

  std::filesystem::path folder_;
  base::Random random_{7};
  std::unique_ptr<store::SqliteMetaStore> meta_;
};

TEST_F(HubNameTest, IsMadeOnceAndStays) {
  const std::string name = start().value();
  EXPECT_TRUE(model::is_name(name));
  EXPECT_EQ(name.size(), 16U) << name;
  EXPECT_EQ(start().value(), name);
  open();
  EXPECT_EQ(start().value(), name) << "after a restart";
  EXPECT_EQ(start(name).value(), name);
}

TEST_F(HubNameTest, TwoHubsHaveTwo) {
  const std::string name = start().value();
  meta_.reset();
  std::filesystem::remove(folder_ / "meta.db");
  open();
  EXPECT_NE(start().value(), name);
}

TEST_F(HubNameTest, CanBeChosenAtTheFirstStartAndNeverChanged) {
  EXPECT_EQ(start("Plant North").error().hint,
            "Use small letters, digits, '.', '_' and '-'; nearest: 'plant-north'.");
  EXPECT_EQ(start("plant-north").value(), "plant-north");
  EXPECT_EQ(start().value(), "plant-north");
  const auto other = start("plant-south");
  EXPECT_EQ(other.error().code, ErrorCode::kConflict);
  EXPECT_EQ(other.error().what,
            "this hub is called 'plant-north' and its things urn:millrace:plant-north:…, not "
            "'plant-south'");
  EXPECT_EQ(start().value(), "plant-north");
}

TEST_F(HubNameTest, OfAStoreFromBeforeStaysWhatItsThingsAreKnownBy) {
  store::User user{.name = "admin", .role = "administrator", .password_hash = "x"};
  ASSERT_TRUE(meta_->apply({.users = {user}}));
  EXPECT_EQ(start("plant-north").error().code, ErrorCode::kConflict);
  EXPECT_EQ(start().value(), "hub");
  EXPECT_EQ(start("hub").value(), "hub");
}

}  // namespace
}  // namespace millrace::service
