#include "service/catalogs.h"

#include <algorithm>
#include <set>

#include "base/log.h"
#include "codec/node_json.h"
#include "service/connections.h"

namespace millrace::service {
namespace {

using base::Result;
using twin::Resource;
using twin::ResourceKey;

constexpr std::size_t kProblemsLogged = 20;

void log_problems(const twin::ResourceProblems& problems) {
  for (std::size_t i = 0; i < problems.size() && i < kProblemsLogged; ++i) {
    base::log::error("configuration: {}", config::to_text(problems[i].file, problems[i].problem));
  }
  if (problems.size() > kProblemsLogged) {
    base::log::error("configuration: and {} problems more", problems.size() - kProblemsLogged);
  }
}

/// Builds what can be built: whatever has a problem goes to `set_aside`, then those that refer to
/// it, until the rest stands.
std::shared_ptr<const twin::Catalog> build_rest(std::vector<Resource> resources,
                                                const Catalogs& catalogs, Configuration& into) {
  while (true) {
    for (Resource& one : resources) one.file = text(one.key);  // so that problems name it
    auto built = twin::Catalog::build(resources, catalogs.units(), catalogs.checks());
    if (built) return *built;
    std::set<std::string> broken;
    for (twin::ResourceProblem& problem : built.error()) {
      broken.insert(problem.file);
      into.problems.push_back(std::move(problem));
    }
    const auto gone = std::ranges::stable_partition(
        resources, [&](const Resource& one) { return !broken.contains(one.file); });
    // A problem that names none of them could never be cured by leaving one out.
    const auto first = gone.empty() ? resources.begin() : gone.begin();
    std::move(first, resources.end(), std::back_inserter(into.set_aside));
    resources.erase(first, resources.end());
  }
}

}  // namespace

const Resource* Configuration::find(const ResourceKey& key) const {
  const std::vector<Resource>& all = catalog->resources();
  const auto found = std::ranges::lower_bound(all, key, {}, &Resource::key);
  if (found != all.end() && found->key == key) return &*found;
  const auto aside = std::ranges::find(set_aside, key, &Resource::key);
  return aside == set_aside.end() ? nullptr : &*aside;
}

store::ResourceName row_name(const ResourceKey& key) {
  return {std::string(text(key.kind)), key.name, key.version};
}

Result<Resource> resource_of(const store::ResourceRow& row) {
  const auto kind = twin::parse_kind(row.name.kind);
  auto spec = codec::from_json(row.spec);
  if (kind && spec) {
    return Resource{.key = {*kind, row.name.name, row.name.version}, .spec = std::move(*spec)};
  }
  return base::fail(base::ErrorCode::kCorrupt,
                    std::format("the stored {} {} cannot be read", row.name.kind, row.name.name),
                    "Restore the newest backup, or update this program.");
}

Catalogs::Catalogs(Deps deps) : deps_(deps), checks_(connection_checks(deps.connectors)) {
  auto none = std::make_shared<Configuration>();
  none->catalog = *twin::Catalog::build({}, deps_.units, checks_);
  configuration_ = std::move(none);
}

Result<void> Catalogs::load() {
  MILLRACE_LET(const auto rows, deps_.meta.resources());
  MILLRACE_LET(const auto newest, deps_.meta.revisions(0, 1));
  auto loaded = std::make_shared<Configuration>();
  loaded->revision = newest.empty() ? 0 : newest.front().number;
  std::vector<Resource> resources;
  for (const store::ResourceRow& row : rows) {
    MILLRACE_LET(Resource resource, resource_of(row));
    loaded->about[resource.key] = {row.revision, row.changed, row.changed_by};
    resources.push_back(std::move(resource));
  }
  loaded->catalog = build_rest(std::move(resources), *this, *loaded);
  if (!loaded->set_aside.empty()) {
    base::log::error("{} of {} configured resources are set aside; the rest is served",
                     loaded->set_aside.size(), rows.size());
    log_problems(loaded->problems);
  }
  replace(std::move(loaded));
  return {};
}

std::shared_ptr<const Configuration> Catalogs::configuration() const {
  const std::lock_guard lock(mutex_);
  return configuration_;
}

void Catalogs::subscribe(Follower follower) {
  const std::lock_guard lock(following_);
  follower(now());
  followers_.push_back(std::move(follower));
}

void Catalogs::replace(std::shared_ptr<const Configuration> next) {
  const std::lock_guard following(following_);
  {
    const std::lock_guard lock(mutex_);
    configuration_ = next;
  }
  for (const Follower& follower : followers_) follower(next->catalog);
}

}  // namespace millrace::service
