#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "edge/edge_connections.h"

namespace millrace::apps {

/// What the hub wants an edge to read (docs/adr/011): the text of the retained topic
/// `millrace/<site>/<edge>/desired`, and of the copy on the edge's disk. YAML, version 1:
///
///   version: 1
///   revision: 12          # of the hub's resources when this text last changed
///   opcua: [ … ]          # sections as in edge.yaml, one for each ConnectorKind
struct Assignment {
  int version = 1;
  std::int64_t revision = 0;
  std::vector<EdgeConnection> connections;
};

/// Errors: invalid, with every problem; conflict (two tags on one property).
base::Result<Assignment> parse_assignment(std::string_view text);
/// Secrets are in it as they are: the broker gives it to its edge alone.
std::string to_text(const Assignment& assignment);

std::string desired_topic(std::string_view site, std::string_view edge);
std::string reported_topic(std::string_view site, std::string_view edge);
std::string filters_topic(std::string_view site, std::string_view edge);

/// What of an assigned connection edge.yaml stands in the way of.
struct Conflict {
  std::string kind;  // of the connection
  std::string problem;
};

/// The connections of edge.yaml and of an assignment as one list. Where both have one name, or feed
/// one property, that of edge.yaml stands: who is at the machine decides.
struct MergedConnections {
  std::vector<EdgeConnection> connections;
  std::map<std::string, Conflict> conflicts;  // by connection of the assignment
};
MergedConnections merge(const std::vector<EdgeConnection>& local,
                        const std::vector<EdgeConnection>& assigned);

}  // namespace millrace::apps
