#include "service/commands.h"

#include <algorithm>
#include <condition_variable>
#include <format>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "service/given_value.h"
#include "twin/commanding.h"

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;

std::string name_of(const pipeline::Command& command) {
  return std::format("{} '{}' of {}", command.is_action ? "action" : "property", command.name,
                     command.thing);
}

/// For the event and the audit book; whoever did it is in neither body.
nlohmann::json body_of(const pipeline::Command& command, const std::string& edge) {
  nlohmann::json body{{"id", base::to_text(command.id)},
                      {command.is_action ? "action" : "property", command.name},
                      {"edge", edge}};
  if (model::type_of(command.value)) body["value"] = json_of(command.value);
  return body;
}

std::string text_of(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string input_schema(const twin::ActionSpec& action) {
  const auto schema = nlohmann::json::parse(action.schema, nullptr, false);
  return schema.is_object() && schema.contains("input") ? text_of(schema["input"]) : "";
}

/// The input of an action as it goes to the device. Errors: invalid, unsupported.
Result<model::Value> checked_input(const twin::ActionSpec& action,
                                   const std::optional<model::Value>& input,
                                   const std::string& what) {
  const std::string schema = input_schema(action);
  if (!action.input && !schema.empty()) {
    return base::fail(ErrorCode::kUnsupported,
                      std::format("{} takes an input of several members", what),
                      "A device's address takes one value: give the action an input of type "
                      "number, integer, boolean or string in a new version of the model.");
  }
  if (!action.input && input) {
    return base::fail(ErrorCode::kInvalid, std::format("{} takes no input", what),
                      "Leave the body empty.");
  }
  if (!action.input) return model::Value();
  if (!input) {
    return base::fail(ErrorCode::kInvalid, std::format("{} needs an input", what),
                      "Give it as the body.");
  }
  return checked(*input, {.what = what,
                          .type = action.input->type,
                          .unit = action.input->unit,
                          .min = action.input->min,
                          .max = action.input->max,
                          .schema = schema});
}

Result<void> refuse_address(const std::string& what, const std::string& address) {
  return base::fail(
      ErrorCode::kUnsupported,
      std::format("{} is bound to {}, which can only be read", what, address),
      "Bind it to an address that can be written; of Modbus a coil or a holding register.");
}

}  // namespace

/// One caller who waits.
struct Commands::Wait {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Result<void>> result;

  void tell(Result<void> what) {
    const std::lock_guard lock(mutex);
    if (!result) result = std::move(what);
    changed.notify_all();
  }
  Result<void> wait() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return result.has_value(); });
    return *result;
  }
};

Result<void> Commands::write(const identity::Caller& caller, const PropertyName& property,
                             const model::Value& value, Until until) {
  const base::MonotonicTime end = end_of(until);
  MILLRACE_TRY(allow(caller, Permission::kCommand));
  MILLRACE_TRY(twins_.property(property.thing, property.property));
  const auto catalog = deps_.catalogs.now();
  const twin::Thing* thing = catalog->thing(property.thing);
  const auto* spec = thing && thing->model ? thing->model->property(property.property) : nullptr;
  pipeline::Command command{.thing = property.thing, .name = property.property};
  const std::string what = name_of(command);
  if (!spec) {
    return base::fail(ErrorCode::kUnsupported,
                      std::format("no thing model says whether {} can be written", what),
                      "Give the thing a model with this property, and bind it.");
  }
  if (!spec->is_writable) {
    return base::fail(
        ErrorCode::kInvalid,
        std::format("{} is read only: {} says readOnly", what, text(thing->model_ref)),
        "If the device takes it, a new version of the model may say so.");
  }
  MILLRACE_LET(command.value, checked(value, {.what = what,
                                              .type = spec->contract.type,
                                              .unit = spec->contract.unit,
                                              .min = spec->contract.range_min,
                                              .max = spec->contract.range_max,
                                              .schema = spec->schema}));
  const auto [binding, row] = catalog->feeding(property.thing, property.property);
  if (!binding) {
    return base::fail(ErrorCode::kUnsupported, std::format("{} is bound to no device", what),
                      "Apply a Binding with an address for it.");
  }
  if (!row->takes_writes) return refuse_address(what, row->address);
  MILLRACE_LET(std::string edge, edge_of(*catalog, *binding, what));
  return carry_out({caller, std::move(edge), end}, std::move(command));
}

Result<void> Commands::invoke(const identity::Caller& caller, std::string_view thing_name,
                              std::string_view action_name,
                              const std::optional<model::Value>& input, Until until) {
  const base::MonotonicTime end = end_of(until);
  MILLRACE_TRY(allow(caller, Permission::kCommand));
  if (!twins_.is_known(thing_name)) return std::unexpected(twins_.unknown_thing(thing_name));
  const auto catalog = deps_.catalogs.now();
  const twin::Thing* thing = catalog->thing(thing_name);
  const auto* spec = thing && thing->model ? thing->model->action(action_name) : nullptr;
  if (!spec) {
    std::vector<std::string> known;
    if (thing && thing->model) {
      for (const auto& one : thing->model->actions) known.push_back(one.name);
    }
    return base::fail(ErrorCode::kNotFound,
                      std::format("thing '{}' has no action '{}'", thing_name, action_name),
                      did_you_mean(action_name, known));
  }
  pipeline::Command command{
      .thing = thing->name, .name = std::string(action_name), .is_action = true};
  const std::string what = name_of(command);
  MILLRACE_LET(command.value, checked_input(*spec, input, what));
  const auto [binding, row] = catalog->acting(thing_name, action_name);
  if (!binding) {
    return base::fail(ErrorCode::kUnsupported, std::format("{} is bound to no device", what),
                      "Apply a Binding with an address for it below actions.");
  }
  if (!row->takes_writes) return refuse_address(what, row->address);
  MILLRACE_LET(std::string edge, edge_of(*catalog, *binding, what));
  return carry_out({caller, std::move(edge), end}, std::move(command));
}

void Commands::stop() {
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
  for (const auto& wait : waits_) {
    wait->tell(base::fail(ErrorCode::kUnavailable,
                          "the hub stops; it is not known whether the device has taken it",
                          "Look at the present value before you try again."));
  }
}

Result<std::string> Commands::edge_of(const twin::Catalog& catalog, const twin::Binding& binding,
                                      const std::string& what) const {
  if (const auto* through = twin::commanded_through(catalog, &binding)) return through->edge;
  const bool is_node = std::holds_alternative<twin::SparkplugSource>(binding.source);
  return base::fail(ErrorCode::kUnsupported,
                    std::format("{} comes from {}, which does not say whether it takes a command",
                                what, is_node ? "a third-party Sparkplug node" : "an MQTT topic"),
                    "Bind it to a connection of an edge.");
}

Result<void> Commands::carry_out(const Sender& sender, pipeline::Command command) {
  command.id = next_id();
  MILLRACE_TRY(audit(sender, command));
  const Result<void> result = send(sender, command);
  note(sender, command, result);
  return result;
}

base::MonotonicTime Commands::end_of(Until until) const {
  return until.value_or(deps_.clock.monotonic() + kCommandPatience);
}

/// What nobody could answer is not sent: it would only be known ten seconds later. Nor is what has
/// waited too long: whoever wanted it does not expect the device to move any more.
Result<void> Commands::send(const Sender& sender, const pipeline::Command& wanted) {
  const std::string& edge = sender.edge;
  const base::Duration left = sender.until - deps_.clock.monotonic();
  if (left <= base::Duration::zero()) {
    return base::fail(ErrorCode::kTimeout,
                      "it waited too long for its turn and was not sent to the device",
                      "Look at the present value, then send it again if it is still wanted.");
  }
  const auto origins = deps_.origins.origins();
  const auto origin = std::ranges::find(origins, edge, &pipeline::OriginSnapshot::name);
  if (origin == origins.end() || !origin->is_connected || !deps_.commands) {
    return base::fail_for_now(ErrorCode::kUnavailable,
                              std::format("edge '{}' is not connected", edge),
                              "Check whether it runs and reaches the broker.");
  }
  pipeline::Command command = wanted;
  command.patience = left;
  command.deadline = deps_.clock.now() + origin->clock_offset.value_or(base::Duration{}) + left;
  const auto wait = std::make_shared<Wait>();
  {
    const std::lock_guard lock(mutex_);
    if (is_stopped_) return base::fail(ErrorCode::kUnavailable, "the hub stops");
    waits_.insert(wait);
  }
  deps_.commands->send(edge, std::move(command),
                       [wait](Result<void> result) { wait->tell(std::move(result)); });
  Result<void> result = wait->wait();
  const std::lock_guard lock(mutex_);
  waits_.erase(wait);
  return result;
}

Result<void> Commands::audit(const Sender& sender, const pipeline::Command& command) const {
  store::MetaChange change;
  change.audit = {{.time = deps_.clock.now(),
                   .actor = sender.caller.name,
                   .actor_role = std::string(identity::text(sender.caller.role)),
                   .action = "command.sent",
                   .subject = std::format("{}/{}", command.thing, command.name),
                   .address = sender.caller.address,
                   .body = text_of(body_of(command, sender.edge))}};
  return deps_.meta.apply(change);
}

void Commands::note(const Sender& sender, const pipeline::Command& command,
                    const Result<void>& result) const {
  nlohmann::json body = body_of(command, sender.edge);
  if (!result) {
    body["error"] = base::text(result.error().code);
    body["detail"] = result.error().what;
  }
  store::Commit commit;
  commit.events = {{.time = deps_.clock.now(),
                    .kind = result ? "command.done" : "command.failed",
                    .subject = command.thing,
                    .actor_role = std::string(identity::text(sender.caller.role)),
                    .body = text_of(body)}};
  // The device has it, or has not: that the event is missing changes neither.
  const auto noted = deps_.on_writer([&]() -> Result<void> {
    MILLRACE_TRY(deps_.series.commit(commit));
    return {};
  });
  if (!noted) {
    base::log::error("command {}: its event was not stored: {}", base::to_text(command.id),
                     base::describe(noted.error()));
  }
}

base::Uuid Commands::next_id() {
  const std::lock_guard lock(mutex_);
  return base::Uuid::make(random_);
}

}  // namespace millrace::service
