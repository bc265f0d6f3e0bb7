#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/table.h"
#include "model/property_contract.h"
#include "model/transform.h"

namespace millrace::apps {

/// One value that a source is read for, and the property it feeds.
struct EdgeTag {
  std::string address;
  std::string thing;
  std::string property;
  bool is_writable = false;  // commands may write the property here
  std::string source_unit;   // checked against what the source says; empty: not checked
  model::PropertyContract contract;
  model::FilterPolicy filter;
  model::Transform transform;
};

/// Where invoking an action writes.
struct EdgeAction {
  std::string address;
  std::string thing;
  std::string action;
  model::Transform transform;  // from raw to the action's input; written through its inverse
};

/// A server or device that an edge reads, with everything it is read for.
struct EdgeConnection {
  std::string kind;      // name of a ConnectorKind
  std::string name;      // of the connection; in `options`, too
  config::Node options;  // of the kind, checked
  std::vector<EdgeTag> tags;
  std::vector<EdgeAction> actions;
};

/// Adds a section for each ConnectorKind (`opcua:`, …), all of them into one list.
template <class T>
void add_connections(config::TableOf<T>& table, std::vector<EdgeConnection> T::* member);

/// The rows of one section: the kind's own, `tags` and `actions`.
const config::Table& connection_table(std::string_view kind);
void read_connection(std::string_view kind, const config::Node& item,
                     std::vector<EdgeConnection>& into, config::Problems& problems);
/// The connections of this kind as a list, every option with its value.
config::Node show_connections(std::string_view kind, const std::vector<EdgeConnection>& all,
                              config::Secrets secrets);
/// The same without what has its default: how assignments are sent.
config::Node show_briefly(std::string_view kind, const std::vector<EdgeConnection>& all);
/// One connection as text: two that are equal read the same.
std::string to_text(const EdgeConnection& connection);

/// What is wrong between connections: two with one name, two tags on one property of a thing.
/// Errors: conflict.
base::Result<void> check_together(const std::vector<EdgeConnection>& all);

std::vector<std::string> connection_kinds();
std::string connection_sentence(std::string_view kind);

template <class T>
void add_connections(config::TableOf<T>& table, std::vector<EdgeConnection> T::* member) {
  for (const std::string& kind : connection_kinds()) {
    table.sections(
        {.key = kind, .sentence = connection_sentence(kind)}, connection_table(kind), {0, 1000},
        [kind, member](const config::Node& item, T& target, config::Problems& problems) {
          read_connection(kind, item, target.*member, problems);
        },
        [kind, member](const T& source, config::Secrets secrets) {
          return show_connections(kind, source.*member, secrets);
        });
  }
}

}  // namespace millrace::apps
