// Resources, plans, revisions and thing models as the schemas of api/openapi.yaml.
#include <ranges>

#include "codec/node_json.h"
#include "http/encode.h"

namespace millrace::http {
namespace {

void write_key(JsonWriter& json, const twin::ResourceKey& key) {
  json.member("kind", text(key.kind)).member("name", key.name).key("version");
  key.version > 0 ? json.value(key.version) : json.null();
}

void write_item(JsonWriter& json, const service::ResourceItem& item) {
  write_key(json, item.key);
  json.member("title", item.title)
      .member("changed", item.about.changed)
      .member("changed_by", item.about.changed_by)
      .member("revision", item.about.revision);
}

void write_json_or_null(JsonWriter& json, const std::string& text) {
  text.empty() ? json.null() : json.raw(text);
}

void write_changes(JsonWriter& json, const std::vector<service::ResourceChange>& changes) {
  json.key("changes").begin_array();
  for (const service::ResourceChange& one : changes) {
    json.begin_object().member("action", text(one.action));
    write_key(json, one.key);
    json.member("file", one.file).key("differences").begin_array();
    for (const service::Difference& difference : one.differences) {
      json.begin_object().member("path", difference.path).key("before");
      write_json_or_null(json, difference.before);
      write_json_or_null(json.key("after"), difference.after);
      json.end_object();
    }
    json.end_array().end_object();
  }
  json.end_array();
}

void write_effects(JsonWriter& json, const service::Effects& effects) {
  json.key("effects").begin_array();
  for (const service::Effect& one : effects.found) {
    json.begin_object()
        .member("thing", one.thing)
        .member("property", one.property)
        .member("rule", model::text(one.rule))
        .member("severity", model::text(one.severity))
        .member("samples", one.samples)
        .member("checked", one.checked)
        .member("first", one.first)
        .member("last", one.last)
        .member("since", one.since)
        .member("until", one.until)
        .member("days_seen", one.days_seen)
        .end_object();
  }
  json.end_array();
}

/// The first kNotReplayedMax: they are the least looked at.
void write_cut(JsonWriter& json, const std::vector<service::CutShort>& cut) {
  json.key("properties_cut").begin_array();
  for (const service::CutShort& one : cut | std::views::take(service::kNotReplayedMax)) {
    json.begin_object()
        .member("thing", one.thing)
        .member("property", one.property)
        .member("since", one.since)
        .member("until", one.until)
        .member("days_seen", one.days_seen)
        .end_object();
  }
  json.end_array();
}

void write_replay(JsonWriter& json, const service::Effects& effects) {
  json.key("replay")
      .begin_object()
      .member("days", 30)
      .member("samples", effects.checked)
      .member("samples_max", service::ReplayLimits().samples)
      .member("properties", effects.properties)
      .member("properties_done", effects.properties_done)
      .member("complete", effects.is_complete())
      .member("since", effects.since())
      .member("commit", number(effects.commit));
  write_cut(json, effects.cut);
  json.key("models").begin_array();
  for (const service::ModelTrial& one : effects.trials) {
    json.begin_object()
        .member("model", text(one.model))
        .member("things", one.things)
        .key("instead_of");
    one.instead_of ? json.value(text(*one.instead_of)) : json.null();
    json.key("through").begin_array();
    for (const twin::ModelRef& model : one.through) json.value(text(model));
    json.end_array().end_object();
  }
  json.end_array().key("rules_left_out").begin_array();
  for (const service::RuleLeftOut& one : effects.rules_left_out) {
    json.begin_object()
        .member("rule", model::text(one.rule))
        .member("properties", one.properties)
        .end_object();
  }
  json.end_array().key("not_replayed").begin_array();
  for (const service::NotReplayed& one : effects.not_replayed) {
    json.begin_object().member("thing", one.thing).key("property");
    one.property.empty() ? json.null() : json.value(one.property);
    json.member("why", one.why).end_object();
  }
  json.end_array().end_object();
}

void write_deletes(JsonWriter& json, const std::vector<service::Deletion>& deletes) {
  json.key("deletes").begin_array();
  for (const service::Deletion& one : deletes) {
    json.begin_object()
        .member("policy", service::option_of(one.what))
        .member("from", one.from)
        .member("to", one.to)
        .member("samples", one.samples)
        .end_object();
  }
  json.end_array();
}

/// The members of Problem; the caller ends the object.
void begin_problem(JsonWriter& json, const base::Error& error) {
  json.begin_object()
      .member("type", std::format("urn:millrace:error:{}", base::text(error.code)))
      .member("title", base::sentence(error.code))
      .member("status", base::http_status(error.code))
      .member("code", base::text(error.code))
      .member("what", error.what)
      .member("hint", error.hint)
      .member("retry", "never");
}

}  // namespace

void write_problems(JsonWriter& json, const twin::ResourceProblems& problems,
                    std::string_view key) {
  json.key(key).begin_array();
  for (const twin::ResourceProblem& one : problems) {
    json.begin_object()
        .member("file", one.file)
        .member("line", one.problem.place.line)
        .member("column", one.problem.place.column)
        .member("rule", one.rule)
        .member("what", one.problem.what)
        .member("hint", one.problem.hint)
        .end_object();
  }
  json.end_array();
}

std::string encode(const service::Validation& validation) {
  JsonWriter json;
  json.begin_object();
  write_problems(json, validation.problems);
  json.member("resources", validation.resources).end_object();
  return json.take();
}

std::string encode(const service::ResourcePlan& plan) {
  JsonWriter json;
  json.begin_object().member("revision", plan.revision);
  write_problems(json, plan.problems);
  write_changes(json, plan.changes);
  write_problems(json, plan.notes, "notes");
  write_effects(json, plan.effects);
  write_deletes(json, plan.deletes);
  json.member("unchanged", plan.unchanged);
  write_replay(json, plan.effects);
  json.end_object();
  return json.take();
}

std::string encode_drift(const service::ResourcePlan& drift) {
  JsonWriter json;
  json.begin_object().member("revision", drift.revision);
  write_changes(json, drift.changes);
  json.end_object();
  return json.take();
}

std::string encode(const service::Applied& applied) {
  JsonWriter json;
  json.begin_object().member("revision", applied.revision);
  write_changes(json, applied.changes);
  write_problems(json, applied.notes, "notes");
  json.end_object();
  return json.take();
}

std::string encode_problem(const base::Error& error, const twin::ResourceProblems& problems) {
  JsonWriter json;
  begin_problem(json, error);
  write_problems(json, problems);
  json.end_object();
  return json.take();
}

std::string encode_problem(const base::Error& error,
                           const std::vector<twin::DescriptionProblem>& problems) {
  JsonWriter json;
  begin_problem(json, error);
  json.key("validationErrors").begin_array();
  for (const twin::DescriptionProblem& one : problems) {
    json.begin_object()
        .member("field", one.field)
        .member("description", one.description)
        .end_object();
  }
  json.end_array().end_object();
  return json.take();
}

std::string encode(const service::ExportedResources& exported) {
  JsonWriter json;
  json.begin_object().key("files").begin_array();
  for (const twin::FileText& file : exported.files) {
    json.begin_object().member("path", file.path).member("text", file.text).end_object();
  }
  json.end_array().member("revision", exported.revision).end_object();
  return json.take();
}

void write(JsonWriter& json, const service::ResourceItem& item) {
  json.begin_object();
  write_item(json, item);
  json.end_object();
}

std::string encode(const service::ResourceDetail& detail) {
  JsonWriter json;
  json.begin_object();
  write_item(json, detail.item);
  json.key("spec").raw(codec::to_json(detail.resource.spec));
  json.member("yaml", twin::to_text(detail.resource)).key("versions").begin_array();
  for (const int version : detail.versions) json.value(version);
  json.end_array().key("used_by").begin_array();
  for (const twin::ResourceKey& key : detail.used_by) {
    json.begin_object();
    write_key(json, key);
    json.end_object();
  }
  json.end_array().end_object();
  return json.take();
}

void write(JsonWriter& json, const store::Revision& revision) {
  json.begin_object()
      .member("revision", revision.number)
      .member("time", revision.time)
      .member("by", revision.by)
      .member("role", revision.role)
      .member("reason", revision.reason)
      .key("changes")
      .raw(revision.changes)
      .end_object();
}

void write(JsonWriter& json, const service::ThingModelItem& item) {
  json.begin_object()
      .member("name", item.model->ref.name)
      .member("version", item.model->ref.version)
      .member("title", item.title)
      .member("things", item.things)
      .member("latest", item.is_latest)
      .member("changed", item.changed)
      .key("tags")
      .begin_array();
  for (const std::string& tag : item.model->tags) json.value(tag);
  json.end_array().end_object();
}

void write(JsonWriter& json, const service::TagCount& tag) {
  json.begin_object()
      .member("key", tag.key)
      .member("value", tag.value)
      .member("things", tag.things)
      .end_object();
}

}  // namespace millrace::http
