// store_change_workload FOLDER MODE, for power cuts while a store is brought up to date or lets
// rows go:
//
//   upgrade   unpacks the golden store of format 1, says "ready", opens it, says "open", commits a
//             correction, says "corrected"
//   retain    writes two months and seals them, says "ready", lets the rows of both go, says
//             "retained"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <print>

#include "codec/gzip.h"
#include "power/powercut.h"
#include "power/store_change.h"

namespace {

using namespace millrace;
namespace fs = std::filesystem;

int fail(const base::Error& error) {
  std::println(stderr, "{}", base::describe(error));
  return 1;
}

base::Result<void> unpack(const fs::path& packed, const fs::path& to) {
  std::ifstream in(packed, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  codec::TextBytes source(bytes);
  codec::GunzipBytes content(source);
  const int fd = ::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  std::vector<char> chunk(1U << 16);
  while (true) {
    MILLRACE_LET(const std::size_t got, content.read(chunk));
    if (got == 0) break;
    (void)!::write(fd, chunk.data(), got);
  }
  ::fsync(fd);
  ::close(fd);
  const int folder = ::open(to.parent_path().c_str(), O_RDONLY | O_DIRECTORY);
  ::fsync(folder);
  ::close(folder);
  return {};
}

int upgrade(const fs::path& folder, const base::Clock& clock) {
  fs::create_directories(folder);
  const fs::path golden = fs::path(POWERCUT_GOLDEN) / "store_1";
  for (const char* part : {"duckdb", "wal"}) {
    const std::string_view name = part;
    const fs::path to = folder / (name == "wal" ? "store.duckdb.wal" : "store.duckdb");
    const auto done = unpack(golden.native() + "." + part + ".gz", to);
    if (!done) return fail(done.error());
  }
  power::mark("ready");
  const auto store = power::make_changing_store(folder, clock);
  if (auto done = store->start(); !done) return fail(done.error());
  power::mark("open");
  if (auto done = store->commit({.corrections = {power::golden_correction()}}); !done) {
    return fail(done.error());
  }
  power::mark("corrected");
  if (auto done = store->stop(); !done) return fail(done.error());
  return 0;
}

int retain(const fs::path& folder, const base::Clock& clock) {
  const auto store = power::make_changing_store(folder, clock);
  if (auto done = store->start(); !done) return fail(done.error());
  if (auto done = store->commit(power::two_months()); !done) return fail(done.error());
  if (auto done = store->seal(); !done) return fail(done.error());
  power::mark("ready");
  if (auto done = store->retain(power::kRetention, clock.now()); !done) return fail(done.error());
  power::mark("retained");
  if (auto done = store->stop(); !done) return fail(done.error());
  return 0;
}

}  // namespace

int main(int, char** arguments) {
  const base::ManualClock clock(power::change_time());
  const std::string_view mode = arguments[2];
  return mode == "upgrade" ? upgrade(arguments[1], clock) : retain(arguments[1], clock);
}
