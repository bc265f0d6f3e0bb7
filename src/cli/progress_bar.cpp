#include "cli/progress_bar.h"

#include <algorithm>
#include <format>

namespace millrace::cli {
namespace {

constexpr int kCells = 24;

}  // namespace

void ProgressBar::show(std::uint64_t done, std::uint64_t total) {
  if (!out_) return;
  const int percent =
      total == 0 ? 100 : static_cast<int>(std::min<std::uint64_t>(done * 100 / total, 100));
  if (percent == percent_) return;
  percent_ = percent;
  std::string bar;
  for (int cell = 0; cell < kCells; ++cell) bar += cell * 100 < percent * kCells ? "█" : "░";
  const std::string line = std::format("\r\x1b[K{} {} {}%", title_, bar, percent);
  std::fwrite(line.data(), 1, line.size(), out_);
  std::fflush(out_);
}

void ProgressBar::clear() {
  if (!out_ || percent_ < 0) return;
  std::fputs("\r\x1b[K", out_);
  std::fflush(out_);
  percent_ = -1;
}

}  // namespace millrace::cli
