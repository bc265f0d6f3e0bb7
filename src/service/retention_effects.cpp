#include "service/retention_effects.h"

#include <algorithm>
#include <format>

#include "base/time_text.h"

namespace millrace::service {
namespace {

std::string in_words(const Deletion& one) {
  return std::format("{} samples of {} to {} ({})", one.samples, base::to_text(one.from),
                     base::to_text(one.to), option_of(one.what));
}

}  // namespace

store::RetentionPolicy policy_of(const twin::Catalog& catalog) {
  const auto& wanted = catalog.retention();
  if (!wanted) return {};
  using std::chrono::days;
  return {.raw = days(wanted->raw_days),
          .minutes = days(wanted->minutes_days),
          .hours = days(wanted->hours_days)};
}

std::string_view option_of(store::Kept what) {
  switch (what) {
    case store::Kept::kRows:
      return "raw_d";
    case store::Kept::kMinutes:
      return "minutes_d";
    case store::Kept::kHours:
      return "hours_d";
  }
  return "raw_d";
}

base::Result<std::vector<Deletion>> deletions_of(const twin::Catalog& before,
                                                 const twin::Catalog& after, const Deps& deps) {
  const store::RetentionPolicy present = policy_of(before), wanted = policy_of(after);
  std::vector<Deletion> deletions;
  if (present == wanted) return deletions;
  MILLRACE_LET(const auto expiring, deps.series.expiring(wanted, present, deps.clock.now()));
  for (const store::Dropped& one : expiring) {
    const base::Time last = one.range.to - base::Duration(1);
    const auto known = std::ranges::find(deletions, one.what, &Deletion::what);
    if (known == deletions.end()) {
      deletions.push_back({one.what, one.range.from, last, one.rows});
      continue;
    }
    known->from = std::min(known->from, one.range.from);
    known->to = std::max(known->to, last);
    known->samples += one.rows;
  }
  std::ranges::sort(deletions, {}, &Deletion::what);
  return deletions;
}

base::Error unconfirmed(const std::vector<Deletion>& deletions) {
  std::string what = "this retention deletes for good: ";
  for (std::size_t i = 0; i < deletions.size(); ++i) {
    what += (i > 0 ? "; " : "") + in_words(deletions[i]);
  }
  return {
      base::ErrorCode::kConflict, base::Retry::kNever, std::move(what),
      "If that is meant, apply with confirm_deletion (--confirm-deletion); nothing was changed."};
}

}  // namespace millrace::service
