#pragma once

#include <filesystem>
#include <semaphore>

#include "service/history.h"

namespace millrace::service {

struct ExportRequest {
  store::ExportFormat format = store::ExportFormat::kCsv;
  std::vector<model::SeriesId> series;
  std::vector<std::string> things;
  std::vector<std::string> properties;
  std::optional<std::string> site;
  TimeRange range;
  bool with_originals = false;
  std::stop_token stop{};  // requested when nobody waits for the file
};

struct ExportedFile {
  std::filesystem::path path;  // the caller's from here on, to be removed
  std::string name;            // a proposal
  std::uint64_t rows = 0;
  model::CommitId commit{};
};

inline constexpr std::size_t kExportSeriesMax = 10'000;

/// Of files that are written at the same time: each keeps one of the threads that answer calls.
inline constexpr int kExportsMax = 2;

/// Raw samples of many series as a file. Any thread; waits for the store.
class Exports {
 public:
  Exports(const Deps& deps, const Twins& twins);

  /// Errors: invalid (nothing chosen), not_found (a thing, a series, or no series fits), too_large,
  /// timeout, cancelled (by the request's stop), limited (kExportsMax are being written), no_space.
  base::Result<ExportedFile> write(const ExportRequest& request);

 private:
  base::Result<std::vector<model::SeriesId>> choose(const ExportRequest& request) const;
  base::Result<ExportedFile> write_file(const ExportRequest& request,
                                        std::vector<model::SeriesId> series);

  const Deps& deps_;
  const Twins& twins_;
  const std::filesystem::path folder_;
  std::atomic<std::uint64_t> next_ = 1;
  std::counting_semaphore<kExportsMax> slots_{kExportsMax};
};

}  // namespace millrace::service
