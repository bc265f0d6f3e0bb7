#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/property_contract.h"
#include "model/quality.h"
#include "model/value.h"

namespace millrace::twin {

/// Text in several languages by BCP 47 tag; "" holds the one without a language.
using Texts = std::map<std::string, std::string>;

/// "centrifugal-pump@2", as references in files and URLs are written.
struct ModelRef {
  std::string name;
  int version = 0;
  auto operator<=>(const ModelRef&) const = default;
};
std::string text(const ModelRef& ref);

/// A value beyond which operators want to know; from `mr:alarms` of the model.
struct AlarmLimit {
  std::string name;             // "high", "high_high", "low", "low_low" or a Name
  std::optional<double> above;  // in the property's unit
  std::optional<double> below;
  model::Severity severity = model::Severity::kUncertain;
};

/// A property affordance with everything resolved: extends, refs, submodels, placeholders.
struct PropertySpec {
  std::string name;  // of a submodel's: "<instanceName>.<property>"
  Texts titles;
  Texts descriptions;
  /// Type, unit, range, rates, rules. Its `thing` is empty here.
  model::PropertyContract contract;
  model::FilterPolicy filter;
  std::vector<AlarmLimit> alarms;
  bool is_writable = false;    // not readOnly
  bool is_observable = false;  // observable
  bool is_optional = false;    // named by tm:optional
  std::string schema;          // the affordance as JSON, without forms
};

struct ActionSpec {
  std::string name;
  Texts titles;
  bool is_optional = false;
  std::string schema;  // the affordance as JSON, without forms
};

/// One version of a thing model after W3C WoT TD 1.1 §10, resolved. Immutable, shared.
struct ThingModel {
  ModelRef ref;
  Texts titles;
  std::vector<std::string> tags;         // mr:tags
  std::vector<PropertySpec> properties;  // by name
  std::vector<ActionSpec> actions;       // by name
  std::string document;                  // the Thing Model as JSON, as written (links kept)
  std::string resolved;                  // and with extends, refs and submodels resolved

  const PropertySpec* property(std::string_view name) const;
  const ActionSpec* action(std::string_view name) const;
};

}  // namespace millrace::twin
