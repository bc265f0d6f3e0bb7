#include "edge/edge_sources.h"

#include <algorithm>
#include <map>
#include <span>
#include <thread>

#include "base/log.h"
#include "builtin.h"
#include "config/yaml.h"

namespace millrace::apps {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kHeirMost = 5s;  // and its overlap
constexpr base::Duration kOverlapMost = 2min;
constexpr base::Duration kHeirTurn = 10ms;

std::vector<pipeline::TagSpec> specs_of(const EdgeConnection& connection) {
  std::vector<pipeline::TagSpec> specs;
  for (const EdgeTag& tag : connection.tags) {
    specs.push_back({tag.contract, tag.filter, tag.transform});
  }
  return specs;
}

/// What a source is made for: the addresses of the tags, then those of the actions.
std::vector<std::string> addresses_of(const EdgeConnection& connection) {
  std::vector<std::string> addresses;
  for (const EdgeTag& tag : connection.tags) addresses.push_back(tag.address);
  for (const EdgeAction& action : connection.actions) addresses.push_back(action.address);
  return addresses;
}

std::vector<std::string> units_of(const EdgeConnection& connection) {
  std::vector<std::string> units;
  for (const EdgeTag& tag : connection.tags) units.push_back(tag.source_unit);
  return units;
}

std::string text_of(const model::Transform& transform) {
  std::string text =
      std::format("{} {} {}", transform.factor, transform.offset, model::text(transform.type));
  for (const auto& [raw, value] : transform.values) text += std::format(" {}={}", raw, value);
  return text;
}

/// Which server is read, and how.
std::string server_of(const EdgeConnection& connection) {
  return connection.kind + "\n" +
         config::to_yaml(
             find_kind(connection.kind)->show_options(connection.options, config::Secrets::kShown));
}

/// Equal for two connections whose readings mean the same. A transform is in it, since a value that
/// does not change would keep what an earlier one made of it.
std::string identity_of(const EdgeConnection& connection) {
  std::string text = server_of(connection);
  for (const EdgeTag& tag : connection.tags) {
    text += std::format("\n{}/{} {} {} {}", tag.thing, tag.property, tag.address,
                        text_of(tag.transform), tag.source_unit);
  }
  for (const EdgeAction& action : connection.actions) text += "\n! " + action.address;
  return text;
}

/// What the older source has seen to, by tag of the newer one.
std::vector<Handover::Done> done_by(const EdgeConnection& old, const pipeline::SourceStatus& status,
                                    const EdgeConnection& heir) {
  using Name = std::pair<std::string_view, std::string_view>;  // of a thing and its property
  std::map<Name, std::size_t> places;
  for (std::size_t i = 0; i < old.tags.size(); ++i) {
    places.emplace(Name(old.tags[i].thing, old.tags[i].property), i);
  }
  std::vector<Handover::Done> done(heir.tags.size());
  for (std::size_t i = 0; i < heir.tags.size(); ++i) {
    const EdgeTag& now = heir.tags[i];
    const auto place = places.find(Name(now.thing, now.property));
    if (place == places.end()) continue;
    const EdgeTag& before = old.tags[place->second];
    done[i].is_read_otherwise = now.address != before.address || now.transform != before.transform;
    const pipeline::TagStatus& tag = status.tags[place->second];
    if (!done[i].is_read_otherwise && tag.readings > 0) done[i].delivered = tag.last;
  }
  return done;
}

/// Whether it has heard of all that it can read.
bool has_heard_all(const pipeline::SourceStatus& status, std::size_t tags) {
  if (status.state != pipeline::LinkState::kConnected) return false;
  return std::ranges::all_of(
      std::span(status.tags).first(std::min(tags, status.tags.size())),
      [](const pipeline::TagStatus& tag) { return !tag.is_readable || tag.readings > 0; });
}

std::uint32_t count_unreadable(const pipeline::SourceStatus& status, std::size_t tags) {
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < std::min(tags, status.tags.size()); ++i) {
    count += status.tags[i].is_readable ? 0U : 1U;
  }
  return count;
}

/// The line's problem, else the first of its tags', those that cannot be read before others.
std::string problem_of(const pipeline::SourceStatus& status, std::size_t tags) {
  if (!status.problem.empty()) return status.problem;
  if (status.state != pipeline::LinkState::kConnected) return {};
  for (const bool is_readable : {false, true}) {
    for (std::size_t i = 0; i < std::min(tags, status.tags.size()); ++i) {
      const pipeline::TagStatus& tag = status.tags[i];
      const bool is_one = tag.is_readable == is_readable && !tag.problem.empty();
      if (is_one) return tag.address + ": " + tag.problem;
    }
  }
  return {};
}

}  // namespace

base::Result<void> EdgeSources::add_counters(const std::vector<sim::CounterOptions>& counters) {
  for (const sim::CounterOptions& options : counters) {
    MILLRACE_LET(auto source, sim::make_counter_source(options, deps_.clock));
    const std::lock_guard lock(mutex_);
    Running& one = running_.emplace_back();
    one.group = next_group_++;
    one.tags = sim::counter_tags(options);
    one.source = std::move(source);
  }
  return {};
}

base::Result<EdgeSources::Running> EdgeSources::make(const EdgeConnection& connection,
                                                     std::string identity) {
  MILLRACE_LET(auto source, find_kind(connection.kind)
                                ->make(connection.options, addresses_of(connection),
                                       {.clock = deps_.clock,
                                        .folder = deps_.data_dir / connection.kind,
                                        .reader = deps_.edge,
                                        .written_only = connection.actions.size(),
                                        .units = units_of(connection)}));
  Running made;
  made.group = next_group_++;
  made.identity = std::move(identity);
  made.connection = connection;
  made.tags = specs_of(connection);
  made.source = std::move(source);
  return made;
}

/// Old sources stop before new ones deliver: two of them never feed one property at a time.
base::Result<void> EdgeSources::apply(const std::vector<EdgeConnection>& connections) {
  std::vector<Running> next;
  std::ranges::copy_if(running_, std::back_inserter(next),
                       [](const Running& one) { return one.connection.kind.empty(); });
  for (const EdgeConnection& connection : connections) {
    std::string identity = identity_of(connection);
    const auto known = std::ranges::find(running_, identity, &Running::identity);
    if (known == running_.end()) {
      MILLRACE_LET(next.emplace_back(), make(connection, std::move(identity)));
      continue;
    }
    Running& kept = next.emplace_back(*known);
    kept.connection = connection;
    kept.tags = specs_of(connection);
  }
  const std::vector<Overlap> overlaps = begin_overlaps(next);
  wait_for(overlaps);
  stop_all_but(next);
  std::vector<fleet::TagGroup> groups;
  std::vector<fleet::CommandRoute> routes;
  for (const Running& one : next) {
    groups.push_back({one.group, one.tags, one.source});
    add_routes(one, routes);
  }
  std::vector<Running> before;
  {
    const std::lock_guard lock(mutex_);
    before = std::exchange(running_, std::move(next));  // where each stands stays the same
  }
  MILLRACE_TRY(deps_.runner.configure(std::move(groups)));
  end_overlaps(overlaps);
  restart_failed();
  if (deps_.use_routes) deps_.use_routes(std::move(routes));
  return {};
}

std::vector<EdgeSources::Overlap> EdgeSources::begin_overlaps(std::vector<Running>& next) {
  std::vector<Overlap> overlaps;
  for (const Running& old : running_) {
    const bool is_kept = std::ranges::contains(next, old.group, &Running::group);
    if (is_kept || !old.is_started || old.source->overlap() == base::Duration{}) continue;
    if (old.source->status().state != pipeline::LinkState::kConnected) continue;
    const auto heir = std::ranges::find_if(next, [&](const Running& one) {
      return !one.is_started && !one.handover && !one.connection.kind.empty() &&
             server_of(one.connection) == server_of(old.connection);
    });
    if (heir == next.end()) continue;
    heir->handover = std::make_shared<Handover>(deps_.clock);
    start(*heir);
    overlaps.push_back({&old, &*heir});
  }
  return overlaps;
}

/// Until each heir has heard of everything and the older source has delivered what the heir heard
/// first, so that nothing lies between the two; not for ever: some servers take one session only,
/// and some give no source time, by which that could be seen.
void EdgeSources::wait_for(const std::vector<Overlap>& overlaps) const {
  base::Duration longest{};
  for (const Overlap& overlap : overlaps) {
    longest = std::max(longest, std::min(overlap.heir->source->overlap(), kOverlapMost));
  }
  const auto until = deps_.clock.monotonic() + kHeirMost + longest;
  for (const Overlap& overlap : overlaps) {
    while (!meets(overlap) && deps_.clock.monotonic() < until) {
      std::this_thread::sleep_for(kHeirTurn);
    }
  }
}

bool EdgeSources::meets(const Overlap& overlap) {
  const EdgeConnection& heir = overlap.heir->connection;
  if (!has_heard_all(overlap.heir->source->status(), heir.tags.size())) return false;
  const auto done = done_by(overlap.old->connection, overlap.old->source->status(), heir);
  const auto first = overlap.heir->handover->first_times();
  for (std::size_t i = 0; i < std::min(first.size(), done.size()); ++i) {
    const bool is_behind = first[i] && done[i].delivered && *done[i].delivered < *first[i];
    if (is_behind) return false;
  }
  return true;
}

void EdgeSources::end_overlaps(const std::vector<Overlap>& overlaps) {
  for (const Overlap& overlap : overlaps) {
    const pipeline::Source& old = *overlap.old->source;
    overlap.heir->handover->release(
        deps_.runner.sink(overlap.heir->group),
        done_by(overlap.old->connection, old.status(), overlap.heir->connection), old.overlap());
  }
}

void EdgeSources::stop_all_but(const std::vector<Running>& wanted) {
  for (const Running& one : running_) {
    if (std::ranges::contains(wanted, one.group, &Running::group)) continue;
    base::log::info("connection {} is not read any more", one.connection.name);
    one.source->stop();
  }
}

void EdgeSources::restart_failed() {
  for (Running& one : running_) {
    if (!one.is_started) start(one);
    if (one.handover) one.handover->retry();
  }
}

void EdgeSources::start(Running& one) {
  pipeline::ReadingSink& sink = one.handover ? static_cast<pipeline::ReadingSink&>(*one.handover)
                                             : deps_.runner.sink(one.group);
  const auto started = one.source->start(sink);
  const std::lock_guard lock(mutex_);
  one.is_started = started.has_value();
  const std::string problem = started ? std::string() : base::describe(started.error());
  if (!started && one.problem != problem) {
    base::log::error("connection {} does not start: {}", one.connection.name, problem);
  }
  one.problem = problem;
}

void EdgeSources::stop() {
  for (const Running& one : running_) one.source->stop();
  const std::lock_guard lock(mutex_);
  running_.clear();
}

std::vector<ConnectionReport> EdgeSources::states() const {
  const std::lock_guard lock(mutex_);
  std::vector<ConnectionReport> states;
  for (const Running& one : running_) {
    if (one.connection.kind.empty()) continue;
    const pipeline::SourceStatus status = one.source->status();
    const std::size_t tags = one.tags.size();
    states.push_back({.name = one.connection.name,
                      .kind = one.connection.kind,
                      .state = one.is_started ? status.state : pipeline::LinkState::kFailed,
                      .problem = one.is_started ? problem_of(status, tags) : one.problem,
                      .tags = static_cast<std::uint32_t>(tags),
                      .unreadable = count_unreadable(status, tags)});
  }
  return states;
}

void EdgeSources::add_routes(const Running& one, std::vector<fleet::CommandRoute>& routes) {
  const EdgeConnection& connection = one.connection;
  std::uint32_t place = 0;
  for (const EdgeTag& tag : connection.tags) {
    routes.push_back(
        {tag.thing, tag.property, false, tag.is_writable, one.source, place++, tag.transform});
  }
  for (const EdgeAction& action : connection.actions) {
    routes.push_back(
        {action.thing, action.action, true, true, one.source, place++, action.transform});
  }
}

}  // namespace millrace::apps
