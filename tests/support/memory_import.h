#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/sample.h"
#include "pipeline/import_sink.h"

namespace millrace::test {

/// An import sink that keeps samples in memory, by "thing/property", and its progress by identity
/// across begin() calls, as a store does. May be told to fail.
class MemoryImport final : public pipeline::ImportSink {
 public:
  struct Row {
    std::uint64_t row;
    model::Sample sample;
  };

  base::Result<model::ImportState> begin(const model::ImportRequest& request) override {
    request_ = request;
    auto& state = states_[request.file_hash + request.mapping];
    state.rows_total = request.rows_total;
    state.is_complete = state.next_row >= request.rows_total;
    current_ = &state;
    return state;
  }

  base::Result<model::ImportState> append(const model::ImportChunk& chunk) override {
    if (fail_before_append_ > 0 && --fail_before_append_ == 0) return broken();
    if (chunk.first_row > current_->next_row) {
      return base::fail(base::ErrorCode::kConflict, "a hole");
    }
    for (const model::ImportBlock& block : chunk.blocks) keep(block);
    current_->next_row = std::max(current_->next_row, chunk.first_row + chunk.row_count);
    current_->is_complete = current_->next_row >= current_->rows_total;
    ++appends_;
    // As when the answer is lost: it is stored, and the client does not know.
    if (fail_after_append_ > 0 && --fail_after_append_ == 0) return broken();
    return *current_;
  }

  base::Result<model::ImportState> finish() override {
    if (!current_->is_complete) return base::fail(base::ErrorCode::kConflict, "rows are missing");
    return *current_;
  }

  const std::vector<Row>& rows(const std::string& key) const {
    static const std::vector<Row> kNone;
    const auto it = samples_.find(key);
    return it == samples_.end() ? kNone : it->second;
  }
  const std::map<std::string, std::vector<Row>>& all() const { return samples_; }
  const model::ImportRequest& request() const { return request_; }
  int appends() const { return appends_; }
  void fail_before_append(int nth) { fail_before_append_ = nth; }
  void fail_after_append(int nth) { fail_after_append_ = nth; }

 private:
  static std::unexpected<base::Error> broken() {
    return base::fail_for_now(base::ErrorCode::kUnavailable, "told to fail");
  }

  void keep(const model::ImportBlock& block) {
    for (const model::ImportColumn& column : block.columns) {
      MILLRACE_CHECK(column.values.size() == block.rows.size());
      MILLRACE_CHECK(column.qualities.size() == block.rows.size());
      const model::ImportTarget& target = request_.targets.at(column.target);
      for (std::size_t i = 0; i < block.rows.size(); ++i) {
        if (block.rows[i] < current_->next_row) continue;
        const bool is_sample = column.values[i].index() != 0 || column.qualities[i].is_bad();
        if (!is_sample) continue;
        samples_[target.thing + "/" + target.property].push_back(
            {block.rows[i], {block.times[i], column.values[i], column.qualities[i]}});
        ++current_->samples;
      }
    }
  }

  std::map<std::string, model::ImportState> states_;
  model::ImportState* current_ = nullptr;
  model::ImportRequest request_;
  std::map<std::string, std::vector<Row>> samples_;
  int appends_ = 0, fail_before_append_ = 0, fail_after_append_ = 0;
};

}  // namespace millrace::test
