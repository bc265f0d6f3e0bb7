#include "service/edge_notes.h"

#include <algorithm>
#include <format>

#include "service/account_book.h"
#include "service/page.h"

namespace millrace::service {
namespace {

std::vector<std::string> known_edges(const Deps& deps) {
  std::vector<std::string> known;
  for (const pipeline::OriginSnapshot& origin : deps.origins.origins()) {
    known.push_back(origin.node.empty() ? origin.name : origin.node);
  }
  if (!deps.accounts) return known;
  const auto accounts = deps.accounts->accounts();
  for (const Account& account : accounts ? *accounts : std::vector<Account>()) {
    if (account.kind == AccountKind::kEdge) known.push_back(account.name);
  }
  return known;
}

config::Place edge_place(const twin::Resource& connection) {
  const config::Node::Entry* edge = connection.spec.find("edge");
  return edge ? edge->value.place : connection.place;
}

}  // namespace

twin::ResourceProblems unknown_edges(const twin::Catalog& catalog,
                                     const std::vector<ResourceChange>& changes, const Deps& deps) {
  twin::ResourceProblems notes;
  std::vector<std::string> known;
  for (const ResourceChange& change : changes) {
    const bool is_there = change.action != ChangeAction::kDelete;
    if (!is_there || change.key.kind != twin::Kind::kConnection) continue;
    if (known.empty()) known = known_edges(deps);
    const std::string& edge = catalog.connections().at(change.key.name).edge;
    if (std::ranges::contains(known, edge)) continue;
    const auto& resources = catalog.resources();
    const auto resource = std::ranges::lower_bound(resources, change.key, {}, &twin::Resource::key);
    std::string hint = did_you_mean(edge, known);
    hint += std::format("{} an account (page System, or millrace accounts add {}).",
                        hint.empty() ? "Give it" : " If not, give it", edge);
    notes.push_back({change.file,
                     "unknown_edge",
                     {edge_place(*resource),
                      std::format("no edge '{}' is known: nothing will be read through {}", edge,
                                  text(change.key)),
                      std::move(hint)}});
  }
  return notes;
}

}  // namespace millrace::service
