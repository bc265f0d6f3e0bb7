#include <algorithm>
#include <tuple>

#include "service/problem_search.h"

namespace millrace::service {
namespace {

using base::Result;

constexpr int kAffectedMax = 50;

auto order_of(const QualityProblem& one) {
  return std::tuple(!one.is_active, -static_cast<int>(one.severity), -one.last.time_since_epoch(),
                    one.thing, one.property, one.rule);
}

}  // namespace

Result<VersionedPage<QualityProblem>> DataQuality::problems(const ProblemRequest& request,
                                                            const PageRequest& page) const {
  MILLRACE_LET(const std::int64_t from, number_of(page));
  MILLRACE_LET(const auto chosen, choose(request.site, request.thing));
  if (request.start >= deps_.clock.now()) {
    return VersionedPage<QualityProblem>{{}, deps_.series.newest_commit()};
  }
  // Every part is of one data version, but for what goes on now.
  ProblemSearch search(deps_, twins_, request.start);
  const std::size_t together = search.series_together();
  for (std::size_t first = 0; first < chosen.size(); first += together) {
    MILLRACE_TRY(
        search.look(std::span(chosen).subspan(first, std::min(together, chosen.size() - first))));
  }
  MILLRACE_TRY(search.look_back());
  const auto waiting = waiting_properties(deps_, twins_, request.site, request.thing);
  search.add(waiting);
  std::vector<QualityProblem> all = search.take();
  std::erase_if(all, [&](const QualityProblem& one) {
    return request.active && one.is_active != *request.active;
  });
  std::ranges::sort(all, {}, order_of);
  VersionedPage<QualityProblem> result{cut(std::move(all), from, page.limit), search.commit()};
  if (result.items.empty()) return result;
  const auto known = siblings();
  for (QualityProblem& problem : result.items) {
    add_affected(problem, known);
    const WaitingProperty* one = waiting.find(problem.thing, problem.property);
    if (one) problem.advice = advice_on(*one, *waiting.roster->catalog, deps_.origins);
  }
  return result;
}

/// Which properties are judged by the values of others: "thing.property" by "thing/property".
DataQuality::Siblings DataQuality::siblings() const {
  Siblings found;
  if (!deps_.property_facts) return found;
  for (const model::Series& series : deps_.index.all()) {
    const auto facts = deps_.property_facts(series.thing, series.property);
    if (!facts) continue;
    for (const std::string& sibling : facts->contract.siblings) {
      const bool is_whole_name = sibling.contains('/');
      found.emplace(is_whole_name ? sibling : series.thing + "/" + sibling,
                    series.thing + "." + series.property);
    }
  }
  return found;
}

void DataQuality::add_affected(QualityProblem& problem, const Siblings& siblings) const {
  std::optional<PropertyFacts> facts;
  if (deps_.property_facts) facts = deps_.property_facts(problem.thing, problem.property);
  problem.advice = advice_on(problem.rule, facts);
  problem.affects.push_back({"thing", problem.thing});
  if (!facts) return;
  if (!facts->binding.empty()) problem.affects.push_back({"binding", facts->binding});
  for (const std::string& alarm : facts->alarms) problem.affects.push_back({"alarm", alarm});
  const auto [begin, end] = siblings.equal_range(problem.thing + "/" + problem.property);
  for (auto one = begin; one != end && problem.affects.size() < kAffectedMax; ++one) {
    problem.affects.push_back({"sibling", one->second});
  }
}

}  // namespace millrace::service
