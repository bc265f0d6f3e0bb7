#include "fleet/edge_commands.h"

#include <charconv>
#include <format>

#include "base/log.h"
#include "pipeline/transforming.h"

namespace millrace::fleet {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;
using model::Value;

constexpr base::Duration kWait = 1s;

std::string name_of(const pipeline::Command& command) {
  return std::format("{}{}/{}", command.is_action ? "action " : "", command.thing, command.name);
}

/// The raw text of a table of values as what it looks like: tables have texts only.
Value read_text(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  const char* end = text.data() + text.size();
  const auto parse = [&](auto number) -> std::optional<Value> {
    const auto [stop, code] = std::from_chars(text.data(), end, number);
    if (code != std::errc{} || stop != end) return std::nullopt;
    return Value(number);
  };
  if (const auto whole = parse(std::int64_t{0})) return *whole;
  if (const auto number = parse(0.0)) return *number;
  return text;
}

}  // namespace

EdgeCommands::EdgeCommands(const base::Clock& clock, base::Metrics& metrics)
    : clock_(clock),
      done_(metrics.counter("millrace_edge_commands_total", "Commands that devices have taken.")),
      failed_(metrics.counter("millrace_edge_commands_failed_total",
                              "Commands that were refused, late, or failed at the device.")) {}

EdgeCommands::~EdgeCommands() { stop(); }

void EdgeCommands::use(std::vector<CommandRoute> routes) {
  std::map<Key, CommandRoute> by_name;
  for (CommandRoute& one : routes) {
    Key key(one.thing, one.name, one.is_action);
    by_name.emplace(std::move(key), std::move(one));
  }
  const std::lock_guard lock(mutex_);
  routes_.swap(by_name);
}

void EdgeCommands::start(Answer answer) {
  answer_ = std::move(answer);
  thread_ = std::thread([this] { loop(); });
}

void EdgeCommands::stop() {
  waiting_.close();
  if (thread_.joinable()) thread_.join();
}

void EdgeCommands::take(pipeline::Command command) {
  const base::Uuid id = command.id;
  {
    std::unique_lock lock(mutex_);
    const auto [known, is_new] = remembered_.try_emplace(id);
    if (!is_new) {
      const auto answer = known->second;
      lock.unlock();
      if (answer) answer_(*answer);
      return;
    }
    order_.push_back(id);
    forget_oldest();
  }
  if (waiting_.try_push(command)) return;
  finish(id, base::fail_for_now(ErrorCode::kUnavailable,
                                std::format("{} commands wait at the edge already", kWaitingMax),
                                "Try again when they are done."));
}

void EdgeCommands::forget_oldest() {
  if (order_.size() <= kRememberedMax) return;
  remembered_.erase(order_.front());
  order_.pop_front();
}

void EdgeCommands::loop() {
  while (!waiting_.is_closed()) {
    const auto command = waiting_.pop(kWait);
    if (!command || waiting_.is_closed()) continue;
    base::Result<void> result = carry_out(*command);
    if (result) {
      base::log::info("command: {} was written", name_of(*command));
    } else {
      base::log::warning("command: {}: {}", name_of(*command), base::describe(result.error()));
    }
    finish(command->id, std::move(result));
  }
}

void EdgeCommands::finish(const base::Uuid& id, base::Result<void> result) {
  (result ? done_ : failed_).add();
  pipeline::CommandAnswer answer{id, std::move(result)};
  {
    const std::lock_guard lock(mutex_);
    const auto known = remembered_.find(id);
    if (known != remembered_.end()) known->second = answer;
  }
  answer_(std::move(answer));
}

std::optional<CommandRoute> EdgeCommands::route(const pipeline::Command& command) const {
  const std::lock_guard lock(mutex_);
  const auto found = routes_.find(Key(command.thing, command.name, command.is_action));
  return found == routes_.end() ? std::nullopt : std::optional(found->second);
}

base::Result<void> EdgeCommands::carry_out(const pipeline::Command& command) const {
  const base::Duration late = clock_.now() - command.deadline;
  if (late >= base::Duration::zero()) {
    return base::fail(ErrorCode::kTimeout,
                      std::format("the edge had it {} ms after its deadline, and did not write it",
                                  late.count() / 1000),
                      "Try again; if it stays so, look at the edge's clock and its load.");
  }
  const auto to = route(command);
  if (!to) {
    return base::fail(ErrorCode::kUnsupported,
                      std::format("{} has no address at this edge", name_of(command)),
                      "Bind it, and see that the edge has taken over its configuration.");
  }
  if (!to->is_writable) {
    return base::fail(
        ErrorCode::kForbidden,
        std::format("the edge's configuration does not let {} be written", name_of(command)),
        "Add writable: true to its tag.");
  }
  const bool is_bare = std::holds_alternative<std::monostate>(command.value);
  MILLRACE_LET(const Value raw,
               pipeline::untransformed(to->transform, is_bare ? Value(true) : command.value));
  const auto* text = std::get_if<std::string>(&raw);
  const bool is_of_table = text != nullptr && !to->transform.values.empty();
  if (!is_of_table) return to->source->write(to->tag, raw);
  // The device knows whether its "1" is a number or a text.
  auto written = to->source->write(to->tag, read_text(*text));
  if (written || written.error().code != ErrorCode::kInvalid) return written;
  return to->source->write(to->tag, raw);
}

}  // namespace millrace::fleet
