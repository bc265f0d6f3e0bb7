#include "twin/description_check.h"

#include <algorithm>
#include <format>
#include <nlohmann/json.hpp>
#include <string_view>

#include "twin/thing_description.h"

namespace millrace::twin {
namespace {

using Json = nlohmann::ordered_json;
using Words = std::vector<std::string_view>;

constexpr std::size_t kProblemsMax = 50;
constexpr int kDepthMax = 64;
constexpr std::string_view kOldContext = "https://www.w3.org/2019/wot/td/v1";

const Words kThingOperations = {
    "readallproperties",       "writeallproperties",   "readmultipleproperties",
    "writemultipleproperties", "observeallproperties", "unobserveallproperties",
    "queryallactions",         "subscribeallevents",   "unsubscribeallevents"};
const Words kPropertyOperations = {"readproperty", "writeproperty", "observeproperty",
                                   "unobserveproperty"};
const Words kActionOperations = {"invokeaction", "queryaction", "cancelaction"};
const Words kEventOperations = {"subscribeevent", "unsubscribeevent"};
const Words kJsonTypes = {"boolean", "integer", "number", "string", "object", "array", "null"};

/// Collects; `at` is the field's name.
class Checker {
 public:
  explicit Checker(const Json& document) : document_(document) {}
  std::vector<DescriptionProblem> run();

 private:
  void report(std::string at, std::string what) {
    if (found_.size() < kProblemsMax) found_.push_back({std::move(at), std::move(what)});
  }
  const Json* member(const Json& object, const char* key) const {
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
  }
  void check_text(const Json& object, const std::string& at, const char* key, bool is_required);
  void check_context();
  void check_types();
  void check_id();
  void check_security();
  void check_names(const Json& security, const std::string& at);
  void check_forms(const Json& object, const std::string& at, const Words& operations,
                   bool is_required);
  void check_form(const Json& form, const std::string& at, const Words& operations);
  void check_affordances(const char* section, const Words& operations);
  void check_links();

  const Json& document_;
  std::vector<DescriptionProblem> found_;
};

void Checker::check_text(const Json& object, const std::string& at, const char* key,
                         bool is_required) {
  const Json* text = member(object, key);
  const std::string field = at.empty() ? key : at + "." + key;
  if (!text && is_required) {
    report(at.empty() ? "(root)" : at, std::format("{} is required", key));
  }
  if (text && !text->is_string()) report(field, "must be a string");
}

void Checker::check_context() {
  const Json* context = member(document_, "@context");
  if (!context) return report("(root)", "@context is required");
  const auto is_td = [](const Json& one) { return one == kTdContext || one == kOldContext; };
  const bool is_known =
      is_td(*context) || (context->is_array() && !context->empty() && is_td(context->front()));
  if (!is_known) report("@context", std::format("must be, or begin with, {}", kTdContext));
}

void Checker::check_types() {
  const Json* type = member(document_, "@type");
  if (!type) return;
  if (!type->is_string() && !type->is_array()) return report("@type", "must be a string or a list");
  const bool is_model = *type == "tm:ThingModel" ||
                        (type->is_array() && std::ranges::contains(*type, "tm:ThingModel"));
  if (is_model) report("@type", "is a Thing Model, not a Thing Description");
}

void Checker::check_id() {
  const Json* id = member(document_, "id");
  if (!id) return;
  if (!id->is_string()) return report("id", "must be a string");
  const auto& text = id->get_ref<const std::string&>();
  const std::size_t colon = text.find(':');
  const bool is_uri = colon != std::string::npos && colon > 0 && colon + 1 < text.size() &&
                      std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c < 127; });
  if (!is_uri || text.size() > 255) {
    report("id", "must be a URI of at most 255 characters, such as urn:example:lamp-1");
  }
}

void Checker::check_names(const Json& security, const std::string& at) {
  const bool is_list = security.is_array() && !security.empty();
  if (!security.is_string() && !is_list) {
    return report(at, "must be a name of securityDefinitions, or a list of them");
  }
  const Json* definitions = member(document_, "securityDefinitions");
  for (const Json& name : is_list ? security : Json::array({security})) {
    if (!name.is_string()) {
      report(at, "must hold names");
    } else if (definitions && !definitions->contains(name.get<std::string>())) {
      report(at, std::format("'{}' is not in securityDefinitions", name.get<std::string>()));
    }
  }
}

void Checker::check_security() {
  const Json* definitions = member(document_, "securityDefinitions");
  if (!definitions) {
    report("(root)", "securityDefinitions is required");
  } else if (!definitions->is_object() || definitions->empty()) {
    report("securityDefinitions", "must be an object with at least one scheme");
  } else {
    for (const auto& [name, scheme] : definitions->items()) {
      const std::string at = "securityDefinitions." + name;
      scheme.is_object() ? check_text(scheme, at, "scheme", true) : report(at, "must be an object");
    }
  }
  const Json* security = member(document_, "security");
  if (!security) return report("(root)", "security is required");
  check_names(*security, "security");
}

void Checker::check_form(const Json& form, const std::string& at, const Words& operations) {
  if (!form.is_object()) return report(at, "must be an object");
  check_text(form, at, "href", true);
  check_text(form, at, "contentType", false);
  check_text(form, at, "subprotocol", false);
  if (const Json* security = member(form, "security")) check_names(*security, at + ".security");
  const Json* op = member(form, "op");
  if (!op) return;
  for (const Json& one : op->is_array() ? *op : Json::array({*op})) {
    const bool is_known =
        one.is_string() && std::ranges::contains(operations, one.get<std::string>());
    if (!is_known) report(at + ".op", std::format("{} does not belong here", one.dump()));
  }
}

void Checker::check_forms(const Json& object, const std::string& at, const Words& operations,
                          bool is_required) {
  const Json* forms = member(object, "forms");
  const std::string field = at.empty() ? "forms" : at + ".forms";
  if (!forms) {
    if (is_required) report(at, "forms is required");
    return;
  }
  if (!forms->is_array() || forms->empty()) return report(field, "must be a list, not empty");
  for (std::size_t i = 0; i < forms->size(); ++i) {
    check_form((*forms)[i], std::format("{}.{}", field, i), operations);
  }
}

void Checker::check_affordances(const char* section, const Words& operations) {
  const Json* all = member(document_, section);
  if (!all) return;
  if (!all->is_object()) return report(section, "must be an object");
  for (const auto& [name, affordance] : all->items()) {
    const std::string at = std::format("{}.{}", section, name);
    if (!affordance.is_object()) {
      report(at, "must be an object");
      continue;
    }
    const Json* type = member(affordance, "type");
    const bool is_type =
        !type || (type->is_string() && std::ranges::contains(kJsonTypes, type->get<std::string>()));
    if (!is_type) report(at + ".type", std::format("{} is no type", type->dump()));
    check_forms(affordance, at, operations, true);
  }
}

void Checker::check_links() {
  const Json* links = member(document_, "links");
  if (!links) return;
  if (!links->is_array()) return report("links", "must be a list");
  for (std::size_t i = 0; i < links->size(); ++i) {
    const std::string at = std::format("links.{}", i);
    (*links)[i].is_object() ? check_text((*links)[i], at, "href", true)
                            : report(at, "must be an object");
  }
}

std::vector<DescriptionProblem> Checker::run() {
  if (!document_.is_object()) {
    report("(root)", "must be an object");
    return std::move(found_);
  }
  check_context();
  check_types();
  check_id();
  check_text(document_, "", "title", true);
  check_text(document_, "", "base", false);
  check_security();
  check_forms(document_, "", kThingOperations, false);
  check_affordances("properties", kPropertyOperations);
  check_affordances("actions", kActionOperations);
  check_affordances("events", kEventOperations);
  check_links();
  return std::move(found_);
}

}  // namespace

base::Result<Json> parse_description(std::string_view text) {
  if (text.size() > kDescriptionBytesMax) {
    return base::fail(base::ErrorCode::kTooLarge, "the description has more than 256 KiB",
                      "Leave out what is not needed to use the thing.");
  }
  bool is_too_deep = false;
  Json document = Json::parse(
      text,
      [&](int depth, Json::parse_event_t, Json&) {
        is_too_deep = is_too_deep || depth > kDepthMax;
        return depth <= kDepthMax;
      },
      false);
  if (is_too_deep) {
    return base::fail(base::ErrorCode::kMalformed, "the description is nested more than 64 deep",
                      "Check how it was made.");
  }
  if (document.is_discarded()) {
    return base::fail(base::ErrorCode::kMalformed, "the body is not JSON",
                      "Send a Thing Description as application/td+json.");
  }
  return document;
}

std::vector<DescriptionProblem> check_description(const Json& document) {
  return Checker(document).run();
}

}  // namespace millrace::twin
