#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/ids.h"
#include "model/value.h"
#include "store/time_ranges.h"

namespace millrace::store {

enum class CorrectionAction : std::uint8_t { kReplace, kInvalidate, kFill, kRestore };
/// How a fill finds its values: `kPrevious` is a constant that somebody looked up.
enum class FillMethod : std::uint8_t { kNone, kConstant, kLinear, kPrevious };

/// "replace", "invalidate", "fill", "restore"; "", "constant", "linear", "previous".
std::string_view text(CorrectionAction action);
std::string_view text(FillMethod method);
std::optional<CorrectionAction> parse_correction_action(std::string_view text);
std::optional<FillMethod> parse_fill_method(std::string_view text);

/// What a person or a program says of the samples of one series in [from, to). The samples stay;
/// whoever reads lays the corrections over them (overlay.h). Never changed, never deleted.
struct Correction {
  std::int64_t id = 0;  // given by the store, rising
  model::SeriesId series{};
  TimeRange range;
  CorrectionAction action = CorrectionAction::kReplace;
  model::Value value;                     // of replace; of fill: everywhere, or at range.from
  FillMethod method = FillMethod::kNone;  // of fill
  std::optional<double> value_to;         // of a linear fill: at range.to
  base::Duration interval{};              // of fill: between its samples
  std::string by;
  std::string role;
  std::string why;
  base::Time time;           // when it was made
  model::CommitId commit{};  // given by the store

  bool operator==(const Correction&) const = default;
};

inline constexpr std::int64_t kFillCellsMax = 1'000'000;
inline constexpr std::size_t kCorrectionValueBytesMax = 64U << 10;  // of text and bytes

/// Whether it makes sense for a series of this type. Errors: invalid.
base::Result<void> check_correction(const Correction& correction, model::ValueType type);

/// Which corrections are wanted; empty fields do not narrow.
struct CorrectionFilter {
  std::vector<model::SeriesId> series;
  std::optional<TimeRange> range;        // those that touch it
  std::int64_t before = 0;               // ids below; 0: from the newest
  std::optional<model::CommitId> since;  // of later commits only
  std::size_t limit = 1'000;
};

/// Where samples may look otherwise than they did.
struct CorrectedRange {
  model::SeriesId series{};
  TimeRange range;
  model::CommitId commit{};
  bool operator==(const CorrectedRange&) const = default;
};

}  // namespace millrace::store
