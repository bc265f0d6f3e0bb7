#include "service/corrections.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ranges>

#include "base/log.h"
#include "base/time_text.h"
#include "service/given_value.h"

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;
using store::Correction;
using store::FillMethod;

/// For the event and the audit book; `id` is that of the step's first correction.
std::string body_of(const CorrectionStep& step, std::int64_t id) {
  const CorrectionRequest& request = step.request;
  nlohmann::json body{{"id", id},
                      {"count", step.corrections.size()},
                      {"thing", request.property.thing},
                      {"property", request.property.property},
                      {"start", base::to_text(request.range.start)},
                      {"end", base::to_text(request.range.end)},
                      {"action", store::text(request.action)},
                      {"reason", request.reason}};
  if (model::type_of(request.value)) body["value"] = json_of(request.value);
  if (request.value_to) body["value_to"] = *request.value_to;
  if (request.method != FillMethod::kNone) body["method"] = store::text(request.method);
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// An empty list of series is that of all only where none was asked for.
bool is_for_all(const CorrectionsFilter& filter) { return filter.thing.empty(); }

}  // namespace

/// On the writer's thread.
Result<CorrectionMade> Corrections::commit(const std::vector<CorrectionStep>& steps) const {
  MILLRACE_LET(const auto newest, deps_.series.corrections({.limit = 1}));
  CorrectionMade made{.id = newest.empty() ? 1 : newest.front().id + 1};
  store::Commit commit;
  for (const CorrectionStep& step : steps) {
    const Correction& first = step.corrections.front();
    commit.events.push_back(
        {.time = first.time,
         .kind = "correction.made",
         .subject = step.request.property.thing,
         .actor_role = first.role,
         .body = body_of(step, made.id + static_cast<std::int64_t>(made.count))});
    commit.corrections.insert(commit.corrections.end(), step.corrections.begin(),
                              step.corrections.end());
    made.count += step.corrections.size();
  }
  MILLRACE_LET(made.commit, deps_.series.commit(commit));
  return made;
}

void Corrections::note(const identity::Caller& caller, const std::vector<CorrectionStep>& steps,
                       std::int64_t first) const {
  std::vector<model::SeriesId> changed;
  store::MetaChange change;
  std::int64_t id = first;
  for (const CorrectionStep& step : steps) {
    for (const Correction& one : step.corrections) changed.push_back(one.series);
    change.audit.push_back({.time = step.corrections.front().time,
                            .actor = caller.name,
                            .actor_role = std::string(identity::text(caller.role)),
                            .action = "correction.made",
                            .subject = std::format("{}/{}", step.request.property.thing,
                                                   step.request.property.property),
                            .address = caller.address,
                            .body = body_of(step, id)});
    id += static_cast<std::int64_t>(step.corrections.size());
  }
  std::ranges::sort(changed);
  changed.erase(std::ranges::unique(changed).begin(), changed.end());
  deps_.live.publish(changed);
  // The correction is in force, and its event says by which role and why: a caller who were told
  // otherwise would make it twice.
  if (const auto noted = deps_.meta.apply(change); !noted) {
    base::log::error("correction {} is in force, the audit book has no entry of it: {}", first,
                     base::describe(noted.error()));
  }
}

Result<CorrectionMade> Corrections::run(const identity::Caller& caller, const Prepare& prepare) {
  MILLRACE_TRY(allow(caller, Permission::kCorrect));
  const std::lock_guard lock(making_);
  CorrectionMaker maker(deps_, twins_);
  MILLRACE_LET(auto steps, prepare(maker));
  if (steps.empty()) return CorrectionMade{};
  for (CorrectionStep& step : steps) {
    for (Correction& one : step.corrections) {
      one.by = caller.name;
      one.role = identity::text(caller.role);
      one.why = step.request.reason;
      one.time = maker.now();
    }
  }
  CorrectionMade made;
  MILLRACE_TRY(deps_.on_writer([&]() -> Result<void> {
    MILLRACE_LET(made, commit(steps));
    return {};
  }));
  note(caller, steps, made.id);
  return made;
}

Result<CorrectionMade> Corrections::create(const identity::Caller& caller,
                                           const CorrectionRequest& request) {
  return run(caller, [&](CorrectionMaker& maker) -> Result<std::vector<CorrectionStep>> {
    MILLRACE_LET(auto corrections, maker.make(request));
    bool is_nothing = corrections.empty();
    if (request.action == store::CorrectionAction::kFill && corrections.size() == 1) {
      MILLRACE_LET(const bool is_shown, maker.shows_any(corrections.front()));
      is_nothing = !is_shown;
    }
    if (is_nothing) return std::unexpected(maker.no_hole(request));
    return std::vector{CorrectionStep{request, std::move(corrections)}};
  });
}

/// Empty for all. A property whose type changed has several series.
Result<std::vector<model::SeriesId>> Corrections::series_of(const CorrectionsFilter& filter) const {
  std::vector<model::SeriesId> ids;
  if (filter.thing.empty()) {
    if (filter.property.empty()) return ids;
    return base::fail(ErrorCode::kInvalid, "property needs thing", "Add thing.");
  }
  if (filter.property.empty()) {
    MILLRACE_TRY(twins_.thing(filter.thing));
  } else {
    MILLRACE_TRY(twins_.property(filter.thing, filter.property));
  }
  for (const model::Series& series : deps_.index.of_thing(filter.thing)) {
    if (filter.property.empty() || series.property == filter.property) ids.push_back(series.id);
  }
  return ids;
}

Result<store::CorrectionFilter> Corrections::wanted(const CorrectionsFilter& filter) const {
  store::CorrectionFilter wanted;
  MILLRACE_LET(wanted.series, series_of(filter));
  if (!filter.start && !filter.end) return wanted;
  wanted.range = {filter.start.value_or(base::Time::min()), filter.end.value_or(base::Time::max())};
  if (!wanted.range->is_empty()) return wanted;
  return base::fail(ErrorCode::kInvalid, "the time range is empty: start is not before end",
                    "Give a start before the end.");
}

CorrectionEntry Corrections::named(Correction correction) const {
  const auto series = deps_.index.get(correction.series).value_or(model::Series{});
  return {std::move(correction), {series.thing, series.property}};
}

Result<Page<CorrectionEntry>> Corrections::list(const CorrectionsFilter& filter,
                                                const PageRequest& page) const {
  MILLRACE_LET(auto wanted, this->wanted(filter));
  MILLRACE_LET(wanted.before, number_of(page));
  wanted.limit = page.limit + 1;
  Page<CorrectionEntry> entries;
  if (!is_for_all(filter) && wanted.series.empty()) return entries;
  MILLRACE_LET(auto found, deps_.series.corrections(wanted));
  for (Correction& one : found) {
    if (entries.items.size() == page.limit) {
      entries.next = to_cursor(std::to_string(entries.items.back().correction.id));
      break;
    }
    entries.items.push_back(named(std::move(one)));
  }
  return entries;
}

Result<std::vector<CorrectionEntry>> Corrections::all(const CorrectionsFilter& filter,
                                                      std::size_t limit) const {
  MILLRACE_LET(auto wanted, this->wanted(filter));
  wanted.limit = limit + 1;
  std::vector<CorrectionEntry> entries;
  if (!is_for_all(filter) && wanted.series.empty()) return entries;
  MILLRACE_LET(auto found, deps_.series.corrections(wanted));
  if (found.size() > limit) {
    return base::fail(ErrorCode::kTooLarge,
                      std::format("there are more than {} corrections", limit),
                      "Ask for one thing, or a shorter range, at a time.");
  }
  for (Correction& one : found | std::views::reverse) entries.push_back(named(std::move(one)));
  return entries;
}

}  // namespace millrace::service
