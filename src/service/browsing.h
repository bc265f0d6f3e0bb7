#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "service/deps.h"
#include "service/permission.h"

namespace millrace::service {

/// A connection by the name of its resource, or as a person has typed it in.
struct ConnectionChoice {
  std::string name;      // of a Connection; empty when it is typed in
  std::string type;      // of a typed one: name of a ConnectorKind
  config::Node options;  // of a typed one, as the resource would have them
};

struct BrowseRequest {
  ConnectionChoice connection;
  std::string address;  // empty: the root
  std::size_t limit = 1000;
};

/// Asks servers what they offer. The hub does it itself, so it must reach the server; that may take
/// a minute, and one server is asked at a time, so that workers stay for others. What was found is
/// remembered for ten minutes, for proposals. Any thread.
class Browsing {
 public:
  explicit Browsing(const Deps& deps) : deps_(deps) {}

  /// On record as connection.browsed, secrets hidden. Errors: forbidden, not_found (the connection,
  /// the address), invalid (options, address), unsupported (nothing to browse there), unavailable
  /// (the server, or another one is being asked), timeout.
  base::Result<pipeline::Browsed> browse(const identity::Caller& caller,
                                         const BrowseRequest& request);

  /// The nodes of these addresses, what is known below them, and all folders above: from memory, or
  /// by asking now. Errors: as browse(); not_found names the first address that is not there.
  base::Result<std::vector<pipeline::BrowsedNode>> nodes_of(
      const identity::Caller& caller, const ConnectionChoice& connection,
      const std::set<std::string, std::less<>>& addresses);

  /// What a choice means. Errors: not_found, invalid, unsupported.
  struct Target {
    const pipeline::ConnectorKind* kind = nullptr;
    config::Node options;
    std::string subject;  // for people: name, or type and where it is
  };
  base::Result<Target> target(const ConnectionChoice& choice) const;

 private:
  struct Memory {
    base::MonotonicTime asked;
    std::vector<pipeline::BrowsedNode> nodes;  // in the order in which they were found
    std::set<std::string, std::less<>> addresses;
  };

  base::Result<pipeline::Browsed> ask(const identity::Caller& caller, const Target& target,
                                      const std::string& address, std::size_t limit);
  base::Result<void> record(const identity::Caller& caller, const Target& target,
                            const std::string& address, std::string_view outcome) const;
  void remember(const Target& target, const std::vector<pipeline::BrowsedNode>& nodes);
  std::optional<std::vector<pipeline::BrowsedNode>> remembered(
      const Target& target, const std::set<std::string, std::less<>>& addresses);

  const Deps& deps_;
  std::timed_mutex asking_;
  std::mutex mutex_;                      // of memory_
  std::map<std::string, Memory> memory_;  // by what was asked, hashed
};

}  // namespace millrace::service
