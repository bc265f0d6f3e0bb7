#pragma once

#include <filesystem>
#include <memory>

#include "codec/csv.h"
#include "connector/file/file_bytes.h"
#include "connector/file/row_mapper.h"

namespace millrace::connector::file {

/// The data rows of one file as samples: opens, gunzips, hashes, splits, maps. Plain or gzip by the
/// file's first bytes. One thread.
class FileRows {
 public:
  struct Input {
    FileSource source;
    const Mapping& mapping;               // must outlive this
    const FoldResolver* known = nullptr;  // what an earlier reading of this file learned
    const ProblemSink& problems;          // must outlive this
  };

  /// Opens the file and reads as far as its header. Errors: not_found (file or column), forbidden,
  /// malformed, conflict, invalid, too_large.
  static base::Result<std::unique_ptr<FileRows>> open(const Input& input);
  ~FileRows();

  /// The next row that can be stored; the others are counted and reported. False at the end.
  base::Result<bool> next(MappedRow& row);

  std::uint64_t rows() const { return rows_; }  // seen so far, also refused ones
  std::uint64_t refused_rows() const { return refused_; }
  const TargetTable& targets() const { return mapper_->targets(); }
  FoldResolver& learned() { return mapper_->learned(); }
  /// How much of the file, as it is on disk, has been read; for progress.
  std::uint64_t bytes_read() const;
  std::uint64_t bytes_total() const;
  /// Of the content after gunzip. At the end only.
  std::uint64_t content_bytes() const;
  std::string content_hash();

 private:
  explicit FileRows(const Input& input);
  base::Result<void> open_file(const Input& input);
  base::Result<std::vector<std::string>> read_header();
  bool has_all_fields(const codec::CsvRecord& record);
  void refuse(const codec::CsvRecord& record, std::string_view code, std::string what,
              std::string hint);

  const Mapping& mapping_;
  const ProblemSink& problems_;
  std::unique_ptr<FileBytes> bytes_;
  std::unique_ptr<codec::CsvReader> reader_;
  std::optional<Columns> columns_;
  std::unique_ptr<RowMapper> mapper_;
  std::uint64_t rows_ = 0, refused_ = 0;
};

/// What templates call a file.
FileNames names_of(const FileSource& source);

}  // namespace millrace::connector::file
