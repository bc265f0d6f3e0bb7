#pragma once

#include <mutex>

#include "service/page.h"
#include "service/permission.h"
#include "service/resource_changes.h"
#include "service/resource_effects.h"
#include "service/retention_effects.h"

namespace millrace::service {

struct Validation {
  twin::ResourceProblems problems;
  std::size_t resources = 0;  // documents read
};

/// What applying would do. With problems there are no changes.
struct ResourcePlan {
  std::int64_t revision = 0;
  twin::ResourceProblems problems;
  std::vector<ResourceChange> changes;
  twin::ResourceProblems notes;  // what is accepted and does not work yet
  Effects effects;
  std::vector<Deletion> deletes;
  std::size_t unchanged = 0;
};

struct ApplyRequest {
  std::vector<twin::FileText> files;
  Prune prune = Prune::kNo;
  std::optional<std::int64_t> revision;  // refuse when the hub is no longer at it
  std::string reason;
  bool confirm_deletion = false;  // of what a shorter retention deletes
};

/// What was applied; with problems nothing was.
struct Applied {
  std::int64_t revision = 0;
  twin::ResourceProblems problems;
  std::vector<ResourceChange> changes;
  twin::ResourceProblems notes;  // as in a plan
};

/// A resource in a list.
struct ResourceItem {
  twin::ResourceKey key;
  std::string title;
  Configuration::About about;
};

struct ResourceDetail {
  ResourceItem item;
  twin::Resource resource;  // secrets hidden
  std::vector<int> versions;
  std::vector<twin::ResourceKey> used_by;
};

struct ExportedResources {
  std::int64_t revision = 0;
  std::vector<twin::FileText> files;
};

struct ThingModelItem {
  std::shared_ptr<const twin::ThingModel> model;
  std::string title;
  std::size_t things = 0;
  bool is_latest = false;
  base::Time changed;
};

struct RevisionFilter {
  std::optional<twin::Kind> kind;
  std::string name;
};

/// Where a resource stands in an export: "things/pump-1.yaml".
std::string file_of(const twin::ResourceKey& key);
/// The title in a spec (a text, or the English or first of several); the name without one.
std::string title_of(const twin::Resource& resource);
/// The English or first of several; empty without any.
std::string title_of(const twin::Texts& titles);

/// What is configured, as files: checked, planned, applied, exported. Everything an apply changes
/// is one transaction and one revision. Any thread; changes come one at a time.
class Resources {
 public:
  Resources(const Deps& deps, Catalogs& catalogs) : deps_(deps), catalogs_(catalogs) {}

  /// Errors: forbidden, those of MetaStore.
  base::Result<Validation> validate(const identity::Caller& caller,
                                    const std::vector<twin::FileText>& files) const;
  /// One at a time, because it may look at a month of samples: another one waits for a second.
  /// Errors: forbidden, limited (one is being made), those of the stores.
  base::Result<ResourcePlan> plan(const identity::Caller& caller,
                                  const std::vector<twin::FileText>& files, Prune prune) const;
  /// The same without effects and deletions: what changes and what is wrong. Errors: forbidden,
  /// those of the stores.
  base::Result<ResourcePlan> changes(const identity::Caller& caller,
                                     const std::vector<twin::FileText>& files, Prune prune) const;
  /// Errors: forbidden, conflict (another revision, a deletion that is not confirmed), those of the
  /// stores.
  base::Result<Applied> apply(const identity::Caller& caller, const ApplyRequest& request);
  /// A thing model goes with all its versions unless `version` names one. Gives the revision.
  /// Errors: forbidden, not_found, conflict (something refers to it).
  base::Result<std::int64_t> remove(const identity::Caller& caller, twin::Kind kind,
                                    std::string_view name, std::optional<int> version);
  /// How the hub differs from files that should describe all of it: `before` is the files'.
  /// Errors: forbidden.
  base::Result<ResourcePlan> drift(const identity::Caller& caller,
                                   const std::vector<twin::FileText>& files) const;

  /// JSON Schema of a kind's files, with the connectors that this hub knows.
  std::string schema(twin::Kind kind) const;
  ExportedResources exported(std::optional<twin::Kind> kind) const;
  base::Result<Page<ResourceItem>> list(std::optional<twin::Kind> kind, std::string_view words,
                                        const PageRequest& page) const;
  /// The latest version of a thing model unless `version` names one. Errors: not_found.
  base::Result<ResourceDetail> get(twin::Kind kind, std::string_view name,
                                   std::optional<int> version) const;
  /// Newest first. A page may hold fewer than its limit although there is a next one.
  base::Result<Page<store::Revision>> revisions(const RevisionFilter& filter,
                                                const PageRequest& page) const;
  /// By name, newest version first.
  base::Result<Page<ThingModelItem>> thing_models(std::string_view words,
                                                  const PageRequest& page) const;
  /// "name@version", or a name for its latest. Errors: not_found.
  base::Result<std::shared_ptr<const twin::ThingModel>> thing_model(std::string_view ref) const;

 private:
  struct Prepared;

  base::Result<Prepared> prepare(const std::vector<twin::FileText>& files, Prune prune) const;
  base::Result<void> check(Prepared& prepared) const;
  static ResourcePlan changes_of(Prepared& prepared);
  base::Result<void> refuse_shared_topics(const twin::Catalog& built, Prepared& prepared) const;
  base::Result<std::int64_t> store(const identity::Caller& caller, const Prepared& prepared,
                                   const std::string& reason);
  void record_bindings(const Prepared& prepared, const store::Revision& revision);
  base::Error unknown(twin::Kind kind, std::string_view name) const;

  const Deps& deps_;
  Catalogs& catalogs_;
  std::mutex mutex_;                   // one change at a time
  mutable std::timed_mutex planning_;  // one plan at a time
};

}  // namespace millrace::service
