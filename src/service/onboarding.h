#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/sample.h"
#include "pipeline/payload_reader.h"
#include "service/bound_sources.h"
#include "service/deps.h"
#include "service/page.h"
#include "service/titles.h"

namespace millrace::service {

/// How a source that waits reaches the hub.
enum class CandidateKind { kSparkplug, kMqtt };
/// "sparkplug", "mqtt".
std::string_view text(CandidateKind kind);

/// A value of a source that waits, under the address that a binding would name.
struct CandidateProperty {
  std::string address;  // metric name of Sparkplug, JSON pointer of MQTT
  model::ValueType type = model::ValueType::kF64;
  std::string unit;                   // as its source names it; empty for none
  std::vector<model::Sample> recent;  // oldest first, at most kCandidateRecentMax
  std::string feeds = {};             // "thing/property" of a topic's bound value; else empty
};

inline constexpr std::size_t kCandidateRecentMax = 60;

/// A third party whose values are stored under an automatic thing while no binding names it; a
/// topic also while its payloads hold more than its bindings read.
struct Candidate {
  std::string id;  // "sparkplug:group/node/device", "mqtt:topic"
  CandidateKind kind = CandidateKind::kSparkplug;
  std::string source;  // "group/node/device" ("group/node": the node's own metrics), or the topic
  std::string title;
  std::string thing;  // the automatic one that keeps what comes until it is bound
  base::Time first_seen;
  base::Time last_seen;
  std::uint64_t samples = 0;  // stored so far; of topics the payloads
  std::string time_path;      // of a topic, as its bindings have it; empty: the time of arrival
  std::vector<CandidateProperty> properties;
};

/// The list of what waits to be bound. A Sparkplug device leaves it with the first binding that
/// reads it (its other metrics stay in the list of things), a topic when bindings read all that its
/// newest payload holds. A value that a thing model has under the automatic thing's own name is
/// none of it.
///
/// Recent values are read for as many series of a page as kSeriesReadMax, further ones have their
/// newest; counts are up to five seconds old, or twenty times as old as it takes to count.
///
/// Any thread.
class Onboarding {
 public:
  static constexpr std::size_t kSeriesReadMax = 300;

  Onboarding(const Deps& deps, const Titles& titles) : deps_(deps), titles_(titles) {}

  /// Most recently seen first; words are looked for in source and title. Errors: malformed
  /// (cursor), those of the store.
  base::Result<Page<Candidate>> candidates(const std::string& words, const PageRequest& page) const;
  /// Errors: not_found, where it does not wait.
  base::Result<Candidate> candidate(std::string_view id) const;

 private:
  /// What bindings read of a topic's payloads.
  struct Reading {
    std::vector<pipeline::PayloadReader> readers;
    std::vector<CandidateProperty> bound;
    std::string time_path;

    pipeline::PayloadReader::All all() const;
  };
  /// A candidate without its values.
  struct Waiting {
    Candidate candidate;
    std::vector<model::Series> series;
    Reading reading;
    std::int64_t revision = 0;  // of the configuration
  };
  struct Counted {
    std::uint64_t samples = 0;
    base::Time first;
    base::MonotonicTime until{};
  };
  /// What a candidate's values were when its series stood so.
  struct Read {
    std::vector<std::pair<base::Time, base::Time>> stand;  // time and arrival of the newest
    std::int64_t revision = 0;
    std::vector<CandidateProperty> properties;
  };

  static Reading reading_of(const twin::Catalog& catalog,
                            const std::vector<const twin::Binding*>& bindings);
  std::vector<Waiting> waiting() const;
  bool has_more_than_bound(const Waiting& one) const;
  base::Result<void> fill(std::vector<Waiting>& some) const;
  base::Result<void> count(std::vector<Waiting>& some) const;
  base::Result<void> read(Waiting& one, std::size_t& series_left) const;
  base::Result<std::vector<model::Sample>> recent(const model::Series& series,
                                                  const store::LastValue& last) const;
  base::Result<std::vector<CandidateProperty>> properties_of_topic(const model::Series& payloads,
                                                                   const Reading& reading) const;
  base::Result<CandidateProperty> property_of(const model::Series& series, bool is_read) const;

  const Deps& deps_;
  const Titles& titles_;
  mutable std::mutex mutex_;  // of the rest
  mutable std::unordered_map<std::int32_t, Counted> counted_;
  mutable std::map<std::string, Read, std::less<>> read_;  // by id
};

}  // namespace millrace::service
