#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "net/mqtt_session.h"
#include "store/series_index.h"
#include "store/series_store.h"
#include "twin/catalog.h"

namespace millrace::connector::wot {

/// What a consumer wants: a property's new value, or an action with its input.
struct ThingCommand {
  std::string thing;
  std::string name;
  bool is_action = false;
  std::string json;  // bare; empty for an action without input
  base::MonotonicTime received{};
};

/// Which values are to be said and which commands came, without sockets. One owner.
class ThingSession {
 public:
  static constexpr std::size_t kPayloadBytesMax = 64U << 10;

  struct Deps {
    const store::SeriesIndex& index;
    std::function<std::optional<store::LastValue>(model::SeriesId)> last_value;
    base::Metrics& metrics;
  };
  explicit ThingSession(Deps deps);

  /// From now on these things; topics of what has gone are to be taken back.
  void follow(std::shared_ptr<const twin::Catalog> catalog);
  /// The broker may know nothing: everything is to be said again.
  void connected();
  void changed(const std::vector<model::SeriesId>& series);

  /// The next message, or none when all is said. Whoever could not send it gives it back.
  std::optional<net::MqttMessage> next();
  void give_back(net::MqttMessage message);

  /// What a message asks for; none for what is no command, is too large, or was retained: a command
  /// is meant for now, not for whoever connects next.
  std::optional<ThingCommand> command(std::string_view topic, std::string_view payload,
                                      net::Retain retained);

 private:
  /// Which value was said last.
  struct Said {
    model::SeriesId series{};
    base::Time time;
    base::Time received;
    std::int64_t correction = 0;
    bool operator==(const Said&) const = default;
  };
  /// Of one property. One whose type changed has several series; see store::present_series().
  struct Topic {
    std::vector<model::SeriesId> series;
    std::optional<Said> said;
  };

  void say_all();
  void learn(const model::Series& series);
  std::optional<net::MqttMessage> message_of(model::SeriesId id);
  bool is_present(const model::Series& series, const Topic& topic, model::ValueType type) const;
  const twin::PropertySpec* spec_of(const model::Series& series) const;

  const Deps deps_;
  std::shared_ptr<const twin::Catalog> catalog_;
  std::unordered_map<std::string, Topic> topics_;
  std::unordered_set<std::int32_t> known_;  // series of properties that these things have
  std::unordered_set<std::int32_t> waiting_;
  std::deque<net::MqttMessage> ready_;  // taken back topics, and what was given back
  base::Counter& values_;
  base::Counter& refused_;
};

}  // namespace millrace::connector::wot
