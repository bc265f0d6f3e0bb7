#include "pipeline/payload_reader.h"

#include <map>

namespace millrace::pipeline {
namespace {

using base::Result;
using codec::JsonDocument;
using codec::JsonPath;

/// The times under the same wildcard as the values; one time for all where there is none.
class Times {
 public:
  Times(const JsonDocument& document, const JsonPath* path, base::Time otherwise)
      : otherwise_(otherwise), is_asked_(path != nullptr) {
    if (!path) return;
    is_shared_ = !path->has_wildcard();
    for (const codec::JsonMatch& match : document.find(*path)) {
      if (const auto time = codec::json_time(match.value)) times_[match.place] = *time;
    }
  }
  void stamp(std::size_t place, model::Sample& sample) const {
    const auto found = times_.find(is_shared_ ? 0 : place);
    sample.time = found == times_.end() ? otherwise_ : found->second;
    const bool is_missing = is_asked_ && found == times_.end();
    if (is_missing) sample.quality = sample.quality.marked(model::Reason::kNoSourceTime);
  }

 private:
  std::map<std::size_t, base::Time> times_;
  const base::Time otherwise_;
  const bool is_asked_;
  bool is_shared_ = true;
};

}  // namespace

Result<PayloadReader> PayloadReader::create(const std::string& time_path,
                                            const std::vector<std::string>& paths) {
  PayloadReader reader;
  if (!time_path.empty()) {
    MILLRACE_LET(JsonPath time, JsonPath::parse(time_path));
    reader.time_ = std::make_shared<const JsonPath>(std::move(time));
  }
  for (const std::string& text : paths) {
    MILLRACE_LET(JsonPath path, JsonPath::parse(text));
    reader.paths_.push_back(std::move(path));
  }
  return reader;
}

std::optional<JsonDocument> json_of(const model::Sample& payload) {
  const auto* text = std::get_if<std::string>(&payload.value);
  if (!text) return std::nullopt;
  auto document = JsonDocument::parse(*text);
  if (!document) return std::nullopt;
  return *std::move(document);
}

std::vector<PayloadReader::Found> PayloadReader::read(const model::Sample& payload) const {
  const auto document = json_of(payload);
  return document ? read(*document, payload) : std::vector<Found>();
}

std::vector<PayloadReader::Found> PayloadReader::read(const JsonDocument& document,
                                                      const model::Sample& payload) const {
  std::vector<Found> all;
  const Times times(document, time_.get(), payload.time);
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    for (codec::JsonMatch& match : document.find(paths_[i])) {
      model::Sample sample{{}, std::move(match.value), payload.quality};
      if (match.is_compound) sample.quality = sample.quality.marked(model::Reason::kWrongType);
      times.stamp(match.place, sample);
      all.push_back({i, std::move(sample)});
    }
  }
  return all;
}

void PayloadReader::take_out_values(JsonDocument& document) const {
  for (const JsonPath& path : paths_) document.take_out(path);
}

void PayloadReader::take_out_times(JsonDocument& document) const {
  if (time_) document.take_out(*time_);
}

}  // namespace millrace::pipeline
