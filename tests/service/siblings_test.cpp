// Siblings that no process sees together: a plan says so and does not compare them either.

#include "service/connections.h"
#include "service_fixture.h"

namespace millrace::service {
namespace {

struct Gauge {
  std::string name;
  std::string host;
};

pipeline::ConnectorKind gauge_kind() {
  static const auto kTable =
      config::TableOf<Gauge>("Gauge", "For tests.")
          .name({.key = "name", .sentence = "Name.", .need = config::Need::kRequired}, &Gauge::name)
          .text({.key = "host", .sentence = "Host."}, &Gauge::host);
  auto kind = pipeline::kind_of("gauge", kTable);
  kind.check_address = [](std::string_view) { return base::Result<void>(); };
  return kind;
}

class SiblingsTest : public ServiceTest {
 protected:
  SiblingsTest() {
    connectors_ = {gauge_kind()};
    make_services();
  }

  /// Three properties, of which `a` is compared with the others where `siblings` says so.
  static std::string model(int version, const std::string& siblings,
                           const std::string& unit_of_c = "bar") {
    return std::format(R"(kind: ThingModel
name: tank
version: {}
spec:
  title: Tank
  properties:
    a: {{type: number, unit: bar{}}}
    b: {{type: number, unit: bar}}
    c: {{type: number, unit: {}}}
---
kind: Thing
name: tank-1
spec: {{model: tank@{}}}
---
)",
                       version, siblings, unit_of_c, version);
  }
  static std::string binding(const std::string& property, const std::string& edge) {
    return std::format(R"(kind: Connection
name: line-{0}
spec: {{edge: {1}, gauge: {{host: x}}}}
---
kind: Binding
name: tank-1-{0}
spec:
  thing: tank-1
  connection: line-{0}
  properties: [{{property: {0}, address: x, unit: bar}}]
---
)",
                       property, edge);
  }
  void apply(const std::string& text) {
    const auto applied = services_->resources.apply(admin(), {.files = {{"all.yaml", text}}});
    ASSERT_TRUE(applied) << base::describe(applied.error());
    for (const auto& one : applied->problems) {
      ADD_FAILURE() << config::to_text(one.file, one.problem);
    }
  }
  Effects effects(const std::string& text) {
    const auto plan = services_->resources.plan(admin(), {{"all.yaml", text}}, Prune::kNo);
    EXPECT_TRUE(plan) << base::describe(plan.error());
    for (const auto& one : plan->problems) {
      ADD_FAILURE() << config::to_text(one.file, one.problem);
    }
    return plan->effects;
  }
  void fill(const std::string& property, double last) {
    const auto id = define("tank-1", property);
    store::Commit commit;
    for (int i = 0; i < 60; ++i) {
      const double value = i < 50 ? 10 + 0.01 * (i % 3) : last;
      commit.samples.push(id, model::ValueType::kF64, {clock_.now() - 1h + i * 1s, value, {}},
                          clock_.now());
    }
    ASSERT_TRUE(series_->commit(commit));
  }

  static constexpr char kSiblings[] = ", mr:quality: {siblings: [b, c], outlier_tolerance: 0.5}";
};

TEST_F(SiblingsTest, a_plan_says_which_siblings_no_process_sees_together_and_promises_no_marks) {
  apply(model(1, "") + binding("a", "edge-1") + binding("b", "edge-1") + binding("c", "edge-2"));
  fill("a", 90);
  fill("b", 10);
  fill("c", 10);
  const Effects said = effects(model(2, kSiblings));
  ASSERT_EQ(said.not_replayed.size(), 1U);
  EXPECT_EQ(said.not_replayed[0].thing, "tank-1");
  EXPECT_EQ(said.not_replayed[0].property, "a");
  EXPECT_EQ(said.not_replayed[0].why,
            "it is never compared with its sibling tank-1/c, as edge edge-2 reads that and edge "
            "edge-1 this: let one read both, or take it out of siblings");
  EXPECT_TRUE(said.found.empty()) << "one sibling is left, and of two nobody knows which is wrong";
  const Effects together = effects(model(2, kSiblings) + binding("c", "edge-1"));
  EXPECT_TRUE(together.not_replayed.empty());
  ASSERT_EQ(together.found.size(), 1U);
  EXPECT_EQ(together.found[0].rule, model::Reason::kSiblingOutlier);
  EXPECT_EQ(together.found[0].samples, 10U);
}

TEST_F(SiblingsTest, a_binding_that_moves_to_another_edge_is_said_to_part_siblings_once) {
  apply(model(1, kSiblings) + binding("a", "edge-1") + binding("b", "edge-1"));
  EXPECT_TRUE(effects(binding("c", "edge-1")).not_replayed.empty()) << "c was bound to nothing";
  EXPECT_EQ(effects(binding("c", "edge-2")).not_replayed.size(), 1U);
  apply(binding("c", "edge-2"));
  EXPECT_TRUE(effects("kind: Site\nname: s\nspec: {title: S}\n").not_replayed.empty());
}

TEST_F(SiblingsTest, siblings_in_other_units_are_never_compared_whoever_reads_them) {
  const Effects said = effects(model(1, kSiblings, "kPa"));
  ASSERT_EQ(said.not_replayed.size(), 1U);
  EXPECT_TRUE(said.not_replayed[0].why.contains("tank-1/c, which is in kPa, not in bar"))
      << said.not_replayed[0].why;
}

}  // namespace
}  // namespace millrace::service
