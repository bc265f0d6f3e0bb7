#include "service/shared_topics.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <utility>

#include "codec/json_path.h"
#include "pipeline/hub_binding.h"

namespace millrace::service {
namespace {

using base::Result;

using codec::JsonPath;
using twin::MqttSource;

constexpr std::size_t kTopicsLookedAt = 200;  // of one binding
constexpr base::Duration kSendsFor = std::chrono::hours(24);

/// From the first to the last that is stored of something.
struct Span {
  base::Time first = base::Time::max();
  base::Time last = base::Time::min();

  bool overlaps(const Span& other) const { return first <= other.last && other.first <= last; }
  void widen(const Span& by) {
    first = std::min(first, by.first);
    last = std::max(last, by.last);
  }
};

/// A topic whose payloads are stored.
struct StoredTopic {
  std::string name;
  Span span;
  std::string payload;  // the newest
};

/// A device that sends what a row reads, or has sent it.
struct Sender {
  std::string topic;                  // or the filter that stands for it
  const twin::Binding* by = nullptr;  // what reads it already
  Span span;
};

struct Stores {
  const store::SeriesIndex& index;
  const store::SeriesStore& series;
};

/// The topic filter of a binding with a '+' that is not as it was; nullptr for all others.
const std::string* new_filter(const twin::Catalog& before, const twin::Binding& binding) {
  const auto* source = std::get_if<MqttSource>(&binding.source);
  if (!source || !source->topic.contains('+')) return nullptr;
  const auto known = before.bindings().find(binding.name);
  if (known == before.bindings().end()) return &source->topic;
  const auto* was = std::get_if<MqttSource>(&known->second.source);
  const bool reads_the_same =
      was && was->topic == source->topic &&
      std::ranges::equal(known->second.properties, binding.properties, {},
                         &twin::PropertyBinding::address, &twin::PropertyBinding::address);
  return reads_the_same ? nullptr : &source->topic;
}

/// Where the last one only says that nothing came, up to when something did.
Result<std::optional<Span>> span_of(const Stores& stores, const model::Series& series,
                                    base::Duration stale) {
  const auto last = stores.series.last_value(series.id, store::Corrections::kLeftOut);
  if (!last) return std::nullopt;
  MILLRACE_LET(
      const auto first,
      stores.series.raw(
          {.series = series.id, .start = base::Time::min(), .end = base::Time::max(), .limit = 1}));
  if (first.samples.empty()) return std::nullopt;
  const bool is_silence = last->sample.quality.has(model::Reason::kStale);
  return Span{first.samples.front().time, is_silence ? last->received - stale : last->received};
}

/// Of a property: when a binding fed it.
Result<std::optional<Span>> span_of(const Stores& stores, const twin::Catalog& catalog,
                                    const std::string& thing, const std::string& property) {
  const auto contract = catalog.contract(thing, property);
  const base::Duration stale =
      contract ? contract->stale.value_or(base::Duration{}) : base::Duration{};
  std::optional<Span> all;
  for (const model::Series& series : stores.index.of_thing(thing)) {
    if (series.property != property) continue;
    MILLRACE_LET(const auto span, span_of(stores, series, stale));
    if (!span) continue;
    if (!all) all = Span();
    all->widen(*span);
  }
  return all;
}

Result<std::vector<StoredTopic>> topics_of(const std::string& filter, const Stores& stores) {
  std::vector<model::Series> fitting;
  stores.index.each_thing([&](const std::string&, const auto& all) {
    for (const model::Series* series : all) {
      const bool is_topic = series->source == pipeline::kTopicOrigin && !series->title.empty();
      if (!is_topic || fitting.size() == kTopicsLookedAt) continue;
      if (pipeline::fits_topic_filter(filter, series->title)) fitting.push_back(*series);
    }
  });
  std::vector<StoredTopic> topics;
  for (const model::Series& series : fitting) {
    const auto last = stores.series.last_value(series.id, store::Corrections::kLeftOut);
    const auto* payload = last ? std::get_if<std::string>(&last->sample.value) : nullptr;
    if (!payload) continue;
    MILLRACE_LET(const auto span, span_of(stores, series, {}));
    if (span) topics.push_back({series.title, *span, *payload});
  }
  return topics;
}

bool takes_step(const JsonPath::Step& taken, const JsonPath::Step& wanted) {
  if (taken.kind == JsonPath::Step::Kind::kAll) return true;
  const bool may_be_index = taken.may_be_index && wanted.may_be_index;
  if (may_be_index && taken.index == wanted.index) return true;
  return taken.kind == wanted.kind && taken.name == wanted.name && taken.index == wanted.index &&
         taken.equals == wanted.equals;
}

/// Whether what `wanted` finds is taken out of a payload with what `taken` finds.
bool takes_path(const JsonPath& taken, const JsonPath& wanted) {
  const std::size_t depth = taken.steps().size();
  return depth <= wanted.steps().size() &&
         std::ranges::equal(taken.steps(), std::span(wanted.steps()).first(depth), takes_step);
}

/// The property that a binding feeds with what a path finds; nullptr where it does not read it.
const twin::PropertyBinding* reading_row(const twin::Binding& binding, const JsonPath& wanted) {
  const auto row = std::ranges::find_if(binding.properties, [&](const auto& one) {
    const auto path = JsonPath::parse(one.address);
    return path && takes_path(*path, wanted);
  });
  return row == binding.properties.end() ? nullptr : &*row;
}

/// Who sends what a row reads: by what is stored of topics, and where bindings take it out of the
/// payloads by what they feed. What a '+' that is in force stands for is one device.
class Senders {
 public:
  Senders(const Stores& stores, const twin::Catalog& before, const std::string& filter,
          const JsonPath& path)
      : stores_(stores), before_(before), filter_(filter), path_(path) {}

  Result<std::vector<Sender>> of(const std::vector<StoredTopic>& topics) {
    for (const auto& [name, binding] : before_.bindings()) {
      const auto* source = std::get_if<MqttSource>(&binding.source);
      if (!source || !reading_row(binding, path_)) continue;
      reading_.push_back({&binding, source->topic});
      if (pipeline::fits_topic_filter(filter_, source->topic)) {
        MILLRACE_TRY(add_fed(binding, source->topic));
      }
    }
    for (const StoredTopic& topic : topics) MILLRACE_TRY(add_stored(topic));
    return std::move(senders_);
  }

 private:
  struct Reading {
    const twin::Binding* binding;
    std::string topic;
  };

  Result<void> add_fed(const twin::Binding& binding, const std::string& topic) {
    if (std::ranges::contains(senders_, &binding, &Sender::by)) return {};
    const std::string& property = reading_row(binding, path_)->property;
    MILLRACE_LET(const auto span, span_of(stores_, before_, binding.thing, property));
    if (span) senders_.push_back({topic, &binding, *span});
    return {};
  }

  Result<void> add_stored(const StoredTopic& topic) {
    bool is_read = false;
    for (const Reading& one : reading_) {
      if (!pipeline::fits_topic_filter(one.topic, topic.name)) continue;
      MILLRACE_TRY(add_fed(*one.binding, topic.name));
      is_read = true;
    }
    const auto document = codec::JsonDocument::parse(topic.payload);
    if (is_read || !document || document->find(path_).empty()) return {};
    senders_.push_back({topic.name, nullptr, topic.span});
    return {};
  }

  const Stores& stores_;
  const twin::Catalog& before_;
  const std::string& filter_;
  const JsonPath& path_;
  std::vector<Reading> reading_;
  std::vector<Sender> senders_;
};

/// A filter and a topic that fits it stand for one device.
bool is_one_device(const Sender& one, const Sender& other) {
  return pipeline::fits_topic_filter(one.topic, other.topic) ||
         pipeline::fits_topic_filter(other.topic, one.topic);
}

/// Two of them that still send, and did so in one and the same time.
std::optional<std::pair<Sender, Sender>> together(const std::vector<Sender>& senders,
                                                  base::Time now) {
  const auto is_alive = [&](const Sender& one) { return one.span.last >= now - kSendsFor; };
  for (std::size_t i = 0; i < senders.size(); ++i) {
    for (std::size_t j = 0; j < i && is_alive(senders[i]); ++j) {
      const bool is_shared = is_alive(senders[j]) && senders[i].span.overlaps(senders[j].span) &&
                             !is_one_device(senders[i], senders[j]);
      if (is_shared) return std::pair(senders[j], senders[i]);
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<SharedTopic>> shared_topics(const twin::Catalog& before,
                                               const twin::Catalog& after,
                                               const store::SeriesIndex& index,
                                               const store::SeriesStore& store, base::Time now) {
  const Stores stores{index, store};
  std::vector<SharedTopic> shared;
  for (const auto& [name, binding] : after.bindings()) {
    const std::string* filter = new_filter(before, binding);
    if (!filter) continue;
    MILLRACE_LET(const auto topics, topics_of(*filter, stores));
    for (const twin::PropertyBinding& row : binding.properties) {
      const auto path = JsonPath::parse(row.address);
      if (!path) continue;
      MILLRACE_LET(const auto senders, Senders(stores, before, *filter, *path).of(topics));
      const auto two = together(senders, now);
      if (!two) continue;
      shared.push_back({name, row.address, two->first.topic, two->second.topic});
      break;
    }
  }
  return shared;
}

}  // namespace millrace::service
