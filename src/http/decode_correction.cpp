#include "http/body.h"
#include "http/decode.h"
#include "model/name.h"

namespace millrace::http {
namespace {

using base::Result;

constexpr std::uint64_t kIntervalMsMax = 366ULL * 86'400'000;

}  // namespace

Result<service::CorrectionRequest> correction_request(const Request& request, base::Time now) {
  MILLRACE_LET(const nlohmann::json body, parse_body(request));
  BodyReader reader(body, "");
  service::CorrectionRequest wanted;
  wanted.property = {reader.text("thing", 63), reader.text("property", 63)};
  const std::string start = reader.text("start", 40), end = reader.text("end", 40);
  const auto action = store::parse_correction_action(reader.text("action", 40));
  if (!action) reader.fail("action", "is none of replace, invalidate, fill, restore");
  const auto method = store::parse_fill_method(reader.maybe_text("method", 40).value_or(""));
  if (!method) reader.fail("method", "is none of constant, linear, previous");
  const auto value = value_of(reader.maybe_any("value"));
  if (!value) reader.fail("value", "is neither a number, a text, nor true or false");
  const auto interval = reader.maybe_natural("interval_ms", kIntervalMsMax);
  if (interval && *interval == 0) reader.fail("interval_ms", "is 0");
  wanted.reason = reader.text("reason", service::kReasonBytesMax);
  MILLRACE_TRY(reader.finish());
  wanted.action = *action;
  wanted.method = *method;
  wanted.value = *value;
  if (interval) wanted.interval = std::chrono::milliseconds(*interval);
  MILLRACE_LET(wanted.range.start, moment_of("start", start, now));
  MILLRACE_LET(wanted.range.end, moment_of("end", end, now));
  return wanted;
}

Result<service::CorrectionsFilter> corrections_filter(const Request& request, base::Time now) {
  service::CorrectionsFilter filter;
  MILLRACE_LET(filter.thing, name_of(request, "thing"));
  MILLRACE_LET(filter.property, name_of(request, "property"));
  if (const auto start = parameter(request, "start")) {
    MILLRACE_LET(filter.start, moment_of("start", *start, now));
  }
  if (const auto end = parameter(request, "end")) {
    MILLRACE_LET(filter.end, moment_of("end", *end, now));
  }
  return filter;
}

}  // namespace millrace::http
