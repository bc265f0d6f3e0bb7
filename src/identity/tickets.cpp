// Tickets: "<seconds since 1970>.<token id>.<keyed hash of both and the subject>". They end at the
// end of the next quarter of an hour, so that all made within one quarter are the same text.
#include <charconv>
#include <format>

#include "identity/identity.h"

namespace millrace::identity {
namespace {

using std::chrono::seconds;

constexpr seconds kQuarter{900};

std::string signed_text(std::string_view claim, std::string_view subject) {
  return std::format("ticket {} for {}", claim, subject);
}

std::unexpected<base::Error> refused(std::string what) {
  return base::fail(base::ErrorCode::kUnauthenticated, std::move(what),
                    "Fetch the Thing Description again: it has a new one.");
}

}  // namespace

std::string Identity::make_ticket(const Caller& caller, std::string_view subject) const {
  const auto now = std::chrono::floor<seconds>(deps_.clock.now().time_since_epoch());
  const seconds ends = (now / kQuarter + 2) * kQuarter;
  const std::string claim = std::format("{}.{}", ends.count(), caller.token_id);
  return std::format("{}.{}", claim, keyed_hash(ticket_key_, signed_text(claim, subject)));
}

base::Result<Caller> Identity::redeem_ticket(std::string_view ticket, std::string_view subject,
                                             std::string_view address) const {
  const std::size_t first = ticket.find('.');
  const std::size_t last = ticket.rfind('.');
  if (first == std::string_view::npos || first == last) return refused("the ticket is none");
  const std::string_view claim = ticket.substr(0, last);
  const std::string wanted = keyed_hash(ticket_key_, signed_text(claim, subject));
  if (ticket_key_.empty() || !is_same_secret(ticket.substr(last + 1), wanted)) {
    return refused("the ticket is not one of this hub, or for something else");
  }
  std::int64_t ends = 0;
  std::from_chars(claim.data(), claim.data() + first, ends);
  if (base::Time(seconds(ends)) <= deps_.clock.now()) return refused("the ticket has expired");
  const auto token = book_.find_id(claim.substr(first + 1));
  if (!token) return refused("the token that the ticket was made with has been revoked");
  return caller_of(*token, address);
}

}  // namespace millrace::identity
