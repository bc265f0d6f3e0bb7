// A backup made while ingest runs, restored and compared with the store it was made of, sample by
// sample. Small as a test; fifty million samples, with figures, on a machine that does nothing
// else:
//
//   MILLRACE_BACKUP_SAMPLES=50000000 ./dev exec ctest --test-dir build/release -V -R
//   backup.BackupUnder

#include <cmath>
#include <cstdlib>
#include <print>
#include <thread>

#include "service/backup_set.h"
#include "service/service_fixture.h"

namespace millrace::service {
namespace {

constexpr int kSeries = 100;
constexpr std::size_t kCommitRows = 204'800;
constexpr std::size_t kSealRows = 5'000'000;
constexpr std::size_t kIngestRows = 1'000;
constexpr auto kIngestPause = 2ms;
constexpr double kCommitSecondsMax = 1;

std::size_t wanted_samples() {
  const char* given = std::getenv("MILLRACE_BACKUP_SAMPLES");
  return given ? std::stoull(given) : 600'000;
}

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  }

 private:
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

class BackupUnderIngest : public ServiceTest {
 protected:
  /// Sample `number` of all: series in turn, a second between two of one.
  void put_rows(std::size_t rows) {
    store::Commit commit;
    for (std::size_t i = 0; i < rows; ++i, ++written_) {
      const auto place = written_ % kSeries;
      const auto second = static_cast<std::int64_t>(written_ / kSeries);
      const double value = std::floor(1000 * std::sin(static_cast<double>(written_) / 7e3)) / 8;
      commit.samples.push(ids_[place], model::ValueType::kF64, {begin_ + second * 1s, value, {}},
                          clock_.now());
    }
    // What must agree with the samples, in the same commit: how many there are now.
    commit.events = {{.time = clock_.now(),
                      .kind = "test.written",
                      .subject = "rig",
                      .actor_role = "system",
                      .body = std::to_string(written_)}};
    ASSERT_TRUE(series_->commit(commit));
    ++commits_;
  }

  void fill(std::size_t samples) {
    begin_ = clock_.now() - 1h - std::chrono::seconds(samples / kSeries);
    for (int i = 0; i < kSeries; ++i) ids_.push_back(define("rig", std::format("p{:03}", i)));
    for (std::size_t sealed = 0; written_ < samples;) {
      ASSERT_NO_FATAL_FAILURE(put_rows(std::min(kCommitRows, samples - written_)));
      if (written_ - sealed < kSealRows && written_ < samples) continue;
      ASSERT_TRUE(series_->seal());
      sealed = written_;
    }
    const store::Correction replace{.series = ids_[3],
                                    .range = {begin_ + 100s, begin_ + 200s},
                                    .action = store::CorrectionAction::kReplace,
                                    .value = 77.0,
                                    .time = clock_.now()};
    ASSERT_TRUE(series_->commit({.corrections = {replace}}));
  }

  /// Backups one after the other until enough commits could have run beside them; the last one.
  Backup back_up_beside_ingest() {
    Backup backup;
    std::atomic<bool> is_done = false;
    double slowest = 0;
    std::thread writer([&] { slowest = ingest(is_done); });
    const std::size_t before = written_;
    std::size_t beside = 0, made = 0;
    for (double seconds = 0; seconds < kBesideSeconds || made == 0; ++made) {
      clock_.advance(1s);  // backups are named by their second
      const Stopwatch watch;
      const std::size_t commits = commits_;
      const auto one = services_->system.back_up(admin_);
      beside += commits_ - commits;
      seconds += watch.seconds();
      EXPECT_TRUE(one) << base::describe(one.error());
      if (!one) break;
      backup = *one;
      std::println("backup: {:.1f} MB in {:.2f} s", static_cast<double>(one->bytes) / 1e6,
                   watch.seconds());
    }
    is_done = true;
    writer.join();
    std::println("beside them {} samples in {} commits came, slowest commit {:.0f} ms",
                 written_ - before, beside, slowest * 1e3);
    // Of a backup that holds ingest up, two commits can end between its begin and its end.
    EXPECT_GT(beside, 2 * made) << "ingest stood still";
    EXPECT_LT(slowest, kCommitSecondsMax);
    return backup;
  }

  /// What charts read, over the time before the first backup.
  void compare_buckets(const store::SeriesStore& copy, std::size_t samples) {
    const store::BucketQuery query{
        .series = ids_,
        .start = begin_,
        .end = begin_ + std::chrono::seconds(samples / kSeries),
        .step = 60s,
        .aggregates = {store::Aggregate::kCount, store::Aggregate::kMin, store::Aggregate::kMax,
                       store::Aggregate::kSum, store::Aggregate::kTimeWeightedAvg},
        .deadline = clock_.monotonic() + 600s};
    const auto mine = series_->buckets(query), other = copy.buckets(query);
    ASSERT_TRUE(mine && other);
    ASSERT_EQ(mine->rows.size(), other->rows.size());
    EXPECT_GT(mine->rows.size(), std::size_t{kSeries});
    for (std::size_t i = 0; i < mine->rows.size(); ++i) {
      ASSERT_EQ(mine->rows[i].series, other->rows[i].series);
      ASSERT_EQ(mine->rows[i].time, other->rows[i].time);
      ASSERT_EQ(mine->rows[i].values, other->rows[i].values) << i;
    }
  }

  /// People, tokens, the audit book up to the backup.
  void compare_metadata(const std::filesystem::path& file) {
    store::SqliteMetaStore copy({.file = file});
    ASSERT_TRUE(copy.start());
    EXPECT_EQ(*copy.users(), *meta_->users());
    EXPECT_EQ(*copy.tokens(store::TokenKind::kSession), *meta_->tokens(store::TokenKind::kSession));
    const auto theirs = copy.audit(0, 1000).value();
    const auto ours = meta_->audit(0, 1000).value();
    ASSERT_FALSE(theirs.empty());
    // Each backup is noted after its copy.
    EXPECT_EQ(theirs.size() + 1, ours.size());
    EXPECT_EQ(theirs.front().id, ours.at(1).id);
  }

  /// Commits until it is told to stop; gives the slowest commit in seconds.
  double ingest(const std::atomic<bool>& is_done) {
    double slowest = 0;
    while (!is_done) {
      const Stopwatch watch;
      put_rows(kIngestRows);
      slowest = std::max(slowest, watch.seconds());
      std::this_thread::sleep_for(kIngestPause);
    }
    return slowest;
  }

  /// Every sample of a series in both stores as they stood at this commit.
  std::size_t compare(const store::SeriesStore& copy, model::SeriesId id, model::CommitId commit) {
    store::RawQuery query{.series = id,
                          .start = base::Time::min(),
                          .end = base::Time::max(),
                          .limit = 500'000,
                          .as_of = commit};
    std::size_t compared = 0;
    while (true) {
      const auto mine = series_->raw(query), other = copy.raw(query);
      EXPECT_TRUE(mine && other && mine->samples == other->samples) << number(id);
      if (!mine || !other) return compared;
      compared += mine->samples.size();
      if (!mine->next) return compared;
      query.after = mine->next;
    }
  }

  static constexpr double kBesideSeconds = 0.5;
  const identity::Caller admin_ = admin();
  std::vector<model::SeriesId> ids_;
  base::Time begin_;
  std::size_t written_ = 0;
  std::atomic<std::size_t> commits_ = 0;
};

TEST_F(BackupUnderIngest, a_backup_made_beside_ingest_restores_to_the_store_at_one_commit) {
  const std::size_t samples = wanted_samples();
  const Stopwatch filling;
  ASSERT_NO_FATAL_FAILURE(fill(samples));
  std::println("{} samples in {:.1f} s", samples, filling.seconds());

  const Backup backup = back_up_beside_ingest();
  if (HasFailure()) return;

  const Stopwatch restoring;
  const auto restored = copy_backup(backup.path, folder_ / "restored");
  ASSERT_TRUE(restored) << base::describe(restored.error());
  EXPECT_EQ(restored->checksum, backup.checksum);
  store::duckdb::DuckDbStore copy({.folder = folder_ / "restored/series"}, clock_, base::Random(2));
  ASSERT_TRUE(copy.start());
  std::println("verified twice, copied and opened in {:.2f} s", restoring.seconds());

  const auto stats = copy.stats();
  EXPECT_EQ(stats->commit, backup.commit);
  const Stopwatch comparing;
  std::size_t compared = 0;
  for (const model::SeriesId id : ids_) compared += compare(copy, id, stats->commit);
  EXPECT_EQ(compared, stats->hot_rows + stats->sealed_rows);
  EXPECT_GE(compared, samples);
  EXPECT_EQ(*copy.corrections({}), *series_->corrections({}));
  EXPECT_EQ(*copy.series(), *series_->series());
  const auto events = copy.events(0, 1).value();
  EXPECT_EQ(events.at(0).body, std::to_string(compared)) << "samples and events of one commit";
  ASSERT_NO_FATAL_FAILURE(compare_buckets(copy, samples));
  ASSERT_NO_FATAL_FAILURE(compare_metadata(folder_ / "restored/meta.db"));
  std::println("{} samples compared in {:.1f} s: equal", compared, comparing.seconds());
}

}  // namespace
}  // namespace millrace::service
