#pragma once

#include "service/resource_effects.h"
#include "service_fixture.h"

namespace millrace::service {

/// A version of the pump with these properties, one a line.
inline std::string pump(int version, const std::string& properties) {
  std::string text = std::format(
      "kind: ThingModel\nname: pump\nversion: {}\nspec:\n  title: Pump\n  properties:\n", version);
  for (std::size_t from = 0; from < properties.size();) {
    const std::size_t end = std::min(properties.find('\n', from), properties.size());
    text += "    " + properties.substr(from, end - from) + "\n";
    from = end + 1;
  }
  return text;
}

inline std::string thing(const std::string& name, int version) {
  return std::format("---\nkind: Thing\nname: {}\nspec: {{model: pump@{}}}\n", name, version);
}

class ResourceEffectsTest : public ServiceTest {
 protected:
  Resources& resources() { return services_->resources; }

  void apply(const std::string& text) {
    const auto applied = resources().apply(admin(), {.files = {{"all.yaml", text}}});
    ASSERT_TRUE(applied) << base::describe(applied.error());
    for (const auto& one : applied->problems) {
      ADD_FAILURE() << config::to_text(one.file, one.problem) << " " << one.rule;
    }
  }
  Effects effects(const std::string& text) {
    const auto plan = resources().plan(admin(), {{"all.yaml", text}}, Prune::kNo);
    EXPECT_TRUE(plan) << base::describe(plan.error());
    if (!plan) return {};
    for (const auto& one : plan->problems) {
      ADD_FAILURE() << config::to_text(one.file, one.problem) << " " << one.rule;
    }
    return plan->effects;
  }
  /// A value a second from `start_` on.
  void fill(model::SeriesId id, int count, const std::function<double(int)>& value) {
    store::Commit commit;
    for (int i = 0; i < count; ++i) {
      commit.samples.push(id, model::ValueType::kF64, {start_ + i * 1s, value(i), {}},
                          clock_.now());
    }
    ASSERT_TRUE(series_->commit(commit));
  }
  static std::vector<std::string> texts(const Effects& effects) {
    std::vector<std::string> all;
    for (const Effect& one : effects.found) {
      all.push_back(std::format("{}.{} {} {} {}/{}", one.thing, one.property, text(one.rule),
                                text(one.severity), one.samples, one.checked));
    }
    return all;
  }
  using Texts = std::vector<std::string>;

  const base::Time start_ = clock_.now() - 1h;
};

}  // namespace millrace::service
