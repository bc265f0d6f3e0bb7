#include "spool/spool.h"

#include <algorithm>
#include <format>

#include "base/log.h"
#include "spool/internal/hold_trace.h"
#include "spool/internal/spool_change.h"
#include "spool/internal/spool_reader.h"
#include "spool/record.h"

namespace millrace::spool {
namespace {

using base::ErrorCode;
using model::Sequence;
using model::SequenceRange;
using model::SequenceSet;

constexpr std::uint64_t kBytesMin = 64U << 10;
constexpr int kPutAttempts = 4;

std::uint64_t map_bytes(const SpoolOptions& options) {
  return 2 * options.bytes_max + options.slack_bytes;
}

SequenceSet joined(SequenceSet all, const SequenceSet& more) {
  for (const SequenceRange& range : more.ranges()) all.add(range);
  return all;
}

/// LMDB takes a write that a full disk cut short for an input error.
bool is_disk_full(const std::filesystem::path& directory) {
  constexpr std::uintmax_t kFreeMin = 1U << 20;
  std::error_code error;
  const auto space = std::filesystem::space(directory, error);
  return !error && space.available < kFreeMin;
}

base::Error disk_full(const base::Error& error) {
  return {ErrorCode::kNoSpace, base::Retry::kLater, error.what, "Free space on this disk."};
}

}  // namespace

base::Result<std::unique_ptr<Spool>> Spool::create(SpoolOptions options, Deps deps) {
  if (options.bytes_max < kBytesMin) {
    return base::fail(ErrorCode::kInvalid, std::format("a spool of {} bytes", options.bytes_max),
                      std::format("Give it at least {} bytes.", kBytesMin));
  }
  if (options.directory.empty() || options.age_max <= base::Duration{} ||
      options.keep_acked < base::Duration{}) {
    return base::fail(ErrorCode::kInvalid, "a spool without a folder or with a negative age");
  }
  return std::unique_ptr<Spool>(new Spool(std::move(options), deps));
}

Spool::Spool(SpoolOptions options, Deps deps)
    : options_(std::move(options)), deps_(deps), ledger_(std::make_unique<Ledger>()) {}

Spool::~Spool() = default;

std::filesystem::path Spool::file_path() const { return options_.directory / "spool.mdb"; }

base::Result<void> Spool::start() {
  const std::lock_guard guard(mutex_);
  if (is_started_) return {};
  MILLRACE_TRY(base::make_directories(options_.directory));
  MILLRACE_LET(lock_, base::lock_file(options_.directory / "lock"));
  MILLRACE_TRY(open());
  is_started_ = true;
  record_left_behind();
  return {};
}

void Spool::stop() {
  const std::lock_guard guard(mutex_);
  if (!is_started_) return;
  if (file_) {
    auto last = change();
    const auto done = last ? commit(**last) : std::unexpected(last.error());
    if (!done)
      base::log::warning("the spool closes without a last note: {}", describe(done.error()));
  }
  file_.reset();
  lock_.close();
  is_started_ = false;
  is_offering_ = false;
}

/// Opens the file; one that cannot be read is set aside, because an edge must go on collecting.
base::Result<void> Spool::open() {
  aged_at_ = deps_.clock.monotonic();
  auto opened = open_file();
  if (opened || opened.error().code != ErrorCode::kCorrupt) return opened;
  base::log::error("the spool is damaged and a new one is begun: {}", describe(opened.error()));
  file_.reset();
  MILLRACE_TRY(set_damaged_file_aside());
  is_after_damage_ = true;
  *ledger_ = {};
  return open_file();
}

base::Result<void> Spool::open_file() {
  MILLRACE_LET(file_, LmdbFile::open(file_path(), map_bytes(options_)));
  std::optional<Ledger> loaded;
  {
    MILLRACE_LET(const Transaction reading, file_->begin(LmdbFile::Mode::kRead));
    MILLRACE_LET(loaded, load_ledger(reading));
    if (!is_started_) {
      MILLRACE_LET(left_behind_, read_left_behind(reading, deps_.clock.now()));
    }
  }
  return loaded ? adopt(std::move(*loaded)) : begin_new_file();
}

/// Should the disk refuse, the next put() does it.
void Spool::record_left_behind() {
  if (left_behind_.empty()) return;
  base::log::warning("the edge was killed while filters held samples of {} properties: on record",
                     left_behind_.size());
  if (const auto done = try_put({}); !done) {
    base::log::warning("that loss waits for the spool: {}", describe(done.error()));
  }
}

base::Result<void> Spool::set_damaged_file_aside() {
  std::error_code error;
  for (int n = 1; n < 1000; ++n) {
    const std::filesystem::path aside = std::format("{}.damaged-{}", file_path().native(), n);
    if (std::filesystem::exists(aside, error)) continue;
    std::filesystem::rename(file_path(), aside, error);
    if (!error) return {};
    return std::unexpected(base::system_error(error.value(), "set aside", file_path().native()));
  }
  return base::fail(ErrorCode::kCorrupt, "the spool is damaged, as were many before it",
                    "Check the disk, then delete the files that end with damaged-<n>.");
}

/// Takes over what stands in the file. When this process has been running and the file knows more
/// than it does, then a put() that was reported as failed has happened after all.
base::Result<void> Spool::adopt(Ledger loaded) {
  const std::uint64_t known = is_started_ ? ledger_->next : loaded.next;
  if (is_started_) loaded.age = std::max(loaded.age, ledger_->age);
  *ledger_ = std::move(loaded);
  return known < ledger_->next ? refuse_from(known) : base::Result<void>{};
}

base::Result<void> Spool::refuse_from(std::uint64_t place) {
  MILLRACE_LET(const auto refusal, change());
  for (; place < ledger_->next; ++place) {
    MILLRACE_TRY(refusal->drop(place, GoneReason::kRefused));
  }
  return commit(*refusal);
}

base::Result<void> Spool::begin_new_file() {
  ledger_->epoch = base::Uuid::make(deps_.random);
  MILLRACE_LET(const auto first, change());
  return commit(*first);
}

/// A change on top of the present ledger; opens the file again after a fatal error.
base::Result<std::unique_ptr<SpoolChange>> Spool::change() {
  if (!file_) MILLRACE_TRY(open());
  Ledger ledger = *ledger_;
  const base::MonotonicTime now = deps_.clock.monotonic();
  ledger.age += now - aged_at_;
  MILLRACE_LET(Transaction transaction, file_->begin(LmdbFile::Mode::kWrite));
  return std::make_unique<SpoolChange>(std::move(transaction), std::move(ledger));
}

/// After an error that is not about space LMDB may refuse everything: the file is opened again, and
/// if the change is found there, then it has happened.
base::Result<void> Spool::commit(SpoolChange& change) {
  const base::MonotonicTime now = deps_.clock.monotonic();
  const std::uint64_t expected = change.ledger().next;
  const bool is_put = expected > ledger_->next;
  auto committed = change.commit();
  if (committed) {
    *ledger_ = std::move(*committed);
    aged_at_ = now;
    return {};
  }
  if (committed.error().code == ErrorCode::kNoSpace) return std::unexpected(committed.error());
  base::log::error("a change of the spool failed: {}", describe(committed.error()));
  file_.reset();
  const std::uint64_t known = std::exchange(ledger_->next, expected);
  const auto opened = open();
  if (opened && is_put && ledger_->next == expected) return {};
  if (!opened) ledger_->next = known;
  return std::unexpected(is_disk_full(options_.directory) ? disk_full(committed.error())
                                                          : committed.error());
}

base::Result<Sequence> Spool::put(std::span<const model::Batch> batches,
                                  std::span<const Hold> holds) {
  Putting what{.batches = batches, .holds = holds};
  for (const model::Batch& batch : batches) {
    what.records.push_back(encode_record(batch));
    if (charge(what.records.back().size()) > options_.bytes_max / 2) {
      return base::fail(ErrorCode::kTooLarge,
                        std::format("a batch of {} takes {} bytes of a spool of {}", batch.thing,
                                    what.records.back().size(), options_.bytes_max),
                        "Raise the spool's cap.");
    }
  }
  const std::lock_guard guard(mutex_);
  if (!is_started_) return base::fail(ErrorCode::kUnavailable, "the spool is not started");
  for (int attempt = 1;; ++attempt) {
    const auto done = try_put(what);
    if (done) return Sequence(ledger_->next - batches.size() - ledger_->base);
    if (!is_map_full(done.error()) || attempt == kPutAttempts) {
      return std::unexpected(done.error());
    }
    auto made = make_room();
    if (!made && is_map_full(made.error())) {
      MILLRACE_TRY(file_->grow(options_.bytes_max / 2));  // even to evict takes pages
      made = make_room();
    }
    MILLRACE_TRY(made);
  }
}

base::Result<void> Spool::try_put(const Putting& what) {
  MILLRACE_LET(const auto putting, change());
  std::uint64_t bytes = 0;
  for (const std::string& record : what.records) bytes += charge(record.size());
  for (const HeldLoss& lost : left_behind_) bytes += charge(encode_held(lost).size());
  const Caps caps{options_.bytes_max, options_.age_max, options_.keep_acked};
  MILLRACE_TRY(putting->evict(caps, bytes));
  for (const HeldLoss& lost : left_behind_) MILLRACE_TRY(putting->lose(lost));
  for (std::size_t i = 0; i < what.records.size(); ++i) {
    const std::string& record = what.records[i];
    const base::Duration age = putting->ledger().age;
    MILLRACE_TRY(putting->append(record, index_of(what.batches[i], record.size(), age)));
  }
  for (const Hold& hold : what.holds) MILLRACE_TRY(putting->trace(hold));
  if (is_offering_) putting->ledger().offered = putting->ledger().last();
  MILLRACE_TRY(commit(*putting));
  left_behind_.clear();
  return {};
}

/// LMDB's map is full although the cap is not: pages are filled badly. Pages that a transaction
/// frees can be used by the one after the next, hence the second, empty one.
base::Result<void> Spool::make_room() {
  const Caps caps{options_.bytes_max, options_.age_max, options_.keep_acked};
  const std::uint64_t unused = options_.bytes_max - std::min(options_.bytes_max, ledger_->bytes);
  MILLRACE_LET(const auto evicting, change());
  MILLRACE_TRY(evicting->evict(caps, unused + options_.bytes_max / 8));
  MILLRACE_TRY(commit(*evicting));
  MILLRACE_LET(const auto empty, change());
  return commit(*empty);
}

base::Result<Content> Spool::read(SequenceRange range, std::size_t bytes_max) {
  const std::lock_guard guard(mutex_);
  if (!is_started_) return base::fail(ErrorCode::kUnavailable, "the spool is not started");
  if (!file_) MILLRACE_TRY(open());
  const std::uint64_t from = std::max<std::uint64_t>(1, number(range.from)) + ledger_->base;
  const std::uint64_t last = ledger_->last() - ledger_->base;
  const std::uint64_t to = std::min(number(range.to), last) + ledger_->base;
  return read_places(from, to, bytes_max);
}

base::Result<Content> Spool::read_places(std::uint64_t from, std::uint64_t to,
                                         std::size_t bytes_max) {
  std::vector<std::uint64_t> corrupt;
  Content content;
  {
    MILLRACE_LET(const Transaction reading, file_->begin(LmdbFile::Mode::kRead));
    SpoolReader reader(reading, *ledger_);
    MILLRACE_LET(content, reader.read(from, to, bytes_max));
    corrupt = reader.corrupt();
  }
  bury(corrupt);
  return content;
}

/// What cannot be read becomes a tombstone for good. Should the disk refuse, the next read tries.
void Spool::bury(const std::vector<std::uint64_t>& corrupt) {
  if (corrupt.empty()) return;
  base::log::error("{} batches of the spool are damaged on the disk and lost", corrupt.size());
  auto burial = change();
  if (!burial) return;
  for (const std::uint64_t place : corrupt) {
    if (!(*burial)->drop(place, GoneReason::kCorrupt)) return;
  }
  if (const auto done = commit(**burial); !done) {
    base::log::warning("damaged batches stay in the spool for now: {}", describe(done.error()));
  }
}

void Spool::committed(const SequenceSet& set) {
  const std::lock_guard guard(mutex_);
  const auto base = static_cast<std::int64_t>(ledger_->base);
  acknowledge(joined(ledger_->former, shifted(set, base, ledger_->last())));
}

SequenceSet Spool::committed() const {
  const std::lock_guard guard(mutex_);
  SequenceSet acked = ledger_->acked;
  for (const SequenceRange& range : ledger_->former.ranges()) acked.remove(range);
  return shifted(acked, -static_cast<std::int64_t>(ledger_->base), ledger_->last());
}

/// Replaces the acknowledged set and counts again what that changes.
void Spool::acknowledge(SequenceSet acked) {
  if (acked == ledger_->acked || !file_) return;
  const auto reading = file_->begin(LmdbFile::Mode::kRead);
  if (!reading) return;
  const BatchSum more = sum_of_difference(*reading, acked, ledger_->acked, ledger_->present);
  const BatchSum less = sum_of_difference(*reading, ledger_->acked, acked, ledger_->present);
  ledger_->unacked_batches += less.batches - more.batches;
  ledger_->unacked_bytes += less.bytes - more.bytes;
  ledger_->acked = std::move(acked);
  ledger_->acked_from = 1;
}

base::Result<void> Spool::begin_offering() {
  const std::lock_guard guard(mutex_);
  if (!is_started_) return base::fail(ErrorCode::kUnavailable, "the spool is not started");
  if (ledger_->offered != ledger_->last()) {
    MILLRACE_LET(const auto offer, change());
    offer->ledger().offered = offer->ledger().last();
    MILLRACE_TRY(commit(*offer));
  }
  is_offering_ = true;
  return {};
}

void Spool::end_offering() {
  const std::lock_guard guard(mutex_);
  is_offering_ = false;
}

base::Result<void> Spool::renew_epoch(const SequenceSet& delivered) {
  const std::lock_guard guard(mutex_);
  if (!is_started_) return base::fail(ErrorCode::kUnavailable, "the spool is not started");
  const auto base = static_cast<std::int64_t>(ledger_->base);
  SequenceSet former = ledger_->former;
  former.add({Sequence(1), Sequence(ledger_->base)});
  former = joined(std::move(former), shifted(delivered, base, ledger_->last()));
  acknowledge(former);
  MILLRACE_LET(const auto renewal, change());
  Ledger& renewed = renewal->ledger();
  renewed.epoch = base::Uuid::make(deps_.random);
  renewed.base = number(former.acked_to());
  renewed.offered = renewed.base;
  renewed.former = std::move(former);
  ++renewed.renewals;
  MILLRACE_TRY(commit(*renewal));
  is_offering_ = false;
  base::log::warning("the spool begins epoch {}", to_text(ledger_->epoch));
  return {};
}

SpoolState Spool::state() const {
  const std::lock_guard guard(mutex_);
  const std::uint64_t base = ledger_->base;
  std::optional<Sequence> oldest = ledger_->present.first_present(Sequence(base + 1));
  while (oldest && ledger_->former.contains(*oldest)) {
    oldest = ledger_->present.first_present(ledger_->former.first_missing(*oldest));
  }
  return {.epoch = ledger_->epoch,
          .oldest = Sequence(oldest ? number(*oldest) - base : ledger_->next - base),
          .next = Sequence(ledger_->next - base),
          .offered = Sequence(ledger_->offered - base)};
}

SpoolStats Spool::stats() const {
  const std::lock_guard guard(mutex_);
  SpoolStats stats;
  for (const SequenceRange& range : ledger_->present.ranges()) stats.batches += count(range);
  stats.bytes = ledger_->bytes;
  stats.unacknowledged_batches = ledger_->unacked_batches;
  stats.unacknowledged_bytes = ledger_->unacked_bytes;
  stats.evicted_batches = ledger_->evicted_batches;
  stats.evicted_samples = ledger_->evicted_samples;
  stats.corrupt_batches = ledger_->corrupt_batches;
  stats.renewals = ledger_->renewals;
  stats.is_after_damage = is_after_damage_;
  return stats;
}

}  // namespace millrace::spool
