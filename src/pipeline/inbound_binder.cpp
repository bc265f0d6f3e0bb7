#include "pipeline/inbound_binder.h"

#include <algorithm>

#include "base/log.h"
#include "pipeline/transforming.h"

namespace millrace::pipeline {
namespace {

using base::Result;
using codec::JsonDocument;
using codec::JsonPath;

Result<std::unique_ptr<JsonPath>> parse_path(const std::string& text) {
  MILLRACE_LET(JsonPath path, JsonPath::parse(text));
  return std::make_unique<JsonPath>(std::move(path));
}

const std::string* text_of(const model::Sample& payload) {
  return std::get_if<std::string>(&payload.value);
}

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

std::vector<model::Sample> read(const JsonDocument& document, const JsonPath& path,
                                const Times& times, model::Quality quality) {
  std::vector<model::Sample> samples;
  for (codec::JsonMatch& match : document.find(path)) {
    model::Sample sample{{}, std::move(match.value), quality};
    if (match.is_compound) sample.quality = sample.quality.marked(model::Reason::kWrongType);
    times.stamp(match.place, sample);
    samples.push_back(std::move(sample));
  }
  return samples;
}

/// The place of a property in a batch, added where it is new.
std::uint16_t place_in(model::Batch& batch, const model::PropertyContract& contract,
                       const model::Value& value) {
  const model::ValueType type = model::type_of(value).value_or(contract.type);
  const model::BatchProperty wanted{contract.property, type, contract.unit};
  const auto found = std::ranges::find(batch.properties, wanted);
  const auto place = static_cast<std::uint16_t>(found - batch.properties.begin());
  if (found == batch.properties.end()) batch.properties.push_back(wanted);
  return place;
}

BatchArrived empty_for(const HubBinding& binding, const BatchArrived& arrived) {
  BatchArrived fed = {.origin = arrived.origin,
                      .site = binding.site,
                      .is_historical = arrived.is_historical,
                      .is_birth = arrived.is_birth,
                      .received = arrived.received};
  fed.batch.thing = binding.rows.front().contract.thing;
  fed.batch.made = arrived.batch.made;
  return fed;
}

}  // namespace

bool fits_topic_filter(std::string_view filter, std::string_view topic) {
  if (topic.starts_with('$') && !filter.starts_with('$')) return false;
  while (true) {
    const std::size_t filter_end = filter.find('/'), topic_end = topic.find('/');
    const std::string_view wanted = filter.substr(0, filter_end);
    if (wanted == "#") return true;
    if (wanted != "+" && wanted != topic.substr(0, topic_end)) return false;
    // "a/#" also stands for "a" itself.
    if (topic_end == topic.npos) {
      return filter_end == filter.npos || filter.substr(filter_end + 1) == "#";
    }
    if (filter_end == filter.npos) return false;
    filter.remove_prefix(filter_end + 1);
    topic.remove_prefix(topic_end + 1);
  }
}

Result<std::unique_ptr<InboundBinder>> InboundBinder::create(std::vector<HubBinding> bindings,
                                                             TimeTolerance tolerance) {
  std::unique_ptr<InboundBinder> binder(new InboundBinder);
  for (HubBinding& binding : bindings) {
    if (!binding.rows.empty()) MILLRACE_TRY(binder->add(std::move(binding)));
  }
  binder->rules_ = std::make_unique<RuleSet>(std::exchange(binder->contracts_, {}), tolerance);
  for (const std::string& problem : binder->rules_->problems()) base::log::warning("{}", problem);
  return binder;
}

Result<void> InboundBinder::add(HubBinding binding) {
  auto bound = std::make_unique<Bound>();
  const bool is_json = binding.thing.empty();
  if (is_json && !binding.time_path.empty()) {
    MILLRACE_LET(bound->time, parse_path(binding.time_path));
  }
  for (const HubBindingRow& row : binding.rows) {
    std::unique_ptr<JsonPath> path;
    if (is_json) {
      MILLRACE_LET(path, parse_path(row.address));
    }
    bound->rows.push_back({row, std::move(path), contracts_.size()});
    contracts_.push_back(row.contract);
  }
  bound->spec = std::move(binding);
  if (is_json) {
    by_topic_.push_back(bound.get());
  } else {
    by_thing_.emplace(bound->spec.thing, bound.get());
  }
  bindings_.push_back(std::move(bound));
  return {};
}

std::vector<BatchArrived> InboundBinder::bind(BatchArrived arrived) {
  std::vector<BatchArrived> out;
  if (arrived.position) {  // a Millrace edge has bound its values itself
    out.push_back(std::move(arrived));
    return out;
  }
  if (!arrived.topic.empty()) {
    bool is_taken = false;
    for (Bound* bound : by_topic_) {
      if (!fits_topic_filter(bound->spec.topic, arrived.topic)) continue;
      bind_payloads(*bound, arrived, out);
      is_taken = true;
    }
    if (!is_taken) out.push_back(std::move(arrived));
    return out;
  }
  const auto [first, last] = by_thing_.equal_range(arrived.batch.thing);
  for (auto it = first; it != last; ++it) bind_metrics(*it->second, arrived, out);
  if (!arrived.batch.samples.empty()) out.push_back(std::move(arrived));
  return out;
}

/// Moves the samples of bound metrics out of the batch.
void InboundBinder::bind_metrics(Bound& bound, BatchArrived& arrived,
                                 std::vector<BatchArrived>& out) {
  BatchArrived fed = empty_for(bound.spec, arrived);
  std::vector<Row*> rows;  // by place in the batch; nullptr: not bound
  for (const model::BatchProperty& property : arrived.batch.properties) {
    const auto row =
        std::ranges::find(bound.rows, property.name,
                          [](const Row& one) -> const std::string& { return one.spec.address; });
    rows.push_back(row == bound.rows.end() ? nullptr : &*row);
  }
  std::vector<model::BatchSample> rest;
  for (model::BatchSample& one : arrived.batch.samples) {
    if (Row* row = rows[one.property]) {
      take(*row, std::move(one.sample), arrived.received, fed.batch);
    } else {
      rest.push_back(std::move(one));
    }
  }
  arrived.batch.samples = std::move(rest);
  if (!fed.batch.samples.empty()) out.push_back(std::move(fed));
}

void InboundBinder::bind_payloads(Bound& bound, const BatchArrived& arrived,
                                  std::vector<BatchArrived>& out) {
  BatchArrived fed = empty_for(bound.spec, arrived);
  for (const model::BatchSample& one : arrived.batch.samples) {
    read_payload(bound, one.sample, arrived.received, fed.batch);
  }
  if (!fed.batch.samples.empty()) out.push_back(std::move(fed));
}

void InboundBinder::read_payload(Bound& bound, const model::Sample& payload, base::Time received,
                                 model::Batch& batch) {
  const std::string* text = text_of(payload);
  const auto document =
      text
          ? JsonDocument::parse(*text)
          : Result<JsonDocument>(base::fail(base::ErrorCode::kMalformed, "the payload is no text"));
  const std::size_t before = batch.samples.size();
  if (document) {
    const Times times(*document, bound.time.get(), payload.time);
    for (Row& row : bound.rows) {
      for (model::Sample& sample : read(*document, *row.path, times, payload.quality)) {
        take(row, std::move(sample), received, batch);
      }
    }
  }
  if (batch.samples.size() == before) ++counts_.unreadable;
}

void InboundBinder::take(Row& row, model::Sample sample, base::Time received, model::Batch& batch) {
  sample = rules_->check(row.place, transformed(row.spec.transform, std::move(sample)), received);
  const std::uint16_t place = place_in(batch, row.spec.contract, sample.value);
  batch.samples.push_back({place, std::move(sample)});
  ++counts_.bound;
}

std::vector<model::Sample> read_row(const HubBindingRow& row, const JsonPath* path,
                                    const JsonPath* time, const model::Sample& raw) {
  std::vector<model::Sample> samples;
  if (!path) {
    samples.push_back(raw);
  } else if (const std::string* text = text_of(raw)) {
    const auto document = JsonDocument::parse(*text);
    if (!document) return samples;
    samples = read(*document, *path, Times(*document, time, raw.time), raw.quality);
  }
  for (model::Sample& sample : samples) {
    sample = transformed(row.transform, std::move(sample));
  }
  return samples;
}

}  // namespace millrace::pipeline
