#pragma once

#include "service/page.h"
#include "service/twins.h"

namespace millrace::service {

/// An edge or third-party node with what it feeds.
struct Edge {
  pipeline::OriginSnapshot origin;
  std::size_t things = 0;
};

struct EdgeFilter {
  std::string words;
  std::optional<std::string> site;
};

struct EventFilter {
  std::string kind;  // this kind, or all that start with it and a dot
  std::string subject;
  std::optional<base::Time> start;
  std::optional<base::Time> end;
};

/// Who delivers, what was lost, and what happened. Any thread.
class Fleet {
 public:
  explicit Fleet(const Deps& deps) : deps_(deps) {}

  /// By name.
  std::vector<Edge> all() const;
  base::Result<Page<Edge>> edges(const EdgeFilter& filter, const PageRequest& page) const;
  /// Errors: not_found.
  base::Result<Edge> edge(std::string_view name) const;
  /// Newest first.
  base::Result<Page<store::LossInterval>> losses(std::string_view edge,
                                                 const PageRequest& page) const;
  /// Newest first. A page may hold fewer than its limit although there is a next one: so many
  /// events that do not fit were passed over.
  base::Result<Page<store::Event>> events(const EventFilter& filter, const PageRequest& page) const;

 private:
  const Deps& deps_;
};

}  // namespace millrace::service
