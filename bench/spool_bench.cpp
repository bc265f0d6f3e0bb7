// Durable writes of an edge's spool beside SQLite with synchronous = FULL, in the same folder and
// with records of the same size.
//
//   spool_bench FOLDER        prints JSON: records a second at 1 and 100 records a write

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <print>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "spool/record.h"
#include "spool/spool.h"
#include "values.h"

namespace {

using namespace millrace;
namespace fs = std::filesystem;

constexpr int kRecordsAtOne = 1500;
constexpr int kRecordsAtHundred = 30'000;
constexpr int kRepeats = 5;

model::Batch batch_of(const bench::Values& values, std::uint64_t n) {
  model::Batch batch;
  batch.thing = "pump-1";
  const base::Time start{std::chrono::seconds(1'772'000'000 + n)};
  batch.made.wall = start;
  for (std::uint16_t i = 0; i < 100; ++i) {
    if (i < 10)
      batch.properties.push_back({std::format("property-{}", i), model::ValueType::kF64, "m3/h"});
    batch.samples.push_back(
        {static_cast<std::uint16_t>(i % 10),
         {start + base::Duration(i / 10 * 100'000), values.at(i % 10, n * 10 + i / 10), {}}});
  }
  return batch;
}

double seconds_of(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

double spool_per_second(const fs::path& folder, const std::vector<model::Batch>& batches,
                        std::size_t group, std::size_t records) {
  const base::SystemClock clock;
  base::Random random(1);
  fs::remove_all(folder);
  auto spool = spool::Spool::create({.directory = folder}, {clock, random});
  MILLRACE_CHECK(spool.has_value() && (*spool)->start().has_value());
  return double(records) / seconds_of([&] {
           for (std::size_t done = 0; done < records; done += group) {
             const std::span<const model::Batch> some(
                 batches.data() + done % (batches.size() - group), group);
             MILLRACE_CHECK((*spool)->put(some).has_value());
           }
         });
}

void run(sqlite3* db, const char* sql) {
  MILLRACE_CHECK(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
}

double sqlite_per_second(const fs::path& folder, const std::vector<std::string>& records_of,
                         std::size_t group, std::size_t records) {
  fs::remove_all(folder);
  fs::create_directories(folder);
  sqlite3* db = nullptr;
  MILLRACE_CHECK(sqlite3_open((folder / "queue.db").c_str(), &db) == SQLITE_OK);
  run(db, "PRAGMA journal_mode = WAL");
  run(db, "PRAGMA synchronous = FULL");
  run(db, "CREATE TABLE queue(sequence INTEGER PRIMARY KEY, record BLOB)");
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(db, "INSERT INTO queue(record) VALUES(?)", -1, &insert, nullptr);
  const double seconds = seconds_of([&] {
    for (std::size_t done = 0; done < records; done += group) {
      run(db, "BEGIN IMMEDIATE");
      for (std::size_t i = 0; i < group; ++i) {
        const std::string& record = records_of[(done + i) % records_of.size()];
        sqlite3_bind_blob(insert, 1, record.data(), int(record.size()), SQLITE_STATIC);
        MILLRACE_CHECK(sqlite3_step(insert) == SQLITE_DONE);
        sqlite3_reset(insert);
      }
      run(db, "COMMIT");
    }
  });
  sqlite3_finalize(insert);
  sqlite3_close(db);
  return double(records) / seconds;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 64;
  const fs::path folder = arguments[1];
  const bench::Values values;
  std::vector<model::Batch> batches;
  std::vector<std::string> records;
  for (std::uint64_t n = 0; n < 1000; ++n) {
    batches.push_back(batch_of(values, n));
    records.push_back(spool::encode_record(batches.back()));
  }
  std::print(R"({{"record_bytes":{},"samples_per_record":100,"sqlite":"{}")", records[0].size(),
             sqlite3_libversion());
  for (const auto& [group, total] :
       {std::pair(1, kRecordsAtOne), std::pair(100, kRecordsAtHundred)}) {
    std::vector<double> ours, theirs;
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
      ours.push_back(
          spool_per_second(folder / "spool", batches, std::size_t(group), std::size_t(total)));
      theirs.push_back(
          sqlite_per_second(folder / "sqlite", records, std::size_t(group), std::size_t(total)));
    }
    std::print(R"(,"spool_{0}":{1:.0f},"sqlite_{0}":{2:.0f})", group, median(ours), median(theirs));
  }
  std::println("}}");
  return 0;
}
