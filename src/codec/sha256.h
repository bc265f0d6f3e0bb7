#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace millrace::codec {

/// SHA-256 (FIPS 180-4) of bytes that come in parts.
class Sha256 {
 public:
  Sha256();
  ~Sha256();

  void update(std::string_view bytes);
  /// Of everything so far, 64 lower-case hex digits. Ends the calculation.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Of one text.
std::string sha256_hex(std::string_view bytes);

}  // namespace millrace::codec
