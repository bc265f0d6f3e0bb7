#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/deps.h"

namespace millrace::service {

enum class DescriptionChange { kCreated, kUpdated, kDeleted };
/// "thing_created", "thing_updated", "thing_deleted" (WoT Discovery §7.3.2.2).
std::string_view text(DescriptionChange change);
std::optional<DescriptionChange> parse_description_change(std::string_view text);

/// A Thing Description that came, changed or went.
struct DescriptionEvent {
  DescriptionChange change = DescriptionChange::kCreated;
  std::string id;
  std::string document;  // of one that came; of one that changed the merge patch (RFC 7396) with id
};

/// Hands events to everybody who watches. Any thread.
class DescriptionFeed {
 public:
  static constexpr std::size_t kEventsWaitingMax = 10'000;

  /// One watcher; ends with its object. One that falls too far behind hears no more.
  class Watch {
   public:
    /// In their order; empty optional once events were lost.
    std::optional<std::vector<DescriptionEvent>> take();

   private:
    friend class DescriptionFeed;
    std::mutex mutex_;
    std::deque<DescriptionEvent> waiting_;
    bool has_lost_ = false;
  };

  std::shared_ptr<Watch> watch();
  bool is_watched() const { return count() > 0; }
  std::size_t count() const;
  void publish(const std::vector<DescriptionEvent>& events);

 private:
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<Watch>> watches_;
};

/// What an apply did to the descriptions of this hub's things: those whose own resource, binding or
/// site is another than before, compared as they are described. Everybody hears the same, so what
/// depends on the caller is not in them: base, tickets, and forms of a broker that is found under
/// the caller's name for the hub.
std::vector<DescriptionEvent> description_events(const Configuration& before,
                                                 const Configuration& after, const std::string& hub,
                                                 const std::string& broker);

/// The event of a description that was changed from one document to another; empty when they are
/// the same.
std::optional<DescriptionEvent> update_event(const std::string& id, std::string_view before,
                                             std::string_view after);

}  // namespace millrace::service
