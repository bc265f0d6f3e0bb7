#include <algorithm>

#include "connector/sparkplug/host_session.h"

// The part of the session that asks nodes for their births.
namespace millrace::connector::sparkplug {
namespace {

constexpr base::Duration kRebirthPauseMax{60'000'000};
constexpr int kUnansweredMax = 12;  // some ten minutes; then when it is heard of again

}  // namespace

void HostSession::expect(const std::string& node, Clocks clocks) {
  HostNode* known = node_of(Topic{codec::sparkplug::MessageType::kNbirth, group_, node, {}});
  if (known != nullptr && !known->is_online) want_rebirth(*known, clocks);
}

void HostSession::want_rebirth(HostNode& node, Clocks clocks) {
  if (std::exchange(node.rebirth.is_wanted, true)) return;  // the next tick
  if (!std::exchange(node.rebirth.is_listed, true)) {
    waiting_for_birth_.push_back(std::format("{}/{}", node.group(), node.node()));
  }
  send_rebirths(clocks);
}

// Requests are limited for each node (the pause doubles while it does not answer) and in all. A
// request is QoS 0: it is repeated until the node is born or dead, or was asked often enough.
void HostSession::send_rebirths(Clocks clocks) {
  if (!is_stated_) return;
  std::vector<std::string> asked;
  std::erase_if(waiting_for_birth_, [&](const std::string& key) {
    HostNode& node = nodes_.at(key);
    RebirthPlan& plan = node.rebirth;
    if (plan.is_wanted) {
      if (clocks.monotonic < plan.not_before || !limits_.may_ask(clocks.monotonic)) return false;
      ask_for_births(node, clocks);
    }
    plan.is_listed = plan.is_wanted;
    if (plan.is_wanted) asked.push_back(key);
    return true;
  });
  std::ranges::move(asked, std::back_inserter(waiting_for_birth_));
}

void HostSession::ask_for_births(HostNode& node, Clocks clocks) {
  RebirthPlan& plan = node.rebirth;
  const auto pause = config_.rebirth_interval * (1LL << std::min(plan.unanswered, 10));
  plan.not_before =
      clocks.monotonic +
      std::min<base::Duration>(pause, std::max(kRebirthPauseMax, config_.rebirth_interval));
  if (++plan.unanswered == kUnansweredMax) counters_.no_birth.add();
  plan.is_wanted = plan.unanswered < kUnansweredMax;
  counters_.rebirths.add();
  const Topic topic{codec::sparkplug::MessageType::kNcmd, node.group(), node.node(), {}};
  actions_.publish(
      {to_text(topic), rebirth_payload(clocks.now), net::Qos::kAtMostOnce, net::Retain::kNo});
}

}  // namespace millrace::connector::sparkplug
