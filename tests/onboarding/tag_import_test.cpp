#include <algorithm>
#include <chrono>
#include <print>

#include "onboarding/onboarding_fixture.h"

namespace millrace::service {
namespace {

constexpr char kLine[] =
    "kind: Connection\nname: line\nspec:\n  edge: edge-1\n  opcua: {url: \"opc.tcp://plc:4840\", "
    "security: none}\n";

class TagImportTest : public OnboardingTest {
 protected:
  TagImport import(const std::string& csv, bool is_dry_run) {
    const auto found = services_->tag_imports.import(
        admin(), {.csv = csv, .is_dry_run = is_dry_run, .reason = "tags of line 1"});
    EXPECT_TRUE(found) << base::describe(found.error());
    return found.value_or(TagImport());
  }
  static std::string problems(const TagImport& import) {
    std::string out;
    for (const TagResult& row : import.rows) {
      if (!row.problem.empty()) out += std::format("{}: {}\n", row.line, row.problem);
    }
    return out;
  }
};

TEST_F(TagImportTest, ADryRunShowsThePlanAndAnApplyIsOneRevision) {
  apply_models();
  const std::int64_t before = apply(kLine);
  const std::string csv =
      "thing,model,connection,property,address,unit\n"
      "pump-7,centrifugal-pump@1,line,flow,ns=2;s=Pump7.Flow,l/min\n"
      "pump-7,,line,running,ns=2;s=Pump7.Run,\n";
  const TagImport dry = import(csv, true);
  EXPECT_EQ(problems(dry), "");
  EXPECT_FALSE(dry.revision);
  EXPECT_EQ(dry.plan.changes.size(), 2U);
  EXPECT_FALSE(catalogs_->now()->thing("pump-7"));
  const TagImport real = import(csv, false);
  EXPECT_EQ(real.revision, before + 1);
  EXPECT_NEAR(catalogs_->now()->feeding("pump-7", "flow").second->transform.factor, 0.06, 1e-12);
  const auto revisions = services_->resources.revisions({}, {});
  ASSERT_TRUE(revisions);
  EXPECT_EQ(revisions->items.front().reason, "tags of line 1");
  const TagImport again = import(csv, false);
  EXPECT_FALSE(again.revision) << "it is so already";
  EXPECT_TRUE(again.plan.changes.empty());
  const TagImport scaled =
      import("thing,connection,property,address,scale\npump-7,line,flow,ns=2;s=F,0.1\n", true);
  ASSERT_EQ(scaled.plan.changes.size(), 1U);
  const auto differs = [&](std::string_view key, std::string_view old, std::string_view now) {
    return std::ranges::any_of(scaled.plan.changes[0].differences, [&](const Difference& one) {
      return one.path.ends_with(key) && one.before == old && one.after == now;
    });
  };
  EXPECT_TRUE(differs("/address", "\"ns=2;s=Pump7.Flow\"", "\"ns=2;s=F\""));
  EXPECT_TRUE(differs("/scale", "", "0.1"));
  EXPECT_EQ(scaled.plan.changes[0].differences.size(), 2U) << "the unit stays";
}

TEST_F(TagImportTest, NothingIsAppliedWhileOneRowIsWrong) {
  apply_models();
  apply(kLine);
  const TagImport found = import(
      "thing,model,connection,property,address,unit\n"
      "pump-7,centrifugal-pump@1,line,flow,ns=2;s=Pump7.Flow,l/min\n"
      "pump-7,,line,suction_pressure,ns=2;s=Pump7.P,\n"
      "pump-7,,line,speed,ns=2;s=Pump7.N,bar\n"
      "pump-7,,line,flwo,ns=2;s=Pump7.F,l/min\n"
      "pump-7,,line,power,Pump7.Power,kW\n"
      "pump-8,centrifugal-pump@1,lime,flow,ns=2;s=Pump8.Flow,l/min\n",
      false);
  EXPECT_FALSE(found.revision);
  EXPECT_FALSE(catalogs_->now()->thing("pump-7"));
  const std::string wrong = problems(found);
  EXPECT_TRUE(wrong.contains("3: property 'suction_pressure' of pump-7 is in bar")) << wrong;
  EXPECT_TRUE(wrong.contains("4: property 'speed' of pump-7")) << wrong;
  EXPECT_TRUE(wrong.contains("5: pump-7 has no property 'flwo'")) << wrong;
  EXPECT_TRUE(wrong.contains("Did you mean 'flow'?")) << wrong;
  EXPECT_TRUE(wrong.contains("6: ")) << "no address of OPC UA: " << wrong;
  EXPECT_TRUE(wrong.contains("7: there is no connection 'lime'")) << wrong;
  EXPECT_FALSE(wrong.contains("2: ")) << wrong;
}

TEST_F(TagImportTest, IsForEngineers) {
  const auto refused = services_->tag_imports.import(
      as(Role::kViewer), {.csv = "thing", .is_dry_run = true, .reason = {}});
  EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
  const auto no_table =
      services_->tag_imports.import(admin(), {.csv = "thing", .is_dry_run = true, .reason = {}});
  EXPECT_EQ(no_table.error().code, ErrorCode::kInvalid);
}

TEST_F(TagImportTest, TwentyThousandRowsAreAppliedInSeconds) {
  apply(kLine);
  constexpr int kThings = 1000, kProperties = 20;
  std::string csv = "thing;model;connection;property;address;unit;scale;min;max;title\n";
  for (int i = 0; i < kThings; ++i) {
    for (int p = 0; p < kProperties; ++p) {
      csv +=
          std::format("mill-{:04};mill@1;line;p{:02};\"ns=2;s=Mill{}.P{}\";kPa;0,1;0;{};Mill {}\n",
                      i, p, i, p, 100 + p, i);
    }
  }
  for (const bool is_dry_run : {true, false}) {
    const auto begin = std::chrono::steady_clock::now();
    const TagImport found = import(csv, is_dry_run);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(problems(found), "");
    EXPECT_EQ(found.rows.size(), 20'000U);
    EXPECT_EQ(found.plan.changes.size(), 2U * kThings + 1);
    std::println("{} rows, {} resources, {}: {:.2f} s", found.rows.size(),
                 found.plan.changes.size(), is_dry_run ? "dry run" : "plan and apply",
                 took.count());
    EXPECT_LT(took.count(), 30);
  }
  EXPECT_EQ(catalogs_->now()->bindings().size(), 1000U);
}

}  // namespace
}  // namespace millrace::service
