#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "pipeline/source.h"
#include "pipeline/tag_pipeline.h"

namespace millrace::sim {

/// How many tags count, and how fast.
struct CounterOptions {
  std::size_t things = 1;       // 1 … 1000
  std::size_t properties = 10;  // of each thing, 1 … 1000
  base::Duration interval{1'000'000};
  base::Duration history{};  // how far back the counting begins; 0: no history
  base::Duration history_interval{1'000'000};
  base::Duration window{};  // of which the filter sends the last number; 0: every number is sent
};

/// The tags of a counter source, thing by thing: counter-000/c00, counter-000/c01, … All f64. None
/// filtered without a window, so that every number that was counted must arrive.
std::vector<pipeline::TagSpec> counter_tags(const CounterOptions& options);

/// A source of known numbers, to prove that nothing is lost: each tag says 1, 2, 3, … in f64. So a
/// tag of which N samples arrived has all of them when they are 1 … N.
///
/// Tick n gives every tag the value n. With a history the first ticks lie in the past, every
/// `history_interval`, and are given as fast as the sink takes them; then come the live ticks,
/// every `interval` from the moment of start(). A sink that refuses is asked again until it takes
/// the reading; live ticks that fell due meanwhile follow with the times that were theirs.
///
/// Time stamps of a tag strictly rise: they are counted from the moment of start() and do not
/// follow a wall clock that is set afterwards. Those of live ticks are whole milliseconds, those of
/// the history lie half a millisecond beside: a history that reaches back over an earlier run's
/// live ticks never repeats a time of theirs, which a store would mark as a duplicate. The log says
/// when the history is given. stop() ends after the reading that the sink took last; status() says
/// how many each tag gave. Each start() begins at 1 again. One thread of its own; start() and
/// stop() from one thread, status() from any.
///
/// Errors: invalid (an option out of its bounds; intervals are at least 1 ms).
base::Result<std::unique_ptr<pipeline::Source>> make_counter_source(CounterOptions options,
                                                                    const base::Clock& clock);

}  // namespace millrace::sim
