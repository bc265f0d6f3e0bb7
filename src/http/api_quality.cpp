#include "http/api.h"
#include "http/decode.h"
#include "http/encode.h"

namespace millrace::http {
namespace {

using base::ErrorCode;
using base::Result;
using namespace std::chrono_literals;

Result<service::QualityLevel> level_of(const Request& request) {
  const std::string wanted = parameter(request, "level").value_or("");
  for (const auto level : {service::QualityLevel::kSite, service::QualityLevel::kThing,
                           service::QualityLevel::kProperty}) {
    if (text(level) == wanted) return level;
  }
  return base::fail(ErrorCode::kInvalid, "level is not one of the levels",
                    "There are site, thing and property.");
}

Result<std::optional<std::string>> site_of(const Request& request) {
  if (!parameter(request, "site")) return std::nullopt;
  MILLRACE_LET(std::string site, name_of(request, "site"));
  return site;
}

Result<Response> get_scores(const ApiDeps& deps, const Request& request) {
  const base::Time now = deps.clock.now();
  service::ScoreRequest wanted{.step = 1h};
  MILLRACE_LET(wanted.level, level_of(request));
  MILLRACE_LET(wanted.site, site_of(request));
  MILLRACE_LET(wanted.thing, name_of(request, "thing"));
  MILLRACE_LET(wanted.range.end, moment_of(request, "end", now, now));
  MILLRACE_LET(wanted.range.start, moment_of(request, "start", wanted.range.end - 24h * 7, now));
  if (const auto step = parameter(request, "step")) {
    MILLRACE_LET(wanted.step, parse_width(*step));
  }
  MILLRACE_LET(const auto page, page_of(request));
  wanted.limit = page.limit;
  MILLRACE_LET(wanted.corrections,
               parse_corrections(parameter(request, "corrections").value_or("applied")));
  MILLRACE_LET(const auto scores, deps.services.quality.scores(wanted));
  return json_response(encode(scores, wanted.level));
}

Result<Response> list_problems(const ApiDeps& deps, const Request& request) {
  const base::Time now = deps.clock.now();
  service::ProblemRequest wanted;
  MILLRACE_LET(wanted.site, site_of(request));
  MILLRACE_LET(wanted.thing, name_of(request, "thing"));
  MILLRACE_LET(wanted.start, moment_of(request, "start", now - 24h, now));
  MILLRACE_LET(wanted.active, flag_of(request, "active"));
  MILLRACE_LET(const auto page, page_of(request));
  MILLRACE_LET(const auto problems, deps.services.quality.problems(wanted, page));
  return json_response(encode_page(problems));
}

Result<Response> get_filter_report(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const std::string edge, name_of(request, "edge"));
  MILLRACE_LET(const auto page, page_of(request));
  MILLRACE_LET(const auto report, deps.services.quality.filters(edge, page));
  return json_response(encode_page(report));
}

}  // namespace

void add_quality_routes(Routes& routes, const ApiDeps& deps) {
  routes.add({Method::kGet,
              "/api/v1/quality/scores",
              Access::kLogin,
              {"level", "site", "thing", "start", "end", "step", "limit", "corrections"},
              [deps](const Request& request) { return get_scores(deps, request); }});
  routes.add({Method::kGet,
              "/api/v1/quality/problems",
              Access::kLogin,
              {"site", "thing", "start", "active", "limit", "cursor"},
              [deps](const Request& request) { return list_problems(deps, request); }});
  routes.add({Method::kGet,
              "/api/v1/filters/report",
              Access::kLogin,
              {"edge", "limit", "cursor"},
              [deps](const Request& request) { return get_filter_report(deps, request); }});
}

}  // namespace millrace::http
