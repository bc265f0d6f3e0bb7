#include "twin/thing_description.h"

#include <algorithm>
#include <array>
#include <format>
#include <nlohmann/json.hpp>

#include "base/time_text.h"
#include "twin/commanding.h"
#include "twin/plain_texts.h"
#include "twin/wot_topic.h"

namespace millrace::twin {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kOldContext = "https://www.w3.org/2019/wot/td/v1";
constexpr std::string_view kMqttTerms = "https://www.w3.org/2019/wot/mqtt#";
constexpr std::string_view kOurTerms = "urn:millrace:terms:";
constexpr std::string_view kModelType = "tm:ThingModel";
constexpr const char* kJson = "application/json";
constexpr const char* kBearer = "bearer_sc";
constexpr const char* kMqttAccount = "mqtt_sc";
constexpr std::initializer_list<const char*> kObserving = {"observeproperty", "unobserveproperty"};

/// What one value or several are, as a list.
std::vector<Json> listed(const Json& document, const char* key) {
  const auto found = document.find(key);
  if (found == document.end()) return {};
  if (!found->is_array()) return {*found};
  return {found->begin(), found->end()};
}

/// The model's contexts behind that of TD 1.1, which must be the first, and with our prefixes.
Json context_of(const Json& model) {
  Json context = Json::array({kTdContext});
  Json prefixes = {{"mr", kOurTerms}, {"mqv", kMqttTerms}};
  for (const Json& one : listed(model, "@context")) {
    if (one.is_object()) {
      prefixes.update(one);
    } else if (one != kTdContext && one != kOldContext) {
      context.push_back(one);
    }
  }
  context.push_back(std::move(prefixes));
  return context;
}

Json type_of(const Json& model) {
  Json types = Json::array({"Thing"});
  for (const Json& one : listed(model, "@type")) {
    if (one != kModelType && one != "Thing") types.push_back(one);
  }
  return types;
}

void put_texts(Json& into, const char* one, const char* many, const Texts& texts) {
  Json languages = Json::object();
  for (const auto& [language, text] : texts) {
    if (!language.empty()) languages[language] = text;
  }
  if (!texts.empty()) into[one] = one_of(texts);
  if (!languages.empty()) into[many] = std::move(languages);
}

void put_security(Json& td, const DescriptionFacts& facts) {
  Json definitions = {
      {kBearer,
       {{"scheme", "bearer"},
        {"in", "header"},
        {"format", "opaque"},
        {"description", "A session token of POST /api/v1/login, or an API token."}}}};
  if (!facts.broker.empty()) {
    // Not "basic": node-wot loses the credentials of a form's own scheme (docs/adr/012).
    definitions[kMqttAccount] = {
        {"scheme", "auto"},
        {"description", "User and password of a consumer's account, in the CONNECT packet."}};
  }
  td["securityDefinitions"] = std::move(definitions);
  td["security"] = Json::array({kBearer});
}

Json http_form(std::initializer_list<const char*> operations, std::string href,
               const char* method) {
  Json form = {{"op", Json::array()},
               {"href", std::move(href)},
               {"contentType", kJson},
               {"htv:methodName", method}};
  for (const char* operation : operations) form["op"].push_back(operation);
  return form;
}

/// The topic stands in the href, which is all that node-wot reads, and in the binding's own terms.
Json mqtt_form(std::initializer_list<const char*> operations, const std::string& broker,
               const std::string& topic, bool is_sent) {
  Json form = {{"op", Json::array()},
               {"href", std::format("mqtt://{}/{}", broker, topic)},
               {"contentType", kJson},
               {"mqv:controlPacket", is_sent ? "publish" : "subscribe"},
               {is_sent ? "mqv:topic" : "mqv:filter", topic},
               {"mqv:qos", is_sent ? "1" : "0"},
               {"mqv:retain", !is_sent},
               {"security", Json::array({kMqttAccount})}};
  for (const char* operation : operations) form["op"].push_back(operation);
  return form;
}

/// The affordance as the model has it, without what only models have.
Json affordance_of(const std::string& schema) {
  Json affordance = Json::parse(schema, nullptr, false);
  if (!affordance.is_object()) affordance = Json::object();
  for (const char* term : {"forms", "uriVariables", "tm:ref", "tm:optional"}) {
    affordance.erase(term);
  }
  return affordance;
}

bool is_true(const Json& object, const char* key, bool otherwise = false) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

/// A data schema that the plant's values may break says what is expected of them, and promises it
/// no more; so do its parts.
void promise_nothing(Json& schema) {
  if (!schema.is_object()) return;
  Json expected = Json::object();
  for (const char* term :
       {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "enum", "const",
        "minLength", "maxLength", "pattern", "minItems", "maxItems", "oneOf", "required"}) {
    const auto found = schema.find(term);
    if (found == schema.end()) continue;
    expected[term] = *found;
    schema.erase(term);
  }
  if (!expected.empty()) schema["mr:expected"] = std::move(expected);
  for (const char* parts : {"items", "properties"}) {
    const auto found = schema.find(parts);
    if (found == schema.end()) continue;
    const bool is_one = found->is_object() && std::string_view(parts) == "items";
    if (is_one) {
      promise_nothing(*found);
    } else if (found->is_structured()) {
      for (Json& part : *found) promise_nothing(part);
    }
  }
}

/// Empty for one that can be neither read nor written: an affordance must have forms.
std::optional<Json> property_of(const Catalog& catalog, const Thing& thing,
                                const PropertySpec& spec, const DescriptionFacts& facts) {
  Json property = affordance_of(spec.schema);
  const bool is_written = takes_writes(catalog, spec, catalog.feeding(thing.name, spec.name).first);
  const bool is_read = !is_true(property, "writeOnly");
  if (!is_read && !is_written) return std::nullopt;
  const bool is_observed = is_read && is_true(property, "observable", true);
  if (!is_written) property["readOnly"] = true;
  if (is_read) promise_nothing(property);
  property["observable"] = is_observed;
  const std::string path = "properties/" + spec.name;
  Json forms = Json::array();
  if (is_read) forms.push_back(http_form({"readproperty"}, path, "GET"));
  if (is_written) forms.push_back(http_form({"writeproperty"}, path, "PUT"));
  if (is_observed) {
    const std::string ticket = facts.ticket.empty() ? "" : "?ticket=" + facts.ticket;
    forms.push_back(http_form(kObserving, path + "/observe" + ticket, "GET"));
    forms.back()["subprotocol"] = "sse";
  }
  if (!facts.broker.empty() && is_read) {
    forms.push_back(
        mqtt_form({"readproperty"}, facts.broker, property_topic(thing.name, spec.name), false));
    for (const char* operation : kObserving) {
      if (is_observed) forms.back()["op"].push_back(operation);
    }
  }
  if (!facts.broker.empty() && is_written) {
    forms.push_back(
        mqtt_form({"writeproperty"}, facts.broker, set_topic(thing.name, spec.name), true));
  }
  property["forms"] = std::move(forms);
  return property;
}

Json action_of(const Thing& thing, const ActionSpec& spec, const DescriptionFacts& facts) {
  Json action = affordance_of(spec.schema);
  Json forms = Json::array({http_form({"invokeaction"}, "actions/" + spec.name, "POST")});
  if (!facts.broker.empty()) {
    forms.push_back(
        mqtt_form({"invokeaction"}, facts.broker, action_topic(thing.name, spec.name), true));
  }
  action["forms"] = std::move(forms);
  return action;
}

void put_place(Json& td, const Thing& thing) {
  const std::array<std::pair<const char*, const std::string*>, 5> levels = {
      {{"enterprise", &thing.place.enterprise},
       {"site", &thing.place.site},
       {"area", &thing.place.area},
       {"line", &thing.place.line},
       {"cell", &thing.place.cell}}};
  Json place = Json::object();
  for (const auto& [level, name] : levels) {
    if (!name->empty()) place[level] = *name;
  }
  if (!place.empty()) td["mr:place"] = std::move(place);
  if (!thing.tags.empty()) td["mr:tags"] = thing.tags;
}

void put_links(Json& td, const Thing& thing) {
  td["links"] = Json::array(
      {{{"rel", "type"},
        {"href", "/api/v1/thing-models/" + text(thing.model_ref)},
        {"type", "application/tm+json"}},
       {{"rel", "collection"}, {"href", "/api/v1/wot/things"}, {"type", "application/ld+json"}}});
}

}  // namespace

std::string wot_id(std::string_view hub, std::string_view thing) {
  return std::format("urn:millrace:{}:{}", hub, thing);
}

std::optional<std::string> thing_of_wot_id(std::string_view hub, std::string_view id) {
  const std::string prefix = wot_id(hub, "");
  if (!id.starts_with(prefix)) return std::nullopt;
  return std::string(id.substr(prefix.size()));
}

Json thing_description(const Catalog& catalog, const Thing& thing, const DescriptionFacts& facts) {
  const Json model = Json::parse(thing.model->resolved, nullptr, false);
  Json td = {{"@context", context_of(model)},
             {"@type", type_of(model)},
             {"id", wot_id(facts.hub, thing.name)},
             {"title", thing.name}};
  put_texts(td, "title", "titles", thing.titles);
  for (const char* term : {"description", "descriptions", "support", "schemaDefinitions"}) {
    if (model.contains(term)) td[term] = model[term];
  }
  td["version"] = {{"instance", std::to_string(facts.revision)},
                   {"model", std::to_string(thing.model_ref.version)}};
  if (facts.modified) td["modified"] = base::to_text(*facts.modified);
  put_place(td, thing);
  put_security(td, facts);
  if (!facts.base.empty()) td["base"] = std::format("{}/api/v1/wot/t/{}/", facts.base, thing.name);
  put_links(td, thing);
  td["forms"] = Json::array({http_form({"readallproperties"}, "properties", "GET")});
  td["properties"] = Json::object();
  for (const PropertySpec& spec : thing.model->properties) {
    auto property = property_of(catalog, thing, spec, facts);
    if (property) td["properties"][spec.name] = std::move(*property);
  }
  td["actions"] = Json::object();
  for (const ActionSpec& spec : thing.model->actions) {
    const Binding* binding = catalog.acting(thing.name, spec.name).first;
    if (!takes_invocations(catalog, spec, binding)) continue;
    td["actions"][spec.name] = action_of(thing, spec, facts);
  }
  return td;
}

}  // namespace millrace::twin
