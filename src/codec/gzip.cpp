#include "codec/gzip.h"

#include <zlib.h>

#include <array>

namespace millrace::codec {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;

Bytef* bytes(char* text) { return reinterpret_cast<Bytef*>(text); }

std::unexpected<base::Error> damaged(std::string_view how) {
  return base::fail(base::ErrorCode::kMalformed, std::format("the gzip file is {}", how),
                    "Check it with gunzip -t, and copy or download it again.");
}

}  // namespace

struct GunzipBytes::State {
  z_stream stream{};
  std::array<char, 1U << 16> packed{};
  bool is_source_done = false;
  bool is_done = false;
};

bool is_gzip(std::string_view beginning) { return beginning.starts_with("\x1F\x8B"); }

GunzipBytes::GunzipBytes(ByteSource& packed) : packed_(packed), state_(std::make_unique<State>()) {
  MILLRACE_CHECK(inflateInit2(&state_->stream, kGzipOnly) == Z_OK);
}

GunzipBytes::~GunzipBytes() { inflateEnd(&state_->stream); }

base::Result<std::size_t> GunzipBytes::read(std::span<char> into) {
  z_stream& stream = state_->stream;
  stream.next_out = bytes(into.data());
  stream.avail_out = static_cast<uInt>(std::min<std::size_t>(into.size(), 1U << 30));
  const std::size_t room = stream.avail_out;
  while (stream.avail_out == room && !state_->is_done) {
    MILLRACE_TRY(refill());
    const int status = inflate(&stream, Z_NO_FLUSH);
    if (status == Z_BUF_ERROR && state_->is_source_done) {
      return damaged("cut: it ends before its end mark");
    }
    if (status == Z_STREAM_END) {
      MILLRACE_LET(const bool has_more, next_member());
      state_->is_done = !has_more;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      return damaged(stream.msg ? std::format("damaged ({})", stream.msg) : "damaged");
    }
  }
  return room - stream.avail_out;
}

base::Result<void> GunzipBytes::refill() {
  State& state = *state_;
  if (state.stream.avail_in > 0 || state.is_source_done) return {};
  MILLRACE_LET(const std::size_t got, packed_.read(state.packed));
  state.stream.next_in = bytes(state.packed.data());
  state.stream.avail_in = static_cast<uInt>(got);
  state.is_source_done = got == 0;
  return {};
}

/// After a member's end: whether another follows. Zeros as padding are allowed, as gunzip does.
base::Result<bool> GunzipBytes::next_member() {
  z_stream& stream = state_->stream;
  while (true) {
    MILLRACE_TRY(refill());
    if (stream.avail_in == 0) return false;
    if (*stream.next_in == 0x1F) break;
    if (*stream.next_in != 0) return damaged("followed by bytes that are not gzip");
    ++stream.next_in;
    --stream.avail_in;
  }
  MILLRACE_CHECK(inflateReset2(&stream, kGzipOnly) == Z_OK);
  return true;
}

}  // namespace millrace::codec
