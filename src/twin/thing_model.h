#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
/// "name@version"; empty for anything else.
std::optional<ModelRef> parse_model_ref(std::string_view text);

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
  bool is_readable = true;     // not writeOnly
  bool is_observable = false;  // observable
  bool is_optional = false;    // named by tm:optional
  bool is_json = false;        // an object or array: its text in the store is JSON
  std::string schema;          // the affordance as JSON, without forms
};

/// An action's input that is one value.
struct ActionInput {
  model::ValueType type = model::ValueType::kF64;
  std::string unit;
  std::optional<double> min;  // included
  std::optional<double> max;  // included
};

struct ActionSpec {
  std::string name;
  Texts titles;
  std::optional<ActionInput> input;  // empty without one, or when it has members
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
  /// The Thing Model as JSON, as written (links kept); empty in a thing's own variant of it.
  std::string document;
  /// And with extends, refs and submodels resolved; in a variant with its placeholders replaced.
  std::string resolved;

  const PropertySpec* property(std::string_view name) const;
  const ActionSpec* action(std::string_view name) const;
};

}  // namespace millrace::twin
