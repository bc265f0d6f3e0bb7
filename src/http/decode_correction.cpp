#include <cmath>
#include <limits>

#include "http/body.h"
#include "http/decode.h"
#include "model/name.h"

namespace millrace::http {
namespace {

using base::Result;

constexpr double kIntervalMsMax = 366.0 * 86'400'000;
constexpr double kMicrosecondsOfMs = 1000;

/// Of milliseconds, on microseconds; empty where there is none.
std::optional<base::Duration> interval_of(BodyReader& reader) {
  const auto ms = reader.maybe_number("interval_ms", 1 / kMicrosecondsOfMs, kIntervalMsMax);
  if (!ms) return std::nullopt;
  return base::Duration(std::llround(*ms * kMicrosecondsOfMs));
}

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
  wanted.value_to = reader.maybe_number("value_to", std::numeric_limits<double>::lowest(),
                                        std::numeric_limits<double>::max());
  wanted.interval = interval_of(reader);
  wanted.reason = reader.text("reason", service::kReasonBytesMax);
  MILLRACE_TRY(reader.finish());
  wanted.action = *action;
  wanted.method = *method;
  wanted.value = *value;
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
