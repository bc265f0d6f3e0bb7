#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "pipeline/connector_kind.h"
#include "store/meta_store.h"
#include "twin/catalog.h"

namespace millrace::service {

/// What is configured at one moment. Immutable.
struct Configuration {
  struct About {
    std::int64_t revision = 0;  // that changed it last
    base::Time changed;
    std::string changed_by;
  };

  std::int64_t revision = 0;
  std::shared_ptr<const twin::Catalog> catalog;
  std::map<twin::ResourceKey, About> about;  // of everything that is stored
  /// Stored resources that this program does not accept, and why. They are in no catalog and stay
  /// stored until somebody changes or deletes them.
  std::vector<twin::Resource> set_aside;
  twin::ResourceProblems problems;

  /// Among the catalog's and those set aside; nullptr when it is not configured.
  const twin::Resource* find(const twin::ResourceKey& key) const;
};

/// Holds the present Configuration and hands it to whoever follows it. Made before everything that
/// needs it, lives longest.
///
/// Threads: any. Changes come one at a time; followers are called on the thread that changes, in
/// the order in which they subscribed, and must not change anything themselves.
class Catalogs {
 public:
  struct Deps {
    store::MetaStore& meta;
    const unit::Units& units;
    std::span<const pipeline::ConnectorKind> connectors;
  };
  using Follower = std::function<void(const std::shared_ptr<const twin::Catalog>&)>;

  explicit Catalogs(Deps deps);

  /// Reads what is stored. What no longer builds (a rule became stricter, a connector is not there)
  /// is set aside and logged; the rest is served. Errors: those of MetaStore.
  base::Result<void> load();

  std::shared_ptr<const Configuration> configuration() const;
  std::shared_ptr<const twin::Catalog> now() const { return configuration()->catalog; }
  const unit::Units& units() const { return deps_.units; }
  const twin::ConnectionChecks& checks() const { return checks_; }
  std::span<const pipeline::ConnectorKind> connectors() const { return deps_.connectors; }

  /// Calls the follower with the present catalog, and with each new one from then on.
  void subscribe(Follower follower);
  /// Takes the place of the present one. For Resources, after the store has it.
  void replace(std::shared_ptr<const Configuration> next);

 private:
  const Deps deps_;
  const twin::ConnectionChecks checks_;
  mutable std::mutex mutex_;  // of configuration_
  std::shared_ptr<const Configuration> configuration_;
  std::mutex following_;  // of followers_, held while they are called
  std::vector<Follower> followers_;
};

/// The row of a resource as the store keeps it, and back. Errors: corrupt.
store::ResourceName row_name(const twin::ResourceKey& key);
base::Result<twin::Resource> resource_of(const store::ResourceRow& row);

}  // namespace millrace::service
