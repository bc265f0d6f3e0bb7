#include "service/freshness.h"

#include <algorithm>

#include "pipeline/filter.h"

namespace millrace::service {
namespace {

constexpr std::uint32_t kNoOrigin = ~0U;
constexpr int kSilenceFactor = 3;
constexpr base::Duration kBatchWait{3'000'000};

}  // namespace

std::optional<base::Duration> silence_allowed(const twin::PropertySpec& spec) {
  const model::PropertyContract& contract = spec.contract;
  if (!contract.stale && !contract.interval) return std::nullopt;
  // A filter holds back for a heartbeat or a window; a batch waits up to a second.
  const auto least =
      std::max<base::Duration>(pipeline::holds_back_for(spec.filter) * 3 / 2, kBatchWait);
  return std::max(least, contract.stale ? *contract.stale : kSilenceFactor * *contract.interval);
}

Freshness::Freshness(const Deps& deps) : deps_(deps), arrivals_(deps.live.subscribe({})) {
  const std::lock_guard lock(mutex_);
  learn_series();
  learn_origins();
  learn_contracts();
}

void Freshness::learn_series() {
  const std::uint64_t changes = deps_.index.changes();
  if (index_seen_ == changes) return;
  index_seen_ = changes;
  const auto all = deps_.index.all();
  tracks_.resize(std::min(tracks_.size(), all.size()));
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == tracks_.size()) {
      tracks_.push_back({.thing = all[i].thing,
                         .property = all[i].property,
                         .is_number = model::is_numeric(all[i].type)});
    }
    tracks_[i].origin = origin_of(all[i]);
  }
  contracts_known_ = std::min(contracts_known_, tracks_.size());
}

std::uint32_t Freshness::origin_of(const model::Series& series) {
  if (series.source.starts_with(kImportSource)) return kNoOrigin;
  const auto [place, is_new] =
      origin_places_.emplace(series.source, static_cast<std::uint32_t>(origins_.size()));
  if (is_new) origins_.emplace_back();
  return place->second;
}

void Freshness::learn_origins() {
  for (const pipeline::OriginSnapshot& snapshot : deps_.origins.origins()) {
    const auto place = origin_places_.find(snapshot.name);
    if (place == origin_places_.end()) continue;
    origins_[place->second] = {snapshot.is_connected, snapshot.since, snapshot.things_down};
  }
}

void Freshness::learn_contracts() {
  auto catalog = deps_.catalogs.now();
  if (catalog != catalog_) contracts_known_ = 0;
  catalog_ = std::move(catalog);
  for (; contracts_known_ < tracks_.size(); ++contracts_known_) {
    Track& track = tracks_[contracts_known_];
    const twin::Thing* thing = catalog_->thing(track.thing);
    const twin::PropertySpec* spec =
        thing && thing->model ? thing->model->property(track.property) : nullptr;
    track.silence = spec ? silence_allowed(*spec) : std::nullopt;
  }
}

void Freshness::take_arrivals() {
  for (const model::SeriesId id : arrivals_->take()) {
    const auto place = static_cast<std::size_t>(number(id)) - 1;
    const auto last = deps_.series.last_value(id, store::Corrections::kLeftOut);
    if (place >= tracks_.size() || !last) continue;
    Track& track = tracks_[place];
    if (track.received && last->received > *track.received) {
      const base::Duration gap = last->received - *track.received;
      track.longest_gap = std::max(gap, track.longest_gap - track.longest_gap / 50);
      ++track.gaps;
    }
    track.received = last->received;
  }
}

Staleness Freshness::judge(const Track& track, std::optional<base::Time> received) const {
  if (track.origin == kNoOrigin) return {};
  const Origin& origin = origins_[track.origin];
  if (!origin.is_connected) return {true, origin.since ? origin.since : received};
  if (const auto down = origin.things_down.find(track.thing); down != origin.things_down.end()) {
    return {true, down->second};
  }
  if (track.silence) {
    if (!received || deps_.clock.now() - *received <= *track.silence) return {};
    return {true, *received + *track.silence};
  }
  if (!track.is_number || track.gaps < kGapsMin || !received) return {};
  const base::Duration limit = std::max(kSilenceMin, kSilenceFactor * track.longest_gap);
  if (deps_.clock.now() - *received <= limit) return {};
  return {true, *received + limit};
}

void Freshness::tick() {
  std::vector<model::SeriesId> turned;
  {
    const std::lock_guard lock(mutex_);
    learn_series();
    learn_origins();
    learn_contracts();
    take_arrivals();
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
      const bool is_stale = judge(tracks_[i], tracks_[i].received).is_stale;
      if (is_stale == tracks_[i].was_stale) continue;
      tracks_[i].was_stale = is_stale;
      turned.push_back(model::SeriesId(static_cast<std::int32_t>(i + 1)));
    }
  }
  if (!turned.empty()) deps_.live.publish(turned);
}

Staleness Freshness::of(model::SeriesId id, const std::optional<store::LastValue>& last) const {
  const std::lock_guard lock(mutex_);
  const auto place = static_cast<std::size_t>(number(id)) - 1;
  if (place >= tracks_.size()) return {};  // defined within the last second
  return judge(tracks_[place], last ? std::optional(last->received) : std::nullopt);
}

}  // namespace millrace::service
