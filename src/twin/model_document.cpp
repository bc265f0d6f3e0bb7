#include "twin/model_document.h"

#include <algorithm>
#include <format>

#include "twin/tree.h"

namespace millrace::twin {

using config::Node;

namespace {

constexpr std::string_view kContext = "https://www.w3.org/2022/wot/td/v1.1";
constexpr std::string_view kTerms = "urn:millrace:terms:";

const std::vector<std::string>& document_terms() {
  static const std::vector<std::string> kKnown = {"@context",
                                                  "@type",
                                                  "id",
                                                  "title",
                                                  "titles",
                                                  "description",
                                                  "modified",
                                                  "version",
                                                  "created",
                                                  "descriptions",
                                                  "support",
                                                  "base",
                                                  "properties",
                                                  "actions",
                                                  "events",
                                                  "links",
                                                  "forms",
                                                  "security",
                                                  "profile",
                                                  "mr:tags",
                                                  "tm:optional",
                                                  "uriVariables",
                                                  "securityDefinitions",
                                                  "tm:required",
                                                  "schemaDefinitions"};
  return kKnown;
}

bool holds(const Node* node, std::string_view text) {
  if (!node) return false;
  return node->scalar == text || std::ranges::contains(node->items, text, &Node::scalar);
}

void check_terms(const Node& spec, const Report& report) {
  for (const Node::Entry& entry : spec.entries) {
    const bool is_foreign =
        entry.key.contains(':') && !entry.key.starts_with("mr:") && !entry.key.starts_with("tm:");
    if (is_foreign || std::ranges::contains(document_terms(), entry.key)) continue;
    report.add("unknown_key", entry.place,
               std::format("unknown term '{}'", entry.key.substr(0, 80)),
               did_you_mean(entry.key, document_terms(), "Use the terms of WoT TD 1.1."));
  }
}

void check_header(const Node& spec, const Report& report) {
  const Node* type = value_of(spec, "@type");
  if (type && !holds(type, "tm:ThingModel")) {
    report.add("contradiction", type->place, "@type does not say tm:ThingModel",
               "Remove it, or write \"@type\": tm:ThingModel.");
  }
  const Node* context = value_of(spec, "@context");
  if (context && !holds(context, kContext)) {
    report.add("contradiction", context->place, "@context does not name WoT TD 1.1",
               std::format("Remove it, or add {}.", kContext));
  }
  const Node* version = value_of(spec, "version");
  if (version && value_of(*version, "instance")) {
    report.add("contradiction", version->place, "a thing model has no version.instance",
               "Remove it: it is of a thing.");
  }
  for (const std::string_view section : {"properties", "actions", "events"}) {
    const Node* node = value_of(spec, section);
    if (!node || node->kind == Node::Kind::kMap || node->kind == Node::Kind::kNull) continue;
    report.add("syntax", node->place, std::format("{} is a section", section),
               "Write each name with its description below it, indented.");
  }
}

void check_links(const Node& spec, const Report& report) {
  const Node* links = value_of(spec, "links");
  if (!links) return;
  if (links->kind != Node::Kind::kList) {
    return report.add("syntax", links->place, "links is a list",
                      "Write links: [{rel: \"tm:extends\", href: name@1}].");
  }
  int types = 0;
  const std::vector<std::string> ours = {"tm:extends", "tm:submodel"};
  for (const Node& link : links->items) {
    const std::string rel = text_of(link, "rel");
    if (text_of(link, "href").empty()) {
      report.add("missing", link.place, "a link has no href", "Write where it leads, as name@1.");
    }
    if (rel.starts_with("tm:") && !std::ranges::contains(ours, rel)) {
      report.add("unknown_key", link.place, std::format("there is no link '{}'", rel),
                 did_you_mean(rel, ours, "Links of models: tm:extends and tm:submodel."));
    }
    if (rel == "type" && ++types == 2) {
      report.add("twice", link.place, "there are two links with rel: type", "Keep one of them.");
    }
  }
}

void check_optional(const Node& tree, const Report& report) {
  const Node* optional = value_of(tree, "tm:optional");
  if (!optional) return;
  const std::vector<std::string> sections = {"properties", "actions", "events"};
  for (const Node& item : optional->items) {
    const auto tokens = pointer_tokens(item.scalar);
    if (tokens.size() != 2 || !std::ranges::contains(sections, tokens[0])) {
      report.add("unknown_reference", item.place,
                 std::format("tm:optional: '{}' is no pointer to an affordance", item.scalar),
                 "Write for example /properties/vibration.");
    } else if (!find(tree, tokens)) {
      const Node* section = value_of(tree, tokens[0]);
      report.add("unknown_reference", item.place,
                 std::format("tm:optional: there is no {} '{}'", tokens[0], tokens[1]),
                 did_you_mean(tokens[1], section ? keys_of(*section) : std::vector<std::string>{},
                              "Add it, or remove the pointer."));
    }
  }
}

}  // namespace

void check_document(const Node& tree, const Report& report) {
  const Node& spec = report.resource().spec;
  check_terms(spec, report);
  check_header(spec, report);
  check_links(spec, report);
  const Node* optional = value_of(spec, "tm:optional");
  if (optional && optional->kind != Node::Kind::kList) {
    report.add("syntax", optional->place, "tm:optional is a list",
               "Write tm:optional: [/properties/vibration].");
  }
  const Node* tags = value_of(spec, "mr:tags");
  if (tags && tags->kind != Node::Kind::kList) {
    report.add("syntax", tags->place, "mr:tags is a list", "Write mr:tags: [rotating].");
  }
  check_optional(tree, report);
}

Node with_header(const Node& spec) {
  Node document = map_node();
  document.place = spec.place;
  if (!value_of(spec, "@context")) {
    Node terms = map_node();
    put(terms, "mr", config::scalar(std::string(kTerms)));
    Node context;
    context.kind = Node::Kind::kList;
    context.items = {config::scalar(std::string(kContext)), std::move(terms)};
    put(document, "@context", std::move(context));
  }
  if (!value_of(spec, "@type")) put(document, "@type", config::scalar("tm:ThingModel"));
  document.entries.insert(document.entries.end(), spec.entries.begin(), spec.entries.end());
  return document;
}

}  // namespace millrace::twin
