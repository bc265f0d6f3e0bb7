#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "model/sample.h"
#include "store/correction.h"

namespace millrace::store {

/// What the corrections of one series make of its samples. A value; immutable once made.
///
/// - Of the corrections replace, invalidate and restore whose range holds the time of a sample, the
///   one with the highest (commit, id) says how it is seen. replace: with the correction's value,
///   quality good, reason corrected. invalidate: with its own value, quality bad, reason corrected
///   and the first of its own. restore: as it is stored.
/// - A fill cuts its range, from its start on, into cells of `interval`; the last may be shorter. A
///   cell in which no sample is stored shows one at its start, quality good, reason corrected, with
///   the fill's value or, when it is linear, the one on the straight line from (from, value) to
///   (to, value_to). Of the fills and restores that hold the start of a cell the one with the
///   highest (commit, id) counts. A replace or invalidate that is newer than the fill acts on such
///   a sample as on a stored one.
/// - A sample with the time of an earlier one stays a duplicate, whatever corrects it.
class Overlay {
 public:
  Overlay() = default;
  /// Of one series, in order of (commit, id).
  explicit Overlay(std::vector<Correction> corrections);

  bool is_empty() const { return pieces_.empty(); }
  bool has_fills() const { return has_fills_; }
  /// Where samples may be seen otherwise than stored, and perhaps some more.
  const TimeRanges& touched() const { return touched_; }

  /// A stored sample as it is seen; gives the id of the correction, 0 for none.
  std::int64_t apply(model::Sample& sample) const;

  struct Filled {
    model::Sample sample;
    std::int64_t correction = 0;
  };
  /// Calls `each` for the samples that fills show in [from, end) when the next sample stored at or
  /// after `from` has the time `next`, in order.
  void fill(base::Time from, base::Time next, base::Time end,
            const std::function<void(Filled)>& each) const;
  /// How far one must look for a stored sample to know what fills show before `end`.
  base::Time horizon(base::Time end) const;
  /// The newest sample that fills show in [from, end) when nothing is stored there, nor behind
  /// `end` before `next`.
  std::optional<Filled> last_fill(base::Time from, base::Time next, base::Time end) const;

 private:
  static constexpr int kNone = -1;
  /// Between two borders: which correction decides on stored samples, which fill shows samples, and
  /// which correction decides on those. Places in corrections_.
  struct Piece {
    TimeRange range;
    int over = kNone;
    int fill = kNone;
    bool is_over_fill = false;  // `over` is newer than `fill`
  };

  void cut();
  void note_touched(const Piece& piece);
  const Piece* piece_at(base::Time time) const;
  Filled filled_at(const Piece& piece, base::Time time) const;
  std::int64_t apply(const Correction& by, model::Sample& sample) const;

  std::vector<Correction> corrections_;
  std::vector<Piece> pieces_;  // by time; where nothing is in force there is none
  TimeRanges touched_;
  bool has_fills_ = false;
};

/// A row of a series as it is seen.
struct SeenRow {
  model::Sample sample;
  std::optional<model::Sample> stored;  // none where a fill shows it
  std::int64_t correction = 0;          // 0: as it is stored
};

/// Lays an overlay, which it does not own, over the samples of one series.
class OverlayWalk {
 public:
  OverlayWalk(const Overlay& overlay, const TimeRange& range, std::function<void(SeenRow)> take)
      : overlay_(&overlay), range_(range), next_(range.from), take_(std::move(take)) {}

  /// The samples stored from range.from up to overlay.horizon(range.to), in order.
  void stored(model::Sample sample);
  /// Behind the last one.
  void finish() { fill_until(base::Time::max()); }

 private:
  void fill_until(base::Time next);

  const Overlay* overlay_;
  const TimeRange range_;
  base::Time next_;
  std::function<void(SeenRow)> take_;
};

/// The newest sample as it is seen: `newest` is the newest stored one, if any.
struct SeenNewest {
  std::optional<model::Sample> sample;
  std::int64_t correction = 0;
};
SeenNewest newest_seen(const Overlay& overlay, const std::optional<model::Sample>& newest);

}  // namespace millrace::store
