#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/hub_binding.h"
#include "service/deps.h"

namespace millrace::service {

/// Which feed each property bound at the hub has, and how much of the past it may bring: a feed
/// (source and address) that takes a property over brings what arrived before only up to the first
/// sample that the property has then, and after its last one: hardware that replaces another may
/// have waited for its binding. So no history is overlaid by a second one. The same feed, bound
/// again, goes on as it was. docs/adr/013.
///
/// What was found at the takeover is kept as an ImportMark, before the feed is in force:
///
///   file_hash   SHA-256 of "feed" and the property's names
///   name        "feed H-C": SHA-256 of the feed's names; the newest commit at the takeover
///   rows_done   the property's first time (µs since 1970, as 64 bits)
///   samples     its last time, likewise; 0 in marks of versions that took nothing after it
///
/// One thread.
class PropertyFeeds {
 public:
  explicit PropertyFeeds(const Deps& deps) : deps_(deps) {}

  /// Before these bindings come into force. Errors: those of the store; try again.
  base::Result<void> take_over(const std::vector<pipeline::HubBinding>& bindings);
  /// Of what a source got in the commits after `after`, the property takes what is before `until`
  /// or after `since`. `until` is kEnd when all of it came since the property has this feed, that
  /// is, while nothing was bound.
  struct Limits {
    base::Time until;
    base::Time since;
  };
  Limits limits(const model::PropertyContract& property, model::CommitId after) const;

 private:
  using Property = std::pair<std::string, std::string>;  // thing, name
  struct Feed {
    std::string by;
    model::CommitId commit{};
    Limits limits;
  };

  base::Result<bool> is_kept(const Property& property, const std::string& by);
  base::Result<Limits> limits_of(const Property& property) const;
  base::Result<void> keep(const std::map<Property, Feed>& taken);

  const Deps& deps_;
  std::map<Property, Feed> feeds_;
};

}  // namespace millrace::service
