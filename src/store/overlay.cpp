#include "store/overlay.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <ranges>
#include <set>

namespace millrace::store {
namespace {

using model::Quality;
using model::Reason;
using model::Severity;

constexpr base::Duration kTick{1};

base::Time cell_start(const Correction& fill, base::Time time) {
  return fill.range.from + (time - fill.range.from) / fill.interval * fill.interval;
}

base::Time cell_end(const Correction& fill, base::Time start) {
  return std::min(start + fill.interval, fill.range.to);
}

/// The start of the first cell at or behind a time in the fill's range.
base::Time next_cell(const Correction& fill, base::Time time) {
  const base::Time start = cell_start(fill, time);
  return start == time ? start : start + fill.interval;
}

/// A number as a value of the same type as `like`: whole where that is.
model::Value number_like(const model::Value& like, double number) {
  if (std::holds_alternative<double>(like)) return number;
  const double whole = std::nearbyint(number);
  if (std::holds_alternative<std::int64_t>(like)) {
    constexpr double kLimit = 9223372036854775808.0;  // 2^63
    if (whole >= kLimit) return std::numeric_limits<std::int64_t>::max();
    if (whole < -kLimit) return std::numeric_limits<std::int64_t>::min();
    return static_cast<std::int64_t>(whole);
  }
  constexpr double kLimit = 18446744073709551616.0;  // 2^64
  if (whole >= kLimit) return std::numeric_limits<std::uint64_t>::max();
  return whole <= 0 ? std::uint64_t{0} : static_cast<std::uint64_t>(whole);
}

double number_of(const model::Value& value) {
  if (const auto* f64 = std::get_if<double>(&value)) return *f64;
  if (const auto* i64 = std::get_if<std::int64_t>(&value)) return static_cast<double>(*i64);
  if (const auto* u64 = std::get_if<std::uint64_t>(&value)) return static_cast<double>(*u64);
  return 0;
}

/// Of a fill or a replace.
model::Value value_of(const Correction& one, base::Time time) {
  if (one.method != FillMethod::kLinear) return one.value;
  const auto whole = static_cast<double>((one.range.to - one.range.from).count());
  const auto part = static_cast<double>((time - one.range.from).count());
  const double from = number_of(one.value);
  return number_like(one.value, from + (*one.value_to - from) * (part / whole));
}

/// The places of corrections in force at one moment, the strongest last.
struct InForce {
  std::set<int> over;  // replace, invalidate, restore
  std::set<int> fills;
  std::set<int> restores;

  void change(CorrectionAction action, int place, bool is_begin) {
    const auto put = [&](std::set<int>& set) {
      is_begin ? (void)set.insert(place) : (void)set.erase(place);
    };
    put(action == CorrectionAction::kFill ? fills : over);
    if (action == CorrectionAction::kRestore) put(restores);
  }
  static int strongest(const std::set<int>& set) { return set.empty() ? -1 : *set.rbegin(); }
};

}  // namespace

Overlay::Overlay(std::vector<Correction> corrections) : corrections_(std::move(corrections)) {
  cut();
  for (const Piece& piece : pieces_) note_touched(piece);
}

/// Sweeps over the borders of all corrections.
void Overlay::cut() {
  struct Border {
    base::Time time;
    int place;
    bool is_begin;
  };
  std::vector<Border> borders;
  for (int place = 0; place < static_cast<int>(corrections_.size()); ++place) {
    const TimeRange& range = corrections_[static_cast<std::size_t>(place)].range;
    borders.push_back({range.from, place, true});
    borders.push_back({range.to, place, false});
  }
  std::ranges::sort(borders, {}, &Border::time);
  InForce now;
  for (std::size_t i = 0; i < borders.size();) {
    const base::Time from = borders[i].time;
    for (; i < borders.size() && borders[i].time == from; ++i) {
      const auto place = static_cast<std::size_t>(borders[i].place);
      now.change(corrections_[place].action, borders[i].place, borders[i].is_begin);
    }
    if (i == borders.size()) return;
    Piece piece{{from, borders[i].time}, InForce::strongest(now.over), kNone, false};
    const int fill = InForce::strongest(now.fills);
    if (fill > InForce::strongest(now.restores)) piece.fill = fill;
    piece.is_over_fill = piece.over > piece.fill;
    const bool is_restored =
        piece.over != kNone &&
        corrections_[static_cast<std::size_t>(piece.over)].action == CorrectionAction::kRestore;
    if (is_restored) piece.over = kNone;
    if (piece.over != kNone || piece.fill != kNone) pieces_.push_back(piece);
  }
}

void Overlay::note_touched(const Piece& piece) {
  if (piece.over != kNone) touched_.add(piece.range);
  if (piece.fill == kNone) return;
  has_fills_ = true;
  const Correction& fill = corrections_[static_cast<std::size_t>(piece.fill)];
  const base::Time last = cell_start(fill, piece.range.to - kTick);
  touched_.add({piece.range.from, std::max(piece.range.to, cell_end(fill, last))});
}

const Overlay::Piece* Overlay::piece_at(base::Time time) const {
  auto it =
      std::ranges::upper_bound(pieces_, time, {}, [](const Piece& p) { return p.range.from; });
  if (it == pieces_.begin()) return nullptr;
  --it;
  return it->range.holds(time) ? &*it : nullptr;
}

std::int64_t Overlay::apply(const Correction& by, model::Sample& sample) const {
  if (by.action == CorrectionAction::kReplace) {
    sample.value = value_of(by, sample.time);
    sample.quality = Quality().marked(Reason::kCorrected, Severity::kGood);
    return by.id;
  }
  const auto own = sample.quality.reasons();
  sample.quality = Quality().marked(Reason::kCorrected, Severity::kBad);
  if (!own.empty()) sample.quality = sample.quality.marked(own.front(), Severity::kGood);
  return by.id;
}

std::int64_t Overlay::apply(model::Sample& sample) const {
  const Piece* piece = piece_at(sample.time);
  if (!piece || piece->over == kNone) return 0;
  return apply(corrections_[static_cast<std::size_t>(piece->over)], sample);
}

Overlay::Filled Overlay::filled_at(const Piece& piece, base::Time time) const {
  const Correction& fill = corrections_[static_cast<std::size_t>(piece.fill)];
  Filled filled{{time, value_of(fill, time), Quality().marked(Reason::kCorrected, Severity::kGood)},
                fill.id};
  if (piece.over == kNone || !piece.is_over_fill) return filled;
  const Correction& over = corrections_[static_cast<std::size_t>(piece.over)];
  filled.correction = apply(over, filled.sample);
  return filled;
}

void Overlay::fill(base::Time from, base::Time next, base::Time end,
                   const std::function<void(Filled)>& each) const {
  if (!has_fills_) return;
  const base::Time until = std::min(next, end);
  auto piece =
      std::ranges::upper_bound(pieces_, from, {}, [](const Piece& p) { return p.range.to; });
  for (; piece != pieces_.end() && piece->range.from < until; ++piece) {
    if (piece->fill == kNone) continue;
    const Correction& fill = corrections_[static_cast<std::size_t>(piece->fill)];
    const base::Time stop = std::min(until, piece->range.to);
    base::Time start = next_cell(fill, std::max(from, piece->range.from));
    for (; start < stop && cell_end(fill, start) <= next; start += fill.interval) {
      each(filled_at(*piece, start));
    }
  }
}

base::Time Overlay::horizon(base::Time end) const {
  base::Time horizon = end;
  for (const Piece& piece : pieces_) {
    if (piece.fill == kNone || piece.range.from >= end) continue;
    const Correction& fill = corrections_[static_cast<std::size_t>(piece.fill)];
    const base::Time last = std::min(end, piece.range.to) - kTick;
    horizon = std::max(horizon, cell_end(fill, cell_start(fill, last)));
  }
  return horizon;
}

std::optional<Overlay::Filled> Overlay::last_fill(base::Time from, base::Time next,
                                                  base::Time end) const {
  for (const Piece& piece : std::views::reverse(pieces_)) {
    if (piece.range.to <= from) return std::nullopt;
    if (piece.fill == kNone || piece.range.from >= end) continue;
    const Correction& fill = corrections_[static_cast<std::size_t>(piece.fill)];
    base::Time start = cell_start(fill, std::min(end, piece.range.to) - kTick);
    for (; start >= std::max(from, piece.range.from); start -= fill.interval) {
      if (cell_end(fill, start) <= next) return filled_at(piece, start);
    }
  }
  return std::nullopt;
}

void OverlayWalk::fill_until(base::Time next) {
  overlay_->fill(next_, next, range_.to, [&](Overlay::Filled filled) {
    take_({std::move(filled.sample), std::nullopt, filled.correction});
  });
}

void OverlayWalk::stored(model::Sample sample) {
  fill_until(sample.time);
  next_ = sample.time + kTick;
  if (sample.time >= range_.to) return;
  SeenRow row{sample, std::move(sample), 0};
  row.correction = overlay_->apply(row.sample);
  take_(std::move(row));
}

SeenNewest newest_seen(const Overlay& overlay, const std::optional<model::Sample>& newest) {
  const base::Time after = newest ? newest->time + kTick : base::Time::min();
  if (auto filled = overlay.last_fill(after, base::Time::max(), base::Time::max())) {
    return {std::move(filled->sample), filled->correction};
  }
  if (!newest) return {};
  SeenNewest seen{newest, 0};
  seen.correction = overlay.apply(*seen.sample);
  return seen;
}

}  // namespace millrace::store
