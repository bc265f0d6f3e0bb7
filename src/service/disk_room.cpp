#include "service/disk_room.h"

#include "base/files.h"

namespace millrace::service {

base::Result<void> check_free(const HubFacts& facts, std::uint64_t bytes, std::string_view what) {
  constexpr double kMegabyte = 1e6;
  std::error_code error;
  const auto space = std::filesystem::space(facts.data_dir, error);
  if (error) {
    return std::unexpected(
        base::system_error(error.value(), "read the free room of", facts.data_dir.native()));
  }
  const std::uint64_t needed = bytes + facts.spare_bytes;
  if (space.available >= needed) return {};
  return base::fail_for_now(
      base::ErrorCode::kNoSpace,
      std::format("there is no room for {}: {:.0f} MB free in {}, {:.0f} MB needed", what,
                  static_cast<double>(space.available) / kMegabyte, facts.data_dir.native(),
                  static_cast<double>(needed) / kMegabyte),
      "Free space there, for example by moving older backups to another machine; samples that "
      "arrive are not touched.");
}

}  // namespace millrace::service
