#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "service/deps.h"

namespace millrace::service {

/// Whether a current value still says something about now.
struct Staleness {
  bool is_stale = false;
  std::optional<base::Time> since;
  bool operator==(const Staleness&) const = default;
};

/// Series of an import carry this before the import's id in Series::source.
inline constexpr std::string_view kImportSource = "import:";

/// How long a property may be silent after its model; empty where the model does not say.
std::optional<base::Duration> silence_allowed(const twin::PropertySpec& spec);

/// Decides which values are stale. A series is stale
///
/// - while its origin is offline, or the thing alone, from the moment it went; or
/// - when nothing came for longer than its thing model allows: `stale_s`, else three times the
///   expected interval, and never less than a filter's heartbeat; or, without either,
/// - when nothing came for longer than three times the longest gap seen of late, and at least
///   kSilenceMin (one and a half of the edge's default heartbeat). This is judged of numbers only
///   (states are silent by nature) and only after kGapsMin gaps were seen since the hub started.
///
/// The origin is that of the newest live values. Series that only imports have fed are never stale.
/// The longest gap decays by 2 % with each sample.
///
/// tick() belongs to one thread and is called each second; the rest may be called from any.
class Freshness {
 public:
  static constexpr base::Duration kSilenceMin{90'000'000};
  static constexpr int kGapsMin = 5;

  explicit Freshness(const Deps& deps);

  /// Takes in what has come since the last tick and publishes series that became stale or fresh.
  void tick();
  Staleness of(model::SeriesId id, const std::optional<store::LastValue>& last) const;

 private:
  struct Origin {
    bool is_connected = false;
    std::optional<base::Time> since;
    std::map<std::string, base::Time> things_down;
  };
  struct Track {
    std::uint32_t origin = 0;  // place in origins_; kNoOrigin for imports
    std::string thing;
    std::string property;
    std::optional<base::Duration> silence;  // that its thing model allows
    bool is_number = false;
    bool was_stale = false;
    int gaps = 0;
    base::Duration longest_gap{};
    std::optional<base::Time> received;
  };

  void learn_series();
  std::uint32_t origin_of(const model::Series& series);
  void learn_origins();
  void learn_contracts();
  void take_arrivals();
  Staleness judge(const Track& track, std::optional<base::Time> received) const;

  const Deps& deps_;
  std::shared_ptr<pipeline::LiveFeed::Subscription> arrivals_;
  mutable std::mutex mutex_;
  std::vector<Track> tracks_;                // place = id - 1
  std::optional<std::uint64_t> index_seen_;  // its changes when `tracks_` were made of it
  std::vector<Origin> origins_;
  std::unordered_map<std::string, std::uint32_t> origin_places_;
  std::shared_ptr<const twin::Catalog> catalog_;  // that `silence` was taken from
  std::size_t contracts_known_ = 0;               // tracks that have theirs
};

}  // namespace millrace::service
