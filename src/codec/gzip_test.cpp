#include "codec/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "codec/sha256.h"

namespace millrace::codec {
namespace {

std::string packed(std::string text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

base::Result<std::string> unpacked(std::string_view bytes, std::size_t read_size) {
  TextBytes source(bytes);
  GunzipBytes gunzip(source);
  std::string text, part(read_size, '\0');
  while (true) {
    MILLRACE_LET(const std::size_t got, gunzip.read(part));
    if (got == 0) return text;
    text.append(part, 0, got);
  }
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::format("{},{}\n", i, (i % 1000) * 31 % 977);
  return text;
}

TEST(Gunzip, GivesTheContentInReadsOfAnySize) {
  const std::string text = long_text();
  for (const std::size_t read_size : {7U, 4096U, 1U << 20}) {
    EXPECT_EQ(unpacked(packed(text), read_size), text);
  }
  EXPECT_EQ(unpacked(packed(""), 10), "");
}

TEST(Gunzip, ReadsSeveralMembersAndPadding) {
  EXPECT_EQ(unpacked(packed("one\n") + packed("two\n") + std::string(3, '\0'), 5), "one\ntwo\n");
}

TEST(Gunzip, SaysThatAFileIsCutOrDamaged) {
  const std::string whole = packed(long_text());
  const auto cut = unpacked(std::string_view(whole).substr(0, whole.size() / 2), 4096);
  ASSERT_FALSE(cut);
  EXPECT_NE(cut.error().what.find("cut"), std::string::npos) << cut.error().what;
  std::string flipped = whole;
  flipped[whole.size() / 2] ^= 0x55;
  EXPECT_FALSE(unpacked(flipped, 4096));
  EXPECT_FALSE(unpacked(whole + "garbage", 4096));
  for (std::size_t size = 1; size < 40; ++size) {
    EXPECT_FALSE(unpacked(std::string_view(whole).substr(0, size), 4096)) << size;
  }
}

TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 sha;
  sha.update("a");
  sha.update("bc");
  EXPECT_EQ(sha.hex(), sha256_hex("abc"));
}

}  // namespace
}  // namespace millrace::codec
