#pragma once

#include "model/sample.h"

namespace millrace::power {

/// A batch that a reader can tell by its number, of one to three pages and different counts.
inline model::Batch numbered_batch(int number) {
  model::Batch batch{.thing = "thing-" + std::to_string(number),
                     .properties = {{"p", model::ValueType::kF64, ""}}};
  for (int i = 0; i < 50 + number * 7 % 400; ++i) {
    const base::Time time(std::chrono::seconds(number) + std::chrono::microseconds(i));
    batch.samples.push_back({0, {time, number + i / 1000.0, {}}});
  }
  return batch;
}

}  // namespace millrace::power
