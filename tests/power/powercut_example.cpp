// Workloads that prove the power-cut test itself: each appends numbered lines to a journal and
// marks every line that it calls durable. "careful" syncs first, "sloppy" does not, "rename"
// replaces a whole file by rename without syncing it, "dsync" writes through O_DSYNC.

#include <fcntl.h>
#include <unistd.h>

#include <format>
#include <string>
#include <string_view>

#include "base/files.h"
#include "power/powercut.h"

namespace {

constexpr int kLines = 60;

std::string line(int number) { return std::format("{:0>1023}\n", number); }

int append(const std::string& path, std::string_view how) {
  const int extra = how == "dsync" ? O_DSYNC : 0;
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | extra, 0600);
  for (int number = 1; number <= kLines; ++number) {
    const std::string text = line(number);
    if (::write(fd, text.data(), text.size()) < 0) return 1;
    if (how == "careful" && ::fdatasync(fd) != 0) return 1;
    millrace::power::mark(std::to_string(number));
  }
  return ::close(fd);
}

int replace(const std::string& path, std::string_view how) {
  for (int number = 1; number <= kLines; ++number) {
    const std::string text = line(number);
    if (how == "replace") {
      if (!millrace::base::write_file_durably(path, text)) return 1;
    } else {
      const std::string part = path + ".part";
      const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      if (::write(fd, text.data(), text.size()) < 0) return 1;
      ::close(fd);
      if (::rename(part.c_str(), path.c_str()) != 0) return 1;
    }
    millrace::power::mark(std::to_string(number));
  }
  return 0;
}

}  // namespace

int main(int, char** arguments) {
  const std::string_view how = arguments[1];
  const std::string path = arguments[2];
  return how == "replace" || how == "rename" ? replace(path, how) : append(path, how);
}
