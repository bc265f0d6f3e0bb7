#include "service/onboarding.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "codec/json_path.h"
#include "pipeline/hub_binding.h"

namespace millrace::service {
namespace {

using namespace std::chrono_literals;
using base::Result;

// Wider than any time that a store keeps, and of a width that fits.
constexpr base::Time kCountedFrom{base::Duration(-(std::int64_t{1} << 60))};
constexpr base::Time kCountedTo{base::Duration(std::int64_t{1} << 60)};
constexpr base::Duration kCountsFor = 5s;
constexpr int kCountsForFactor = 20;
constexpr std::size_t kReadMax = 2'000;  // candidates remembered
constexpr std::size_t kLeavesMax = 200;  // of one payload
constexpr std::size_t kTextMax = 1'000;  // a longer text is no recent value to look at
constexpr std::size_t kPageRows = 5'000;
constexpr std::size_t kPagePayloads = 200;
constexpr base::Duration kWindowMin = 10ms;
constexpr base::Duration kWindowFirst = 5s;
constexpr base::Duration kWindowMax = 720h;

std::string without_slash(std::string path) {
  if (path.ends_with('/')) path.pop_back();
  return path;
}

Candidate candidate_of(const AutomaticSource& source, const std::string& thing) {
  Candidate made{.kind = source.is_topic ? CandidateKind::kMqtt : CandidateKind::kSparkplug,
                 .source = source.is_topic ? source.path : without_slash(source.path),
                 .thing = thing};
  made.id = std::format("{}:{}", text(made.kind), made.source);
  made.title = source.is_topic ? made.source : made.source.substr(made.source.rfind('/') + 1);
  return made;
}

bool is_large(model::ValueType type) {
  return type == model::ValueType::kText || type == model::ValueType::kBytes;
}

/// Most recently seen first, then by id.
auto order_of(const Candidate& one) {
  return std::pair(-one.last_seen.time_since_epoch().count(), std::string_view(one.id));
}

/// "micros/id" of the last one of a page.
std::string place_of(const Candidate& one) {
  return std::format("{}/{}", one.last_seen.time_since_epoch().count(), one.id);
}

Result<std::pair<std::int64_t, std::string>> parse_place(const std::string& place) {
  std::int64_t time = 0;
  const char* end = place.data() + place.size();
  const auto [stop, code] = std::from_chars(place.data(), end, time);
  if (code != std::errc() || stop == end || *stop != '/') {
    return base::fail(base::ErrorCode::kMalformed, "the cursor is not one of this list",
                      "Pass `next` of the page before.");
  }
  return std::pair(-time, std::string(stop + 1, end));
}

/// Integers among other numbers are numbers.
void widen(model::ValueType& type, bool& is_known, const model::Value& value) {
  const auto found = model::type_of(value);
  if (!found) return;
  const bool is_number = *found == model::ValueType::kF64 || *found == model::ValueType::kI64 ||
                         *found == model::ValueType::kU64;
  if (!is_known) {
    type = *found;
  } else if (type != *found && is_number && !is_large(type)) {
    type = model::ValueType::kF64;
  }
  is_known = true;
}

}  // namespace

std::string_view text(CandidateKind kind) {
  return kind == CandidateKind::kMqtt ? "mqtt" : "sparkplug";
}

Onboarding::Reading Onboarding::reading_of(const twin::Catalog& catalog,
                                           const std::vector<const twin::Binding*>& bindings) {
  Reading reading;
  for (const twin::Binding* binding : bindings) {
    const std::string& time = std::get<twin::MqttSource>(binding->source).time;
    if (reading.time_path.empty()) reading.time_path = time;
    std::vector<pipeline::HubBindingRow> rows;
    for (const twin::PropertyBinding& row : binding->properties) {
      const auto contract = catalog.contract(binding->thing, row.property);
      const auto type = contract ? contract->type : model::ValueType::kF64;
      rows.push_back({.address = row.address,
                      .contract = {},
                      .transform = {},
                      .unit = {},
                      .quality = row.quality});
      reading.bound.push_back(
          {row.address, type, row.unit, {}, binding->thing + "/" + row.property});
    }
    auto reader = pipeline::PayloadReader::create(time, rows);
    if (reader) reading.readers.push_back(*std::move(reader));
  }
  return reading;
}

pipeline::PayloadReader::All Onboarding::Reading::all() const {
  pipeline::PayloadReader::All all;
  for (const pipeline::PayloadReader& reader : readers) all.push_back(&reader);
  return all;
}

/// By the newest payload of a topic; always, where nothing is bound.
bool Onboarding::has_more_than_bound(const Waiting& one) const {
  const auto readers = one.reading.all();
  if (readers.empty()) return true;
  return std::ranges::any_of(one.series, [&](const model::Series& series) {
    const auto last = deps_.series.last_value(series.id);
    auto document = last ? pipeline::json_of(last->sample) : std::nullopt;
    if (!document) return false;
    pipeline::PayloadReader::take_out_values(*document, readers);
    return pipeline::PayloadReader::has_rest(*document, readers);
  });
}

std::vector<Onboarding::Waiting> Onboarding::waiting() const {
  std::vector<Waiting> found;
  const auto present = deps_.catalogs.configuration();
  const auto& catalog = present->catalog;
  const BoundSources bound(*catalog);
  deps_.index.each_thing([&](const std::string& thing, const auto& all) {
    const auto source = automatic_source(titles_, thing, all);
    if (!source || (!source->is_topic && bound.reads(*source))) return;
    const twin::Thing* configured = catalog->thing(thing);
    Waiting one{candidate_of(*source, thing), {}, {}, present->revision};
    if (source->is_topic) one.reading = reading_of(*catalog, bound.of_topic(source->path));
    one.candidate.time_path = one.reading.time_path;
    for (const model::Series* series : all) {
      const bool has_model =
          configured && configured->model && configured->model->property(series->property);
      if (!has_model) one.series.push_back(*series);
    }
    if (!one.series.empty()) found.push_back(std::move(one));
  });
  std::erase_if(found, [&](const Waiting& one) { return !has_more_than_bound(one); });
  for (Waiting& one : found) {
    for (const model::Series& series : one.series) {
      const auto last = deps_.series.last_value(series.id);
      if (!last) continue;
      one.candidate.last_seen = std::max(one.candidate.last_seen, last->received);
    }
  }
  // Named within this moment, or all that came lies out of range.
  std::erase_if(found, [](const Waiting& one) { return one.candidate.last_seen == base::Time(); });
  std::ranges::sort(found, {}, [](const Waiting& one) { return order_of(one.candidate); });
  return found;
}

Result<Page<Candidate>> Onboarding::candidates(const std::string& words,
                                               const PageRequest& page) const {
  std::optional<std::pair<std::int64_t, std::string>> after;
  if (page.cursor) {
    MILLRACE_LET(const std::string place, from_cursor(*page.cursor));
    MILLRACE_LET(after, parse_place(place));
  }
  std::vector<Waiting> some;
  bool has_more = false;
  for (Waiting& one : waiting()) {
    if (after &&
        order_of(one.candidate) <= std::pair(after->first, std::string_view(after->second)))
      continue;
    if (!matches_words(words, one.candidate.source, one.candidate.title)) continue;
    has_more = some.size() == page.limit;
    if (has_more) break;
    some.push_back(std::move(one));
  }
  MILLRACE_TRY(fill(some));
  Page<Candidate> found;
  for (Waiting& one : some) found.items.push_back(std::move(one.candidate));
  if (has_more) found.next = to_cursor(place_of(found.items.back()));
  return found;
}

Result<Candidate> Onboarding::candidate(std::string_view id) const {
  std::vector<std::string> known;
  for (Waiting& one : waiting()) {
    known.push_back(one.candidate.id);
    if (one.candidate.id != id) continue;
    std::vector<Waiting> some;
    some.push_back(std::move(one));
    MILLRACE_TRY(fill(some));
    return std::move(some.front().candidate);
  }
  return base::fail(base::ErrorCode::kNotFound,
                    std::format("'{}' does not wait to be bound", id.substr(0, 200)),
                    did_you_mean(id, known));
}

Result<void> Onboarding::fill(std::vector<Waiting>& some) const {
  const std::lock_guard lock(mutex_);
  MILLRACE_TRY(count(some));
  if (read_.size() > kReadMax) read_.clear();
  std::size_t series_left = kSeriesReadMax;
  for (Waiting& one : some) MILLRACE_TRY(read(one, series_left));
  return {};
}

Result<void> Onboarding::count(std::vector<Waiting>& some) const {
  const base::MonotonicTime now = deps_.clock.monotonic();
  std::vector<model::SeriesId> wanted;
  for (const Waiting& one : some) {
    for (const model::Series& series : one.series) {
      const auto known = counted_.find(number(series.id));
      if (known == counted_.end() || known->second.until <= now) wanted.push_back(series.id);
    }
  }
  if (!wanted.empty()) {
    MILLRACE_LET(const auto counts,
                 deps_.series.quality_counts({.series = wanted,
                                              .start = kCountedFrom,
                                              .end = kCountedTo,
                                              .step = kCountedTo - kCountedFrom}));
    const auto took = std::chrono::duration_cast<base::Duration>(deps_.clock.monotonic() - now);
    const auto until = now + std::max(kCountsFor, kCountsForFactor * took);
    for (const model::SeriesId id : wanted) counted_[number(id)] = {0, kCountedTo, until};
    for (const store::QualityCount& row : counts.rows) {
      Counted& counted = counted_[number(row.series)];
      counted.samples += row.samples;
      counted.first = std::min(counted.first, row.first);
    }
  }
  for (Waiting& one : some) {
    one.candidate.first_seen = one.candidate.last_seen;
    for (const model::Series& series : one.series) {
      const Counted& counted = counted_[number(series.id)];
      one.candidate.samples += counted.samples;
      one.candidate.first_seen = std::min(one.candidate.first_seen, counted.first);
    }
  }
  return {};
}

Result<void> Onboarding::read(Waiting& one, std::size_t& series_left) const {
  std::vector<std::pair<base::Time, base::Time>> stand;
  for (const model::Series& series : one.series) {
    const auto last = deps_.series.last_value(series.id);
    stand.emplace_back(last ? last->sample.time : base::Time(),
                       last ? last->received : base::Time());
  }
  const auto known = read_.find(one.candidate.id);
  const bool is_known = known != read_.end() && known->second.stand == stand &&
                        known->second.revision == one.revision;
  if (is_known) {
    one.candidate.properties = known->second.properties;
    return {};
  }
  const bool is_whole = one.series.size() <= series_left;
  for (const model::Series& series : one.series) {
    const bool is_read = series_left > 0;
    if (is_read) --series_left;
    if (one.candidate.kind == CandidateKind::kMqtt) {
      if (!is_read || series.type != model::ValueType::kText) continue;
      MILLRACE_LET(one.candidate.properties, properties_of_topic(series, one.reading));
      continue;
    }
    MILLRACE_LET(auto property, property_of(series, is_read));
    one.candidate.properties.push_back(std::move(property));
  }
  if (is_whole) {
    read_[one.candidate.id] = {std::move(stand), one.revision, one.candidate.properties};
  }
  return {};
}

/// The newest samples, at most kCandidateRecentMax: from a window before the last, which widens by
/// what it held until there are enough.
Result<std::vector<model::Sample>> Onboarding::recent(const model::Series& series,
                                                      const store::LastValue& last) const {
  std::vector<model::Sample> found;
  for (base::Duration window = kWindowFirst; window <= kWindowMax;) {
    MILLRACE_LET(auto page,
                 deps_.series.raw({.series = series.id,
                                   .start = last.sample.time - window,
                                   .end = last.sample.time + base::Duration(1),
                                   .limit = is_large(series.type) ? kPagePayloads : kPageRows}));
    const bool is_cut = page.next.has_value();  // at its end, where the newest are
    if (is_cut && found.empty() && window > kWindowMin) {
      window /= 10;
      continue;
    }
    if (!is_cut || found.empty()) found = std::move(page.samples);
    if (is_cut || found.size() >= kCandidateRecentMax) break;
    const double missing = 1.2 * kCandidateRecentMax / static_cast<double>(found.size() + 1);
    window *= static_cast<int>(std::clamp(std::ceil(missing), 2.0, 24.0));
  }
  if (found.size() > kCandidateRecentMax) {
    found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(kCandidateRecentMax));
  }
  return found;
}

Result<CandidateProperty> Onboarding::property_of(const model::Series& series, bool is_read) const {
  CandidateProperty made{address_of(series), series.type, series.unit, {}};
  const auto last = deps_.series.last_value(series.id);
  if (!last) return made;
  if (is_read) {
    MILLRACE_LET(made.recent, recent(series, *last));
  } else {
    made.recent = {last->sample};
  }
  std::erase_if(made.recent, [](const model::Sample& one) {
    const auto* value = std::get_if<std::string>(&one.value);
    return value && value->size() > kTextMax;
  });
  return made;
}

/// What can be bound of a topic, the leaves of its newest payloads in their order; then what is.
Result<std::vector<CandidateProperty>> Onboarding::properties_of_topic(
    const model::Series& payloads, const Reading& reading) const {
  std::vector<CandidateProperty> all;
  std::vector<bool> is_known;
  const auto last = deps_.series.last_value(payloads.id);
  if (!last) return all;
  MILLRACE_LET(const auto samples, recent(payloads, *last));
  std::map<std::string, std::size_t> places;
  const auto readers = reading.all();
  for (auto payload = samples.rbegin(); payload != samples.rend(); ++payload) {
    auto document = pipeline::json_of(*payload);
    if (!document) continue;
    pipeline::PayloadReader::take_out_values(*document, readers);
    pipeline::PayloadReader::take_out_times(*document, readers);
    for (codec::JsonDocument::Leaf& leaf : document->leaves(kLeavesMax)) {
      if (all.size() == kLeavesMax && !places.contains(leaf.pointer)) continue;
      const auto [place, is_new] = places.try_emplace(leaf.pointer, all.size());
      if (is_new) {
        all.push_back({leaf.pointer, {}, {}, {}});
        is_known.push_back(false);
      }
      CandidateProperty& property = all[place->second];
      bool has_type = is_known[place->second];
      widen(property.type, has_type, leaf.value);
      is_known[place->second] = has_type;
      const auto* words = std::get_if<std::string>(&leaf.value);
      if (words && words->size() > kTextMax) continue;
      property.recent.push_back({payload->time, std::move(leaf.value), payload->quality});
    }
  }
  for (CandidateProperty& property : all) std::ranges::reverse(property.recent);
  std::ranges::copy(reading.bound, std::back_inserter(all));
  return all;
}

}  // namespace millrace::service
