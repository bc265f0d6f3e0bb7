#include "service/correction_maker.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/time_text.h"
#include "service/given_value.h"
#include "service/holes.h"

namespace millrace::service {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using namespace std::chrono_literals;
using store::Correction;
using store::CorrectionAction;
using store::FillMethod;

constexpr std::size_t kSamplesMax = 1'000'000;      // looked at for one fill
constexpr std::size_t kSamplesAllMax = 10'000'000;  // for all fills of one call
constexpr std::size_t kIntervalsSeen = 500;
constexpr base::Duration kLookAround = 1h;  // at least, for the samples beside a hole
constexpr std::array<base::Duration, 4> kLookBeside = {1min, 1h, 24h, 24h * 31};

std::unexpected<base::Error> refuse_request(const char* what, const char* hint) {
  return base::fail(ErrorCode::kInvalid, what, hint);
}

Result<void> check_values(const CorrectionRequest& request) {
  const bool has_value = model::type_of(request.value).has_value();
  if (request.method != FillMethod::kLinear) {
    if (!request.value_to) return {};
    return refuse_request("only the method linear has a value at its end", "Leave out value_to.");
  }
  if (has_value == request.value_to.has_value()) return {};
  return refuse_request("the method linear says both of its values or none",
                        "Give value and value_to, or leave out both.");
}

Result<void> check_request(const CorrectionRequest& request, base::Time now) {
  if (request.range.start >= request.range.end) {
    return refuse_request("the time range is empty: start is not before end",
                          "Give a start before the end.");
  }
  if (request.reason.find_first_not_of(" \t\n") == std::string::npos) {
    return refuse_request("reason is empty", "Say why, for the record.");
  }
  if (request.reason.size() > kReasonBytesMax) {
    return refuse_request("reason is too long", "Shorten it.");
  }
  if (request.action == CorrectionAction::kFill) {
    if (request.range.end <= now) return check_values(request);
    return refuse_request("a fill may not reach into the future", "End it now or earlier.");
  }
  if (request.action == CorrectionAction::kReplace) {
    if (request.method != FillMethod::kConstant && !request.interval) return check_values(request);
    return refuse_request("a replace has the method linear or previous, or a value alone",
                          "Leave out the interval, and the method constant.");
  }
  if (request.method != FillMethod::kNone || request.interval || request.value_to) {
    return refuse_request(
        "only a fill and a replace have a method, and only a fill has an interval",
        "Leave out method, interval_ms and value_to.");
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

}  // namespace

bool is_looked_up(const CorrectionRequest& request) {
  const bool has_neighbours =
      request.method == FillMethod::kLinear || request.method == FillMethod::kPrevious;
  return has_neighbours && !model::type_of(request.value);
}

Error CorrectionMaker::no_hole(const CorrectionRequest& request) const {
  std::string what = "there is no hole with samples beside it in the range";
  std::string hint = "Take a range that holds one, a shorter interval, or the method constant.";
  const auto series = series_of(request.property);
  const auto found = !series ? Result<store::RawResult>(std::unexpected(series.error()))
                             : seen({.series = series->id,
                                     .start = request.range.start,
                                     .end = request.range.end,
                                     .limit = kSamplesMax},
                                    nullptr);
  if (found && !found->samples.empty()) {
    const auto& there = found->samples;
    const auto bad = std::ranges::count_if(there, [](const auto& one) { return !is_usable(one); });
    what += std::format("; {}{} samples stand there, from {} to {}, {} of them bad or empty",
                        found->next ? "more than " : "", there.size(),
                        base::to_text(there.front().time), base::to_text(there.back().time), bad);
    hint =
        "A fill shows samples only where none is stored: replace those that stand there (action "
        "replace, which also takes the methods linear and previous), or take a range with a hole.";
  }
  return {ErrorCode::kInvalid, base::Retry::kNever, std::move(what), std::move(hint)};
}

Result<bool> CorrectionMaker::shows_any(const Correction& fill) const {
  const store::Overlay overlay({fill});
  store::RawQuery query{.series = fill.series,
                        .start = fill.range.from,
                        .end = overlay.horizon(fill.range.to),
                        .corrections = store::Corrections::kLeftOut};
  bool is_shown = false;
  store::OverlayWalk walk(overlay, fill.range,
                          [&](const store::SeenRow& row) { is_shown |= !row.stored.has_value(); });
  do {
    MILLRACE_LET(const auto page, deps_.series.raw(query));
    for (const model::Sample& sample : page.samples) walk.stored(sample);
    query.after = page.next;
  } while (query.after && !is_shown);
  if (!is_shown) walk.finish();
  return is_shown;
}

Result<model::Series> CorrectionMaker::series_of(const PropertyName& name) const {
  MILLRACE_LET(const auto property, twins_.property(name.thing, name.property));
  if (has_series(property)) return property.series;
  return base::fail(ErrorCode::kInvalid,
                    std::format("{}/{} has no samples yet", name.thing, name.property),
                    "Correct it once it has sent some.");
}

Result<store::RawResult> CorrectionMaker::seen_under(const store::RawQuery& query,
                                                     const store::Overlay& overlay) const {
  store::RawQuery stored = query;
  stored.corrections = store::Corrections::kLeftOut;
  stored.end = overlay.horizon(query.end);
  MILLRACE_LET(const auto rows, deps_.series.raw(stored));
  store::RawResult result{.samples = {}, .next = rows.next, .commit = rows.commit};
  const base::Time end =
      rows.next ? std::min(query.end, rows.samples.back().time + base::Duration(1)) : query.end;
  store::OverlayWalk walk(overlay, {query.start, end}, [&](store::SeenRow row) {
    result.samples.push_back(std::move(row.sample));
  });
  for (const model::Sample& sample : rows.samples) walk.stored(sample);
  walk.finish();
  return result;
}

/// Samples as they are seen, or will be once what is noted is in force.
Result<store::RawResult> CorrectionMaker::seen(const store::RawQuery& query,
                                               InForce in_force) const {
  const auto noted = noted_.find(query.series);
  if (!in_force && noted == noted_.end()) return deps_.series.raw(query);
  if (in_force) {
    std::vector<Correction> mine = *in_force;
    std::erase_if(mine, [&](const Correction& one) { return one.series != query.series; });
    return seen_under(query, store::Overlay(std::move(mine)));
  }
  MILLRACE_LET(auto corrections,
               deps_.series.corrections(
                   {.series = {query.series}, .limit = std::numeric_limits<std::size_t>::max()}));
  std::ranges::reverse(corrections);
  corrections.insert(corrections.end(), noted->second.begin(), noted->second.end());
  return seen_under(query, store::Overlay(std::move(corrections)));
}

/// The median distance of what came before.
Result<base::Duration> CorrectionMaker::usual_interval(model::SeriesId series,
                                                       base::Time before) const {
  std::vector<base::Duration> gaps;
  for (const base::Duration look : {kLookAround, 24 * kLookAround, 24 * 31 * kLookAround}) {
    MILLRACE_LET(
        const auto found,
        seen({.series = series, .start = before - look, .end = before, .limit = kIntervalsSeen},
             nullptr));
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

Result<std::vector<Correction>> CorrectionMaker::fills(const Correction& whole, InForce in_force) {
  const base::Duration look = std::max(kLookAround, 10 * whole.interval);
  const std::size_t limit = std::min(kSamplesMax, kSamplesAllMax - samples_);
  MILLRACE_LET(const auto found, seen({.series = whole.series,
                                       .start = whole.range.from - look,
                                       .end = whole.range.to + look,
                                       .limit = std::max<std::size_t>(limit, 1)},
                                      in_force));
  samples_ = std::min(samples_ + found.samples.size(), kSamplesAllMax);
  if (found.next) {
    return base::fail(ErrorCode::kTooLarge,
                      limit == kSamplesMax
                          ? std::format("more than {} samples lie in the range", limit)
                          : std::format("the fills look at more than {} samples", kSamplesAllMax),
                      "Fill a shorter range at a time.");
  }
  auto holes = fill_holes(whole, found.samples);
  if (holes.size() <= kHolesMax) return holes;
  return base::fail(ErrorCode::kTooLarge,
                    std::format("{} holes, {} is the limit", holes.size(), kHolesMax),
                    "Fill a shorter range, or take a longer interval.");
}

Result<std::vector<model::Sample>> CorrectionMaker::beside(model::SeriesId series,
                                                           const TimeRange& range,
                                                           InForce in_force) const {
  MILLRACE_LET(
      auto found,
      seen({.series = series, .start = range.start, .end = range.end, .limit = kSamplesMax},
           in_force));
  if (!found.next) return std::move(found.samples);
  return base::fail(
      ErrorCode::kTooLarge,
      std::format("more than {} samples lie beside the range, none of them is usable", kSamplesMax),
      "Give the value instead.");
}

/// Values from the samples beside the range.
Result<std::vector<Correction>> CorrectionMaker::replaced(const Correction& whole,
                                                          InForce in_force) const {
  const auto& [from, to] = whole.range;
  std::optional<model::Sample> before, behind;
  for (const base::Duration look : kLookBeside) {
    if (!before) {
      MILLRACE_LET(auto some, beside(whole.series, {from - look, from}, in_force));
      const auto last = std::ranges::find_last_if(some, is_usable);
      if (!last.empty()) before = std::move(last.front());
    }
    if (!behind && whole.method == FillMethod::kLinear) {
      MILLRACE_LET(auto some, beside(whole.series, {to, to + look}, in_force));
      const auto first = std::ranges::find_if(some, is_usable);
      if (first != some.end()) behind = std::move(*first);
    }
  }
  if (auto one = valued(whole, before ? &*before : nullptr, behind ? &*behind : nullptr)) {
    return std::vector{*std::move(one)};
  }
  return base::fail(ErrorCode::kInvalid,
                    "there is no usable sample beside the range to take the values from",
                    "Take a range with good samples before it, and behind it for a straight line; "
                    "or give the value.");
}

/// A correction of what has expired would be on record and change nothing.
Result<void> CorrectionMaker::check_is_kept(const CorrectionRequest& request) const {
  const TimeRange& range = request.range;
  MILLRACE_LET(const model::Series series, series_of(request.property));
  std::optional<store::TimeRange> touched;
  const bool is_fill = request.action == CorrectionAction::kFill;
  for (const store::TimeRange& one :
       is_fill ? deps_.series.closed(series.type) : deps_.series.expired(series.type)) {
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

Result<std::vector<Correction>> CorrectionMaker::make(const CorrectionRequest& request,
                                                      InForce in_force) {
  MILLRACE_TRY(check_request(request, now_));
  MILLRACE_LET(const model::Series series, series_of(request.property));
  MILLRACE_TRY(check_is_kept(request));
  Correction one{.series = series.id,
                 .range = {request.range.start, request.range.end},
                 .action = request.action,
                 .value = {},
                 .method = request.method,
                 .value_to = request.value_to};
  MILLRACE_LET(one.value, value_for(series, request.value));
  if (one.action == CorrectionAction::kReplace && is_looked_up(request)) {
    return replaced(one, in_force);
  }
  if (one.action == CorrectionAction::kFill) {
    if (request.interval) {
      one.interval = *request.interval;
    } else {
      MILLRACE_LET(one.interval, usual_interval(series.id, one.range.from));
    }
    if (is_looked_up(request) && one.interval > base::Duration::zero()) return fills(one, in_force);
  }
  MILLRACE_TRY(store::check_correction(one, series.type));
  return std::vector{one};
}

void CorrectionMaker::note(const std::vector<Correction>& corrections) {
  for (const Correction& one : corrections) noted_[one.series].push_back(one);
}

}  // namespace millrace::service
