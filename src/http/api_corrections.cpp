#include "http/api.h"
#include "http/decode.h"
#include "http/encode.h"

namespace millrace::http {
namespace {

using base::Result;

double ms_of(base::Duration duration) {
  constexpr double kMicroseconds = 1000;
  return static_cast<double>(duration.count()) / kMicroseconds;
}

void write_entry(JsonWriter& json, const service::CorrectionEntry& entry) {
  const store::Correction& one = entry.correction;
  json.begin_object()
      .member("id", one.id)
      .member("thing", entry.property.thing)
      .member("property", entry.property.property)
      .member("start", one.range.from)
      .member("end", one.range.to)
      .member("action", store::text(one.action))
      .key("value");
  write_value(json, one.value, kInlineBytesMax);
  json.key("value_to");
  one.value_to ? json.value(*one.value_to) : json.null();
  const bool is_fill = one.method != store::FillMethod::kNone;
  json.key("method");
  is_fill ? json.value(store::text(one.method)) : json.null();
  json.key("interval_ms");
  is_fill ? json.value(ms_of(one.interval)) : json.null();
  json.member("by", one.by)
      .member("role", one.role)
      .member("reason", one.why)
      .member("time", one.time)
      .member("commit", number(one.commit))
      .end_object();
}

Result<Response> list_corrections(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request));
  MILLRACE_LET(const auto filter, corrections_filter(request, deps.clock.now()));
  MILLRACE_LET(const auto entries, deps.services.corrections.list(filter, page));
  return json_response(encode_page(entries, write_entry));
}

Result<Response> create_correction(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kCorrect));
  MILLRACE_LET(const auto wanted, correction_request(request, deps.clock.now()));
  MILLRACE_LET(const auto made, deps.services.corrections.create(request.caller, wanted));
  JsonWriter json;
  json.begin_object()
      .member("id", made.id)
      .member("count", made.count)
      .member("commit", number(made.commit))
      .end_object();
  return json_response(json.take(), 201);
}

void write_filed(JsonWriter& json, const service::FiledResult& one) {
  json.begin_object()
      .member("line", one.line)
      .member("thing", one.property.thing)
      .member("property", one.property.property)
      .member("start", one.range.start)
      .member("end", one.range.end)
      .member("action", store::text(one.action))
      .member("state", service::text(one.state))
      .member("made", one.made)
      .member("covered_by", one.covered_by)
      .end_object();
}

std::string encode_applied(const service::CorrectionsApplied& applied) {
  std::size_t fresh = 0, there = 0, made = 0;
  for (const service::FiledResult& one : applied.entries) {
    fresh += one.state == service::FiledState::kNew ? 1U : 0U;
    there += one.state == service::FiledState::kThere ? 1U : 0U;
    made += one.made;
  }
  JsonWriter json;
  json.begin_object().key("commit");
  applied.commit ? json.value(number(*applied.commit)) : json.null();
  json.member("new", fresh).member("there", there).member("made", made);
  write_problems(json, applied.problems);
  json.key("entries").begin_array();
  for (const service::FiledResult& one : applied.entries) write_filed(json, one);
  json.end_array().end_object();
  return json.take();
}

/// A file that cannot be applied: the problem, and all that is wrong in it.
Response refused_file(const twin::ResourceProblems& problems) {
  const config::Problem& first = problems.front().problem;
  const base::Error error{base::ErrorCode::kInvalid, base::Retry::kNever,
                          std::format("{} {} in the file; nothing was changed", problems.size(),
                                      problems.size() == 1 ? "problem" : "problems"),
                          std::format("Line {}: {}. {}", first.place.line, first.what, first.hint)};
  return {.status = 400,
          .content_type = "application/problem+json",
          .body = encode_problem(error, problems)};
}

Result<Response> export_corrections(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto filter, corrections_filter(request, deps.clock.now()));
  MILLRACE_LET(auto yaml, deps.services.correction_files.exported(filter));
  return Response{.content_type = "application/yaml", .body = std::move(yaml)};
}

Result<Response> apply_corrections(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kCorrect));
  MILLRACE_LET(const auto dry, flag_of(request, "dry_run"));
  const auto rehearsal = dry.value_or(false) ? service::Rehearsal::kYes : service::Rehearsal::kNo;
  MILLRACE_LET(const auto applied,
               deps.services.correction_files.apply(request.caller, request.body, rehearsal));
  const bool is_refused = rehearsal == service::Rehearsal::kNo && !applied.problems.empty();
  if (is_refused) return refused_file(applied.problems);
  return json_response(encode_applied(applied));
}

}  // namespace

void add_correction_routes(Routes& routes, const ApiDeps& deps) {
  routes.add({Method::kGet,
              "/api/v1/corrections",
              Access::kLogin,
              {"thing", "property", "start", "end", "limit", "cursor"},
              [deps](const Request& request) { return list_corrections(deps, request); }});
  routes.add(
      {Method::kPost, "/api/v1/corrections", Access::kLogin, {}, [deps](const Request& request) {
         return create_correction(deps, request);
       }});
  routes.add({Method::kGet,
              "/api/v1/corrections/file",
              Access::kLogin,
              {"thing", "property", "start", "end"},
              [deps](const Request& request) { return export_corrections(deps, request); }});
  routes.add({Method::kPost,
              "/api/v1/corrections/file",
              Access::kLogin,
              {"dry_run"},
              [deps](const Request& request) { return apply_corrections(deps, request); },
              Work::kDevice});
}

}  // namespace millrace::http
