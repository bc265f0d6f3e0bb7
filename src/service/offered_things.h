#pragma once

#include <set>
#include <string>
#include <vector>

#include "pipeline/connector_kind.h"
#include "service/onboarding.h"
#include "twin/matching.h"

namespace millrace::service {

/// A thing as a source shows it: a folder with the values below it.
struct OfferedThing {
  std::string name;   // as the source calls it
  std::string title;  // empty where the source has none
  std::vector<twin::OfferedValue> values;
};

/// The picked variables as things. `picked` are addresses among the nodes; a folder stands for all
/// variables below it. Folders beside each other that are called alike (pump-1, pump-2) and have
/// mostly the same variables are a thing each; other folders are parts of one thing. `fallback` is
/// the name where no folder has one.
std::vector<OfferedThing> offered_things(const std::vector<pipeline::BrowsedNode>& nodes,
                                         const std::set<std::string, std::less<>>& picked,
                                         const std::string& fallback);

/// A candidate's values that feed nothing yet; the parts of their addresses are folders and name.
OfferedThing offered_thing(const Candidate& candidate);

}  // namespace millrace::service
