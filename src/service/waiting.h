#pragma once

#include "service/twins.h"

namespace millrace::service {

/// A property that a binding feeds, that should have come by now, and of which nothing has. Views
/// into the roster's catalog.
struct WaitingProperty {
  const RosterThing* thing = nullptr;
  const twin::PropertySpec* spec = nullptr;
  const twin::Binding* binding = nullptr;
  const twin::PropertyBinding* row = nullptr;
  base::Time since;  // the binding's newest revision
};

struct WaitingProperties {
  std::shared_ptr<const Roster> roster;
  std::vector<WaitingProperty> all;  // by thing and property

  const WaitingProperty* find(std::string_view thing, std::string_view property) const;
};

/// Those whose model says how often samples come, or how long there may be none; that long after
/// its binding a property begins to wait. Of one site or thing where they are given.
WaitingProperties waiting_properties(const Deps& deps, const Twins& twins,
                                     const std::optional<std::string>& site,
                                     std::string_view thing);

/// Where to look first; one or two sentences.
std::string advice_on(const WaitingProperty& waiting, const twin::Catalog& catalog,
                      const pipeline::OriginView& origins);

}  // namespace millrace::service
