#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/uuid.h"
#include "model/sequence_set.h"
#include "pipeline/inbound.h"

namespace millrace::fleet {

/// The edge's half of delivery (DESIGN §6.7-6.9, docs/adr/002), as a pure state machine: what to
/// send next, given what is spooled, what the hub has acknowledged and what is on its way. It does
/// no I/O, owns no batches and takes the time as an argument.
///
/// Every sequence in [1, next) is in exactly one of these states:
///
///   committed   the hub's newest acknowledgement contains it
///   gone        the spool no longer has it: a tombstone speaks for it until it is committed
///   in flight   sent, not yet acknowledged; sent again after a back-off
///   fresh       appended while answered (with `serves_others`: while connected), waits for its
///               first sending: the live lane. It is as long as what is appended at once (a batch
///               of each thing), not as the window
///   backlog     everything else, ascending, marked historical when sent
///
/// With `serves_others` a fresh batch that no hub takes is given out once without its position, for
/// consumers that are not the hub. To the machine that is not sending it: it becomes backlog, and
/// the hub stores nothing of what was given out.
///
///   event                    what happens
///   -----                    ------------
///   connected/disconnected   in flight and fresh → backlog. Nothing is sent on a connection before
///                            the hub's first acknowledgement: it says where to begin.
///   acknowledged(ack)        of another epoch, or older than one already seen: nothing. Otherwise
///                            committed := ack; what the edge believed committed and the hub does
///                            not (it was restored from a backup) is backlog again. The first one
///                            of a connection contains a sequence that was never offered: the spool
///                            went back in time; must_renew_epoch() from here on.
///   appended(s)              fresh, or backlog. Of more than `fresh_max` fresh ones the oldest is
///                            backlog: the newest are wanted first.
///   next_to_send(now)        a due resend, else fresh while the window is open, else backlog while
///                            it fills at most three quarters of the window
///   next_unpositioned()      with `serves_others`, while no hub answers (not since connecting, or
///                            not to what was sent three times): what is fresh, oldest first; it is
///                            backlog from then on
///   sent(s)                  in flight
///   gone(tombstone)          what was asked for is no longer there
///   next_lost(now)           a tombstone that is not committed; again after a back-off
///
/// Nobody loops: a sequence is sent again only after a back-off that doubles up to a cap, and a
/// tombstone is committed like a batch. Not thread safe; one owner.
class EdgeDelivery {
 public:
  struct Options {
    base::Duration resend_first{1'000'000};
    base::Duration resend_max{30'000'000};
    std::size_t lost_in_flight_max = 8;
    std::size_t fresh_max = 10'000;
    bool serves_others = false;  // new batches are not only for the hub
  };
  struct ToSend {
    model::Sequence sequence{};
    bool is_historical = false;
  };
  /// Where the spool stands when the machine begins.
  struct SpoolState {
    base::Uuid epoch;
    model::Sequence next{};
    model::Sequence offered{};  // none above it was ever offered to a hub
  };

  EdgeDelivery(Options options, SpoolState spool, std::uint64_t jitter_seed);

  void connected();
  void disconnected();
  void appended(model::Sequence sequence);
  /// The spool has only this to say about what next_to_send() asked for.
  void gone(const pipeline::BatchesLost& lost);
  /// True when it was taken. Once one was taken on a connection, is_answered(): from here on the
  /// spool must note what it puts as offered.
  bool acknowledged(const pipeline::Acknowledgement& ack);

  std::optional<ToSend> next_to_send(base::MonotonicTime now);
  void sent(const ToSend& what, std::size_t bytes, base::MonotonicTime now);
  /// A new batch that others should see without its position; each comes at most once.
  std::optional<model::Sequence> next_unpositioned();
  /// A tombstone that should go out now; counts as sent.
  std::optional<pipeline::BatchesLost> next_lost(base::MonotonicTime now);

  bool must_renew_epoch() const { return must_renew_epoch_; }
  /// What the hub surely has when the epoch must be renewed: what it has committed of what this
  /// spool had offered. Above that, another batch may have had the same sequence.
  const model::SequenceSet& delivered() const { return delivered_; }
  bool is_answered() const { return is_answered_; }
  const model::SequenceSet& committed() const { return committed_; }
  std::uint64_t backlog() const;
  std::size_t in_flight() const { return in_flight_.size(); }

 private:
  struct Flight {
    std::size_t bytes = 0;
    base::MonotonicTime due;
    int attempts = 0;
  };
  struct Lost {
    pipeline::BatchesLost message;
    base::MonotonicTime due;
    int attempts = 0;
  };

  bool is_newer(const pipeline::Acknowledgement& ack);
  bool knows_too_much(const model::SequenceSet& committed) const;
  void land_committed();
  bool has_room(std::size_t batches_max, std::size_t bytes_max) const;
  bool is_hub_silent() const;
  model::Sequence give_up_fresh();
  std::optional<ToSend> due_resend(base::MonotonicTime now) const;
  std::optional<ToSend> next_of_backlog() const;
  base::Duration back_off(int attempts);

  const Options options_;
  const base::Uuid epoch_;
  base::Random jitter_;
  model::Sequence next_;
  model::Sequence offered_;
  model::SequenceSet committed_;
  model::SequenceSet delivered_;  // of an epoch that must be renewed
  model::SequenceSet busy_;       // in flight or fresh
  model::SequenceSet gone_;
  std::map<model::Sequence, Flight> in_flight_;
  std::size_t bytes_in_flight_ = 0;
  std::deque<model::Sequence> fresh_;
  std::vector<Lost> lost_;
  bool is_connected_ = false;
  bool is_answered_ = false;
  bool must_renew_epoch_ = false;
  std::uint32_t window_batches_ = 64;
  std::uint32_t window_bytes_ = 4U << 20;
  std::uint64_t session_ = 0;
  std::uint64_t number_ = 0;
  std::deque<std::uint64_t> past_sessions_;
};

}  // namespace millrace::fleet
