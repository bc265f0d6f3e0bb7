#pragma once

#include <memory>

#include "codec/byte_source.h"

namespace millrace::codec {

/// Whether bytes begin as a gzip file does (RFC 1952: 1F 8B).
bool is_gzip(std::string_view beginning);

/// The content of a gzip file of one or more members. Errors: malformed when the stream is damaged,
/// cut, or followed by something else; what came before was given out already.
class GunzipBytes final : public ByteSource {
 public:
  /// `packed` must outlive this.
  explicit GunzipBytes(ByteSource& packed);
  ~GunzipBytes() override;

  base::Result<std::size_t> read(std::span<char> into) override;

 private:
  struct State;
  base::Result<void> refill();
  base::Result<bool> next_member();

  ByteSource& packed_;
  std::unique_ptr<State> state_;
};

}  // namespace millrace::codec
