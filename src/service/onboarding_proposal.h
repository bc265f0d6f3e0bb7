#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "service/browsing.h"
#include "service/offered_things.h"
#include "twin/model_draft.h"

namespace millrace::service {

/// From a candidate, or from a connection with addresses picked in it.
struct ProposalRequest {
  std::string candidate;  // id; empty for a connection
  ConnectionChoice connection;
  std::set<std::string, std::less<>> addresses;
  std::optional<twin::ModelRef> model;  // empty: the best fitting one
  std::string thing;                    // empty: after the source
  twin::Place place;
  twin::Decisions decided;
};

/// An address with the property it would feed.
struct ProposedMatch {
  std::string address;
  twin::ValueMatch match;
};

/// A model that fits.
struct ProposedModel {
  twin::ModelRef ref;
  std::string title;
  double score = 0;
};

/// Files that bind a source to a thing (or to several, when the picked folders are things beside
/// each other; `thing` is the first). They pass Resources::plan as they are.
struct Proposal {
  std::string thing;
  twin::ModelRef model;
  std::vector<twin::FileText> files;
  std::vector<ProposedMatch> matches;
  std::vector<ProposedModel> models;  // existing ones, the best first
};

/// Proposes bindings. What is configured is respected: names that exist or existed are never
/// proposed for something else, and a property that is fed keeps its binding. Nothing changes. Any
/// thread.
class Proposals {
 public:
  using CandidateById = std::function<base::Result<Candidate>(std::string_view id)>;

  Proposals(const Deps& deps, Browsing& browsing, CandidateById candidate = {})
      : deps_(deps), browsing_(browsing), candidate_(std::move(candidate)) {}

  /// Errors: forbidden, invalid (contradictions, a model that cannot be used), not_found
  /// (candidate, model, address), those of Browsing and MetaStore.
  base::Result<Proposal> propose(const identity::Caller& caller,
                                 const ProposalRequest& request) const;

 private:
  base::Result<std::vector<OfferedThing>> offered(const identity::Caller& caller,
                                                  const ProposalRequest& request,
                                                  std::optional<Candidate>& candidate) const;

  const Deps& deps_;
  Browsing& browsing_;
  const CandidateById candidate_;
};

}  // namespace millrace::service
