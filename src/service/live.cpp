#include "service/live.h"

#include <algorithm>
#include <iterator>

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;
using namespace std::chrono_literals;

constexpr base::Duration kSlow = 1s;
constexpr base::Duration kEdgesFor = 500ms;

/// Whether a person would see a difference.
bool is_same(const Edge& a, const Edge& b) {
  const pipeline::OriginSnapshot& x = a.origin;
  const pipeline::OriginSnapshot& y = b.origin;
  const auto reported = [](const auto& spool) {
    return spool ? std::tuple(spool->batches, spool->bytes, spool->evicted_batches)
                 : std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>();
  };
  return a.things == b.things && x.is_connected == y.is_connected && x.since == y.since &&
         x.last_received == y.last_received && x.samples_per_second == y.samples_per_second &&
         reported(x.spool) == reported(y.spool) && x.epoch == y.epoch && x.acked_to == y.acked_to &&
         x.losses.batches == y.losses.batches;
}

}  // namespace

Live::Live(const Deps& deps, const Twins& twins, const Fleet& fleet)
    : deps_(deps), twins_(twins), fleet_(fleet) {}

std::shared_ptr<const std::vector<Edge>> Live::edges() {
  const std::lock_guard lock(mutex_);
  const base::MonotonicTime now = deps_.clock.monotonic();
  if (!edges_ || now >= edges_until_) {
    edges_ = std::make_shared<const std::vector<Edge>>(fleet_.all());
    edges_until_ = now + kEdgesFor;
  }
  return edges_;
}

Result<std::unique_ptr<LiveWatch>> Live::open(const identity::Caller& caller,
                                              const LiveRequest& request) {
  if (request.interval < kLiveIntervalMin || request.interval > kLiveIntervalMax) {
    return base::fail(ErrorCode::kInvalid, "interval lies outside 100ms to 1m",
                      "Take one between them, such as 500ms.");
  }
  for (const std::string& thing : request.things) {
    if (!twins_.is_known(thing)) return std::unexpected(twins_.unknown_thing(thing));
  }
  if (watchers_ >= kLiveStreamsMax) {
    return base::fail_for_now(ErrorCode::kLimited,
                              std::format("{} live streams are open", kLiveStreamsMax),
                              "Close some, then try again.");
  }
  return std::make_unique<LiveWatch>(*this, caller, request);
}

LiveWatch::LiveWatch(Live& live, identity::Caller caller, LiveRequest request)
    : live_(live), caller_(std::move(caller)), request_(std::move(request)) {
  ++live_.watchers_;
}

LiveWatch::~LiveWatch() { --live_.watchers_; }

/// Subscribes to the series of the things chosen; again when the hub has learned new ones, or
/// others have the present values. Gives those to be sent now.
std::vector<model::SeriesId> LiveWatch::follow_series() {
  const std::size_t size = live_.deps_.index.size();
  auto catalog = live_.deps_.catalogs.now();
  const bool is_same = size == series_known_ && catalog == catalog_ && !has_several_;
  if (request_.things.empty() || is_same) return {};
  series_known_ = size;
  catalog_ = std::move(catalog);
  auto wanted = choose_series();
  if (wanted == wanted_) return {};
  std::vector<model::SeriesId> fresh;
  std::ranges::set_difference(wanted, wanted_, std::back_inserter(fresh));
  for (const model::SeriesId id : fresh) sent_.erase(number(id));
  if (subscription_) {
    for (const model::SeriesId id : subscription_->take()) {
      if (std::ranges::binary_search(wanted, id)) fresh.push_back(id);
    }
  }
  wanted_ = std::move(wanted);
  subscription_ = live_.deps_.live.subscribe(wanted_);
  return fresh;
}

/// By id.
std::vector<model::SeriesId> LiveWatch::choose_series() {
  std::vector<model::SeriesId> chosen;
  has_several_ = false;
  for (const std::string& thing : request_.things) {
    const auto present = live_.twins_.properties_of(thing);
    has_several_ = has_several_ || present.size() != live_.deps_.index.of_thing(thing).size();
    for (const model::Series& series : present) {
      const auto& only = request_.properties;
      if (!only.empty() && !std::ranges::contains(only, series.property)) continue;
      chosen.push_back(series.id);
    }
  }
  std::ranges::sort(chosen);
  return chosen;
}

void LiveWatch::take_values(LiveUpdate& update, const std::vector<model::SeriesId>& changed) {
  for (const model::SeriesId id : changed) {
    CurrentValue current = live_.twins_.current(id);
    const Sent now{current.last ? current.last->sample.time : base::Time(),
                   current.last ? current.last->received : base::Time(),
                   current.last ? current.last->correction : 0, current.staleness.is_stale};
    Sent& sent = sent_[number(id)];
    const bool is_first = sent == Sent{};
    if (!is_first && sent == now) continue;  // a backlog moved the series, not its newest value
    sent = now;
    const auto series = live_.deps_.index.get(id);
    if (series) update.values.push_back({*series, {}, std::move(current)});
  }
}

void LiveWatch::take_edges(LiveUpdate& update) {
  const auto edges = live_.edges();
  for (const Edge& edge : *edges) {
    const auto [sent, is_new] = edges_sent_.emplace(edge.origin.name, edge);
    if (!is_new && is_same(sent->second, edge)) continue;
    sent->second = edge;
    update.edges.push_back(edge);
  }
}

LiveUpdate LiveWatch::take() {
  LiveUpdate update;
  const base::MonotonicTime now = live_.deps_.clock.monotonic();
  std::vector<model::SeriesId> changed;
  if (now >= slow_due_) {
    slow_due_ = now + kSlow;
    update.has_session_ended = !live_.deps_.identity.is_still_good(caller_);
    if (update.has_session_ended) return update;
    changed = follow_series();
    take_edges(update);
  }
  if (subscription_ && now >= values_due_ && changed.empty()) {
    values_due_ = now + request_.interval;
    changed = subscription_->take();
  }
  take_values(update, changed);
  return update;
}

}  // namespace millrace::service
