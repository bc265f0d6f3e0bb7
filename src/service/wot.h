#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "service/permission.h"
#include "service/wot_feed.h"
#include "twin/description_check.h"
#include "twin/thing_description.h"

namespace millrace::service {

inline constexpr std::size_t kDescriptionsMax = 10'000;  // registered ones
inline constexpr std::size_t kDescriptionWatchersMax = 100;

/// Part of a list of Thing Descriptions, by id.
struct DescriptionPage {
  std::vector<std::string> documents;
  std::size_t total = 0;
};

/// What became of a registration: problems, or what it relied on is not so, or done.
struct Registration {
  std::string id;
  bool is_new = false;
  std::vector<twin::DescriptionProblem> problems;  // then nothing was changed
  std::optional<base::Error> unmet{};              // nor then
};

/// What a change relies on: the headers of RFC 9110 §13.1 as they came; empty for nothing.
struct Reliance {
  std::string if_match;
  std::string if_none_match;
};

/// Watches the directory's events for one caller, until the caller's session ends.
class DescriptionWatch {
 public:
  DescriptionWatch(const Deps& deps, identity::Caller caller,
                   std::shared_ptr<DescriptionFeed::Watch> watch)
      : deps_(deps), caller_(std::move(caller)), watch_(std::move(watch)) {}
  /// In their order; empty optional when it is over: events were lost, or the session has ended.
  std::optional<std::vector<DescriptionEvent>> take();

 private:
  const Deps& deps_;
  const identity::Caller caller_;
  const std::shared_ptr<DescriptionFeed::Watch> watch_;
};

/// The Thing Directory (W3C WoT Discovery §7): Thing Descriptions of this hub's configured things,
/// made when they are asked for, and of others that somebody registered. Any thread; changes come
/// one at a time.
class ThingDirectory {
 public:
  explicit ThingDirectory(const Deps& deps);

  /// Its own description; for everybody. `base` is "http://host:port" as the caller has it.
  std::string description(const std::string& base) const;
  /// Errors: those of MetaStore.
  base::Result<DescriptionPage> list(const identity::Caller& caller, const std::string& base,
                                     std::size_t offset, std::size_t limit) const;
  /// With a ticket in its observe forms. Errors: not_found, those of MetaStore.
  base::Result<std::string> get(const identity::Caller& caller, const std::string& base,
                                std::string_view id) const;
  /// The entity tag of a registered one, with its quotes; empty for none and for own things, whose
  /// tickets differ at each reading. Errors: those of MetaStore.
  base::Result<std::string> tag(std::string_view id) const;

  /// Errors: forbidden, malformed, too_large, conflict (a thing of this hub), limited.
  base::Result<Registration> put(const identity::Caller& caller, const std::string& id,
                                 std::string_view document, const Reliance& reliance = {});
  /// One without an id, which gets a urn:uuid. Errors: as above.
  base::Result<Registration> add(const identity::Caller& caller, std::string_view document);
  /// RFC 7396. Errors: as above, and not_found.
  base::Result<Registration> patch(const identity::Caller& caller, const std::string& id,
                                   std::string_view patch, const Reliance& reliance = {});
  /// Errors: forbidden, conflict (a thing of this hub), not_found.
  base::Result<void> remove(const identity::Caller& caller, const std::string& id);

  /// Errors: limited.
  base::Result<std::unique_ptr<DescriptionWatch>> watch(const identity::Caller& caller) const;
  /// Who observes a thing with a ticket of its description. Errors: unauthenticated.
  base::Result<identity::Caller> redeem(std::string_view ticket, std::string_view thing,
                                        std::string_view address) const;

 private:
  /// What follows the catalog; goes with this object.
  struct Own {
    std::mutex mutex;
    std::shared_ptr<const Configuration> last;
    DescriptionFeed feed;
  };

  std::string describe(const identity::Caller& caller, const std::string& base,
                       const Configuration& configuration, const twin::Thing& thing) const;
  base::Result<void> check_foreign(const identity::Caller& caller, std::string_view id) const;
  base::Result<Registration> keep(const identity::Caller& caller, const std::string& id,
                                  nlohmann::ordered_json document,
                                  const std::optional<store::DescriptionRow>& before);
  base::Error unknown(std::string_view id) const;

  const Deps& deps_;
  const std::shared_ptr<Own> own_ = std::make_shared<Own>();
  std::mutex mutex_;  // one change at a time
  base::Random random_ = base::Random::from_system();
};

}  // namespace millrace::service
