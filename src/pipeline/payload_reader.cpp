#include "pipeline/payload_reader.h"

#include <charconv>
#include <cmath>
#include <map>

#include "pipeline/quality_rules.h"

namespace millrace::pipeline {
namespace {

using base::Result;
using codec::JsonDocument;
using codec::JsonPath;

const model::Quality kRetained = model::Quality().marked(model::Reason::kSourceStale);

/// The times under the same wildcard as the values; one time for all where there is none.
class Times {
 public:
  Times(const JsonDocument& document, const JsonPath* path, base::Time otherwise)
      : otherwise_(otherwise), is_asked_(path != nullptr) {
    if (!path) return;
    is_shared_ = !path->has_wildcard();
    for (const codec::JsonMatch& match : document.find(*path, JsonDocument::Kept::kToo)) {
      if (const auto time = codec::json_time(match.value)) times_[match.place] = *time;
    }
  }
  /// What a payload was retained for is of unknown age only without a time of its own.
  void stamp(std::size_t place, model::Sample& sample) const {
    const auto found = times_.find(is_shared_ ? 0 : place);
    const bool is_own = found != times_.end();
    sample.time = is_own ? found->second : otherwise_;
    if (is_own && sample.quality == kRetained) sample.quality = {};
    if (is_asked_ && !is_own) {
      sample.quality = sample.quality.marked(model::Reason::kNoSourceTime);
    }
  }

 private:
  std::map<std::size_t, base::Time> times_;
  const base::Time otherwise_;
  const bool is_asked_;
  bool is_shared_ = true;
};

/// What a payload says of the quality of a value.
model::Severity severity_said(const model::Value& said) {
  using enum model::Severity;
  if (const auto* is_good = std::get_if<bool>(&said)) return *is_good ? kGood : kBad;
  if (const auto* text = std::get_if<std::string>(&said)) {
    std::string small = *text;
    for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (small == "uncertain") return kUncertain;
    const bool is_good = small == "good" || small == "ok" || small == "valid" || small == "true";
    return is_good ? kGood : kBad;
  }
  const double number = as_number(said).value_or(0);
  if (number == 1 || (number >= 192 && number <= 255)) return kGood;
  return (number >= 64 && number <= 127) || number == 500 ? kUncertain : kBad;
}

/// The qualities under the same wildcard as the values; one for all where there is none.
class Qualities {
 public:
  Qualities(const JsonDocument& document, const std::optional<JsonPath>& path) {
    if (!path) return;
    is_shared_ = !path->has_wildcard();
    for (const codec::JsonMatch& match : document.find(*path, JsonDocument::Kept::kToo)) {
      if (match.value.index() != 0) said_[match.place] = severity_said(match.value);
    }
  }
  void mark(std::size_t place, model::Sample& sample) const {
    const auto found = said_.find(is_shared_ ? 0 : place);
    if (found == said_.end() || found->second == model::Severity::kGood) return;
    sample.quality = sample.quality.marked(model::Reason::kSourceStatus, found->second);
  }

 private:
  std::map<std::size_t, model::Severity> said_;
  bool is_shared_ = true;
};

/// Reads a number; whether it is all of the text.
template <class Number>
bool is_all_of(const std::string& text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end;
}

/// A text that is a finite number as a whole becomes it.
void take_number(model::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (!text || text->empty()) return;
  std::int64_t whole = 0;
  std::uint64_t large = 0;
  double number = 0;
  if (is_all_of(*text, whole)) {
    value = whole;
  } else if (is_all_of(*text, large)) {
    value = large;
  } else if (is_all_of(*text, number) && std::isfinite(number)) {
    value = number;
  }
}

}  // namespace

Result<PayloadReader> PayloadReader::create(const std::string& time_path,
                                            const std::vector<HubBindingRow>& rows) {
  PayloadReader reader;
  if (!time_path.empty()) {
    MILLRACE_LET(JsonPath time, JsonPath::parse(time_path));
    reader.time_ = std::make_shared<const JsonPath>(std::move(time));
  }
  for (const HubBindingRow& row : rows) {
    MILLRACE_LET(JsonPath path, JsonPath::parse(row.address));
    Row& made = reader.rows_.emplace_back(Row{std::move(path), {}, false});
    made.wants_number = model::is_numeric(row.contract.type) && row.transform.values.empty();
    if (!row.quality.empty()) {
      MILLRACE_LET(made.quality, JsonPath::parse(row.quality));
    }
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
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Row& row = rows_[i];
    const Qualities qualities(document, row.quality);
    for (codec::JsonMatch& match : document.find(row.path)) {
      model::Sample sample{{}, std::move(match.value), payload.quality};
      if (match.is_compound) sample.quality = sample.quality.marked(model::Reason::kWrongType);
      if (row.wants_number) take_number(sample.value);
      times.stamp(match.place, sample);
      qualities.mark(match.place, sample);
      all.push_back({i, std::move(sample)});
    }
  }
  return all;
}

void PayloadReader::take_out_values(JsonDocument& document, const All& readers) {
  std::vector<const JsonPath*> values, kept;
  for (const PayloadReader* reader : readers) {
    if (reader->time_) kept.push_back(reader->time_.get());
    for (const Row& row : reader->rows_) {
      values.push_back(&row.path);
      if (row.quality) kept.push_back(&*row.quality);
    }
  }
  document.take_out(values, kept);
}

void PayloadReader::take_out_times(JsonDocument& document, const All& readers) {
  for (const PayloadReader* reader : readers) {
    if (reader->time_) document.take_out(*reader->time_);
    for (const Row& row : reader->rows_) {
      if (row.quality) document.take_out(*row.quality);
    }
  }
}

bool PayloadReader::has_rest(JsonDocument& document, const All& readers) {
  take_out_times(document, readers);
  if (document.leaves(1).empty()) return false;
  for (const PayloadReader* reader : readers) {
    for (const Row& row : reader->rows_) {
      if (const auto name = row.path.naming_member()) document.take_out(*name);
    }
  }
  return !document.leaves(1).empty();
}

}  // namespace millrace::pipeline
