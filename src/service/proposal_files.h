#pragma once

#include <map>
#include <set>
#include <string>

#include "service/onboarding_proposal.h"

namespace millrace::service {

/// Names that may not be given to something new: present ones, and those of deleted things, models
/// and sites.
class TakenNames {
 public:
  TakenNames(const Configuration& present, const std::vector<store::ResourceName>& deleted);

  bool has(twin::Kind kind, std::string_view name) const;
  /// Of something that was deleted.
  bool is_retired(twin::Kind kind, std::string_view name) const;
  /// The nearest free one, which is taken from then on.
  std::string take(twin::Kind kind, std::string_view wanted);

 private:
  using Set = std::set<std::string, std::less<>>;
  std::map<twin::Kind, Set> taken_;
  std::map<twin::Kind, Set> retired_;
};

// Resources of a proposal as files; `note` lines stand above as comments.

twin::FileText model_file(const twin::Resource& model);
twin::FileText site_file(const std::string& name);
twin::FileText thing_file(const std::string& name, const std::string& title,
                          const twin::ModelRef& model, const twin::Place& place);

/// Where a binding's values come from, as its spec says it: "connection", "sparkplug" or "mqtt".
config::Node::Entry source_entry(const std::string& connection);
config::Node::Entry source_entry(const Candidate& candidate);
twin::FileText binding_file(const std::string& name, const std::string& thing,
                            const config::Node::Entry& source,
                            const std::vector<ProposedMatch>& matches);

/// A typed connection without its secrets, which a note asks for.
twin::FileText connection_file(const std::string& name, const std::string& edge,
                               const ConnectionChoice& choice, const config::Table* options);

}  // namespace millrace::service
