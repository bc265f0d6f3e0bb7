#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "service/catalogs.h"

namespace millrace::service {

enum class ChangeAction { kCreate, kUpdate, kDelete };
std::string_view text(ChangeAction action);

/// One place of a spec that differs; values are JSON, empty where there is none.
struct Difference {
  std::string path;  // JSON Pointer
  std::string before;
  std::string after;
};

struct ResourceChange {
  ChangeAction action = ChangeAction::kCreate;
  twin::ResourceKey key;
  std::vector<Difference> differences;  // of an update
  std::string file;                     // that asks for it; empty for a deletion
};

/// Files laid over what is configured.
struct Merged {
  std::vector<twin::Resource> resources;  // all that would be configured
  std::vector<ResourceChange> changes;    // by key
  std::vector<twin::Resource> set_aside;  // of the present ones, what is still not accepted
  twin::ResourceProblems problems;        // of the change itself, not of the result
  std::size_t unchanged = 0;              // resources of the files that are already so
};

enum class Prune { kNo, kYes };

/// What merge() must know besides the resources.
struct Names {
  const std::set<twin::ResourceKey>& retired;  // deleted earlier
  std::span<const pipeline::ConnectorKind> kinds;
};

/// `files` may hold hidden secrets; present ones take their place. What is created may have none of
/// the retired names. With kYes everything that no file has goes.
Merged merge(const Configuration& present, std::vector<twin::Resource> files, Prune prune,
             const Names& names);

/// What is configured without these. Keys that are not there are ignored.
Merged merge_without(const Configuration& present, const std::set<twin::ResourceKey>& gone);

/// Whether the name of a deleted resource of this kind is gone for ever: it names an identity in
/// the data (DESIGN: the words), not only a piece of wiring.
bool is_name_retired(twin::Kind kind);

/// What a resource refers to by name; of a model its bases and parts.
std::set<twin::ResourceKey> references(const twin::Resource& resource);

/// Lets a thing model refer to other models than it does. `other` gives the one in a model's place.
using OtherModel = std::function<twin::ModelRef(const twin::ModelRef& ref)>;
void refer_otherwise(twin::Resource& model, const OtherModel& other);

}  // namespace millrace::service
