#include <array>

#include "store/series_store.h"

namespace millrace::store {
namespace {

constexpr std::array<std::string_view, 9> kTexts = {
    "avg", "min", "max", "count", "first", "last", "sum", "time_weighted_avg", "bad_count"};

}  // namespace

std::string_view text(Aggregate aggregate) {
  return kTexts.at(static_cast<std::size_t>(aggregate));
}

std::optional<Aggregate> parse_aggregate(std::string_view text) {
  for (std::size_t i = 0; i < kTexts.size(); ++i) {
    if (kTexts[i] == text) return static_cast<Aggregate>(i);
  }
  return std::nullopt;
}

}  // namespace millrace::store
