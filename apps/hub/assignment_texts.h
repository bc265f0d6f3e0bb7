#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "edge/assignment.h"
#include "twin/catalog.h"

namespace millrace::apps {

/// What each edge is to read, as the catalog says: its connections with everything that bindings
/// take of them, contracts, filters and transforms filled in. Connections that nothing is bound to
/// are left out; tags stand in the order of thing and property.
std::map<std::string, std::vector<EdgeConnection>> connections_by_edge(
    const twin::Catalog& catalog);

/// The assignments of all edges as they are to stand on the broker. A text changes only when what
/// its edge reads does: the revision in it is that of the change.
///
/// Not thread safe; one owner.
class AssignmentTexts {
 public:
  struct Entry {
    std::string text;
    std::string topic;  // empty while the site is not known
    bool is_published = false;
    bool is_told = false;  // that the site is not known
  };

  /// The catalog of this revision from here on. `others` are edges that may have had an assignment,
  /// and get one without connections when the catalog names them no more.
  void follow(const twin::Catalog& catalog, std::int64_t revision,
              const std::set<std::string>& others);
  /// Where an edge's text belongs; a topic that it left is to be emptied.
  void place(const std::string& edge, std::string topic);
  /// Nothing is on the broker any more.
  void forget_published();

  std::map<std::string, Entry>& all() { return entries_; }
  /// Topics that must be empty; given once.
  std::vector<std::string> take_left();

 private:
  void put(const std::string& edge, std::vector<EdgeConnection> connections, std::int64_t revision);

  std::map<std::string, Entry> entries_;           // by edge
  std::map<std::string, std::int64_t> revisions_;  // of the texts
  std::vector<std::string> left_;
};

}  // namespace millrace::apps
