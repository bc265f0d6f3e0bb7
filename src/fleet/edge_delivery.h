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
///   lost        below `oldest`, or evicted: a tombstone speaks for it until it is committed
///   in flight   sent, not yet acknowledged; sent again after a back-off
///   fresh       appended while connected, waits for its first sending: the live lane
///   backlog     everything else, ascending, marked historical when sent
///
///   event                    what happens
///   -----                    ------------
///   appended(s)              connected and window open: fresh. Otherwise backlog.
///   next_to_send(now)        a due resend, else fresh, else backlog while it fills at most three
///                            quarters of the window. Backlog waits for the first acknowledgement
///                            of a connection: it says where to begin.
///   sent(s)                  in flight
///   next_lost(now)           a tombstone that is not committed, sent again after a back-off
///   acknowledged(ack)        of another epoch, or older than one already seen: nothing. Otherwise
///                            committed := ack. What the edge believed committed and the hub does
///                            not (it was restored from a backup) is backlog again, or lost where
///                            the spool no longer has it. Contains a sequence >= next: the spool
///                            went back in time; must_renew_epoch() from here on.
///   evicted(tombstone)       lost; what was in flight of it is no longer resent
///   connected/disconnected   in flight and fresh → backlog
///
/// Nobody loops: a sequence is sent again only after a back-off that doubles up to a cap, and a
/// tombstone is committed like a batch. Not thread safe; one owner.
class EdgeDelivery {
 public:
  struct Options {
    base::Duration resend_first{1'000'000};
    base::Duration resend_max{30'000'000};
    std::size_t lost_in_flight_max = 8;
  };
  struct ToSend {
    model::Sequence sequence{};
    bool is_historical = false;
  };
  /// Where the spool stands when the machine begins.
  struct SpoolState {
    base::Uuid epoch;
    model::Sequence oldest{};
    model::Sequence next{};
    model::SequenceSet committed;  // the edge's belief of an earlier run
    std::vector<pipeline::BatchesLost> lost;
  };

  EdgeDelivery(Options options, SpoolState spool, std::uint64_t jitter_seed);

  void connected();
  void disconnected();
  void appended(model::Sequence sequence);
  /// `oldest` is the spool's after the eviction.
  void evicted(const pipeline::BatchesLost& lost, model::Sequence oldest);
  /// The spool has dropped committed records below `oldest`; nothing is lost.
  void trimmed(model::Sequence oldest);
  /// True when the acknowledgement changed anything.
  bool acknowledged(const pipeline::Acknowledgement& ack);

  std::optional<ToSend> next_to_send(base::MonotonicTime now);
  void sent(const ToSend& what, std::size_t bytes, base::MonotonicTime now);
  /// A tombstone that should go out now; counts as sent.
  std::optional<pipeline::BatchesLost> next_lost(base::MonotonicTime now);

  bool must_renew_epoch() const { return must_renew_epoch_; }
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
  void record_erased();
  void land_committed();
  bool has_room(std::size_t batches_max, std::size_t bytes_max) const;
  std::optional<ToSend> due_resend(base::MonotonicTime now) const;
  std::optional<ToSend> next_of_backlog() const;
  base::Duration back_off(int attempts);
  model::SequenceRange spooled() const;

  const Options options_;
  const base::Uuid epoch_;
  base::Random jitter_;
  model::Sequence oldest_;
  model::Sequence next_;
  model::SequenceSet committed_;
  model::SequenceSet busy_;     // in flight or fresh
  model::SequenceSet evicted_;  // lost though at or above oldest_
  std::map<model::Sequence, Flight> in_flight_;
  std::size_t bytes_in_flight_ = 0;
  std::deque<model::Sequence> fresh_;
  std::vector<Lost> lost_;
  bool is_connected_ = false;
  bool is_answered_ = false;  // an acknowledgement has come on this connection
  bool must_renew_epoch_ = false;
  std::uint32_t window_batches_ = 64;
  std::uint32_t window_bytes_ = 4U << 20;
  std::uint64_t session_ = 0;
  std::uint64_t number_ = 0;
  std::deque<std::uint64_t> past_sessions_;
};

}  // namespace millrace::fleet
