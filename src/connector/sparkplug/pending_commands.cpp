#include "connector/sparkplug/pending_commands.h"

#include <format>

namespace millrace::connector::sparkplug {
namespace {

using base::ErrorCode;

constexpr char kLook[] = "Look at the present value before you try again.";

}  // namespace

void PendingCommands::add(const base::Uuid& id, std::string origin, base::MonotonicTime until,
                          Done done) {
  const std::lock_guard lock(mutex_);
  pending_.insert_or_assign(id, Pending{std::move(origin), until, std::move(done)});
}

template <class IsOver, class Why>
void PendingCommands::end(IsOver is_over, Why why) {
  std::vector<Pending> over;
  {
    const std::lock_guard lock(mutex_);
    for (auto one = pending_.begin(); one != pending_.end();) {
      if (!is_over(one->first, one->second)) {
        ++one;
        continue;
      }
      over.push_back(std::move(one->second));
      one = pending_.erase(one);
    }
  }
  for (const Pending& one : over) one.done(why(one));
}

void PendingCommands::answered(const std::string& origin, const pipeline::CommandAnswer& answer) {
  end([&](const base::Uuid& id,
          const Pending& one) { return id == answer.id && one.origin == origin; },
      [&](const Pending&) { return answer.result; });
}

void PendingCommands::went_down(const std::string& origin) {
  end([&](const base::Uuid&, const Pending& one) { return one.origin == origin; },
      [](const Pending& one) {
        return base::fail_for_now(
            ErrorCode::kUnavailable,
            std::format("edge '{}' went away before it answered; it is not known whether the "
                        "device has taken it",
                        one.origin),
            kLook);
      });
}

void PendingCommands::expire(base::MonotonicTime now) {
  end([&](const base::Uuid&, const Pending& one) { return now >= one.until; },
      [](const Pending& one) {
        return base::fail(ErrorCode::kTimeout,
                          std::format("edge '{}' did not answer in time; it is not known whether "
                                      "the device has taken it",
                                      one.origin),
                          kLook);
      });
}

void PendingCommands::stop() {
  end([](const base::Uuid&, const Pending&) { return true; },
      [](const Pending&) {
        return base::fail(ErrorCode::kUnavailable,
                          "the hub stops; it is not known whether the device has taken it", kLook);
      });
}

}  // namespace millrace::connector::sparkplug
