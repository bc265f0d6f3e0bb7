#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "base/error.h"

namespace millrace::codec {

/// Bytes in order, from wherever they come. One thread.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills the front of `into` and says how much; 0 is the end. Errors are final.
  virtual base::Result<std::size_t> read(std::span<char> into) = 0;
};

/// Bytes that are in memory already; what they stand in must outlive this.
class TextBytes final : public ByteSource {
 public:
  explicit TextBytes(std::string_view text) : rest_(text) {}

  base::Result<std::size_t> read(std::span<char> into) override {
    const std::size_t count = std::min(into.size(), rest_.size());
    std::copy_n(rest_.data(), count, into.data());
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
};

}  // namespace millrace::codec
