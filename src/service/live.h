#pragma once

#include <atomic>
#include <memory>
#include <unordered_map>

#include "service/fleet.h"
#include "service/twins.h"

namespace millrace::service {

inline constexpr std::size_t kLiveStreamsMax = 1'000;
inline constexpr base::Duration kLiveIntervalMin{100'000};
inline constexpr base::Duration kLiveIntervalMax{60'000'000};

struct LiveRequest {
  std::vector<std::string> things;  // none: edges only
  std::vector<std::string> properties;
  base::Duration interval{500'000};
};

/// What has changed for one watcher since it last asked.
struct LiveUpdate {
  std::vector<Property> values;
  std::vector<Edge> edges;
  bool has_session_ended = false;  // nothing more will come
  bool is_empty() const { return values.empty() && edges.empty() && !has_session_ended; }
};

class Live;

/// One watcher of current values. Asked more often than its interval it has nothing to say; asked
/// rarely it gives each value once, the newest. One thread at a time.
class LiveWatch {
 public:
  LiveWatch(Live& live, identity::Caller caller, LiveRequest request);
  ~LiveWatch();
  LiveWatch(const LiveWatch&) = delete;
  LiveWatch& operator=(const LiveWatch&) = delete;

  LiveUpdate take();
  const LiveRequest& request() const { return request_; }

 private:
  struct Sent {
    base::Time time;
    base::Time received;
    std::int64_t correction = 0;
    bool is_stale = false;
    bool operator==(const Sent&) const = default;
  };

  std::vector<model::SeriesId> follow_series();
  std::vector<model::SeriesId> choose_series();
  void take_values(LiveUpdate& update, const std::vector<model::SeriesId>& changed);
  void take_edges(LiveUpdate& update);

  Live& live_;
  const identity::Caller caller_;
  const LiveRequest request_;
  std::shared_ptr<pipeline::LiveFeed::Subscription> subscription_;
  std::vector<model::SeriesId> wanted_;  // by id
  std::size_t series_known_ = 0;
  std::shared_ptr<const twin::Catalog> catalog_;  // by which they were chosen
  bool has_several_ = false;  // properties that came in several types: the newest sample may decide
  base::MonotonicTime values_due_{};
  base::MonotonicTime slow_due_{};  // edges, new series, the session: each second
  std::unordered_map<std::int32_t, Sent> sent_;
  std::unordered_map<std::string, Edge> edges_sent_;
};

/// Opens watchers, and shares among them what is dear to ask for. Any thread.
class Live {
 public:
  Live(const Deps& deps, const Twins& twins, const Fleet& fleet);

  /// Errors: not_found (a thing), limited (too many watchers), invalid (interval).
  base::Result<std::unique_ptr<LiveWatch>> open(const identity::Caller& caller,
                                                const LiveRequest& request);
  std::size_t watcher_count() const { return watchers_; }

 private:
  friend class LiveWatch;

  /// All edges, at most half a second old.
  std::shared_ptr<const std::vector<Edge>> edges();

  const Deps& deps_;
  const Twins& twins_;
  const Fleet& fleet_;
  std::atomic<std::size_t> watchers_ = 0;
  std::mutex mutex_;
  std::shared_ptr<const std::vector<Edge>> edges_;
  base::MonotonicTime edges_until_{};
};

}  // namespace millrace::service
