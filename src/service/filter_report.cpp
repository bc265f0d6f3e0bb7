#include "service/filter_report.h"

#include <format>

namespace millrace::service {
namespace {

std::string_view text(model::WindowValue value) {
  switch (value) {
    case model::WindowValue::kMean:
      return "mean";
    case model::WindowValue::kMin:
      return "min";
    case model::WindowValue::kMax:
      return "max";
    case model::WindowValue::kFirst:
      return "first";
    case model::WindowValue::kLast:
      return "last";
  }
  return "mean";
}

double seconds(base::Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::string bands(const model::FilterPolicy& policy) {
  std::string words = "deadband";
  if (policy.deadband_absolute > 0) words += std::format(" {}", policy.deadband_absolute);
  if (policy.deadband_percent > 0) words += std::format(" {} %", policy.deadband_percent);
  return words;
}

}  // namespace

std::string in_words(const model::FilterPolicy& policy, bool is_number) {
  if (!policy.is_on()) return "none";
  const std::string heartbeat = std::format(", heartbeat {:g} s", seconds(policy.heartbeat));
  switch (policy.kind) {
    case model::FilterKind::kDeadband:
      return bands(policy) + heartbeat;
    case model::FilterKind::kException:
      return "exception" + heartbeat;
    case model::FilterKind::kSwingingDoor:
      return std::format("swinging_door {}", policy.deviation) + heartbeat;
    case model::FilterKind::kSample:
      return std::format("sample of {:g} s", seconds(*policy.window));
    case model::FilterKind::kWindow:
      return std::format("{} of {:g} s",
                         is_number || policy.window_value != model::WindowValue::kMean
                             ? text(policy.window_value)
                             : text(model::WindowValue::kLast),
                         seconds(*policy.window));
  }
  return "none";
}

}  // namespace millrace::service
