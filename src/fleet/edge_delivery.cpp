#include "fleet/edge_delivery.h"

#include <algorithm>
#include <span>

namespace millrace::fleet {
namespace {

using model::Sequence;
using model::SequenceRange;

constexpr std::size_t kPastSessionsMax = 16;
constexpr int kSilentAttempts = 3;

}  // namespace

EdgeDelivery::EdgeDelivery(Options options, SpoolState spool, std::uint64_t jitter_seed)
    : options_(options),
      epoch_(spool.epoch),
      jitter_(jitter_seed),
      next_(spool.next),
      offered_(spool.offered) {}

void EdgeDelivery::connected() {
  disconnected();
  is_connected_ = true;
}

void EdgeDelivery::disconnected() {
  is_connected_ = false;
  is_answered_ = false;
  in_flight_.clear();
  fresh_.clear();
  bytes_in_flight_ = 0;
  busy_ = {};
  for (Lost& lost : lost_) lost = {std::move(lost.message), {}, 0};
}

void EdgeDelivery::appended(Sequence sequence) {
  next_ = next(sequence);
  if (is_answered_) {
    offered_ = sequence;
  } else if (!is_connected_ || !options_.serves_others) {
    return;
  }
  fresh_.push_back(sequence);
  busy_.add({sequence, sequence});
  if (fresh_.size() > options_.fresh_max) give_up_fresh();
}

void EdgeDelivery::gone(const pipeline::BatchesLost& lost) {
  gone_.add(lost.range);
  const auto is_gone = [&](Sequence s) { return s >= lost.range.from && s <= lost.range.to; };
  std::erase_if(fresh_, is_gone);
  std::erase_if(in_flight_, [&](const auto& flight) {
    if (!is_gone(flight.first)) return false;
    bytes_in_flight_ -= flight.second.bytes;
    return true;
  });
  busy_.remove(lost.range);
  lost_.push_back({lost, {}, 0});
}

bool EdgeDelivery::acknowledged(const pipeline::Acknowledgement& ack) {
  if (!is_connected_ || must_renew_epoch_ || ack.epoch != epoch_ || !is_newer(ack)) return false;
  if (knows_too_much(ack.committed)) {
    must_renew_epoch_ = true;
    delivered_ = ack.committed;
    delivered_.remove({next(offered_), delivered_.ranges().back().to});
    return true;
  }
  window_batches_ = std::max<std::uint32_t>(ack.window_batches, 1);
  window_bytes_ = ack.window_bytes;
  is_answered_ = true;
  offered_ = Sequence(number(next_) - 1);
  committed_ = ack.committed;
  land_committed();
  return true;
}

/// A hub cannot have what was never offered to it.
bool EdgeDelivery::knows_too_much(const model::SequenceSet& committed) const {
  const auto ranges = committed.ranges();
  return !ranges.empty() && ranges.back().to > offered_;
}

/// Acknowledgements of one session count up; one of a session that was left is old.
bool EdgeDelivery::is_newer(const pipeline::Acknowledgement& ack) {
  if (ack.session == session_) {
    if (ack.number <= number_) return false;
  } else {
    if (std::ranges::find(past_sessions_, ack.session) != past_sessions_.end()) return false;
    past_sessions_.push_back(session_);
    if (past_sessions_.size() > kPastSessionsMax) past_sessions_.pop_front();
    session_ = ack.session;
  }
  number_ = ack.number;
  return true;
}

void EdgeDelivery::land_committed() {
  std::erase_if(in_flight_, [&](const auto& flight) {
    if (!committed_.contains(flight.first)) return false;
    bytes_in_flight_ -= flight.second.bytes;
    busy_.remove({flight.first, flight.first});
    return true;
  });
  std::erase_if(lost_, [&](const Lost& lost) {
    if (!committed_.contains(lost.message.range)) return false;
    gone_.remove(lost.message.range);  // should the hub forget it, the spool is asked again
    return true;
  });
}

std::optional<EdgeDelivery::ToSend> EdgeDelivery::next_to_send(base::MonotonicTime now) {
  if (!is_answered_ || must_renew_epoch_) return std::nullopt;
  if (const auto again = due_resend(now)) return again;
  if (!fresh_.empty()) {
    if (!has_room(window_batches_, window_bytes_)) return std::nullopt;
    return ToSend{fresh_.front(), false};
  }
  if (!has_room(window_batches_ * 3 / 4, window_bytes_ / 4 * 3)) return std::nullopt;
  return next_of_backlog();
}

std::optional<EdgeDelivery::ToSend> EdgeDelivery::due_resend(base::MonotonicTime now) const {
  for (const auto& [sequence, flight] : in_flight_) {
    if (flight.due <= now) return ToSend{sequence, true};
  }
  return std::nullopt;
}

std::optional<EdgeDelivery::ToSend> EdgeDelivery::next_of_backlog() const {
  auto at = Sequence(1);
  while (at < next_) {
    const Sequence free =
        std::max({committed_.first_missing(at), busy_.first_missing(at), gone_.first_missing(at)});
    if (free == at) return ToSend{at, true};
    at = free;
  }
  return std::nullopt;
}

void EdgeDelivery::sent(const ToSend& what, std::size_t bytes, base::MonotonicTime now) {
  if (!fresh_.empty() && fresh_.front() == what.sequence) fresh_.pop_front();
  busy_.add({what.sequence, what.sequence});
  Flight& flight = in_flight_[what.sequence];
  bytes_in_flight_ += bytes - flight.bytes;
  flight.bytes = bytes;
  flight.due = now + back_off(flight.attempts++);
}

std::optional<Sequence> EdgeDelivery::next_unpositioned() {
  if (fresh_.empty() || !options_.serves_others) return std::nullopt;
  if (is_answered_ && !is_hub_silent()) return std::nullopt;
  return give_up_fresh();
}

/// The oldest fresh one; backlog from here on.
Sequence EdgeDelivery::give_up_fresh() {
  const Sequence sequence = fresh_.front();
  fresh_.pop_front();
  busy_.remove({sequence, sequence});
  return sequence;
}

bool EdgeDelivery::is_hub_silent() const {
  return std::ranges::any_of(
      in_flight_, [](const auto& flight) { return flight.second.attempts >= kSilentAttempts; });
}

std::optional<pipeline::BatchesLost> EdgeDelivery::next_lost(base::MonotonicTime now) {
  if (!is_answered_ || must_renew_epoch_) return std::nullopt;
  const std::size_t reach = std::min(lost_.size(), options_.lost_in_flight_max);
  for (Lost& lost : std::span(lost_).first(reach)) {
    if (lost.attempts > 0 && lost.due > now) continue;
    lost.due = now + back_off(lost.attempts++);
    return lost.message;
  }
  return std::nullopt;
}

std::uint64_t EdgeDelivery::backlog() const {
  if (number(next_) <= 1) return 0;
  std::uint64_t batches = 0;
  model::SequenceSet done = committed_;
  for (const SequenceRange& range : gone_.ranges()) done.add(range);
  for (const SequenceRange& range : done.missing({Sequence(1), Sequence(number(next_) - 1)})) {
    batches += model::count(range);
  }
  return batches;
}

bool EdgeDelivery::has_room(std::size_t batches_max, std::size_t bytes_max) const {
  return in_flight_.size() < batches_max && bytes_in_flight_ < bytes_max;
}

/// Doubles from the first to the last, with up to a quarter more at random.
base::Duration EdgeDelivery::back_off(int attempts) {
  const base::Duration doubled = options_.resend_first * (1LL << std::min(attempts, 20));
  const base::Duration wait = std::min(doubled, options_.resend_max);
  return wait + base::Duration(static_cast<std::int64_t>(
                    jitter_.below(static_cast<std::uint64_t>(wait.count()) / 4 + 1)));
}

}  // namespace millrace::fleet
