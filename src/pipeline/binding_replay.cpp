#include "pipeline/binding_replay.h"

#include "pipeline/transforming.h"

namespace millrace::pipeline {
namespace {

std::vector<model::PropertyContract> contracts_of(const HubBinding& binding) {
  std::vector<model::PropertyContract> contracts;
  for (const HubBindingRow& row : binding.rows) contracts.push_back(row.contract);
  return contracts;
}

}  // namespace

BindingReplay::BindingReplay(const HubBinding& binding, std::string unit, CompareUnits compare)
    : rows_(binding.rows),
      unit_(std::move(unit)),
      units_(std::move(compare)),
      rules_(contracts_of(binding), {}) {}

base::Result<std::unique_ptr<BindingReplay>> BindingReplay::create(const HubBinding& binding,
                                                                   std::string unit,
                                                                   CompareUnits compare) {
  std::unique_ptr<BindingReplay> replay(
      new BindingReplay(binding, std::move(unit), std::move(compare)));
  if (!binding.thing.empty()) return replay;
  MILLRACE_LET(replay->reader_, PayloadReader::create(binding.time_path, binding.rows));
  return replay;
}

void BindingReplay::take(const model::Sample& stored, std::vector<Made>& made) {
  const auto add = [&](std::size_t row, model::Sample sample) {
    // Of a payload it is known when it came; a metric was judged then.
    const base::Time judged = reader_ ? stored.time : sample.time;
    sample = rules_.check(row, transformed(rows_[row].transform, std::move(sample)), judged);
    made.push_back({row, std::move(sample), stored.time});
  };
  if (reader_) {
    for (PayloadReader::Found& found : reader_->read(stored)) {
      add(found.row, std::move(found.sample));
    }
    return;
  }
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    add(row, units_.checked(unit_, rows_[row].unit, stored));
  }
}

}  // namespace millrace::pipeline
