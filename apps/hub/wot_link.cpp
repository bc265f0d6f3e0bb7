#include "hub/wot_link.h"

#include <format>

#include "base/log.h"
#include "twin/commanding.h"
#include "twin/property_value.h"

namespace millrace::apps {
namespace {

using connector::wot::ThingCommand;

constexpr std::size_t kQueueBytesMax = 4U << 20;

/// The broker has checked that whoever sent it may command; who it was it does not tell.
identity::Caller consumer() {
  return {.name = "mqtt-consumer",
          .role = identity::Role::kOtEngineer,
          .via = store::TokenKind::kApi,
          .token_id = {},
          .expires = {},
          .address = "mqtt"};
}

std::optional<model::ValueType> type_of(const twin::ThingModel& model,
                                        const ThingCommand& command) {
  if (!command.is_action) {
    const twin::PropertySpec* spec = model.property(command.name);
    return spec ? std::optional(spec->contract.type) : std::nullopt;
  }
  const twin::ActionSpec* action = model.action(command.name);
  if (!action) return std::nullopt;
  return action->input ? action->input->type : model::ValueType::kText;
}

/// What the command's bare JSON says, in the type of its thing's model; none for an empty payload
/// or null, as over HTTP.
base::Result<std::optional<model::Value>> value_of(const service::Deps& deps,
                                                   const ThingCommand& command) {
  const auto catalog = deps.catalogs.now();
  const twin::Thing* thing = catalog->thing(command.thing);
  const auto type = thing && thing->model ? type_of(*thing->model, command) : std::nullopt;
  if (!type) {
    return base::fail(
        base::ErrorCode::kNotFound,
        std::format("there is no {} {} of {}", command.is_action ? "action" : "property",
                    command.name, command.thing),
        "Fetch the Thing Description again.");
  }
  if (command.json.empty() || command.json == "null") return std::optional<model::Value>();
  MILLRACE_LET(auto value, twin::parse_value(command.json, *type));
  return std::optional(std::move(value));
}

base::Result<void> carry_out(service::Services& services, const service::Deps& deps,
                             const ThingCommand& command) {
  MILLRACE_LET(const auto value, value_of(deps, command));
  const auto until = command.received + service::kCommandPatience;
  if (command.is_action) {
    return services.commands.invoke(consumer(), command.thing, command.name, value, until);
  }
  if (!value) {
    return base::fail(base::ErrorCode::kInvalid, "the message is empty",
                      "Send the new value as JSON.");
  }
  return services.commands.write(consumer(), {command.thing, command.name}, *value, until);
}

/// Its binding's connection, or the thing of what has none: that is refused at once.
std::string lane_of(const service::Deps& deps, const ThingCommand& command) {
  const auto catalog = deps.catalogs.now();
  const twin::Binding* binding = command.is_action
                                     ? catalog->acting(command.thing, command.name).first
                                     : catalog->feeding(command.thing, command.name).first;
  const twin::Connection* through = twin::commanded_through(*catalog, binding);
  return through ? "connection " + through->name : "thing " + command.thing;
}

}  // namespace

base::Result<std::unique_ptr<WotLink>> WotLink::start(
    const connector::sparkplug::MqttConfig& broker, const service::Deps& deps,
    service::Services& services) {
  MILLRACE_LET(auto server, connector::sparkplug::parse_server(broker.servers.front()));
  connector::wot::ThingSink::Options wanted;
  wanted.host = std::move(server.host);
  wanted.port = server.port;
  base::Random random = base::Random::from_system();  // two hubs at one broker are two clients
  wanted.mqtt = connector::sparkplug::mqtt_options(
      broker, std::format("millrace-things-{:016x}", random.next()));
  wanted.mqtt.queue_bytes_max = kQueueBytesMax;
  const auto lane = [deps](const ThingCommand& command) { return lane_of(deps, command); };
  const auto on_command = [deps, &services](const ThingCommand& command) {
    const auto done = carry_out(services, deps, command);
    if (done) return base::log::info("wot: {} of {} is done", command.name, command.thing);
    base::log::warning("wot: {} of {}: {}", command.name, command.thing,
                       base::describe(done.error()));
  };
  MILLRACE_LET(
      auto made,
      connector::wot::ThingSink::create(
          std::move(wanted),
          {deps.index, [&series = deps.series](auto id) { return series.last_value(id); },
           deps.live, lane, on_command, deps.clock, deps.metrics, base::Random::from_system()}));
  const std::shared_ptr<connector::wot::ThingSink> shared(std::move(made));
  deps.catalogs.subscribe([weak = std::weak_ptr(shared)](const auto& catalog) {
    if (const auto sink = weak.lock()) sink->follow(catalog);
  });
  shared->start();
  return std::unique_ptr<WotLink>(new WotLink(shared));
}

}  // namespace millrace::apps
