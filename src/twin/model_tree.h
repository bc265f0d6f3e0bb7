#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "config/node.h"
#include "twin/report.h"
#include "twin/thing_model.h"

namespace millrace::twin {

/// A thing model as a tree with extends, submodels and refs resolved. What was imported stands at
/// the place of the link or `tm:ref` that imported it.
struct ModelTree {
  ModelRef ref;
  const Resource* resource = nullptr;
  config::Node tree;
  bool is_whole = false;  // nothing that it refers to is missing or goes in a circle
  std::vector<std::pair<config::Place, ModelRef>> imports;
};

/// Resolves references between thing models (WoT TD 1.1 §10.3): the models of `tm:extends` are laid
/// under the document in the order of their links, the affordances of submodels are added as
/// "<instanceName>.<name>", and `tm:ref` is replaced by what it points at, each with JSON Merge
/// Patch (RFC 7396). No recursion; sizes are limited, so that few lines cannot become millions.
class ModelResolver {
 public:
  explicit ModelResolver(ResourceProblems& problems) : problems_(problems) {}

  /// Its titles and descriptions become plain (plain_texts.h); what is wrong with them is reported.
  void add(Resource resource);
  /// The resolved tree; nullptr when there is no such model. Problems are reported once.
  const ModelTree* resolve(const ModelRef& ref);
  const std::map<ModelRef, Resource>& models() const { return models_; }
  /// Adds the problem of a reference to no model, with the nearest one.
  void report_unknown(const Report& report, config::Place place, std::string_view href) const;

 private:
  class Work;
  enum class State { kResolving, kDone };
  struct Slot {
    State state = State::kResolving;
    ModelTree tree;
  };

  void report_cycle(const Report& report, config::Place place, const ModelRef& to) const;

  ResourceProblems& problems_;
  std::map<ModelRef, Resource> models_;
  std::map<ModelRef, Slot> slots_;
  std::vector<std::pair<ModelRef, std::string>> path_;  // and how it refers to the next one
  std::size_t nodes_ = 0;
};

}  // namespace millrace::twin
