#pragma once

#include <filesystem>
#include <limits>
#include <memory>

#include "base/files.h"
#include "codec/gzip.h"
#include "codec/sha256.h"

namespace millrace::connector::file {

/// Which file is read and what it is called: a file that was sent has another name than its copy.
struct FileSource {
  FileSource(std::filesystem::path file);  // NOLINT(google-explicit-constructor): a path is one

  std::filesystem::path path;
  std::string name;    // without folders
  std::string folder;  // the one that it stands in
  std::uint64_t content_bytes_max = std::numeric_limits<std::uint64_t>::max();  // after gunzip
};

/// A file's content, unpacked where it is gzip, counted and hashed while it is read. One thread.
class FileBytes final : public codec::ByteSource {
 public:
  /// Errors: not_found, forbidden, invalid (a folder), unavailable.
  static base::Result<std::unique_ptr<FileBytes>> open(const FileSource& source);

  /// Errors: too_large (beyond the source's limit), malformed (gzip), unavailable.
  base::Result<std::size_t> read(std::span<char> into) override;

  std::uint64_t disk_bytes_read() const { return disk_.read_; }
  std::uint64_t disk_bytes_total() const { return disk_total_; }
  std::uint64_t content_bytes() const { return content_bytes_; }
  std::string content_hash() { return sha_.hex(); }

 private:
  class Disk final : public codec::ByteSource {
   public:
    base::Result<std::size_t> read(std::span<char> into) override;
    base::FileDescriptor fd_;
    std::string path_;
    std::uint64_t read_ = 0;
  };

  FileBytes() = default;

  Disk disk_;
  std::uint64_t disk_total_ = 0;
  std::unique_ptr<codec::GunzipBytes> gunzip_;  // null for plain files
  codec::Sha256 sha_;
  std::uint64_t content_bytes_ = 0;
  std::uint64_t content_max_ = 0;
};

}  // namespace millrace::connector::file
