// What waits, proposed as bindings.
#include "service/third_party_fixture.h"

namespace millrace::service {
namespace {

using model::Value;
using model::ValueType;

class CandidateProposalTest : public ThirdPartyTest {
 protected:
  /// A proposal, which must pass the plan as it is.
  Proposal propose(const std::string& candidate) {
    const auto found = services_->proposals.propose(admin(), {.candidate = candidate,
                                                              .connection = {},
                                                              .addresses = {},
                                                              .model = {},
                                                              .thing = {},
                                                              .place = {},
                                                              .decided = {}});
    EXPECT_TRUE(found) << base::describe(found.error());
    if (!found) return {};
    const auto plan = services_->resources.plan(admin(), found->files, Prune::kNo);
    EXPECT_TRUE(plan);
    for (const auto& one : plan->problems) {
      ADD_FAILURE() << config::to_text(one.file, one.problem);
    }
    return *found;
  }
  void accept(const Proposal& proposal) {
    const auto applied = services_->resources.apply(admin(), {.files = proposal.files});
    ASSERT_TRUE(applied) << base::describe(applied.error());
    EXPECT_TRUE(applied->problems.empty());
    EXPECT_TRUE(services_->bindings.follow());
  }
};

TEST_F(CandidateProposalTest, a_device_is_bound_to_a_model_with_what_came_before) {
  fill(define_metric("p-out", "P/Out", "kPa"), then_, 5,
       [](int i) { return Value(static_cast<double>(100 * i)); });
  fill(define_metric("drehzahl", "Drehzahl", "U/min", ValueType::kI64), then_, 3,
       [](int i) { return Value(std::int64_t{i}); });
  apply(std::string(kModel));
  const Proposal found = propose("sparkplug:plant2/gw7/mixer");
  EXPECT_EQ(text(found.model), "mixer@1");
  EXPECT_EQ(found.thing, "mixer") << "after the device; mixer-1 and mixer-2 are others";
  accept(found);
  work();
  const auto [binding, row] = catalogs_->now()->feeding("mixer", "speed");
  ASSERT_TRUE(binding);
  const auto* source = std::get_if<twin::SparkplugSource>(&binding->source);
  ASSERT_TRUE(source);
  EXPECT_EQ(source->group + "/" + source->node + "/" + source->device, "plant2/gw7/mixer");
  EXPECT_EQ(row->address, "Drehzahl");
  EXPECT_EQ(history("mixer", "speed", ValueType::kI64).size(), 3U);
}

TEST_F(CandidateProposalTest, a_topic_becomes_a_thing_of_a_new_model) {
  fill(define_topic("hall/compressor-3/state"), then_, 4, [](int i) {
    return Value(std::format(R"({{"pressure":{{"bar":{}}},"running":true}})", i));
  });
  const Proposal found = propose("mqtt:hall/compressor-3/state");
  EXPECT_EQ(found.thing, "compressor-3");
  EXPECT_EQ(text(found.model), "compressor@1");
  accept(found);
  work();
  const auto bindings = catalogs_->now()->bindings_of("compressor-3");
  ASSERT_EQ(bindings.size(), 1U);
  const auto* source = std::get_if<twin::MqttSource>(&bindings.front()->source);
  ASSERT_TRUE(source);
  EXPECT_EQ(source->topic, "hall/compressor-3/state");
  EXPECT_EQ(bindings.front()->properties.size(), 2U);
  EXPECT_EQ(history("compressor-3", "pressure_bar", ValueType::kI64).size(), 4U);
}

TEST_F(CandidateProposalTest, of_a_topic_that_is_bound_in_part_the_rest_is_proposed_with_its_time) {
  fill(define_topic("hall/1/state"), then_, 2, [](int i) {
    return Value(std::format(R"({{"ts":{},"p":{{"kpa":2}},"rpm":3,"running":true}})", i + 1));
  });
  bind(kTopics);
  const Proposal found = propose("mqtt:hall/1/state");
  ASSERT_EQ(found.matches.size(), 1U);
  EXPECT_EQ(found.matches[0].address, "/running");
  accept(found);
  const auto bindings = catalogs_->now()->bindings_of(found.thing);
  ASSERT_EQ(bindings.size(), 1U);
  EXPECT_EQ(std::get<twin::MqttSource>(bindings.front()->source).time, "/ts");
}

}  // namespace
}  // namespace millrace::service
