#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/problem.h"
#include "service/correction_maker.h"

namespace millrace::service {

inline constexpr std::size_t kCorrectionsInFileMax = 10'000;

/// One entry of a corrections file and the line on which it begins.
struct FiledCorrection {
  int line = 0;
  CorrectionRequest request;
};

/// What a corrections file says. The file is a YAML list with an entry for each correction, in the
/// order in which they are made:
///
///   - thing: pump-1
///     property: flow
///     start: 2026-03-01T05:00:00Z      # included; end is not
///     end: 2026-03-01T06:00:00Z
///     action: fill                     # replace, invalidate, fill, restore
///     value: 3.5                       # of replace and fill, value_to where linear
///     method: constant                 # of fill; but for constant of replace, too
///     interval_ms: 1000                # of fill
///     reason: The logger was off
struct CorrectionFile {
  std::vector<FiledCorrection> entries;  // those without a problem
  config::Problems problems;
};

CorrectionFile read_correction_file(std::string_view yaml);

/// A correction as a request that makes it again: what was looked up for a fill is in it. Bytes,
/// which no file can hold, are left out and looked up again.
CorrectionRequest request_of(const store::Correction& correction, const PropertyName& property);
/// The file that says these requests.
std::string write_correction_file(const std::vector<CorrectionRequest>& requests);

}  // namespace millrace::service
