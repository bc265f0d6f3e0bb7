#include "connector/file/file_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace millrace::connector::file {

FileSource::FileSource(std::filesystem::path file)
    : path(std::move(file)), name(path.filename().native()) {
  std::error_code error;
  folder = std::filesystem::absolute(path, error).parent_path().filename().native();
}

base::Result<std::size_t> FileBytes::Disk::read(std::span<char> into) {
  while (true) {
    const ssize_t got = ::read(fd_.get(), into.data(), into.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(base::system_error(errno, "read", path_));
    read_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }
}

base::Result<std::unique_ptr<FileBytes>> FileBytes::open(const FileSource& source) {
  const std::filesystem::path& path = source.path;
  std::unique_ptr<FileBytes> made(new FileBytes());
  made->content_max_ = source.content_bytes_max;
  made->disk_.path_ = path.native();
  made->disk_.fd_ = base::FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const int fd = made->disk_.fd_.get();
  if (fd < 0) return std::unexpected(base::system_error(errno, "open", path.native()));
  struct stat status{};
  if (::fstat(fd, &status) != 0) {
    return std::unexpected(base::system_error(errno, "look at", path.native()));
  }
  if (!S_ISREG(status.st_mode)) {  // a file is read twice, so a pipe does not do
    return base::fail(base::ErrorCode::kInvalid, std::format("{} is not a file", path.native()),
                      "Name a file, or several: folder/*.csv");
  }
  made->disk_total_ = static_cast<std::uint64_t>(status.st_size);
  std::array<char, 2> beginning{};
  if (::pread(fd, beginning.data(), beginning.size(), 0) == 2 &&
      codec::is_gzip({beginning.data(), beginning.size()})) {
    made->gunzip_ = std::make_unique<codec::GunzipBytes>(made->disk_);
  }
  return made;
}

base::Result<std::size_t> FileBytes::read(std::span<char> into) {
  MILLRACE_LET(const std::size_t got, gunzip_ ? gunzip_->read(into) : disk_.read(into));
  content_bytes_ += got;
  if (content_bytes_ > content_max_) {
    return base::fail(base::ErrorCode::kTooLarge,
                      std::format("the file holds more than {} MiB", content_max_ >> 20U),
                      "Bring it in with `millrace import`, which has no limit.");
  }
  sha_.update({into.data(), got});
  return got;
}

}  // namespace millrace::connector::file
