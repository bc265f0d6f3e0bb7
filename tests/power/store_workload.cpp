// store_workload FOLDER COMMITS: goes on with StoreScript where the store in FOLDER stands, up to
// COMMITS, and says of each commit that it is there: as a mark in the trace and on standard output.

#include <unistd.h>

#include <print>
#include <string>

#include "base/random.h"
#include "power/powercut.h"
#include "power/store_script.h"

namespace {

using namespace millrace;

void acknowledge(int number) {
  const std::string line = std::to_string(number) + "\n";
  power::mark(std::to_string(number));
  (void)!::write(STDOUT_FILENO, line.data(), line.size());
}

int fail(const base::Error& error) {
  std::println(stderr, "{}", base::describe(error));
  return 1;
}

}  // namespace

int main(int, char** arguments) {
  const std::filesystem::path folder = arguments[1];
  const int commits = std::stoi(arguments[2]);
  const base::ManualClock clock(power::StoreScript::now());
  auto store = power::StoreScript::make_store(folder, clock);
  if (auto done = store->start(); !done) return fail(done.error());
  for (int i = static_cast<int>(number(store->stats()->commit)) + 1; i <= commits; ++i) {
    if (auto done = store->commit(power::StoreScript::commit(i)); !done) return fail(done.error());
    acknowledge(i);
    if (i % 12 == 0) {
      if (auto done = store->seal(); !done) return fail(done.error());
    }
    if (i == commits * 2 / 3) {
      if (auto done = store->stop(); !done) return fail(done.error());
      store = power::StoreScript::make_store(folder, clock);
      if (auto done = store->start(); !done) return fail(done.error());
    }
  }
  return 0;
}
