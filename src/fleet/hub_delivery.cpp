#include "fleet/hub_delivery.h"

#include <algorithm>
#include <array>
#include <format>
#include <numeric>

#include "model/name.h"

namespace millrace::fleet {
namespace {

using model::Sequence;
using model::SequenceRange;
using model::SequenceSet;
using pipeline::BatchArrived;
using pipeline::BatchesLost;
using pipeline::OriginDown;
using pipeline::OriginStatus;
using pipeline::OriginUp;

// The reason of a tombstone for what the hub has stored under a former epoch of the spool.
constexpr std::string_view kDelivered = "delivered";

/// The samples of the batches in `part`, which lies inside the lost range; 0 when unknown.
std::uint64_t samples_of(const BatchesLost& lost, const SequenceRange& part) {
  if (lost.samples.size() == 1 && part == lost.range) return lost.samples.front();
  if (lost.samples.size() != model::count(lost.range)) return 0;
  const auto first = static_cast<std::ptrdiff_t>(number(part.from) - number(lost.range.from));
  const auto begin = lost.samples.begin() + first;
  return std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(model::count(part)),
                         std::uint64_t{0});
}

/// Reasons and names come from outside: what is not known is not repeated.
std::string said_of(const store::LossInterval& loss) {
  constexpr std::array<std::string_view, 5> kReasons = {"evicted", "erased", "corrupt", "too_large",
                                                        "held"};
  const bool is_known = std::ranges::contains(kReasons, loss.reason);
  std::string said =
      std::format(R"({{"first":{},"last":{},"samples":{},"reason":"{}")", number(loss.range.from),
                  number(loss.range.to), loss.samples, is_known ? loss.reason : "other");
  if (model::is_name(loss.thing) && model::is_name(loss.property)) {
    said += std::format(R"(,"thing":"{}","property":"{}")", loss.thing, loss.property);
  }
  return said + "}";
}

}  // namespace

SequenceSet HubDelivery::State::united() const {
  SequenceSet all = durable;
  for (const SequenceRange& range : pending.ranges()) all.add(range);
  return all;
}

HubDelivery::HubDelivery(Options options, const std::vector<store::DeliveryState>& durable,
                         Deps deps)
    : options_(options), deps_(deps) {
  for (const store::DeliveryState& state : durable) {
    states_[{state.origin, state.epoch}].durable = state.committed;
  }
}

bool HubDelivery::admit(const BatchArrived& arrived) {
  const bool is_new =
      !arrived.position || arrived.is_birth || admit_position(arrived.origin, *arrived.position);
  deps_.book.note(arrived, is_new);
  return is_new;
}

bool HubDelivery::admit_position(const std::string& origin, const pipeline::Position& position) {
  const Key key{origin, position.epoch};
  if (number(position.sequence) == 0) return false;
  State& state = states_[key];
  if (state.contains(position.sequence)) {
    answer_.insert(key);
    return false;
  }
  const std::size_t ranges = state.durable.range_count() + state.pending.range_count();
  const auto before = Sequence(number(position.sequence) - 1);
  const bool closes_a_gap =
      number(before) == 0 || state.contains(before) || state.contains(next(position.sequence));
  if (ranges >= options_.ranges_max && !closes_a_gap) return false;
  state.pending.add({position.sequence, position.sequence});
  touched_.insert(key);
  return true;
}

void HubDelivery::note(const pipeline::Inbound& inbound) {
  deps_.book.note(inbound, true);
  if (const auto* up = std::get_if<OriginUp>(&inbound)) note_one(*up);
  if (const auto* down = std::get_if<OriginDown>(&inbound)) note_one(*down);
  if (const auto* status = std::get_if<OriginStatus>(&inbound)) note_one(*status);
  if (const auto* lost = std::get_if<BatchesLost>(&inbound)) note_one(*lost);
}

void HubDelivery::note_one(const OriginUp& up) {
  if (!up.hello) {
    add_event("edge.connected", up.origin, R"({"kind":"third_party"})");
    return;
  }
  const Key key{up.origin, up.hello->epoch};
  const bool is_new_origin =
      states_.lower_bound({up.origin, base::Uuid{}}) == states_.end() ||
      states_.lower_bound({up.origin, base::Uuid{}})->first.first != up.origin;
  if (!states_.contains(key) && !is_new_origin) {
    add_event("edge.epoch_changed", up.origin,
              std::format(R"({{"epoch":"{}"}})", to_text(up.hello->epoch)));
  }
  states_[key];
  const auto known = current_epoch_.find(up.origin);
  if (known == current_epoch_.end() || known->second != up.hello->epoch) {
    add_event(
        "edge.connected", up.origin,
        std::format(R"({{"kind":"millrace","epoch":"{}","oldest":{},"next":{}}})",
                    to_text(up.hello->epoch), number(up.hello->oldest), number(up.hello->next)));
  }
  current_epoch_[up.origin] = up.hello->epoch;
  answer_.insert(key);
}

void HubDelivery::note_one(const OriginDown& down) {
  current_epoch_.erase(down.origin);
  add_event("edge.disconnected", down.origin, "{}");
}

void HubDelivery::note_one(const OriginStatus& status) {
  const auto known = current_epoch_.find(status.origin);
  if (known != current_epoch_.end()) answer_.insert({status.origin, known->second});
}

void HubDelivery::note_one(const BatchesLost& lost) {
  const Key key{lost.origin, lost.epoch};
  answer_.insert(key);
  if (number(lost.range.from) == 0 || lost.range.from > lost.range.to) return;
  State& state = states_[key];
  for (const SequenceRange& part : state.united().missing(lost.range)) {
    state.pending.add(part);
    touched_.insert(key);
    if (lost.reason == kDelivered) continue;  // stored, under the epoch before
    losses_.push_back({.origin = lost.origin,
                       .epoch = lost.epoch,
                       .range = part,
                       .samples = samples_of(lost, part),
                       .time_from = lost.time_from,
                       .time_to = lost.time_to,
                       .reason = lost.reason,
                       .recorded = deps_.clock.now(),
                       .thing = lost.thing,
                       .property = lost.property});
    add_event("edge.batches_lost", lost.origin, said_of(losses_.back()));
  }
}

void HubDelivery::add_event(std::string kind, const std::string& subject, std::string body) {
  events_.push_back({.time = deps_.clock.now(),
                     .kind = std::move(kind),
                     .subject = subject,
                     .actor_role = "system",
                     .body = std::move(body)});
}

bool HubDelivery::prepare(store::Commit& commit) {
  for (const Key& key : touched_) {
    commit.deliveries.push_back({.origin = key.first,
                                 .epoch = key.second,
                                 .committed = states_[key].united(),
                                 .updated = deps_.clock.now()});
  }
  commit.losses = losses_;
  commit.events.insert(commit.events.end(), events_.begin(), events_.end());
  return !touched_.empty() || !events_.empty();
}

void HubDelivery::settle(Outcome outcome) {
  std::vector<store::DeliveryState> durable;
  for (const Key& key : touched_) {
    State& state = states_[key];
    if (outcome == Outcome::kCommitted) {
      state.durable = state.united();
      durable.push_back({key.first, key.second, state.durable, deps_.clock.now()});
      answer_.insert(key);
    }
    state.pending = {};
  }
  if (outcome == Outcome::kCommitted) deps_.book.committed(durable, losses_);
  touched_.clear();
  losses_.clear();
  events_.clear();
  send_acknowledgements();
}

void HubDelivery::send_acknowledgements() {
  for (const Key& key : answer_) {
    deps_.link.acknowledge(key.first, {.epoch = key.second,
                                       .session = options_.session,
                                       .number = ++number_,
                                       .committed = states_[key].durable,
                                       .window_batches = options_.window_batches,
                                       .window_bytes = options_.window_bytes});
  }
  answer_.clear();
}

}  // namespace millrace::fleet
