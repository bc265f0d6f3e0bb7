#pragma once

#include <cstdio>
#include <string>

#include "base/clock.h"

namespace millrace::cli {

/// One line that is drawn over again while something long goes on; silent where nobody watches.
class ProgressBar {
 public:
  /// `out`: null draws nothing.
  ProgressBar(std::FILE* out, std::string title) : out_(out), title_(std::move(title)) {}
  ~ProgressBar() { clear(); }

  /// Draws when the percentage has changed.
  void show(std::uint64_t done, std::uint64_t total);
  /// Takes the line away, so that something else can be printed.
  void clear();

 private:
  std::FILE* out_;
  std::string title_;
  int percent_ = -1;
};

}  // namespace millrace::cli
