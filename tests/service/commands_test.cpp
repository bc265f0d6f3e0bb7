#include "service/commands.h"

#include <nlohmann/json.hpp>
#include <thread>

#include "service/given_value.h"
#include "service_fixture.h"
#include "twin/commanding.h"

namespace millrace::service {
namespace {

using base::Result;
using model::Value;

constexpr char kCommandPlant[] = R"(kind: ThingModel
name: pump
version: 1
spec:
  title: Pump
  properties:
    flow: {type: number, unit: m3/h, readOnly: true}
    speed: {type: integer, unit: 1/min, minimum: 0, maximum: 3000}
    pressure: {type: number, unit: bar, exclusiveMinimum: 0}
    mode: {type: string, enum: [auto, manual]}
    label: {type: string, maxLength: 4}
    running: {type: boolean}
    unbound: {type: number}
    foreign: {type: number}
    image: {type: string, "mr:type": bytes}
    sensed: {type: number}
  actions:
    probe: {}
    stop: {title: Stop}
    set-speed: {input: {type: integer, unit: 1/min, minimum: 0, maximum: 3000}}
    move: {input: {type: object, properties: {x: {type: number}}}}
    unbound: {}
---
kind: Thing
name: pump-1
spec: {model: pump@1}
---
kind: Connection
name: line
spec: {edge: edge-1, wire: {host: a}}
---
kind: Binding
name: b
spec:
  thing: pump-1
  connection: line
  properties:
    - {property: flow, address: f, unit: m3/h}
    - {property: speed, address: s, unit: 1/min}
    - {property: pressure, address: p, unit: bar}
    - {property: mode, address: m}
    - {property: label, address: l}
    - {property: running, address: r}
    - {property: image, address: i}
    - {property: sensed, address: "input:1"}
  actions:
    - {action: probe, address: "input:2"}
    - {action: stop, address: x}
    - {action: set-speed, address: y, unit: 1/min}
    - {action: move, address: z}
---
kind: Binding
name: third-party
spec:
  thing: pump-1
  sparkplug: {group: g, node: n, device: d}
  properties:
    - {property: foreign, address: Foreign}
)";

struct WireOptions {
  std::string name;
  std::string host;
};

pipeline::ConnectorKind wire_kind() {
  static const auto kTable = [] {
    config::TableOf<WireOptions> table("Wire", "For tests.");
    table.name({.key = "name", .sentence = "Name."}, &WireOptions::name)
        .text({.key = "host", .sentence = "Where."}, &WireOptions::host);
    return table;
  }();
  auto kind = pipeline::kind_of("wire", kTable);
  kind.check_address = [](std::string_view) -> Result<void> { return {}; };
  kind.takes_writes = [](std::string_view address) { return !address.starts_with("input:"); };
  return kind;
}

/// An edge that answers as it is told, or not at all.
class SetLink final : public pipeline::CommandLink {
 public:
  void send(const std::string& origin, pipeline::Command command, Done done) override {
    sent.emplace_back(origin, std::move(command));
    if (answers) {
      done(answer);
    } else {
      waiting = std::move(done);
      is_waiting = true;
    }
  }
  Result<void> answer;
  bool answers = true;
  std::atomic<bool> is_waiting = false;
  Done waiting;
  std::vector<std::pair<std::string, pipeline::Command>> sent;
};

class CommandsTest : public ServiceTest {
 protected:
  CommandsTest() {
    connectors_ = {wire_kind()};
    commands_ = &link_;
    make_services();
    const auto applied = services_->resources.apply(
        admin(), {.files = {{"all.yaml", kCommandPlant}}, .prune = Prune::kNo});
    EXPECT_TRUE(applied);
    for (const auto& one : applied->problems) ADD_FAILURE() << one.problem.what;
    origins_.all = {{.name = "edge-1",
                     .kind = pipeline::OriginKind::kMillrace,
                     .is_connected = true,
                     .clock_offset = base::Duration(5'000'000)}};
  }
  Result<void> write(const std::string& property, Value value, Role role = Role::kOtEngineer) {
    return services_->commands.write(as(role), {"pump-1", property}, std::move(value));
  }
  Result<void> invoke(const std::string& action, std::optional<Value> input = {}) {
    return services_->commands.invoke(as(Role::kOtEngineer), "pump-1", action, input);
  }
  static std::string said(const Result<void>& result) {
    return result ? "done"
                  : std::format("{}: {}", base::text(result.error().code), result.error().what);
  }
  std::vector<store::Event> events() {
    std::vector<store::Event> found;
    const auto all = series_->events(0, 1000).value();
    for (const store::Event& one : all) {
      if (one.kind.starts_with("command.")) found.push_back(one);
    }
    return found;
  }

  SetLink link_;
};

TEST_F(CommandsTest, AWriteGoesToTheEdgeOfItsConnectionAsTheModelsType) {
  EXPECT_EQ(said(write("speed", 1480.0)), "done");
  ASSERT_EQ(link_.sent.size(), 1U);
  const auto& [edge, command] = link_.sent[0];
  EXPECT_EQ(edge, "edge-1");
  EXPECT_EQ(command.thing, "pump-1");
  EXPECT_EQ(command.name, "speed");
  EXPECT_FALSE(command.is_action);
  EXPECT_EQ(command.value, Value(std::int64_t{1480}));
  EXPECT_NE(command.id, base::Uuid{});
  EXPECT_EQ(command.deadline, clock_.now() + 15s) << "by the edge's clock, which is 5 s ahead";
  EXPECT_EQ(command.patience, 10s);
}

TEST_F(CommandsTest, WhoWroteWhatIsInTheAuditBookAndTheEventKnowsOnlyTheRole) {
  EXPECT_TRUE(write("mode", std::string("manual")));
  link_.answer = base::fail(ErrorCode::kForbidden, "the device says no");
  EXPECT_EQ(said(invoke("set-speed", Value(std::int64_t{7}))), "forbidden: the device says no");
  EXPECT_EQ(count_audit("command.sent"), 2U);
  const auto book = audit();
  const auto& entry = *std::ranges::find(book, "command.sent", &store::AuditEntry::action);
  EXPECT_EQ(entry.subject, "pump-1/set-speed");
  EXPECT_TRUE(entry.actor.starts_with("token-"));
  auto found = events();
  ASSERT_EQ(found.size(), 2U);
  std::ranges::sort(found, {}, &store::Event::id);
  EXPECT_EQ(found[0].kind, "command.done");
  EXPECT_EQ(found[0].subject, "pump-1");
  EXPECT_EQ(found[0].actor_role, "ot_engineer");
  EXPECT_FALSE(found[0].body.contains("token-"));
  const auto done = nlohmann::json::parse(found[0].body);
  EXPECT_EQ(done["property"], "mode");
  EXPECT_EQ(done["value"], "manual");
  EXPECT_EQ(found[1].kind, "command.failed");
  const auto failed = nlohmann::json::parse(found[1].body);
  EXPECT_EQ(failed["action"], "set-speed");
  EXPECT_EQ(failed["error"], "forbidden");
  EXPECT_EQ(failed["id"], nlohmann::json::parse(entry.body)["id"]);
}

TEST_F(CommandsTest, WhatDoesNotFitTheModelIsRefusedWithASentenceAndNothingIsSent) {
  EXPECT_EQ(said(write("speed", std::string("fast"))),
            "invalid: property 'speed' of pump-1: \"fast\" does not fit");
  EXPECT_EQ(said(write("speed", 1.5)), "invalid: property 'speed' of pump-1: 1.5 does not fit");
  EXPECT_EQ(said(write("speed", true)), "invalid: property 'speed' of pump-1: true does not fit");
  EXPECT_EQ(said(write("running", 1.0)), "invalid: property 'running' of pump-1: 1.0 does not fit");
  EXPECT_EQ(said(write("speed", std::int64_t{3001})),
            "invalid: property 'speed' of pump-1: 3001 is above 3000, the most its model allows");
  EXPECT_TRUE(said(write("pressure", 0.0)).contains("pump-1: 0 is below"));
  EXPECT_EQ(said(write("mode", std::string("off"))),
            "invalid: property 'mode' of pump-1: \"off\" is none of its values");
  EXPECT_EQ(said(write("label", std::string("fünfe"))),
            "invalid: property 'label' of pump-1: a text of 5 characters");
  EXPECT_TRUE(write("label", std::string("fünf"))) << "characters, not bytes";
  EXPECT_EQ(said(write("flow", 1.0)),
            "invalid: property 'flow' of pump-1 is read only: pump@1 says readOnly");
  EXPECT_EQ(said(invoke("set-speed", Value(std::int64_t{-1}))),
            "invalid: action 'set-speed' of pump-1: -1 is below 0, the least its model allows");
  EXPECT_EQ(said(invoke("set-speed")), "invalid: action 'set-speed' of pump-1 needs an input");
  EXPECT_EQ(said(invoke("stop", Value(true))), "invalid: action 'stop' of pump-1 takes no input");
  EXPECT_EQ(write("speed", std::int64_t{3001}).error().hint, "Give 0 to 3000 1/min.");
  EXPECT_EQ(link_.sent.size(), 1U);
  EXPECT_EQ(count_audit("command.sent"), 1U);
  EXPECT_EQ(events().size(), 1U);
}

TEST_F(CommandsTest, WhatIsNotThereOrNotBoundIsSaidToBe) {
  EXPECT_EQ(write("spede", 1.0).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(invoke("stpo").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(invoke("stpo").error().hint.contains("stop")) << invoke("stpo").error().hint;
  EXPECT_EQ(services_->commands.write(admin(), {"pump-2", "speed"}, 1.0).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(services_->commands.invoke(admin(), "pump-2", "stop", {}).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(said(write("unbound", 1.0)),
            "unsupported: property 'unbound' of pump-1 is bound to no device");
  EXPECT_EQ(said(invoke("unbound")),
            "unsupported: action 'unbound' of pump-1 is bound to no device");
  EXPECT_EQ(write("foreign", 1.0).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(said(write("sensed", 1.0)),
            "unsupported: property 'sensed' of pump-1 is bound to input:1, which can only be read");
  EXPECT_EQ(said(invoke("probe")),
            "unsupported: action 'probe' of pump-1 is bound to input:2, which can only be read");
  EXPECT_EQ(invoke("move", Value(std::string("{}"))).error().code, ErrorCode::kUnsupported);
  define("pump-7", "speed");
  EXPECT_EQ(services_->commands.write(admin(), {"pump-7", "speed"}, 1.0).error().code,
            ErrorCode::kUnsupported)
      << "no model says what it takes";
  EXPECT_TRUE(link_.sent.empty());
}

TEST_F(CommandsTest, ExactlyWhatCanBeCommandedIsOffered) {
  const auto detail = services_->twins.thing("pump-1").value();
  const std::map<std::string, Value> values = {{"speed", 1.0},
                                               {"pressure", 1.0},
                                               {"mode", std::string("auto")},
                                               {"label", std::string("a")},
                                               {"running", true},
                                               {"flow", 1.0},
                                               {"unbound", 1.0},
                                               {"foreign", 1.0},
                                               {"image", std::string("AA==")},
                                               {"sensed", 1.0}};
  ASSERT_EQ(detail.properties.size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string& name = detail.properties[i].series.property;
    EXPECT_EQ(detail.twins[i].is_writable, write(name, values.at(name)).has_value()) << name;
  }
  const std::map<std::string, std::optional<Value>> inputs = {{"stop", {}},
                                                              {"set-speed", 1.0},
                                                              {"move", std::string("{}")},
                                                              {"unbound", {}},
                                                              {"probe", {}}};
  for (const twin::ActionSpec& action : detail.thing.resource->model->actions) {
    const auto* binding = detail.catalog->acting("pump-1", action.name).first;
    EXPECT_EQ(twin::takes_invocations(*detail.catalog, action, binding),
              invoke(action.name, inputs.at(action.name)).has_value())
        << action.name;
  }
  EXPECT_EQ(link_.sent.size(), 7U);
}

TEST_F(CommandsTest, OnlyWhoMayCommandDevicesDoes) {
  for (const Role role : {Role::kViewer, Role::kDataScientist}) {
    EXPECT_EQ(write("speed", 1.0, role).error().code, ErrorCode::kForbidden);
  }
  EXPECT_TRUE(write("speed", 1.0, Role::kAdministrator));
  EXPECT_EQ(link_.sent.size(), 1U);
}

TEST_F(CommandsTest, AnEdgeThatIsAwayIsNotWaitedFor) {
  origins_.all[0].is_connected = false;
  EXPECT_EQ(said(write("speed", 1.0)), "unavailable: edge 'edge-1' is not connected");
  origins_.all.clear();
  EXPECT_EQ(invoke("stop").error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(link_.sent.empty());
  EXPECT_EQ(count_audit("command.sent"), 2U) << "it was tried";
  EXPECT_EQ(events().size(), 2U);
}

TEST_F(CommandsTest, WhatWaitedBeforeTheCallHasThatMuchLessTimeLeft) {
  const auto caller = as(Role::kOtEngineer);
  const auto until = clock_.monotonic() + 4s;
  EXPECT_TRUE(services_->commands.write(caller, {"pump-1", "speed"}, 1.0, until));
  ASSERT_EQ(link_.sent.size(), 1U);
  EXPECT_EQ(link_.sent[0].second.patience, 4s);
  EXPECT_EQ(link_.sent[0].second.deadline, clock_.now() + 9s) << "the edge's clock is 5 s ahead";
}

TEST_F(CommandsTest, WhatIsTooOldIsNeverSentAndOnRecord) {
  const auto caller = as(Role::kOtEngineer);
  const auto until = clock_.monotonic() + kCommandPatience;
  clock_.advance(kCommandPatience);
  const auto write = services_->commands.write(caller, {"pump-1", "speed"}, 1.0, until);
  EXPECT_EQ(said(write), "timeout: it waited too long for its turn and was not sent to the device");
  EXPECT_EQ(services_->commands.invoke(caller, "pump-1", "stop", {}, until).error().code,
            ErrorCode::kTimeout);
  EXPECT_TRUE(link_.sent.empty());
  const auto found = events();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].kind, "command.failed");
  EXPECT_EQ(nlohmann::json::parse(found[0].body)["error"], "timeout");
}

TEST_F(CommandsTest, AHubThatStopsLetsNobodyWait) {
  link_.answers = false;
  const auto caller = admin();
  std::jthread stopping([this] {
    while (!link_.is_waiting) std::this_thread::yield();
    services_->commands.stop();
  });
  const auto result = services_->commands.write(caller, {"pump-1", "speed"}, 1.0);
  EXPECT_EQ(result.error().code, ErrorCode::kUnavailable);
  link_.waiting({});  // the answer comes all the same, and nobody minds
  EXPECT_EQ(services_->commands.write(caller, {"pump-1", "speed"}, 1.0).error().what,
            "the hub stops");
}

}  // namespace
}  // namespace millrace::service
