#include "spool/internal/gone_runs.h"

#include <algorithm>

#include "spool/crc32c.h"
#include "spool/internal/byte_stream.h"
#include "spool/internal/spool_keys.h"

namespace millrace::spool {
namespace {

// The newest kExactBuckets are kept place by place (262,144 batches), older ones compacted; above
// kBucketsMax (16 million batches) the oldest are forgotten.
constexpr std::uint64_t kExactBuckets = 1024;
constexpr std::uint64_t kBucketsMax = 65'536;

bool is_before(const GoneRun& a, const GoneRun& b) { return a.first < b.first; }

/// Joins `next` to `run` when it continues it for the same reason.
bool join(GoneRun& run, const GoneRun& next) {
  const bool fits = run.first + run.length == next.first && run.reason == next.reason &&
                    run.is_exact() == next.is_exact() &&
                    run.length + next.length <= kTombstoneBatchesMax;
  if (!fits) return false;
  run.length += next.length;
  run.samples += next.samples;
  run.each.insert(run.each.end(), next.each.begin(), next.each.end());
  run.time_from = std::min(run.time_from, next.time_from);
  run.time_to = std::max(run.time_to, next.time_to);
  return true;
}

/// The part of a run in [from, to]; how many samples a part of a longer run held is not known.
GoneRun part_of(const GoneRun& run, std::uint64_t from, std::uint64_t to) {
  const std::uint64_t first = std::max(run.first, from);
  const std::uint64_t last = std::min(run.first + run.length - 1, to);
  GoneRun part = run;
  part.first = first;
  part.length = last - first + 1;
  if (part.length == run.length) return part;
  part.samples = 0;
  part.each.clear();
  return part;
}

base::Result<std::vector<GoneRun>> load_bucket(const Transaction& transaction,
                                               std::uint64_t bucket) {
  MILLRACE_LET(const auto bytes, transaction.get(Table::kGone, place_key(bucket)));
  if (!bytes) return std::vector<GoneRun>{};
  auto runs = decode_bucket(bucket, *bytes);
  // A damaged bucket costs its counts, nothing else: the places stay gone.
  return runs ? std::move(*runs) : std::vector<GoneRun>{};
}

void append(std::vector<GoneRun>& all, const GoneRun& run) {
  if (all.empty() || !join(all.back(), run)) all.push_back(run);
}

GoneRun unknown(std::uint64_t first, std::uint64_t last) {
  return {.first = first, .length = last - first + 1};
}

}  // namespace

std::string encode_bucket(std::uint64_t bucket, const std::vector<GoneRun>& runs) {
  std::string bytes;
  ByteWriter out(bytes);
  std::uint64_t at = bucket * kBucketPlaces;
  for (const GoneRun& run : runs) {
    out.varint(run.first - at);
    out.varint(run.length);
    out.fixed(static_cast<std::uint8_t>(run.reason));
    out.varint(run.samples);
    out.signed_varint(micros(run.time_from));
    out.varint(static_cast<std::uint64_t>(micros(run.time_to)) -
               static_cast<std::uint64_t>(micros(run.time_from)));
    at = run.first + run.length;
  }
  out.fixed(crc32c(bytes));
  return bytes;
}

base::Result<std::vector<GoneRun>> decode_bucket(std::uint64_t bucket, std::string_view bytes) {
  const auto damaged = [] {
    return base::fail(base::ErrorCode::kCorrupt, "a list of gone batches is damaged");
  };
  if (bytes.size() < 4) return damaged();
  const std::string_view body = bytes.substr(0, bytes.size() - 4);
  if (ByteReader(bytes.substr(body.size())).fixed<std::uint32_t>() != crc32c(body)) {
    return damaged();
  }
  std::vector<GoneRun> runs;
  ByteReader in(body);
  std::uint64_t at = bucket * kBucketPlaces;
  const std::uint64_t end = at + kBucketPlaces;
  while (in.is_good() && !in.is_at_end()) {
    GoneRun run;
    const std::uint64_t skip = in.varint();
    run.first = at + skip;
    run.length = in.varint();
    run.reason = static_cast<GoneReason>(in.fixed<std::uint8_t>());
    run.samples = in.varint();
    run.time_from = time_of(in.signed_varint());
    const auto to = static_cast<std::uint64_t>(micros(run.time_from)) + in.varint();
    run.time_to = time_of(static_cast<std::int64_t>(to));
    const bool fits = skip < end - at && run.length > 0 && run.length <= end - run.first;
    if (!fits) return damaged();
    at = run.first + run.length;
    if (run.length == 1) run.each = {static_cast<std::uint32_t>(run.samples)};
    runs.push_back(std::move(run));
  }
  if (!in.is_good()) return damaged();
  return runs;
}

std::vector<GoneRun> compacted(const std::vector<GoneRun>& runs) {
  std::vector<GoneRun> joined;
  for (const GoneRun& run : runs) append(joined, run);
  return joined;
}

base::Result<void> GoneWriter::open(std::uint64_t bucket) {
  if (open_.contains(bucket)) return {};
  MILLRACE_LET(open_[bucket], load_bucket(transaction_, bucket));
  if (open_[bucket].empty()) MILLRACE_TRY(shrink_old(bucket));
  return {};
}

base::Result<void> GoneWriter::add(const GoneRun& one) {
  const std::uint64_t bucket = one.first / kBucketPlaces;
  MILLRACE_TRY(open(bucket));
  std::vector<GoneRun>& runs = open_[bucket];
  runs.insert(std::ranges::upper_bound(runs, one, is_before), one);
  return {};
}

base::Result<void> GoneWriter::flush() {
  for (const auto& [bucket, runs] : open_) {
    MILLRACE_TRY(transaction_.put(Table::kGone, place_key(bucket), encode_bucket(bucket, runs)));
  }
  open_.clear();
  return {};
}

/// A bucket is begun: the one that thereby becomes old is compacted, the oldest forgotten.
base::Result<void> GoneWriter::shrink_old(std::uint64_t newest) {
  if (newest >= kExactBuckets && !open_.contains(newest - kExactBuckets)) {
    const std::uint64_t old = newest - kExactBuckets;
    MILLRACE_LET(const auto runs, load_bucket(transaction_, old));
    if (!runs.empty()) {
      MILLRACE_TRY(
          transaction_.put(Table::kGone, place_key(old), encode_bucket(old, compacted(runs))));
    }
  }
  if (newest >= kBucketsMax) {
    MILLRACE_TRY(transaction_.erase(Table::kGone, place_key(newest - kBucketsMax)));
  }
  return {};
}

base::Result<std::vector<GoneRun>> read_gone(const Transaction& transaction, std::uint64_t from,
                                             std::uint64_t to) {
  std::vector<GoneRun> found;
  std::uint64_t at = from;
  for (std::uint64_t bucket = from / kBucketPlaces; at <= to; ++bucket) {
    const std::uint64_t end = std::min(to, (bucket + 1) * kBucketPlaces - 1);
    MILLRACE_LET(const auto runs, load_bucket(transaction, bucket));
    for (const GoneRun& run : runs) {
      if (run.first + run.length <= at || run.first > end) continue;
      const GoneRun part = part_of(run, at, end);
      if (part.first > at) append(found, unknown(at, part.first - 1));
      append(found, part);
      at = part.first + part.length;
    }
    if (at <= end) append(found, unknown(at, end));
    at = end + 1;
  }
  return found;
}

}  // namespace millrace::spool
