// The input is read twice: as a whole record, and as a body under a head that fits it, so that the
// checksum does not hide the grammar. What decodes must encode to bytes that decode to the same.
#include <cstdint>
#include <cstring>
#include <string>

#include "spool/crc32c.h"
#include "spool/record.h"

namespace {

void check(std::string_view record) {
  if (const auto held = millrace::spool::decode_held(record)) {
    MILLRACE_CHECK(millrace::spool::decode_held(millrace::spool::encode_held(*held)) == held);
  }
  const auto batch = millrace::spool::decode_record(record);
  if (!batch) return;
  const std::string again = millrace::spool::encode_record(*batch);
  const auto same = millrace::spool::decode_record(again);
  MILLRACE_CHECK(same);
  MILLRACE_CHECK(millrace::spool::encode_record(*same) == again);
}

std::string under_head(std::string_view body, char version = 1) {
  std::string record(12, '\0');
  record[0] = version;
  const auto size = static_cast<std::uint32_t>(body.size());
  const std::uint32_t checksum = millrace::spool::crc32c(body);
  std::memcpy(record.data() + 4, &size, 4);
  std::memcpy(record.data() + 8, &checksum, 4);
  return record.append(body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(size, '\0');
  if (size > 0) std::memcpy(bytes.data(), data, size);
  check(bytes);
  check(under_head(bytes));
  check(under_head(bytes, 2));
  if (size > 12) check(under_head(std::string_view(bytes).substr(12)));
  return 0;
}
