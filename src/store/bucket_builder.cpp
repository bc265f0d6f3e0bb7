#include "store/bucket_builder.h"

#include <algorithm>

namespace millrace::store {

Rollup& BucketBuilder::piece_at(base::Time time) {
  const std::int64_t bucket = (time - query_->start) / query_->step;
  const std::size_t position = rows_only_.is_empty() ? 0 : rows_only_.position_of(time);
  if (pieces_.empty() || pieces_.back().bucket != bucket || pieces_.back().position != position) {
    pieces_.push_back({bucket, position, {}});
  }
  return pieces_.back().rollup;
}

void BucketBuilder::add(base::Time time, const Reading& one) {
  Rollup& rollup = piece_at(time);
  if (!rollup.is_empty && rollup.tail == time) {
    rollup.add_duplicate(time, one);
  } else {
    rollup.add(time, one);
  }
}

void BucketBuilder::add(const Rollup& rollup) { piece_at(rollup.head).join(rollup); }

BucketRow BucketBuilder::row_of(std::int64_t bucket, const Rollup& rollup,
                                const Held& before) const {
  const base::Time from = query_->start + bucket * query_->step;
  const base::Time to = std::min(from + query_->step, query_->end);
  BucketRow row{series_, from, {}};
  for (const Aggregate aggregate : query_->aggregates) {
    row.values.push_back(aggregate_of(rollup, aggregate, from, to, before));
  }
  return row;
}

std::vector<BucketRow> BucketBuilder::finish() {
  std::ranges::sort(pieces_, {}, [](const Piece& piece) { return piece.rollup.head; });
  std::vector<BucketRow> rows;
  Held before = before_;
  for (std::size_t i = 0; i < pieces_.size();) {
    const std::int64_t bucket = pieces_[i].bucket;
    Rollup whole;
    for (; i < pieces_.size() && pieces_[i].bucket == bucket; ++i) whole.join(pieces_[i].rollup);
    rows.push_back(row_of(bucket, whole, before));
    before = held_after(whole);
  }
  return rows;
}

}  // namespace millrace::store
