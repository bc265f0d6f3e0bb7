#include "pipeline/filter.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "pipeline/quality_rules.h"
#include "pipeline/swinging_door.h"
#include "pipeline/window_filter.h"

namespace millrace::pipeline {
namespace {

class PassAll final : public Filter {
  void filter(model::Sample sample, Samples& out) override { send(std::move(sample), out); }
};

/// Deadband and report by exception: what moved further than a band from the last one sent, and
/// one each heartbeat.
class Deadband final : public Filter {
 public:
  explicit Deadband(const model::FilterPolicy& policy) : policy_(policy) {}

 private:
  void filter(model::Sample sample, Samples& out) override {
    if (is_worth_sending(sample)) {
      last_sent_ = sample;
      send(std::move(sample), out);
    } else {
      meter_.error(distance(sample.value, last_sent_->value));
    }
  }

  bool is_worth_sending(const model::Sample& sample) const {
    return !last_sent_ || is_change(last_sent_->quality, sample.quality) ||
           sample.time < last_sent_->time || sample.time - last_sent_->time >= policy_.heartbeat ||
           has_moved(sample);
  }

  bool has_moved(const model::Sample& sample) const {
    const double moved = distance(sample.value, last_sent_->value);
    const double before = std::abs(as_number(last_sent_->value).value_or(0));
    const double band =
        std::max(policy_.deadband_absolute, before * policy_.deadband_percent / 100.0);
    return !(moved <= band);  // NaN has moved
  }

  model::FilterPolicy policy_;
  std::optional<model::Sample> last_sent_;
};

}  // namespace

void Filter::take(model::Sample sample, Samples& out) {
  meter_.received(sample);
  filter(std::move(sample), out);
}

void Filter::send(model::Sample sample, Samples& out) {
  meter_.sent(sample);
  out.push_back(std::move(sample));
}

bool is_change(model::Quality before, model::Quality now) {
  using model::Reason;
  if (before == now) return false;
  if (!before.is_good() || !before.has(Reason::kNoSourceTime)) return true;
  model::Quality rest = model::Quality::from_opcua(before.to_opcua());
  for (const Reason reason : before.reasons()) {
    if (reason != Reason::kNoSourceTime) rest = rest.marked(reason, model::Severity::kGood);
  }
  return rest != now;
}

double distance(const model::Value& left, const model::Value& right) {
  const auto one = as_number(left), other = as_number(right);
  if (one && other) return *one == *other ? 0.0 : std::abs(*one - *other);
  return left == right ? 0.0 : std::numeric_limits<double>::quiet_NaN();
}

base::Duration holds_back_for(const model::FilterPolicy& policy) {
  if (!policy.is_on()) return {};
  if (policy.kind == model::FilterKind::kSample) return policy.window.value_or(policy.heartbeat);
  if (policy.kind != model::FilterKind::kWindow) return policy.heartbeat;
  return policy.window ? held_part(*policy.window) : policy.heartbeat;
}

std::unique_ptr<Filter> make_filter(const model::FilterPolicy& policy) {
  if (!policy.is_on()) return std::make_unique<PassAll>();
  switch (policy.kind) {
    case model::FilterKind::kDeadband:
    case model::FilterKind::kException:
      return std::make_unique<Deadband>(policy);
    case model::FilterKind::kSwingingDoor:
      return std::make_unique<SwingingDoor>(policy);
    case model::FilterKind::kSample:
      return std::make_unique<Sampling>(policy);
    case model::FilterKind::kWindow:
      return std::make_unique<Windowing>(policy);
  }
  return std::make_unique<PassAll>();
}

}  // namespace millrace::pipeline
