#include "service/resources.h"

#include <thread>

#include "service/connections.h"
#include "service_fixture.h"

namespace millrace::service {
namespace {

constexpr char kPlant[] = R"(kind: Site
name: works
spec: {title: Works, enterprise: acme}
---
kind: ThingModel
name: pump
version: 1
spec:
  title: Pump
  properties:
    flow:
      {type: number, unit: m3/h, minimum: 0, maximum: 100, readOnly: true, mr:interval_ms: 1000}
    running: {type: boolean, readOnly: true}
---
kind: Thing
name: pump-1
spec:
  {title: Feed pump 1, model: pump@1, place: {site: works, area: hall-2}, tags: {criticality: high}}
)";

constexpr char kSecondModel[] = R"(kind: ThingModel
name: pump
version: 2
spec:
  title: Pump
  properties:
    flow: {type: number, unit: m3/h, minimum: 0, maximum: 50, readOnly: true}
    running: {type: boolean, readOnly: true}
---
kind: Thing
name: pump-1
spec:
  {title: Feed pump 1, model: pump@2, place: {site: works, area: hall-2}, tags: {criticality: high}}
)";

class ResourcesTest : public ServiceTest {
 protected:
  Resources& resources() { return services_->resources; }

  static std::vector<twin::FileText> files(const std::string& text) { return {{"all.yaml", text}}; }

  Applied apply(const std::string& text, Prune prune = Prune::kNo) {
    const auto applied = resources().apply(admin(), {.files = files(text), .prune = prune});
    EXPECT_TRUE(applied) << base::describe(applied.error());
    return applied.value_or(Applied());
  }
  /// As apply, with nothing wrong.
  std::int64_t applied(const std::string& text, Prune prune = Prune::kNo) {
    const Applied result = apply(text, prune);
    for (const auto& one : result.problems) {
      ADD_FAILURE() << config::to_text(one.file, one.problem) << " " << one.rule;
    }
    return result.revision;
  }
  static std::vector<std::string> rules(const twin::ResourceProblems& problems) {
    std::vector<std::string> rules;
    for (const auto& one : problems) rules.push_back(one.rule);
    return rules;
  }
};

TEST_F(ResourcesTest, an_apply_is_one_revision_with_its_audit_entry_and_survives_a_restart) {
  EXPECT_EQ(applied(kPlant), 1);
  EXPECT_EQ(count_audit("resources.applied"), 1U);
  make_services();
  const auto catalog = catalogs_->now();
  ASSERT_NE(catalog->thing("pump-1"), nullptr);
  EXPECT_EQ(catalog->thing("pump-1")->place.enterprise, "acme");
  EXPECT_EQ(catalogs_->configuration()->revision, 1);
  const auto revisions = resources().revisions({}, {}).value();
  ASSERT_EQ(revisions.items.size(), 1U);
  EXPECT_EQ(revisions.items[0].by, "admin");
  EXPECT_TRUE(revisions.items[0].changes.contains(R"("name":"pump","version":1)"));
  EXPECT_EQ(resources().revisions({.kind = twin::Kind::kThing, .name = "pump-9"}, {})->items.size(),
            0U);
}

TEST_F(ResourcesTest, the_same_files_again_and_the_exported_ones_change_nothing) {
  applied(kPlant);
  EXPECT_EQ(applied(kPlant), 1);
  const auto exported = resources().exported(std::nullopt);
  ASSERT_EQ(exported.files.size(), 3U);
  const auto plan = resources().plan(admin(), exported.files, Prune::kYes).value();
  EXPECT_TRUE(plan.problems.empty());
  EXPECT_TRUE(plan.changes.empty());
  EXPECT_EQ(plan.unchanged, 3U);
  EXPECT_TRUE(resources().drift(admin(), exported.files)->changes.empty());
}

TEST_F(ResourcesTest, an_applied_model_version_never_changes) {
  applied(kPlant);
  std::string changed = kPlant;
  changed.replace(changed.find("maximum: 100"), 12, "maximum: 120");
  const Applied refused = apply(changed);
  ASSERT_EQ(rules(refused.problems), std::vector<std::string>{"immutable"});
  EXPECT_EQ(refused.problems[0].problem.place.line, 5);
  EXPECT_TRUE(refused.problems[0].problem.hint.contains("version: 2"));
  EXPECT_EQ(catalogs_->configuration()->revision, 1);
}

TEST_F(ResourcesTest, what_is_wrong_is_told_at_once_and_nothing_changes) {
  applied(kPlant);
  const Applied refused = apply(R"(kind: Thing
name: pump-2
spec: {model: pmup@1}
---
kind: Thing
name: pump-3
spec: {model: pump@1, place: {site: wroks}}
)");
  EXPECT_EQ(refused.problems.size(), 2U);
  EXPECT_EQ(catalogs_->now()->thing("pump-3"), nullptr);
  EXPECT_EQ(resources()
                .validate(admin(), files("kind: Thing\nname: a\nspec: {model: pump@1}\n"))
                ->problems.size(),
            0U)
      << "files are checked against what is configured";
  EXPECT_EQ(resources().validate(admin(), {{"../a.yaml", "kind: Thing"}})->problems[0].rule,
            "path");
}

TEST_F(ResourcesTest, what_others_need_cannot_be_deleted_and_names_who) {
  applied(kPlant);
  const auto refused = resources().remove(admin(), twin::Kind::kThingModel, "pump", std::nullopt);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_TRUE(refused.error().what.contains("Thing pump-1")) << refused.error().what;
  EXPECT_EQ(resources().get(twin::Kind::kSite, "works", {})->used_by.size(), 1U);
  EXPECT_EQ(resources().remove(admin(), twin::Kind::kThing, "pump-1", {}).value(), 2);
  EXPECT_EQ(resources().remove(admin(), twin::Kind::kThing, "pump-1", {}).error().code,
            ErrorCode::kNotFound);
}

TEST_F(ResourcesTest, the_name_of_a_deleted_thing_is_never_given_again) {
  applied(kPlant);
  ASSERT_TRUE(resources().remove(admin(), twin::Kind::kThing, "pump-1", {}));
  EXPECT_EQ(rules(apply(kPlant).problems), std::vector<std::string>{"name_used"});
  make_services();
  EXPECT_EQ(rules(apply(kPlant).problems), std::vector<std::string>{"name_used"});
}

TEST_F(ResourcesTest, pruning_deletes_what_no_file_has_and_nothing_else_does) {
  applied(kPlant);
  const std::string more = "kind: Site\nname: other\nspec: {title: Other}\n";
  applied(more);
  EXPECT_EQ(catalogs_->configuration()->about.size(), 4U);
  const Applied pruned = apply(kPlant, Prune::kYes);
  ASSERT_EQ(pruned.changes.size(), 1U);
  EXPECT_EQ(pruned.changes[0].action, ChangeAction::kDelete);
  EXPECT_EQ(pruned.changes[0].key.name, "other");
}

TEST_F(ResourcesTest, of_two_applies_on_one_revision_the_second_is_refused) {
  applied(kPlant);
  const std::string site = "kind: Site\nname: other\nspec: {title: Other}\n";
  EXPECT_TRUE(resources().apply(admin(), {.files = files(site), .revision = 1}));
  const auto late = resources().apply(admin(), {.files = files(site), .revision = 1});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kConflict);
}

TEST_F(ResourcesTest, only_engineers_and_administrators_configure) {
  for (const Role role : {Role::kViewer, Role::kOperator, Role::kDataScientist}) {
    EXPECT_EQ(resources().apply(as(role), {.files = files(kPlant)}).error().code,
              ErrorCode::kForbidden);
    EXPECT_EQ(resources().remove(as(role), twin::Kind::kThing, "pump-1", {}).error().code,
              ErrorCode::kForbidden);
    EXPECT_EQ(resources().plan(as(role), files(kPlant), Prune::kNo).error().code,
              ErrorCode::kForbidden)
        << "a plan looks at a month of samples";
    EXPECT_EQ(resources().validate(as(role), files(kPlant)).error().code, ErrorCode::kForbidden);
  }
  EXPECT_TRUE(resources().plan(as(Role::kOtEngineer), files(kPlant), Prune::kNo));
  EXPECT_TRUE(resources().validate(as(Role::kOtEngineer), files(kPlant)));
  EXPECT_TRUE(resources().apply(as(Role::kOtEngineer), {.files = files(kPlant)}));
}

TEST_F(ResourcesTest, drift_is_seen_from_the_files) {
  applied(kPlant);
  applied("kind: Site\nname: other\nspec: {title: Other}\n");
  std::string mine = kPlant;
  mine.replace(mine.find("criticality: high"), 17, "criticality: low");
  mine += "---\nkind: Site\nname: mine\nspec: {}\n";
  const auto drift = resources().drift(admin(), files(mine)).value();
  ASSERT_EQ(drift.changes.size(), 3U);
  EXPECT_EQ(drift.changes[0].action, ChangeAction::kDelete);  // Site mine: only in the files
  EXPECT_EQ(drift.changes[1].action, ChangeAction::kCreate);  // Site other: only in the hub
  ASSERT_EQ(drift.changes[2].differences.size(), 1U);
  EXPECT_EQ(drift.changes[2].differences[0].path, "/tags/criticality");
  EXPECT_EQ(drift.changes[2].differences[0].before, "\"low\"");
  EXPECT_EQ(drift.changes[2].differences[0].after, "\"high\"");
}

TEST_F(ResourcesTest, a_model_that_would_turn_stored_units_into_others_is_refused) {
  applied(kPlant);
  const model::Series series{.id = series_->next_series_id(),
                             .thing = "pump-1",
                             .property = "flow",
                             .unit = "m3/h",
                             .source = "edge-1"};
  ASSERT_TRUE(series_->commit({.series = {series}}));
  index_.put(series);
  std::string litres = kSecondModel;
  litres.replace(litres.find("unit: m3/h"), 10, "unit: l/min");
  const Applied refused = apply(litres);
  ASSERT_EQ(rules(refused.problems), std::vector<std::string>{"unit_change"});
  EXPECT_TRUE(refused.problems[0].problem.what.contains("m3/h"));
  EXPECT_EQ(applied(kSecondModel), 2) << "the same unit is no change";
}

TEST_F(ResourcesTest, followers_see_each_catalog_once_and_in_order) {
  std::vector<std::size_t> seen;
  catalogs_->subscribe([&](const auto& catalog) { seen.push_back(catalog->things().size()); });
  applied(kPlant);
  applied(kPlant);
  applied("kind: Thing\nname: pump-2\nspec: {model: pump@1}\n");
  EXPECT_EQ(seen, (std::vector<std::size_t>{0, 1, 2}));
}

TEST_F(ResourcesTest, a_hub_whose_stored_resources_no_longer_fit_serves_the_rest) {
  applied(kPlant);
  store::MetaChange broken;
  broken.revision = {.number = 2, .time = clock_.now(), .by = "x", .role = "y", .changes = "[]"};
  broken.resources = {{.name = {"Thing", "pump-9", 0},
                       .spec = R"({"model":"gone@1"})",
                       .revision = 2,
                       .changed = clock_.now(),
                       .changed_by = "x"}};
  ASSERT_TRUE(meta_->apply(broken));
  make_services();
  const auto configuration = catalogs_->configuration();
  EXPECT_NE(configuration->catalog->thing("pump-1"), nullptr);
  EXPECT_EQ(configuration->catalog->thing("pump-9"), nullptr);
  ASSERT_EQ(configuration->set_aside.size(), 1U);
  EXPECT_FALSE(configuration->problems.empty());
  EXPECT_EQ(applied("kind: Site\nname: other\nspec: {}\n"), 3) << "others may change meanwhile";
  EXPECT_EQ(applied("kind: Thing\nname: pump-9\nspec: {model: pump@1}\n"), 4);
  EXPECT_TRUE(catalogs_->configuration()->set_aside.empty());
  EXPECT_NE(catalogs_->now()->thing("pump-9"), nullptr);
}

TEST_F(ResourcesTest, what_feeds_a_property_is_changed_on_record) {
  const auto binding = [](const std::string& unit) {
    return std::format(
        "kind: Binding\nname: pump-1-mqtt\nspec:\n  thing: pump-1\n  mqtt: {{topic: hall/pump}}\n"
        "  properties:\n    - {{property: flow, address: /flow, unit: {}}}\n",
        unit);
  };
  applied(kPlant + std::string("---\n") + binding("m3/h"));
  EXPECT_TRUE(series_->events(0, 10)->empty()) << "a thing that is new has changed nothing";
  applied(binding("l/min"));
  applied(binding("l/min") + "---\nkind: Site\nname: works\nspec: {title: Works 2}\n");
  applied(kPlant, Prune::kYes);
  const auto events = series_->events(0, 10).value();  // newest first
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].kind, "binding.changed");
  EXPECT_EQ(events[1].subject, "pump-1");
  EXPECT_EQ(events[1].actor_role, "administrator");
  EXPECT_TRUE(events[1].body.starts_with(
      R"({"revision":2,"reason":"","changes":[{"property":"flow",)"
      R"("before":{"binding":"pump-1-mqtt",)"
      R"("source":"mqtt hall/pump","address":"/flow","unit":"m3/h","factor":1,"offset":0},)"
      R"("after":{"binding":"pump-1-mqtt","source":"mqtt hall/pump","address":"/flow",)"
      R"("unit":"l/min","factor":0.06)"))
      << events[1].body;
  EXPECT_TRUE(events[0].body.contains(R"("after":null)")) << events[0].body;
}

TEST_F(ResourcesTest, thing_models_are_listed_with_their_versions_and_uses) {
  applied(kPlant);
  applied(kSecondModel);
  const auto models = resources().thing_models("", {.limit = 1}).value();
  ASSERT_EQ(models.items.size(), 1U);
  EXPECT_EQ(models.items[0].model->ref.version, 2);
  EXPECT_TRUE(models.items[0].is_latest);
  EXPECT_EQ(models.items[0].things, 1U);
  const auto rest = resources().thing_models("", {.limit = 1, .cursor = models.next}).value();
  ASSERT_EQ(rest.items.size(), 1U);
  EXPECT_EQ(rest.items[0].model->ref.version, 1);
  EXPECT_FALSE(rest.items[0].is_latest);
  EXPECT_FALSE(rest.next);
  EXPECT_EQ((*resources().thing_model("pump"))->ref.version, 2);
  EXPECT_EQ((*resources().thing_model("pump@1"))->ref.version, 1);
  EXPECT_EQ(resources().thing_model("pmup@1").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(resources().get(twin::Kind::kThingModel, "pump", {})->versions,
            (std::vector<int>{1, 2}));
}

/// A connector with a secret, as the catalog sees it.
struct Door {
  std::string name;
  std::string host;
  std::string password;
};

pipeline::ConnectorKind door_kind() {
  static const auto kTable =
      config::TableOf<Door>("Door", "For tests.")
          .name({.key = "name", .sentence = "Name.", .need = config::Need::kRequired}, &Door::name)
          .text({.key = "host", .sentence = "Host."}, &Door::host)
          .text({.key = "password", .sentence = "Password.", .secrecy = config::Secrecy::kSecret},
                &Door::password);
  auto kind = pipeline::kind_of("door", kTable);
  kind.check_address = [](std::string_view) { return base::Result<void>(); };
  return kind;
}

TEST_F(ResourcesTest, a_connection_whose_edge_nobody_knows_is_accepted_and_said) {
  const auto connection = [](const std::string& edge) {
    return files("kind: Connection\nname: line\nspec:\n  edge: " + edge +
                 "\n  door: {host: a}\n");
  };
  connectors_ = {door_kind()};
  make_services();
  origins_.all.resize(1);
  origins_.all.front().name = "edge-1";
  const auto plan = resources().plan(admin(), connection("egde-1"), Prune::kNo).value();
  ASSERT_TRUE(plan.problems.empty());
  ASSERT_EQ(plan.notes.size(), 1U);
  EXPECT_EQ(plan.notes[0].problem.place.line, 4);
  EXPECT_EQ(plan.notes[0].problem.what,
            "no edge 'egde-1' is known: nothing will be read through Connection line");
  EXPECT_EQ(plan.notes[0].problem.hint,
            "Did you mean edge-1? If not, give it an account (page System, or millrace accounts "
            "add egde-1).");
  const auto applied = resources().apply(admin(), {.files = connection("egde-1")}).value();
  EXPECT_EQ(applied.notes.size(), 1U);
  EXPECT_TRUE(resources().plan(admin(), connection("edge-1"), Prune::kNo)->notes.empty());
}

TEST_F(ResourcesTest, secrets_stay_in_the_hub_and_survive_what_was_exported) {
  connectors_ = {door_kind()};
  make_services();
  applied(
      "kind: Connection\nname: line\nspec: {edge: edge-1, door: {host: a, password: s3cret}}\n");
  const auto detail = resources().get(twin::Kind::kConnection, "line", {}).value();
  EXPECT_FALSE(twin::to_text(detail.resource).contains("s3cret"));
  auto exported = resources().exported(twin::Kind::kConnection).files;
  ASSERT_EQ(exported.size(), 1U);
  EXPECT_TRUE(exported[0].text.contains(kHiddenSecret));
  EXPECT_EQ(applied(exported[0].text), 1) << "exported and applied again changes nothing";
  std::string other = exported[0].text;
  other.replace(other.find("edge-1"), 6, "edge-2");
  EXPECT_EQ(applied(other), 2);
  const auto* stored = catalogs_->configuration()->find({twin::Kind::kConnection, "line", 0});
  EXPECT_TRUE(twin::to_text(*stored).contains("s3cret"));
  const auto plan = resources().plan(
      admin(),
      files("kind: Connection\nname: line\nspec: {edge: edge-2, door: {host: a, password: new}}\n"),
      Prune::kNo);
  ASSERT_EQ(plan->changes.size(), 1U);
  for (const Difference& one : plan->changes[0].differences) {
    EXPECT_EQ(one.path, "/door/password");
    EXPECT_FALSE((one.before + one.after).contains("s3cret"));
    EXPECT_FALSE((one.before + one.after).contains("new"));
  }
}

TEST_F(ResourcesTest, one_plan_is_made_at_a_time) {
  base::Result<ResourcePlan> other = ResourcePlan();
  auto kind = door_kind();
  kind.check_address = [&](std::string_view) -> base::Result<void> {
    std::jthread([&] { other = resources().plan(admin(), files(kPlant), Prune::kNo); }).join();
    return {};
  };
  connectors_ = {kind};
  make_services();
  applied(kPlant);
  const auto plan = resources().plan(
      admin(),
      files("kind: Connection\nname: line\nspec: {edge: edge-1, door: {host: a}}\n---\n"
            "kind: Binding\nname: b\nspec: {thing: pump-1, connection: line, properties: "
            "[{property: running, address: x}]}\n"),
      Prune::kNo);
  ASSERT_TRUE(plan) << base::describe(plan.error());
  ASSERT_FALSE(other) << "while the first one was being made";
  EXPECT_EQ(other.error().code, ErrorCode::kLimited);
  EXPECT_EQ(other.error().retry, base::Retry::kLater);
  EXPECT_TRUE(resources().plan(admin(), files(kPlant), Prune::kNo)) << "afterwards";
}

TEST_F(ResourcesTest, a_secret_is_not_sent_elsewhere_by_who_cannot_read_it) {
  connectors_ = {door_kind()};
  make_services();
  applied(
      "kind: Connection\nname: line\nspec: {edge: edge-1, door: {host: a, password: s3cret}}\n");
  for (const char* text :
       {"kind: Connection\nname: line\nspec: {edge: edge-1, door: {host: evil, password: '***'}}\n",
        "kind: Connection\nname: new\nspec: {edge: edge-1, door: {host: a, password: '***'}}\n"}) {
    const auto plan = resources().plan(admin(), files(text), Prune::kNo);
    ASSERT_TRUE(plan);
    ASSERT_EQ(plan->problems.size(), 1U) << text;
    EXPECT_EQ(plan->problems[0].rule, "secret_missing");
    EXPECT_EQ(plan->problems[0].problem.place.line, 3);
  }
}

}  // namespace
}  // namespace millrace::service
