#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <format>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "codec/gzip.h"

namespace millrace::support {

inline void unpack_file(const std::filesystem::path& packed, const std::filesystem::path& to) {
  std::ifstream in(packed, std::ios::binary);
  ASSERT_TRUE(in) << packed;
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  codec::TextBytes source(bytes);
  codec::GunzipBytes content(source);
  std::ofstream out(to, std::ios::binary);
  std::vector<char> chunk(1U << 16);
  while (true) {
    const auto got = content.read(chunk);
    ASSERT_TRUE(got) << base::describe(got.error());
    if (*got == 0) break;
    out.write(chunk.data(), static_cast<std::streamsize>(*got));
  }
}

/// Makes the folder of a series store as the program of that format left it, killed after its third
/// commit (tests/store_format says what is in it). From the checkout.
inline void unpack_golden_store(int format, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const std::string golden = std::format("tests/golden/store_{}", format);
  unpack_file(golden + ".duckdb.gz", folder / "store.duckdb");
  unpack_file(golden + ".wal.gz", folder / "store.duckdb.wal");
}

}  // namespace millrace::support
