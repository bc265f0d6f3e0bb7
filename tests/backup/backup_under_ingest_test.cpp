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
constexpr auto kIngestPause = 50ms;

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
    ASSERT_TRUE(series_->commit(commit));
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

  std::vector<model::SeriesId> ids_;
  base::Time begin_;
  std::size_t written_ = 0;
};

TEST_F(BackupUnderIngest, a_backup_made_beside_ingest_restores_to_the_store_at_one_commit) {
  const std::size_t samples = wanted_samples();
  const Stopwatch filling;
  ASSERT_NO_FATAL_FAILURE(fill(samples));
  std::println("{} samples in {:.1f} s", samples, filling.seconds());

  const std::size_t before = written_;
  std::atomic<bool> is_done = false;
  double slowest = 0;
  std::thread writer([&] { slowest = ingest(is_done); });
  const Stopwatch backing;
  const auto backup = services_->system.back_up(admin());
  const double seconds = backing.seconds();
  is_done = true;
  writer.join();
  ASSERT_TRUE(backup) << base::describe(backup.error());
  EXPECT_GT(written_, before) << "ingest did not run";
  std::println("backup: {:.1f} MB in {:.2f} s; beside it {} samples came, slowest commit {:.0f} ms",
               static_cast<double>(backup->bytes) / 1e6, seconds, written_ - before, slowest * 1e3);

  const Stopwatch restoring;
  const auto restored = copy_backup(backup->path, folder_ / "restored");
  ASSERT_TRUE(restored) << base::describe(restored.error());
  EXPECT_EQ(restored->checksum, backup->checksum);
  store::duckdb::DuckDbStore copy({.folder = folder_ / "restored/series"}, clock_, base::Random(2));
  ASSERT_TRUE(copy.start());
  std::println("verified twice, copied and opened in {:.2f} s", restoring.seconds());

  const auto stats = copy.stats();
  EXPECT_EQ(stats->commit, backup->commit);
  const Stopwatch comparing;
  std::size_t compared = 0;
  for (const model::SeriesId id : ids_) compared += compare(copy, id, stats->commit);
  EXPECT_EQ(compared, stats->hot_rows + stats->sealed_rows);
  EXPECT_GE(compared, samples);
  EXPECT_EQ(*copy.corrections({}), *series_->corrections({}));
  EXPECT_EQ(*copy.series(), *series_->series());
  std::println("{} samples compared in {:.1f} s: equal", compared, comparing.seconds());
}

}  // namespace
}  // namespace millrace::service
