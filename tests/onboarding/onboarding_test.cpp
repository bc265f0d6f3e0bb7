#include "onboarding/onboarding_fixture.h"

namespace millrace::service {
namespace {

using model::ValueType;
using opcua::ServedVariable;

std::vector<ServedVariable> pump(const std::string& name) {
  return {{name, "Flow", "", ValueType::kF64, "l/min", 0, 2000},
          {name, "SuctionPressure", "", ValueType::kF64, "kPa", 0, 400},
          {name, "Running", "", ValueType::kBool, "", 0, 0},
          {name, "SpeedSP", "", ValueType::kF64, "rpm", 0, 3600, true}};
}

std::vector<ServedVariable> pumps(int count) {
  std::vector<ServedVariable> all;
  for (int i = 1; i <= count; ++i) {
    std::ranges::move(pump(std::format("Pump_{}", i)), std::back_inserter(all));
  }
  return all;
}

TEST_F(OnboardingTest, BrowsesATypedServerAndPutsItOnRecordWithoutSecrets) {
  serve(pumps(1));
  ConnectionChoice login = typed();
  login.options = map({{"url", server_->url()},
                       {"security", "none"},
                       {"user", "operator"},
                       {"password", "secret-word"}});
  // The server takes passwords only over an encrypted channel or not at all: either way no secret
  // stands in the book.
  const auto with_login = services_->browsing.browse(admin(), {.connection = login, .address = {}});
  const auto found = services_->browsing.browse(admin(), {.connection = typed(), .address = {}});
  ASSERT_TRUE(found) << base::describe(found.error());
  EXPECT_EQ(found->nodes.size(), 5U);
  EXPECT_FALSE(found->is_truncated);
  EXPECT_EQ(count_audit("connection.browsed"), 2U);
  for (const store::AuditEntry& entry : audit()) {
    EXPECT_FALSE(entry.body.contains("secret-word")) << entry.body;
  }
  EXPECT_TRUE(audit().front().subject.contains(server_->url()));
  EXPECT_EQ(with_login ? with_login->nodes.size() : 5U, 5U);
}

TEST_F(OnboardingTest, BrowsesANamedConnection) {
  serve(pumps(1));
  apply(
      std::format("kind: Connection\nname: line\nspec:\n  edge: edge-1\n  opcua: {{url: \"{}\", "
                  "security: none}}\n",
                  server_->url()));
  const ConnectionChoice line{.name = "line", .type = {}, .options = {}};
  const auto some =
      services_->browsing.browse(admin(), {.connection = line, .address = {}, .limit = 2});
  ASSERT_TRUE(some) << base::describe(some.error());
  EXPECT_EQ(some->nodes.size(), 2U);
  EXPECT_TRUE(some->is_truncated);
  const auto below =
      services_->browsing.browse(admin(), {.connection = line, .address = some->nodes[0].address});
  ASSERT_TRUE(below);
  EXPECT_EQ(below->nodes.size(), 4U);
}

TEST_F(OnboardingTest, SaysWhyAServerCannotBeBrowsed) {
  serve(pumps(1));
  const auto error = [&](const ConnectionChoice& choice, Role role = Role::kOtEngineer,
                         const std::string& address = {}) {
    const auto found =
        services_->browsing.browse(as(role), {.connection = choice, .address = address});
    return found ? base::Error() : found.error();
  };
  EXPECT_EQ(error(typed(), Role::kViewer).code, ErrorCode::kForbidden);
  EXPECT_EQ(error(typed(), Role::kDataScientist).code, ErrorCode::kForbidden);
  EXPECT_EQ(error({.name = "lin", .type = {}, .options = {}}).code, ErrorCode::kNotFound);
  EXPECT_EQ(error({.name = {}, .type = "opcau", .options = {}}).hint, "Did you mean opcua?");
  const base::Error modbus =
      error({.name = {}, .type = "modbus", .options = map({{"host", "10.0.0.1"}})});
  EXPECT_EQ(modbus.code, ErrorCode::kUnsupported);
  EXPECT_TRUE(modbus.hint.contains("table of tags")) << modbus.hint;
  EXPECT_EQ(error({.name = {}, .type = "opcua", .options = map({{"url", "http://x"}})}).code,
            ErrorCode::kInvalid);
  EXPECT_EQ(error(typed(), Role::kOtEngineer, "pump").code, ErrorCode::kInvalid);
  EXPECT_EQ(error(typed(), Role::kOtEngineer, address("nothing")).code, ErrorCode::kNotFound);
  const ConnectionChoice away = typed();
  server_.reset();
  const base::Error unreachable = error(away);
  EXPECT_EQ(unreachable.code, ErrorCode::kUnavailable);
  EXPECT_EQ(unreachable.retry, base::Retry::kLater);
  EXPECT_TRUE(unreachable.hint.contains("It is the hub that asks")) << unreachable.hint;
}

TEST_F(OnboardingTest, ProposesAThingOfAnExistingModelWithItsUnitsSaid) {
  serve(pumps(1));
  apply_models();
  const Proposal found = propose({.candidate = {},
                                  .connection = typed(),
                                  .addresses = {address("Pump_1")},
                                  .model = {},
                                  .thing = {},
                                  .place = {},
                                  .decided = {}});
  EXPECT_EQ(found.thing, "pump_1");
  EXPECT_EQ(text(found.model), "centrifugal-pump@1");
  ASSERT_FALSE(found.models.empty());
  EXPECT_EQ(text(found.models.front().ref), "centrifugal-pump@1");
  EXPECT_EQ(found.models.front().title, "Centrifugal pump");
  const ProposedMatch* pressure = match_of(found, address("Pump_1/SuctionPressure"));
  ASSERT_TRUE(pressure);
  EXPECT_EQ(pressure->match.property, "suction_pressure");
  EXPECT_TRUE(pressure->match.reason.contains("kPa converts to bar")) << pressure->match.reason;
  EXPECT_FALSE(match_of(found, address("Pump_1/SpeedSP"))->match.property);
  const std::string binding = file_of(found, "bindings/pump_1.yaml");
  EXPECT_TRUE(binding.contains("unit: kPa") || binding.contains("unit: \"kPa\"")) << binding;
  apply(found.files);
  const auto [by, row] = catalogs_->now()->feeding("pump_1", "suction_pressure");
  ASSERT_TRUE(row);
  EXPECT_DOUBLE_EQ(row->transform.factor, 0.01) << "kPa to bar";
  const auto* source = std::get_if<twin::ConnectionSource>(&by->source);
  ASSERT_TRUE(source);
  EXPECT_EQ(catalogs_->now()->connections().at(source->connection).type, "opcua");
}

ProposalRequest request_of(const ConnectionChoice& connection,
                           std::set<std::string, std::less<>> addresses) {
  return {.candidate = {},
          .connection = connection,
          .addresses = std::move(addresses),
          .model = {},
          .thing = {},
          .place = {},
          .decided = {}};
}

TEST_F(OnboardingTest, ProposesANewModelWhereNoneFits) {
  serve(pumps(1));
  const Proposal found = propose(request_of(typed(), {address("Pump_1")}));
  EXPECT_EQ(text(found.model), "pump@1");
  EXPECT_TRUE(found.models.empty());
  apply(found.files);
  const auto model = catalogs_->now()->models().at({"pump", 1});
  EXPECT_EQ(model->property("flow")->contract.unit, "l/min");
  EXPECT_EQ(model->property("flow")->contract.range_max, 2000);
  EXPECT_TRUE(model->property("speed_sp")->is_writable);
  EXPECT_TRUE(catalogs_->now()->feeding("pump_1", "running").first);
  // The next pump fits the model that the first one made.
  serve(pumps(2));
  const Proposal next = propose(request_of(typed(), {address("Pump_2")}));
  EXPECT_EQ(text(next.model), "pump@1");
  EXPECT_EQ(next.thing, "pump_2");
  EXPECT_GT(next.models.front().score, 0.95);
}

TEST_F(OnboardingTest, FoldersBesideEachOtherAreAThingEach) {
  serve(pumps(3));
  const Proposal found =
      propose(request_of(typed(), {address("Pump_1"), address("Pump_2"), address("Pump_3")}));
  EXPECT_EQ(found.thing, "pump_1");
  EXPECT_EQ(found.matches.size(), 12U);
  apply(found.files);
  for (const char* name : {"pump_1", "pump_2", "pump_3"}) {
    ASSERT_TRUE(catalogs_->now()->thing(name)) << name;
    EXPECT_EQ(catalogs_->now()->bindings_of(name).front()->properties.size(), 4U);
  }
}

TEST_F(OnboardingTest, RespectsWhatIsThere) {
  serve(pumps(1));
  apply_models();
  apply("kind: Site\nname: works\nspec: {title: Works}\n");
  const ProposalRequest request = request_of(typed(), {address("Pump_1")});
  const Proposal first = propose(request);
  EXPECT_TRUE(file_of(first, "things/pump_1.yaml").contains("works")) << "the only site";
  apply(first.files);
  const Proposal second = propose(request);
  EXPECT_EQ(second.thing, "pump_1-2") << "pump_1 is fed";
  ProposalRequest same = request;
  same.thing = "pump_1";
  const Proposal again = propose(same);
  EXPECT_FALSE(match_of(again, address("Pump_1/Flow"))->match.property);
  EXPECT_TRUE(match_of(again, address("Pump_1/Flow"))->match.reason.contains("is fed by"));
  same.model = twin::ModelRef{"building", 1};
  EXPECT_TRUE(refusal(same).what.contains("is a centrifugal-pump@1"));
  ASSERT_TRUE(services_->resources.remove(admin(), twin::Kind::kBinding, "pump_1", {}));
  EXPECT_EQ(propose(request).thing, "pump_1") << "it waits for a binding";
  ASSERT_TRUE(services_->resources.remove(admin(), twin::Kind::kThing, "pump_1", {}));
  EXPECT_EQ(propose(request).thing, "pump_1-2") << "names are never given again";
  same.model.reset();
  EXPECT_TRUE(refusal(same).what.contains("deleted"));
}

TEST_F(OnboardingTest, KeepsTheNameOfSamplesThatFitAndNoOther) {
  serve(pumps(1));
  apply_models();
  model::Series series{.id = series_->next_series_id(),
                       .thing = "pump_1",
                       .property = "flow",
                       .unit = "kg/h",
                       .site = "plant",
                       .source = "edge-1"};
  ASSERT_TRUE(series_->commit({.series = {series}}));
  index_.put(series);
  EXPECT_EQ(propose(request_of(typed(), {address("Pump_1")})).thing, "pump_1-2");
  series.unit = "m3/h";
  index_.put(series);
  EXPECT_EQ(propose(request_of(typed(), {address("Pump_1")})).thing, "pump_1");
}

TEST_F(OnboardingTest, DecisionsOfAPersonStand) {
  serve(pumps(1));
  apply_models();
  ProposalRequest request = request_of(typed(), {address("Pump_1")});
  request.model = twin::ModelRef{"centrifugal-pump", 1};
  request.thing = "feed-pump";
  request.place = {.enterprise = {}, .site = "east", .area = "hall", .line = {}, .cell = {}};
  request.decided = {{address("Pump_1/Flow"), std::nullopt},
                     {address("Pump_1/SpeedSP"), "speed"},
                     {address("Pump_1/Running"), "flow"}};
  const Proposal found = propose(request);
  EXPECT_EQ(found.thing, "feed-pump");
  EXPECT_FALSE(match_of(found, address("Pump_1/Flow"))->match.property);
  EXPECT_EQ(match_of(found, address("Pump_1/SpeedSP"))->match.property, "speed");
  EXPECT_TRUE(
      match_of(found, address("Pump_1/Running"))->match.reason.contains("cannot feed flow"));
  EXPECT_FALSE(file_of(found, "sites/east.yaml").empty()) << "the site is new";
  request.model = twin::ModelRef{"my-pump", 1};
  request.decided = {{address("Pump_1/Flow"), "volume_flow"}};
  const Proposal fresh = propose(request);
  EXPECT_EQ(text(fresh.model), "my-pump@1");
  EXPECT_EQ(match_of(fresh, address("Pump_1/Flow"))->match.property, "volume_flow");
}

TEST_F(OnboardingTest, RefusesProposalsThatContradictThemselves) {
  serve(pumps(1));
  apply_models();
  const ProposalRequest good = request_of(typed(), {address("Pump_1")});
  EXPECT_EQ(refusal(request_of({}, {})).code, ErrorCode::kInvalid);
  EXPECT_EQ(refusal(request_of(typed(), {})).code, ErrorCode::kInvalid);
  EXPECT_EQ(refusal(request_of(typed(), {address("Pump_7")})).code, ErrorCode::kNotFound);
  ProposalRequest bad = good;
  bad.candidate = "mqtt:a";
  EXPECT_EQ(refusal(bad).code, ErrorCode::kInvalid);
  bad = request_of({}, {});
  bad.candidate = "mqtt:a";
  EXPECT_EQ(refusal(bad).code, ErrorCode::kNotFound);
  bad = good;
  bad.decided = {{address("Pump_1/Flow"), "flow"}, {address("Pump_1/SpeedSP"), "flow"}};
  EXPECT_TRUE(refusal(bad).what.contains("both feed flow"));
  bad.decided = {{"elsewhere", "flow"}};
  EXPECT_TRUE(refusal(bad).what.contains("not among the addresses"));
  bad.decided = {{address("Pump_1/Flow"), "Flow 1"}};
  EXPECT_TRUE(refusal(bad).hint.contains("flow-1"));
  bad = good;
  bad.model = twin::ModelRef{"centrifugal-pump", 9};
  EXPECT_EQ(refusal(bad).code, ErrorCode::kNotFound);
  bad = good;
  bad.place.area = "hall";
  EXPECT_TRUE(refusal(bad).what.contains("no site"));
  const auto viewer = services_->proposals.propose(as(Role::kViewer), good);
  EXPECT_EQ(viewer.error().code, ErrorCode::kForbidden);
}

TEST_F(OnboardingTest, ATypedConnectionIsProposedWithoutItsSecrets) {
  serve(pumps(1));
  ConnectionChoice login = typed();
  ProposalRequest request = request_of(login, {address("Pump_1")});
  (void)propose(request);
  request.connection.options = map({{"url", server_->url()},
                                    {"user", "operator"},
                                    {"password", "secret-word"},
                                    {"security", "none"}});
  const auto found = services_->proposals.propose(admin(), request);
  if (!found) GTEST_SKIP() << "the server takes no login here: " << base::describe(found.error());
  for (const twin::FileText& file : found->files) {
    EXPECT_FALSE(file.text.contains("secret-word")) << file.text;
    if (file.path.starts_with("connections/")) {
      EXPECT_TRUE(file.text.contains("# password is a secret")) << file.text;
    }
  }
}

}  // namespace
}  // namespace millrace::service
