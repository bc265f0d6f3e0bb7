#include "connector/file/row_clock.h"

#include "base/time_text.h"
#include "connector/file/cell.h"

namespace millrace::connector::file {
namespace {

/// The last and first instants that a store can hold with room to calculate: years 1 to 9999.
bool is_plausible(base::Time time) {
  using std::chrono::sys_days;
  using std::chrono::year;
  return time >= sys_days(year(1) / 1 / 1) && time < sys_days(year(10000) / 1 / 1);
}

}  // namespace

base::Result<RowClock> RowClock::bind(const TimeRule& rule, const Columns& columns,
                                      const FoldResolver* known) {
  MILLRACE_LET(TimeFormat format, TimeFormat::create(rule.format));
  MILLRACE_LET(Zone zone, Zone::create(rule.zone));
  RowClock made(rule, std::move(format), std::move(zone));
  made.known_ = known;
  if (!rule.start.empty()) {
    MILLRACE_LET(made.start_, base::parse_time(rule.start));
    MILLRACE_LET(made.step_, base::parse_duration(rule.step));
  }
  const bool is_counted = made.start_.has_value();
  for (const std::string* name : {&rule.column, &rule.second_column, &rule.counter}) {
    if (name->empty() || (name == &rule.counter) != is_counted) continue;
    MILLRACE_LET(const std::size_t index, columns.find(*name));
    made.columns_.push_back(index);
  }
  return made;
}

base::Result<RowTime> RowClock::read(std::span<const std::string_view> fields, std::uint64_t row,
                                     std::uint64_t key) {
  auto time = start_ ? read_counted(fields, key) : read_written(fields, row, key);
  if (time && !is_plausible(time->time)) {
    return base::fail(base::ErrorCode::kMalformed, "the time lies outside years 1 to 9999",
                      "Check time.format: epoch_s, epoch_ms or epoch_us?");
  }
  return time;
}

base::Result<RowTime> RowClock::read_written(std::span<const std::string_view> fields,
                                             std::uint64_t row, std::uint64_t key) {
  std::string_view text = trimmed(fields[columns_[0]]);
  if (columns_.size() > 1) {
    joined_ = text;
    for (std::size_t i = 1; i < columns_.size(); ++i) {
      (joined_ += ' ') += trimmed(fields[columns_[i]]);
    }
    text = joined_;
  }
  const auto written = format_.parse(text);
  if (!written) {
    return base::fail(
        base::ErrorCode::kMalformed,
        std::format("'{}' is not a time of the form {}", text.substr(0, 60), rule_.format),
        "Check time.format in the mapping.");
  }
  if (written->offset) {
    const base::Time at(written->local.time_since_epoch() - *written->offset);
    return RowTime{at, at, {}, {}};
  }
  const Instants instants = zone_.resolve(written->local);
  if (!known_) {
    learned_.note(key, row, written->local, instants.kind == LocalKind::kAmbiguous);
  }
  return choose(instants, row);
}

RowTime RowClock::choose(const Instants& instants, std::uint64_t row) const {
  RowTime time{instants.earlier, instants.later, {}, instants.kind};
  if (instants.kind == LocalKind::kUnique) return time;
  const bool is_repeated = instants.kind == LocalKind::kAmbiguous;
  const Pass pass = is_repeated && known_ ? known_->pass_of(row) : Pass::kUnknown;
  if (pass == Pass::kSecond) time.time = instants.later;
  if (pass == Pass::kUnknown) time.quality = time.quality.marked(model::Reason::kAmbiguousTime);
  return time;
}

base::Result<RowTime> RowClock::read_counted(std::span<const std::string_view> fields,
                                             std::uint64_t key) {
  std::int64_t count = 0;
  if (rule_.counter.empty()) {
    count = rows_of_key_[key]++;
  } else {
    const Cell cell = read_cell(fields[columns_[0]], model::ValueType::kI64, {});
    const auto* number = std::get_if<std::int64_t>(&cell.value);
    if (!number) {
      return base::fail(
          base::ErrorCode::kMalformed,
          std::format("'{}' is not a whole number", fields[columns_[0]].substr(0, 60)),
          std::format("Column '{}' counts the steps of the synthetic clock.", rule_.counter));
    }
    count = *number;
  }
  std::int64_t steps = 0, micros = 0;
  std::int64_t at = start_->time_since_epoch().count();
  if (__builtin_sub_overflow(count, rule_.counter_start, &steps) ||
      __builtin_mul_overflow(steps, step_.count(), &micros) ||
      __builtin_add_overflow(at, micros, &at)) {
    return base::fail(base::ErrorCode::kMalformed, "the counter is too large", "");
  }
  const base::Time time{base::Duration(at)};
  return RowTime{time, time, {}, {}};
}

}  // namespace millrace::connector::file
