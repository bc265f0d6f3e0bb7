#include "codec/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <memory>

namespace millrace::codec {
namespace {

using base::ErrorCode;

constexpr int kDetectZlibOrGzip = 15 + 32;

struct EndInflate {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

// zlib does not write through next_in; its C interface lacks the const.
Bytef* input(std::string_view bytes) {
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
}

}  // namespace

base::Result<std::string> inflate(std::string_view packed, std::size_t bytes_max) {
  z_stream stream{};
  if (inflateInit2(&stream, kDetectZlibOrGzip) != Z_OK) {
    return base::fail(ErrorCode::kInternal, "zlib does not start");
  }
  const std::unique_ptr<z_stream, EndInflate> ends(&stream);
  stream.next_in = input(packed);
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string plain;
  int state = Z_OK;
  while (state == Z_OK) {
    const std::size_t before = plain.size();
    if (before > bytes_max) break;
    plain.resize(std::max<std::size_t>(4096, before * 2));
    stream.next_out = reinterpret_cast<Bytef*>(plain.data() + before);
    stream.avail_out = static_cast<uInt>(plain.size() - before);
    state = ::inflate(&stream, Z_NO_FLUSH);
    plain.resize(plain.size() - stream.avail_out);
    if (state == Z_OK && stream.avail_in == 0 && plain.size() == before) break;
  }
  if (plain.size() > bytes_max) {
    return base::fail(ErrorCode::kTooLarge,
                      std::format("unpacks to more than {} bytes", bytes_max));
  }
  if (state != Z_STREAM_END) {
    return base::fail(ErrorCode::kMalformed, "the compressed bytes are damaged or cut");
  }
  return plain;
}

std::string deflate(std::string_view plain) {
  uLongf size = compressBound(static_cast<uLong>(plain.size()));
  std::string packed(size, '\0');
  compress2(reinterpret_cast<Bytef*>(packed.data()), &size, input(plain),
            static_cast<uLong>(plain.size()), Z_DEFAULT_COMPRESSION);
  packed.resize(size);
  return packed;
}

}  // namespace millrace::codec
