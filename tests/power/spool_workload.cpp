// Puts batches into a small spool that overflows, acknowledges some, offers, renews the epoch, and
// changes a hold with each put, which says the number of its first batch; marks "put <epoch>
// <sequence> <samples>" for every batch whose put() has returned.

#include <cstdlib>
#include <format>

#include "power/powercut.h"
#include "power/spool_batches.h"
#include "spool/spool.h"

using namespace millrace;

namespace {

int fail(const base::Error& error) {
  std::fprintf(stderr, "%s\n", base::describe(error).c_str());
  return 1;
}

int put_some(spool::Spool& spool, int first) {
  std::vector<model::Batch> batches;
  for (int i = 0; i <= first % 3; ++i) batches.push_back(power::numbered_batch(first + i));
  const spool::Hold hold{"held",
                         "p",
                         base::Time(std::chrono::seconds(first)),
                         base::Time(std::chrono::seconds(first + 1)),
                         base::Time(std::chrono::seconds(first + 600)),
                         static_cast<std::uint64_t>(first)};
  const auto done = spool.put(batches, {&hold, 1});
  if (!done) return fail(done.error());
  const auto epoch = to_text(spool.state().epoch);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    power::mark(std::format("put {} {} {}", epoch, number(*done) + i, first + static_cast<int>(i)));
  }
  return 0;
}

int renew(spool::Spool& spool) {
  const auto done = spool.renew_epoch({});
  if (!done) return fail(done.error());
  power::mark(std::format("renewed {}", to_text(spool.state().epoch)));
  return 0;
}

}  // namespace

int main(int, char** arguments) {
  base::ManualClock clock(base::Time(std::chrono::seconds(1'000'000)));
  base::Random random(std::strtoull(arguments[2], nullptr, 10));
  auto spool =
      spool::Spool::create({.directory = arguments[1], .bytes_max = 64U << 10}, {clock, random});
  if (!spool) return fail(spool.error());
  if (const auto started = (*spool)->start(); !started) return fail(started.error());
  for (int number = 1; number < 60; number += 3) {
    if (put_some(**spool, number) != 0) return 1;
    model::SequenceSet acked;
    acked.add({model::Sequence(random.below(20) + 1), model::Sequence(random.below(20) + 1)});
    (*spool)->committed(acked);
    if (number == 19 && !(*spool)->begin_offering()) return 1;
    if (number == 40 && renew(**spool) != 0) return 1;
  }
  (*spool)->stop();
  return 0;
}
