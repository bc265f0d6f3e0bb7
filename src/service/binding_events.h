#pragma once

#include <string>
#include <vector>

#include "store/series_store.h"
#include "twin/catalog.h"

namespace millrace::service {

/// Who changed the bindings, and when.
struct BindingChange {
  std::int64_t revision = 0;
  base::Time time;
  std::string role;
  std::string reason;
};

/// What an apply has changed of what feeds things: one event `binding.changed` for each thing that
/// was there before and whose properties or actions are fed or written otherwise now. Its body:
///
///   {"revision": 12, "reason": "…", "changes": [{"property": "flow" (or "action": …),
///    "before": {…} or null, "after": {…} or null}]}
///   {…} = {"binding", "source", "address", "unit", "factor", "offset"}; "source" is the connection
///   with its edge, or where else the values come from.
///
/// What a model promises is not in it: the revision says that.
std::vector<store::Event> binding_events(const twin::Catalog& before, const twin::Catalog& after,
                                         const BindingChange& change);

}  // namespace millrace::service
