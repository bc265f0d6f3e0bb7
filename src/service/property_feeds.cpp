#include "service/property_feeds.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "codec/sha256.h"
#include "service/backfill_time.h"

namespace millrace::service {
namespace {

using base::Result;
using model::CommitId;
using pipeline::HubBinding;
using store::ImportMark;

constexpr std::string_view kWord = "feed ";
constexpr std::size_t kMarksAtOnce = 500;  // ingest waits for these

std::string key_of(const std::string& thing, const std::string& property) {
  return codec::sha256_hex(std::format("feed\n{}\n{}", thing, property));
}

std::string feed_of(const HubBinding& binding, const std::string& address) {
  const bool is_topic = binding.thing.empty();
  return codec::sha256_hex(std::format("{}\n{}\n{}", is_topic ? "mqtt" : "sparkplug",
                                       is_topic ? binding.topic : binding.thing, address));
}

}  // namespace

Result<void> PropertyFeeds::take_over(const std::vector<HubBinding>& bindings) {
  std::map<Property, Feed> taken;
  std::optional<CommitId> now;
  for (const HubBinding& binding : bindings) {
    for (const pipeline::HubBindingRow& row : binding.rows) {
      const Property property(row.contract.thing, row.contract.property);
      std::string by = feed_of(binding, row.address);
      MILLRACE_LET(const bool is_known, is_kept(property, by));
      if (is_known) continue;
      if (!now) {
        MILLRACE_LET(const auto stats, deps_.series.stats());
        now = stats.commit;
      }
      MILLRACE_LET(const Limits limits, limits_of(property));
      taken.insert_or_assign(property, Feed{std::move(by), *now, limits});
      if (taken.size() < kMarksAtOnce) continue;
      MILLRACE_TRY(keep(taken));
      taken.clear();
    }
  }
  return taken.empty() ? Result<void>() : keep(taken);
}

PropertyFeeds::Limits PropertyFeeds::limits(const model::PropertyContract& property,
                                            CommitId after) const {
  const auto feed = feeds_.find({property.thing, property.property});
  if (feed == feeds_.end() || after > feed->second.commit) return {kEnd, kEnd};
  return feed->second.limits;
}

/// Whether the property had this feed when anything fed it last.
Result<bool> PropertyFeeds::is_kept(const Property& property, const std::string& by) {
  const auto known = feeds_.find(property);
  if (known != feeds_.end()) return known->second.by == by;
  MILLRACE_LET(const auto mark, deps_.series.import_mark(key_of(property.first, property.second)));
  const std::string named = std::format("{}{}-", kWord, by);
  if (!mark || !mark->name.starts_with(named)) return false;
  const std::string_view text = std::string_view(mark->name).substr(named.size());
  std::int64_t commit = 0;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, commit).ptr != end) {
    return base::fail(base::ErrorCode::kCorrupt, std::format("'{}' names no feed", mark->name));
  }
  const base::Time since = mark->samples == 0 ? kEnd : time_of(mark->samples);
  feeds_[property] = {by, CommitId(commit), {time_of(mark->rows_done), since}};
  return true;
}

/// Its first and last time; kEnd for a property without samples.
Result<PropertyFeeds::Limits> PropertyFeeds::limits_of(const Property& property) const {
  base::Time first = kEnd, last = kFirst;
  for (const model::Series& series : deps_.index.of_thing(property.first)) {
    if (series.property != property.second) continue;
    MILLRACE_LET(const auto found, deps_.series.raw({.series = series.id,
                                                     .start = kFirst,
                                                     .end = kEnd,
                                                     .limit = 1,
                                                     .corrections = store::Corrections::kLeftOut}));
    if (!found.samples.empty()) first = std::min(first, found.samples.front().time);
    const auto newest = deps_.series.last_value(series.id, store::Corrections::kLeftOut);
    if (newest) last = std::max(last, newest->sample.time);
  }
  return Limits{first, last == kFirst ? kEnd : last};
}

Result<void> PropertyFeeds::keep(const std::map<Property, Feed>& taken) {
  store::Commit commit;
  for (const auto& [property, feed] : taken) {
    commit.imports.push_back({.file_hash = key_of(property.first, property.second),
                              .name = std::format("{}{}-{}", kWord, feed.by, number(feed.commit)),
                              .rows_done = bits_of(feed.limits.until),
                              .samples = bits_of(feed.limits.since),
                              .is_complete = true,
                              .updated = deps_.clock.now()});
  }
  const auto stored = deps_.on_writer([&] {
    const auto committed = deps_.series.commit(commit);
    return committed ? Result<void>() : Result<void>(std::unexpected(committed.error()));
  });
  if (!stored) return std::unexpected(stored.error());
  for (const auto& [property, feed] : taken) feeds_[property] = feed;
  return {};
}

}  // namespace millrace::service
