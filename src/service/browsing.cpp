#include "service/browsing.h"

#include <algorithm>

#include "codec/node_json.h"
#include "codec/sha256.h"
#include "service/connections.h"
#include "service/page.h"

namespace millrace::service {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;
using base::Result;
using pipeline::BrowsedNode;
using pipeline::ConnectorKind;

constexpr auto kWaitForOthers = 5s;
constexpr base::Duration kRemembered = 10min;
constexpr std::size_t kServersRemembered = 8;
constexpr std::size_t kNodesRemembered = 100'000;  // of one server
constexpr std::size_t kNodesAsked = 20'000;        // for a proposal whose nodes are not known

/// What tells one server and login from another, without keeping secrets.
std::string key_of(const Browsing::Target& target) {
  return codec::sha256_hex(target.kind->name + codec::to_json(target.options));
}

/// The hub's own view of the network is what counts; a person may not think of it.
base::Error explained(base::Error error) {
  if (error.code != ErrorCode::kUnavailable && error.code != ErrorCode::kTimeout) return error;
  if (!error.hint.empty()) error.hint += ' ';
  error.hint += "It is the hub that asks: it must reach the server.";
  return error;
}

std::string where(const config::Node& options) {
  for (const char* key : {"url", "host"}) {
    if (const auto* entry = options.find(key)) return entry->value.scalar;
  }
  return {};
}

std::unexpected<base::Error> unknown_connection(const std::string& name,
                                                const twin::Catalog& catalog) {
  std::vector<std::string> known;
  for (const auto& [one, connection] : catalog.connections()) known.push_back(one);
  std::string hint = did_you_mean(name, known);
  if (hint.empty()) hint = "Apply a Connection with this name, or give type and options.";
  return base::fail(ErrorCode::kNotFound, std::format("there is no connection '{}'", name),
                    std::move(hint));
}

}  // namespace

Result<Browsing::Target> Browsing::target(const ConnectionChoice& choice) const {
  Target target{.options = choice.options, .subject = choice.name};
  std::string type = choice.type;
  const auto catalog = deps_.catalogs.now();
  if (!choice.name.empty()) {
    const auto found = catalog->connections().find(choice.name);
    if (found == catalog->connections().end()) return unknown_connection(choice.name, *catalog);
    type = found->second.type;
    target.options = found->second.options;
  }
  const auto kinds = deps_.catalogs.connectors();
  const auto kind = std::ranges::find(kinds, type, &ConnectorKind::name);
  if (kind == kinds.end()) {
    std::vector<std::string> known;
    for (const ConnectorKind& one : kinds) known.push_back(one.name);
    return base::fail(ErrorCode::kInvalid,
                      std::format("there is no type of connection '{}'", type.substr(0, 80)),
                      did_you_mean(type, known));
  }
  if (!kind->browse) {
    return base::fail(ErrorCode::kUnsupported,
                      std::format("{} has nothing to browse: the protocol does not say what is "
                                  "there",
                                  type),
                      "Write its addresses into a table of tags, from the device's manual.");
  }
  target.kind = &*kind;
  target.options = named_options(target.options);
  if (auto problems = kind->check_options(target.options); !problems.empty()) {
    return std::unexpected(config::to_error("connection", std::move(problems)));
  }
  if (choice.name.empty()) target.subject = std::format("{} {}", type, where(target.options));
  return target;
}

Result<void> Browsing::record(const identity::Caller& caller, const Target& target,
                              const std::string& address, std::string_view outcome) const {
  const auto text = [](std::string_view of) {
    return codec::to_json(config::scalar(std::string(of), true));
  };
  const auto shown = target.kind->show_options(target.options, config::Secrets::kRedacted);
  store::MetaChange change;
  change.audit = {{.time = deps_.clock.now(),
                   .actor = caller.name,
                   .actor_role = std::string(identity::text(caller.role)),
                   .action = "connection.browsed",
                   .subject = target.subject,
                   .address = caller.address,
                   .body = std::format(R"({{"options":{},"address":{},"outcome":{}}})",
                                       codec::to_json(shown), text(address), text(outcome))}};
  return deps_.meta.apply(change);
}

Result<pipeline::Browsed> Browsing::ask(const identity::Caller& caller, const Target& target,
                                        const std::string& address, std::size_t limit) {
  const std::unique_lock turn(asking_, kWaitForOthers);
  if (!turn) {
    return base::fail_for_now(ErrorCode::kUnavailable, "another server is being browsed",
                              "Try again in a minute.");
  }
  auto found = target.kind->browse(target.options, address, limit,
                                   {.clock = deps_.clock,
                                    .folder = deps_.facts.data_dir / target.kind->name,
                                    .reader = deps_.facts.hub});
  MILLRACE_TRY(record(caller, target, address,
                      found ? std::string_view("found") : base::text(found.error().code)));
  if (!found) return std::unexpected(explained(std::move(found.error())));
  remember(target, found->nodes);
  return found;
}

Result<pipeline::Browsed> Browsing::browse(const identity::Caller& caller,
                                           const BrowseRequest& request) {
  MILLRACE_TRY(allow(caller, Permission::kConfigure));
  MILLRACE_LET(const Target target, this->target(request.connection));
  return ask(caller, target, request.address, request.limit);
}

void Browsing::remember(const Target& target, const std::vector<BrowsedNode>& nodes) {
  const std::lock_guard lock(mutex_);
  const base::MonotonicTime now = deps_.clock.monotonic();
  std::erase_if(memory_, [&](const auto& one) { return now - one.second.asked > kRemembered; });
  const std::string key = key_of(target);
  if (memory_.size() >= kServersRemembered && !memory_.contains(key)) {
    memory_.erase(
        std::ranges::min_element(memory_, {}, [](const auto& one) { return one.second.asked; }));
  }
  Memory& memory = memory_[key];
  memory.asked = now;
  for (const BrowsedNode& node : nodes) {
    if (memory.nodes.size() == kNodesRemembered) break;
    if (memory.addresses.insert(node.address).second) memory.nodes.push_back(node);
  }
}

std::optional<std::vector<BrowsedNode>> Browsing::remembered(
    const Target& target, const std::set<std::string, std::less<>>& addresses) {
  const std::lock_guard lock(mutex_);
  const auto found = memory_.find(key_of(target));
  if (found == memory_.end()) return std::nullopt;
  const bool is_old = deps_.clock.monotonic() - found->second.asked > kRemembered;
  if (is_old || !std::ranges::includes(found->second.addresses, addresses)) return std::nullopt;
  return found->second.nodes;
}

Result<std::vector<BrowsedNode>> Browsing::nodes_of(
    const identity::Caller& caller, const ConnectionChoice& connection,
    const std::set<std::string, std::less<>>& addresses) {
  MILLRACE_TRY(allow(caller, Permission::kConfigure));
  MILLRACE_LET(const Target target, this->target(connection));
  if (auto known = remembered(target, addresses)) return *std::move(known);
  MILLRACE_TRY(ask(caller, target, {}, kNodesAsked));
  if (auto known = remembered(target, addresses)) return *std::move(known);
  const std::lock_guard lock(mutex_);
  const auto& known = memory_[key_of(target)].addresses;
  const auto missing =
      std::ranges::find_if(addresses, [&](const auto& one) { return !known.contains(one); });
  return base::fail(
      ErrorCode::kNotFound,
      std::format("{} has no node {} among its first {}", target.subject,
                  missing == addresses.end() ? "?" : *missing, kNodesAsked),
      "Write addresses as browsing gives them, and browse the folder of this one first.");
}

}  // namespace millrace::service
