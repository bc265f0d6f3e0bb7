// What onboarding answers, as the schemas of api/openapi.yaml.
#include "http/encode_onboarding.h"

namespace millrace::http {
namespace {

/// Null for a folder.
void write_type(JsonWriter& json, const pipeline::BrowsedNode& node) {
  json.key("type");
  node.is_variable ? json.value(model::text(node.type)) : json.null();
}

void write_text_or_null(JsonWriter& json, std::string_view key, const std::string& text) {
  json.key(key);
  text.empty() ? json.null() : json.value(text);
}

}  // namespace

std::string encode(const pipeline::Browsed& browsed, std::string_view address) {
  JsonWriter json;
  json.begin_object().key("nodes").begin_array();
  for (const pipeline::BrowsedNode& node : browsed.nodes) {
    const bool is_top = node.parent == address;
    json.begin_object().member("address", node.address);
    write_text_or_null(json, "parent", is_top ? std::string() : node.parent);
    json.member("name", node.name).member("title", node.title).member("variable", node.is_variable);
    write_type(json, node);
    json.member("unit", node.unit)
        .member("min", node.range_min)
        .member("max", node.range_max)
        .member("writable", node.is_writable)
        .end_object();
  }
  json.end_array().member("truncated", browsed.is_truncated).end_object();
  return json.take();
}

std::string encode(const service::Proposal& proposal) {
  JsonWriter json;
  json.begin_object()
      .member("thing", proposal.thing)
      .member("model", text(proposal.model))
      .key("files")
      .begin_array();
  for (const twin::FileText& file : proposal.files) {
    json.begin_object().member("path", file.path).member("text", file.text).end_object();
  }
  json.end_array().key("matches").begin_array();
  for (const service::ProposedMatch& one : proposal.matches) {
    json.begin_object()
        .member("address", one.address)
        .member("property", one.match.property)
        .member("score", one.match.score)
        .member("reason", one.match.reason)
        .end_object();
  }
  json.end_array().key("models").begin_array();
  for (const service::ProposedModel& one : proposal.models) {
    json.begin_object()
        .member("model", text(one.ref))
        .member("title", one.title)
        .member("score", one.score)
        .end_object();
  }
  json.end_array().end_object();
  return json.take();
}

std::string encode(const service::TagImport& import) {
  JsonWriter json;
  json.begin_object().member("revision", import.revision).key("plan").raw(encode(import.plan));
  json.key("rows").begin_array();
  for (const service::TagResult& row : import.rows) {
    json.begin_object()
        .member("line", row.line)
        .member("thing", row.thing)
        .member("property", row.property);
    write_text_or_null(json, "problem", row.problem);
    json.end_object();
  }
  json.end_array().end_object();
  return json.take();
}

}  // namespace millrace::http
