#include <algorithm>

#include "connector/sparkplug/host_session.h"

// The part of the session that asks nodes for their births.
namespace millrace::connector::sparkplug {
namespace {

constexpr base::Duration kRebirthPauseMax{60'000'000};

}  // namespace

void HostSession::expect(const std::string& group, const std::string& node, Clocks clocks) {
  HostNode* known = node_of(Topic{codec::sparkplug::MessageType::kNbirth, group, node, {}});
  if (known != nullptr && !known->is_online) want_rebirth(*known, clocks);
}

void HostSession::want_rebirth(HostNode& node, Clocks clocks) {
  if (!node.rebirth.is_wanted) {
    node.rebirth.is_wanted = true;
    waiting_for_birth_.push_back(std::format("{}/{}", node.group(), node.node()));
  }
  send_rebirths(clocks);
}

// Requests are limited for each node (the pause doubles while it does not answer) and in all.
void HostSession::send_rebirths(Clocks clocks) {
  if (!is_stated_) return;
  if (clocks.monotonic - rebirth_second_ >= std::chrono::seconds(1)) {
    rebirth_second_ = clocks.monotonic;
    rebirths_left_ = config_.rebirths_per_second_max;
  }
  std::erase_if(waiting_for_birth_, [&](const std::string& key) {
    HostNode& node = nodes_.at(key);
    RebirthPlan& plan = node.rebirth;
    if (!plan.is_wanted) return true;
    if (clocks.monotonic < plan.not_before || rebirths_left_ == 0) return false;
    --rebirths_left_;
    const auto pause = config_.rebirth_interval * (1LL << std::min(plan.unanswered, 10));
    plan.not_before =
        clocks.monotonic +
        std::min<base::Duration>(pause, std::max(kRebirthPauseMax, config_.rebirth_interval));
    ++plan.unanswered;
    plan.is_wanted = false;
    counters_.rebirths.add();
    const Topic topic{codec::sparkplug::MessageType::kNcmd, node.group(), node.node(), {}};
    actions_.publish(
        {to_text(topic), rebirth_payload(clocks.now), net::Qos::kAtMostOnce, net::Retain::kNo});
    return true;
  });
}

}  // namespace millrace::connector::sparkplug
