#pragma once

#include <map>
#include <memory>
#include <set>

#include "twin/model_tree.h"
#include "twin/spec_tables.h"
#include "unit/units.h"

namespace millrace::twin {

/// Makes thing models of resolved trees, checked, and the variants of them that things with
/// placeholders or chosen options have. Equal variants are one object.
class ModelReader {
 public:
  ModelReader(ModelResolver& resolver, const unit::Units& units, ResourceProblems& problems)
      : resolver_(resolver), units_(units), problems_(problems) {}

  /// The model, problems reported once; nullptr when it cannot be used: what is wrong with it is
  /// then already reported.
  std::shared_ptr<const ThingModel> model(const ModelRef& ref);
  /// The model with a thing's placeholders and options applied. `spec` is the thing's.
  std::shared_ptr<const ThingModel> variant(const ModelRef& ref, const config::Node& spec,
                                            const Report& report);

 private:
  std::shared_ptr<const ThingModel> read(const ModelTree& tree);

  ModelResolver& resolver_;
  const unit::Units& units_;
  ResourceProblems& problems_;
  std::map<ModelRef, std::shared_ptr<const ThingModel>> models_;
  std::map<ModelRef, std::set<std::string>> placeholders_;
  std::map<std::string, std::shared_ptr<const ThingModel>> variants_;
};

}  // namespace millrace::twin
