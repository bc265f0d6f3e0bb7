#include "codec/inflate.h"

#include <gtest/gtest.h>

namespace millrace::codec {
namespace {

TEST(Inflate, GivesBackWhatWasPacked) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100'000}}) {
    const std::string plain(size, 'x');
    EXPECT_EQ(inflate(deflate(plain), 1 << 20), plain);
  }
}

TEST(Inflate, ReadsGzipToo) {
  // printf hello | gzip -n
  const std::string gzip(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00"
      "\x00\x00",
      25);
  EXPECT_EQ(inflate(gzip, 1 << 20), "hello");
}

TEST(Inflate, RefusesABombAtItsLimitAndTornBytes) {
  const std::string bomb = deflate(std::string(10 << 20, '\0'));
  EXPECT_EQ(inflate(bomb, 1 << 20).error().code, base::ErrorCode::kTooLarge);
  const std::string packed = deflate("some text that is torn");
  EXPECT_EQ(inflate(packed.substr(0, packed.size() - 5), 1 << 20).error().code,
            base::ErrorCode::kMalformed);
  EXPECT_EQ(inflate("not packed at all", 1 << 20).error().code, base::ErrorCode::kMalformed);
  EXPECT_EQ(inflate("", 1 << 20).error().code, base::ErrorCode::kMalformed);
}

}  // namespace
}  // namespace millrace::codec
