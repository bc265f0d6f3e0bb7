#include "service/corrections.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/time_text.h"
#include "service/given_value.h"
#include "service/holes.h"

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;
using namespace std::chrono_literals;
using store::Correction;
using store::CorrectionAction;
using store::FillMethod;

constexpr std::size_t kSamplesMax = 1'000'000;  // looked at for one fill
constexpr std::size_t kIntervalsSeen = 500;
constexpr base::Duration kLookAround = 1h;  // at least, for the samples beside a hole

Result<void> check_request(const CorrectionRequest& request, base::Time now) {
  const auto refuse = [](const char* what, const char* hint) {
    return base::fail(ErrorCode::kInvalid, what, hint);
  };
  if (request.range.start >= request.range.end) {
    return refuse("the time range is empty: start is not before end",
                  "Give a start before the end.");
  }
  if (request.reason.find_first_not_of(" \t\n") == std::string::npos) {
    return refuse("reason is empty", "Say why, for the record.");
  }
  if (request.reason.size() > kReasonBytesMax) return refuse("reason is too long", "Shorten it.");
  const bool is_fill = request.action == CorrectionAction::kFill;
  if (is_fill && request.range.end > now) {
    return refuse("a fill may not reach into the future", "End it now or earlier.");
  }
  if (!is_fill && (request.method != FillMethod::kNone || request.interval)) {
    return refuse("only a fill has a method and an interval", "Leave them out.");
  }
  if (is_fill && request.method != FillMethod::kConstant && model::type_of(request.value)) {
    return refuse("only a constant fill takes a value", "Leave out value.");
  }
  return {};
}

Result<model::Value> value_for(const model::Series& series, const model::Value& value) {
  if (!model::type_of(value)) return value;
  if (const auto fitting = fitted(value, series.type)) return *fitting;
  return base::fail(ErrorCode::kInvalid,
                    std::format("the value does not fit {}/{}, which is {}", series.thing,
                                series.property, model::text(series.type)),
                    "Give a value of that type.");
}

/// For the event and the audit book.
std::string body_of(const CorrectionRequest& request, const CorrectionMade& made) {
  nlohmann::json body{{"id", made.id},
                      {"count", made.count},
                      {"thing", request.property.thing},
                      {"property", request.property.property},
                      {"start", base::to_text(request.range.start)},
                      {"end", base::to_text(request.range.end)},
                      {"action", store::text(request.action)},
                      {"reason", request.reason}};
  if (model::type_of(request.value)) body["value"] = json_of(request.value);
  if (request.method != FillMethod::kNone) body["method"] = store::text(request.method);
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

/// The median distance of what came before.
Result<base::Duration> Corrections::usual_interval(model::SeriesId series,
                                                   base::Time before) const {
  std::vector<base::Duration> gaps;
  for (const base::Duration look : {kLookAround, 24 * kLookAround, 24 * 31 * kLookAround}) {
    MILLRACE_LET(
        const auto found,
        deps_.series.raw(
            {.series = series, .start = before - look, .end = before, .limit = kIntervalsSeen}));
    gaps.clear();
    for (std::size_t i = 1; i < found.samples.size(); ++i) {
      const base::Duration gap = found.samples[i].time - found.samples[i - 1].time;
      if (gap > base::Duration::zero()) gaps.push_back(gap);
    }
    if (gaps.size() >= 3) break;
  }
  if (gaps.empty()) {
    return base::fail(ErrorCode::kInvalid, "no interval is known for the samples of the fill",
                      "Give interval_ms.");
  }
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::ranges::nth_element(gaps, middle);
  return *middle;
}

Result<std::vector<Correction>> Corrections::fills(const Correction& whole) const {
  const base::Duration look = std::max(kLookAround, 10 * whole.interval);
  MILLRACE_LET(const auto found, deps_.series.raw({.series = whole.series,
                                                   .start = whole.range.from - look,
                                                   .end = whole.range.to + look,
                                                   .limit = kSamplesMax}));
  if (found.next) {
    return base::fail(ErrorCode::kTooLarge,
                      std::format("more than {} samples lie in the range", kSamplesMax),
                      "Fill a shorter range at a time.");
  }
  auto holes = fill_holes(whole, found.samples);
  if (holes.empty()) {
    return base::fail(ErrorCode::kInvalid, "there is no hole with samples beside it in the range",
                      "Take a range that holds one, a shorter interval, or the method constant.");
  }
  if (holes.size() <= kHolesMax) return holes;
  return base::fail(ErrorCode::kTooLarge,
                    std::format("{} holes, {} is the limit", holes.size(), kHolesMax),
                    "Fill a shorter range, or take a longer interval.");
}

/// A correction of what has expired would be on record and change nothing.
Result<void> Corrections::check_is_kept(const model::Series& series, const TimeRange& range) const {
  std::optional<store::TimeRange> touched;
  for (const store::TimeRange& one : deps_.series.expired(series.type)) {
    const auto part = store::intersection(one, {range.start, range.end});
    if (part.is_empty()) continue;
    if (!touched) touched = part;
    touched = {std::min(touched->from, part.from), std::max(touched->to, part.to)};
  }
  if (!touched) return {};
  return base::fail(
      ErrorCode::kInvalid,
      std::format("the samples of {} to {} have expired; the minutes and hours that are left of "
                  "them do not change",
                  base::to_text(touched->from), base::to_text(touched->to)),
      touched->to < range.end ? std::format("Start at {}.", base::to_text(touched->to))
                              : "Take a range that is still kept as samples.");
}

Result<std::vector<Correction>> Corrections::corrections_of(
    const model::Series& series, const CorrectionRequest& request) const {
  Correction one{.series = series.id,
                 .range = {request.range.start, request.range.end},
                 .action = request.action,
                 .value = {},
                 .method = request.method};
  MILLRACE_LET(one.value, value_for(series, request.value));
  if (one.action == CorrectionAction::kFill) {
    if (request.interval) {
      one.interval = *request.interval;
    } else {
      MILLRACE_LET(one.interval, usual_interval(series.id, one.range.from));
    }
    const bool needs_neighbours =
        one.method == FillMethod::kLinear || one.method == FillMethod::kPrevious;
    if (needs_neighbours && one.interval > base::Duration::zero()) return fills(one);
  }
  MILLRACE_TRY(store::check_correction(one, series.type));
  return std::vector{one};
}

/// On the writer's thread.
Result<CorrectionMade> Corrections::commit(const std::vector<Correction>& corrections,
                                           const CorrectionRequest& request) const {
  MILLRACE_LET(const auto newest, deps_.series.corrections({.limit = 1}));
  CorrectionMade made{.id = newest.empty() ? 1 : newest.front().id + 1,
                      .count = corrections.size()};
  store::Commit commit{.corrections = corrections};
  commit.events = {{.time = corrections.front().time,
                    .kind = "correction.made",
                    .subject = request.property.thing,
                    .actor_role = corrections.front().role,
                    .body = body_of(request, made)}};
  MILLRACE_LET(made.commit, deps_.series.commit(commit));
  return made;
}

Result<CorrectionMade> Corrections::create(const identity::Caller& caller,
                                           const CorrectionRequest& request) {
  MILLRACE_TRY(allow(caller, Permission::kCorrect));
  const base::Time now = deps_.clock.now();
  MILLRACE_TRY(check_request(request, now));
  MILLRACE_LET(const auto property,
               twins_.property(request.property.thing, request.property.property));
  MILLRACE_TRY(check_is_kept(property.series, request.range));
  MILLRACE_LET(auto corrections, corrections_of(property.series, request));
  for (Correction& one : corrections) {
    one.by = caller.name;
    one.role = identity::text(caller.role);
    one.why = request.reason;
    one.time = now;
  }
  CorrectionMade made;
  MILLRACE_TRY(deps_.on_writer([&]() -> Result<void> {
    MILLRACE_LET(made, commit(corrections, request));
    return {};
  }));
  deps_.live.publish({property.series.id});
  store::MetaChange change;
  change.audit = {
      {.time = now,
       .actor = caller.name,
       .actor_role = std::string(identity::text(caller.role)),
       .action = "correction.made",
       .subject = std::format("{}/{}", request.property.thing, request.property.property),
       .address = caller.address,
       .body = body_of(request, made)}};
  // The correction is in force, and its event says by which role and why: a caller who were told
  // otherwise would make it twice.
  if (const auto noted = deps_.meta.apply(change); !noted) {
    base::log::error("correction {} is in force, the audit book has no entry of it: {}", made.id,
                     base::describe(noted.error()));
  }
  return made;
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

Result<Page<CorrectionEntry>> Corrections::list(const CorrectionsFilter& filter,
                                                const PageRequest& page) const {
  store::CorrectionFilter wanted{.limit = page.limit + 1};
  MILLRACE_LET(wanted.before, number_of(page));
  MILLRACE_LET(wanted.series, series_of(filter));
  if (filter.start || filter.end) {
    wanted.range = {filter.start.value_or(base::Time::min()),
                    filter.end.value_or(base::Time::max())};
    if (wanted.range->is_empty()) {
      return base::fail(ErrorCode::kInvalid, "the time range is empty: start is not before end");
    }
  }
  MILLRACE_LET(auto found, deps_.series.corrections(wanted));
  Page<CorrectionEntry> entries;
  for (Correction& one : found) {
    if (entries.items.size() == page.limit) {
      entries.next = to_cursor(std::to_string(entries.items.back().correction.id));
      break;
    }
    const auto series = deps_.index.get(one.series).value_or(model::Series{});
    entries.items.push_back({std::move(one), {series.thing, series.property}});
  }
  return entries;
}

}  // namespace millrace::service
