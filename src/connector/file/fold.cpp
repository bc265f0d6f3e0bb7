#include "connector/file/fold.h"

namespace millrace::connector::file {
namespace {

/// Longer than any hour that is repeated, shorter than the time between two of them.
constexpr auto kOneFold = std::chrono::hours(12);

}  // namespace

void FoldResolver::note(std::uint64_t key, std::uint64_t row, LocalTime local, bool is_ambiguous) {
  Run& run = runs_[key];
  if (!run.rows.empty() && (!is_ambiguous || std::chrono::abs(local - run.first) > kOneFold)) {
    end_run(run);
  }
  if (!is_ambiguous) {
    run.before = local;
    run.has_before = true;
    return;
  }
  if (run.rows.empty()) {
    run.first = local;
    run.is_descending = run.has_before && run.before > local;
  } else if (run.is_descending ? local >= run.last : local <= run.last) {
    if (run.steps_back++ == 0) run.step_back = run.rows.size();
  }
  run.last = local;
  run.rows.push_back(row);
}

void FoldResolver::end_run(Run& run) {
  for (std::size_t i = 0; i < run.rows.size(); ++i) {
    const bool is_second = (i >= run.step_back) != run.is_descending;
    const Pass known = is_second ? Pass::kSecond : Pass::kFirst;
    passes_[run.rows[i]] = run.steps_back == 1 ? known : Pass::kUnknown;
  }
  ambiguous_ += run.rows.size();
  if (run.steps_back != 1) unknown_ += run.rows.size();
  run.rows.clear();
  run.steps_back = 0;
}

void FoldResolver::finish() {
  for (auto& [key, run] : runs_) end_run(run);
  runs_.clear();
}

Pass FoldResolver::pass_of(std::uint64_t row) const {
  const auto it = passes_.find(row);
  return it == passes_.end() ? Pass::kUnknown : it->second;
}

}  // namespace millrace::connector::file
