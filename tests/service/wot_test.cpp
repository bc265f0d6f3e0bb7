// The Thing Directory and values as consumers of the Web of Things see them.

#include <nlohmann/json.hpp>

#include "service/service_fixture.h"

namespace millrace::service {
namespace {

using Json = nlohmann::ordered_json;

const std::string kModel = R"(kind: ThingModel
name: pump
version: 1
spec:
  properties:
    flow: {type: number, unit: m3/h}
    shape: {type: object, "mr:type": text}
---
)";
const std::string kPump = "kind: Thing\nname: pump-1\nspec: {title: Pump 1, model: pump@1}\n";
constexpr const char* kBase = "http://hub:8080";

class WotTest : public ServiceTest {
 protected:
  void apply(const std::string& text) {
    const auto done =
        services_->resources.apply(admin_, {.files = {{"f.yaml", text}}, .reason = "test"});
    ASSERT_TRUE(done) << base::describe(done.error());
    ASSERT_TRUE(done->problems.empty()) << done->problems[0].problem.what;
  }
  std::vector<std::string> ids(std::size_t offset = 0, std::size_t limit = 1000) {
    std::vector<std::string> found;
    const auto page = directory().list(admin_, kBase, offset, limit);
    for (const std::string& one : page->documents) found.push_back(Json::parse(one)["id"]);
    return found;
  }
  static std::string lamp(const std::string& id = "", const std::string& title = "Lamp") {
    Json td = {{"@context", "https://www.w3.org/2022/wot/td/v1.1"},
               {"title", title},
               {"securityDefinitions", {{"nosec_sc", {{"scheme", "nosec"}}}}},
               {"security", "nosec_sc"}};
    if (!id.empty()) td["id"] = id;
    return td.dump();
  }
  static std::vector<std::string> told(DescriptionWatch& watch) {
    std::vector<std::string> lines;
    const auto events = watch.take().value();
    for (const DescriptionEvent& event : events) {
      lines.push_back(std::string(text(event.change)) + " " + event.id);
    }
    return lines;
  }
  ThingDirectory& directory() { return services_->directory; }

  const identity::Caller admin_ = admin();
};

TEST_F(WotTest, the_directory_lists_own_things_and_registered_ones_by_id) {
  apply(kModel + kPump);
  EXPECT_TRUE(directory().put(admin_, "urn:example:lamp", lamp("urn:example:lamp")));
  EXPECT_TRUE(directory().put(admin_, "urn:zzz:lamp", lamp()));
  const std::vector<std::string> all = {"urn:example:lamp", "urn:millrace:test:pump-1",
                                        "urn:zzz:lamp"};
  EXPECT_EQ(ids(), all);
  EXPECT_EQ(ids(1, 1), std::vector{all[1]});
  EXPECT_TRUE(ids(7).empty());
  EXPECT_EQ(directory().list(admin_, kBase, 0, 1)->total, 3U);
  make_services();
  EXPECT_EQ(ids(), all) << "after a restart";
}

TEST_F(WotTest, an_own_description_has_a_ticket_that_lets_its_reader_observe) {
  apply(kModel + kPump);
  const Json td = Json::parse(*directory().get(admin_, kBase, "urn:millrace:test:pump-1"));
  EXPECT_EQ(td["base"], "http://hub:8080/api/v1/wot/t/pump-1/");
  EXPECT_EQ(td["version"]["instance"], "1");
  const std::string href = td["properties"]["flow"]["forms"][1]["href"];
  const std::string ticket = href.substr(href.find("ticket=") + 7);
  EXPECT_EQ(directory().redeem(ticket, "pump-1", "")->name, "admin");
  EXPECT_FALSE(directory().redeem(ticket, "pump-2", ""));
  const auto none = directory().get(admin_, kBase, "urn:millrace:test:pmup-1");
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(none.error().hint, "Did you mean urn:millrace:test:pump-1?");
}

TEST_F(WotTest, forms_of_mqtt_lead_to_where_the_caller_finds_the_broker) {
  apply(kModel + kPump);
  const auto href = [&](BrokerStatus broker, const std::string& base) -> std::string {
    broker_ = std::move(broker);
    const Json td = Json::parse(*directory().get(admin_, base, "urn:millrace:test:pump-1"));
    for (const Json& form : td["properties"]["flow"]["forms"]) {
      const std::string target = form["href"];
      if (target.starts_with("mqtt://")) return target.substr(7, target.find("/millrace") - 7);
    }
    EXPECT_FALSE(td["securityDefinitions"].contains("mqtt_sc"));
    return "";
  };
  const auto own = [](std::optional<std::string> listens, std::string address = "127.0.0.1:1884") {
    return BrokerStatus{.address = std::move(address), .listens = std::move(listens)};
  };
  EXPECT_EQ(href(own("127.0.0.1"), "http://localhost:8080"), "127.0.0.1:1884");
  EXPECT_EQ(href(own("127.0.0.1"), "http://[::1]:8080"), "127.0.0.1:1884");
  EXPECT_EQ(href(own("127.0.0.1"), "http://hub.example:8080"), "") << "it is not there for others";
  EXPECT_EQ(href(own("0.0.0.0"), "https://hub.example"), "hub.example:1884");
  EXPECT_EQ(href(own("0.0.0.0"), "http://[fe80::1]:8080"), "[fe80::1]:1884");
  EXPECT_EQ(href(own("10.0.0.7", "10.0.0.7:1884"), "http://hub.example"), "10.0.0.7:1884");
  const auto given = [&](std::string address) { return own(std::nullopt, std::move(address)); };
  EXPECT_EQ(href(given("broker.example:1883"), "http://hub.example"), "broker.example:1883");
  EXPECT_EQ(href(given("localhost:1883"), "http://hub.example"), "");
  EXPECT_EQ(href(given("localhost:1883"), "http://127.0.0.1:8080"), "localhost:1883");
}

TEST_F(WotTest, a_description_without_id_gets_one_and_one_with_id_keeps_it) {
  const auto added = directory().add(admin_, lamp());
  ASSERT_TRUE(added && added->problems.empty());
  EXPECT_TRUE(added->id.starts_with("urn:uuid:"));
  const Json td = Json::parse(*directory().get(admin_, kBase, added->id));
  EXPECT_EQ(td["id"], added->id);
  EXPECT_EQ(td["registration"]["created"], "2026-09-21T14:13:20Z");
  EXPECT_FALSE(directory().add(admin_, lamp("urn:a:b"))->problems.empty());
  EXPECT_EQ(directory().put(admin_, "urn:a:b", lamp("urn:a:c"))->problems[0].field, "id");
  EXPECT_TRUE(directory().put(admin_, "urn:a:b", lamp("urn:a:b"))->is_new);
  EXPECT_FALSE(directory().put(admin_, "urn:a:b", lamp("urn:a:b"))->is_new);
  EXPECT_EQ(count_audit("description.registered"), 2U);
  EXPECT_EQ(count_audit("description.changed"), 0U) << "the same again changes nothing";
}

TEST_F(WotTest, a_patch_changes_what_it_names_and_never_makes_a_description_wrong) {
  ASSERT_TRUE(directory().put(admin_, "urn:a:b", lamp()));
  EXPECT_TRUE(directory().patch(admin_, "urn:a:b", R"({"title":"Lamp 2","x":1})"));
  clock_.advance(1s);
  EXPECT_TRUE(directory().patch(admin_, "urn:a:b", R"({"x":null})"));
  Json td = Json::parse(*directory().get(admin_, kBase, "urn:a:b"));
  EXPECT_EQ(td["title"], "Lamp 2");
  EXPECT_FALSE(td.contains("x"));
  EXPECT_NE(td["registration"]["created"], td["registration"]["modified"]);
  EXPECT_FALSE(directory().patch(admin_, "urn:a:b", R"({"security":null})")->problems.empty());
  EXPECT_FALSE(directory().patch(admin_, "urn:a:b", R"({"id":"urn:a:c"})")->problems.empty());
  EXPECT_EQ(directory().patch(admin_, "urn:a:x", "{}").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(directory().patch(admin_, "urn:a:b", "[]").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(directory().patch(admin_, "urn:a:b", "{").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(Json::parse(*directory().get(admin_, kBase, "urn:a:b")), td);
}

TEST_F(WotTest, a_change_that_relies_on_what_is_not_so_changes_nothing) {
  const auto put = [&](const std::string& title, const Reliance& reliance) {
    const auto done = directory().put(admin_, "urn:a:b", lamp("", title), reliance);
    EXPECT_TRUE(done) << base::describe(done.error());
    return !done->unmet;
  };
  const auto tag = [&] { return *directory().tag("urn:a:b"); };
  EXPECT_EQ(tag(), "");
  EXPECT_FALSE(put("A", {.if_match = "*", .if_none_match = ""}));
  EXPECT_TRUE(put("A", {.if_match = "", .if_none_match = "*"}));
  const std::string first = tag();
  for (const std::string& known : {std::string("*"), first, "\"x\", W/" + first}) {
    EXPECT_FALSE(put("B", {.if_match = "", .if_none_match = known})) << known;
  }
  EXPECT_FALSE(put("B", {.if_match = "W/" + first, .if_none_match = ""})) << "a weak one";
  EXPECT_EQ(tag(), first);
  EXPECT_TRUE(put("B", {.if_match = "\"x\" , " + first, .if_none_match = ""}));
  EXPECT_NE(tag(), first);
  EXPECT_FALSE(put("C", {.if_match = first, .if_none_match = ""}));
  const Reliance on_first{.if_match = first, .if_none_match = ""};
  EXPECT_TRUE(directory().patch(admin_, "urn:a:b", "{}", on_first)->unmet);
  EXPECT_TRUE(put("C", {.if_match = "*", .if_none_match = first}));
  EXPECT_EQ(count_audit("description.changed"), 2U);
}

TEST_F(WotTest, small_patches_do_not_make_a_description_larger_than_one_may_be) {
  ASSERT_TRUE(directory().put(admin_, "urn:a:b", lamp()));
  const std::string much(100U << 10, 'x');
  std::vector<ErrorCode> refused;
  for (int i = 0; i < 5; ++i) {
    const Json patch = {{std::format("x{}", i), much}};
    const auto done = directory().patch(admin_, "urn:a:b", patch.dump());
    if (!done) refused.push_back(done.error().code);
  }
  EXPECT_EQ(refused, std::vector<ErrorCode>(3, ErrorCode::kTooLarge));
  const Json kept = Json::parse(*directory().get(admin_, kBase, "urn:a:b"));
  EXPECT_TRUE(kept.contains("x1"));
  EXPECT_FALSE(kept.contains("x2"));
  EXPECT_LE(kept.dump().size(), twin::kDescriptionBytesMax + 1000);
}

TEST_F(WotTest, own_things_are_changed_by_their_resources_only_and_not_by_everybody) {
  apply(kModel + kPump);
  const std::string own = "urn:millrace:test:pump-1";
  EXPECT_EQ(directory().put(admin_, own, lamp(own)).error().code, ErrorCode::kConflict);
  EXPECT_EQ(directory().patch(admin_, own, "{}").error().code, ErrorCode::kConflict);
  EXPECT_EQ(directory().remove(admin_, own).error().code, ErrorCode::kConflict);
  const identity::Caller viewer = as(Role::kViewer);
  EXPECT_EQ(directory().add(viewer, lamp()).error().code, ErrorCode::kForbidden);
  EXPECT_EQ(directory().put(viewer, "urn:a:b", lamp()).error().code, ErrorCode::kForbidden);
  EXPECT_EQ(directory().remove(viewer, "urn:a:b").error().code, ErrorCode::kForbidden);
  EXPECT_EQ(directory().remove(admin_, "urn:a:b").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(directory().list(viewer, kBase, 0, 10));
}

TEST_F(WotTest, who_watches_hears_what_comes_changes_and_goes) {
  const auto watch = directory().watch(admin_).value();
  apply(kModel + kPump);
  EXPECT_EQ(told(*watch), std::vector<std::string>{"thing_created urn:millrace:test:pump-1"});
  apply("kind: Thing\nname: pump-1\nspec: {title: Pump A, model: pump@1}\n");
  const auto events = watch->take().value();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].change, DescriptionChange::kUpdated);
  EXPECT_EQ(Json::parse(events[0].document)["title"], "Pump A");
  EXPECT_FALSE(Json::parse(events[0].document).contains("properties"));
  apply("kind: Thing\nname: pump-2\nspec: {model: pump@1}\n");
  EXPECT_TRUE(directory().put(admin_, "urn:a:b", lamp()));
  EXPECT_TRUE(directory().put(admin_, "urn:a:b", lamp("", "Lamp 2")));
  EXPECT_TRUE(directory().remove(admin_, "urn:a:b"));
  EXPECT_TRUE(services_->resources.remove(admin_, twin::Kind::kThing, "pump-1", {}));
  EXPECT_EQ(told(*watch), (std::vector<std::string>{
                              "thing_created urn:millrace:test:pump-2", "thing_created urn:a:b",
                              "thing_updated urn:a:b", "thing_deleted urn:a:b",
                              "thing_deleted urn:millrace:test:pump-1"}));
}

TEST_F(WotTest, a_watch_ends_with_its_session_or_when_it_falls_too_far_behind) {
  const identity::Caller leaver = admin();
  const auto watch = directory().watch(leaver).value();
  EXPECT_TRUE(watch->take());
  ASSERT_TRUE(services_->access.logout(leaver));
  EXPECT_FALSE(watch->take());
  DescriptionFeed feed;
  const auto slow = feed.watch();
  const std::vector<DescriptionEvent> some(DescriptionFeed::kEventsWaitingMax / 2 + 1);
  feed.publish(some);
  EXPECT_EQ(slow->take()->size(), some.size());
  feed.publish(some);
  feed.publish(some);
  EXPECT_FALSE(slow->take());
}

TEST_F(WotTest, values_are_bare_json_with_time_and_quality) {
  apply(kModel + kPump);
  const auto before = services_->wot_values.property("pump-1", "flow");
  EXPECT_EQ(before.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(before.error().what,
            "property 'flow' of pump-1 has no value now: Nothing has come yet.");
  EXPECT_TRUE(services_->wot_values.all("pump-1")->empty());
  put(define("pump-1", "flow"), {clock_.now(), 41.7, {}});
  put(define("pump-1", "shape", model::ValueType::kText),
      {clock_.now(), std::string(R"({"x":1})"), {}});
  put(define("pump-1", "extra"), {clock_.now(), 1.0, {}});
  const auto flow = services_->wot_values.property("pump-1", "flow");
  EXPECT_EQ(flow->json, "41.7");
  EXPECT_EQ(flow->time, clock_.now());
  EXPECT_EQ(flow->quality, model::Severity::kGood);
  std::string all;
  const auto values = services_->wot_values.all("pump-1").value();
  for (const WotValue& one : values) {
    all += one.property + "=" + one.json + " ";
  }
  EXPECT_EQ(all, "flow=41.7 shape={\"x\":1} ") << "as the description has it";
  EXPECT_EQ(services_->wot_values.property("pump-1", "flwo").error().hint, "Did you mean flow?");
}

TEST_F(WotTest, a_value_that_is_gone_is_said_to_be_with_the_reason) {
  apply(kModel + kPump);
  const auto id = define("pump-1", "flow");
  put(id, {clock_.now(), 41.7, {}});
  clock_.advance(1s);
  put(id, {clock_.now(), {}, model::Quality().marked(model::Reason::kNotReadable)});
  const auto flow = services_->wot_values.property("pump-1", "flow");
  EXPECT_EQ(flow.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(flow.error().what,
            "property 'flow' of pump-1 has no value now: The address could not be read.");
  EXPECT_TRUE(services_->wot_values.all("pump-1")->empty()) << "null fits no number's schema";
  clock_.advance(1s);
  const auto bad = model::Quality().marked(model::Reason::kOutOfRange);
  put(id, {clock_.now(), -5.0, bad});
  const auto back = services_->wot_values.property("pump-1", "flow");
  ASSERT_TRUE(back) << "what is bad is a value all the same";
  EXPECT_EQ(back->json, "-5");
  EXPECT_EQ(back->quality, model::Severity::kBad);
}

}  // namespace
}  // namespace millrace::service
