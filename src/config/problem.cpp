#include "config/problem.h"

#include <algorithm>

namespace millrace::config {
namespace {

constexpr std::size_t kWordMax = 64;

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({previous[j] + 1, row[j - 1] + 1, change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(previous);
    previous.swap(row);
  }
  return previous[b.size()];
}

}  // namespace

std::string to_text(const std::string& file, const Problem& problem) {
  std::string text = problem.place.line > 0 ? std::format("{}:{}: ", file, problem.place.line)
                                            : std::format("{}: ", file);
  text += problem.what;
  if (!problem.hint.empty()) text += " (" + problem.hint + ")";
  return text;
}

base::Error to_error(const std::string& file, Problems problems) {
  std::ranges::stable_sort(problems, {}, [](const Problem& p) { return p.place.line; });
  std::string what;
  for (const Problem& problem : problems) {
    if (!what.empty()) what += '\n';
    what += to_text(file, problem);
  }
  return {base::ErrorCode::kInvalid, base::Retry::kNever, what,
          std::format(
              "Correct {} in {}.",
              problems.size() == 1 ? "this line" : std::format("these {} places", problems.size()),
              file)};
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.size() > kWordMax) return {};
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance >= best_distance || distance >= candidate.size()) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

}  // namespace millrace::config
