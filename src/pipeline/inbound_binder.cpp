#include "pipeline/inbound_binder.h"

#include <algorithm>

#include "base/log.h"
#include "pipeline/transforming.h"

namespace millrace::pipeline {
namespace {

using base::Result;

/// The place of a property in a batch, added where it is new.
std::uint16_t place_in(model::Batch& batch, const model::PropertyContract& contract) {
  const model::BatchProperty wanted{contract.property, contract.type, contract.unit};
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

Result<std::unique_ptr<InboundBinder>> InboundBinder::create(std::vector<HubBinding> bindings,
                                                             TimeTolerance tolerance,
                                                             CompareUnits compare) {
  std::unique_ptr<InboundBinder> binder(new InboundBinder(std::move(compare)));
  for (HubBinding& binding : bindings) {
    if (!binding.rows.empty()) MILLRACE_TRY(binder->add(std::move(binding)));
  }
  binder->rules_ = std::make_unique<RuleSet>(binder->contracts_, tolerance);
  for (const std::string& problem : binder->rules_->problems()) base::log::warning("{}", problem);
  return binder;
}

Result<void> InboundBinder::add(HubBinding binding) {
  auto bound = std::make_unique<Bound>();
  const bool is_json = binding.thing.empty();
  for (const HubBindingRow& row : binding.rows) {
    bound->rows.push_back({row, row.address, contracts_.size()});
    contracts_.push_back(row.contract);
  }
  if (is_json) {
    MILLRACE_LET(bound->reader, PayloadReader::create(binding.time_path, binding.rows));
  }
  bound->spec = std::move(binding);
  if (is_json) {
    if (bound->spec.topic.find_first_of("+#") == std::string::npos) {
      by_topic_.emplace(bound->spec.topic, bound.get());
    } else {
      by_filter_.push_back(bound.get());
    }
  } else {
    by_thing_.emplace(bound->spec.thing, bound.get());
  }
  bindings_.push_back(std::move(bound));
  return {};
}

void InboundBinder::learn(const std::string& thing, const std::vector<BornProperty>& properties) {
  Names names;
  for (const BornProperty& one : properties) {
    if (!one.address.empty() && one.address != one.name) names[one.address] = one.name;
  }
  if (names.empty()) return;
  Names& known = born_[thing];
  for (auto& [metric, property] : names) known[metric] = std::move(property);
  name_rows(thing, known);
}

void InboundBinder::name_rows(const std::string& thing, const Names& names) {
  const auto [first, last] = by_thing_.equal_range(thing);
  for (auto it = first; it != last; ++it) {
    for (Row& row : it->second->rows) {
      const auto named = names.find(row.spec.address);
      if (named != names.end()) row.source = named->second;
    }
  }
}

void InboundBinder::succeed(InboundBinder& former) {
  take_rules(former);
  for (const auto& [thing, names] : former.born_) {
    Names& known = born_[thing];
    for (const auto& [metric, property] : names) known[metric] = property;
    name_rows(thing, known);
  }
}

void InboundBinder::take_rules(InboundBinder& former) {
  former.rules_->configure(contracts_);
  rules_ =
      std::exchange(former.rules_, std::make_unique<RuleSet>(former.contracts_, TimeTolerance{}));
  struct Known {
    const Bound* bound;
    Row* row;
  };
  std::map<std::string, Known, std::less<>> heard;
  for (const auto& bound : former.bindings_) {
    for (Row& row : bound->rows) heard[model::path_of(row.spec.contract)] = {bound.get(), &row};
  }
  for (const auto& bound : bindings_) {
    for (Row& row : bound->rows) {
      const auto known = heard.find(model::path_of(row.spec.contract));
      if (known == heard.end()) continue;
      const auto& [former_bound, former_row] = known->second;
      row.last_heard = former_row->last_heard;
      const bool reads_the_same = former_bound->spec.topic == bound->spec.topic &&
                                  former_row->spec.address == row.spec.address;
      if (reads_the_same) row.turns = std::move(former_row->turns);
    }
  }
}

std::vector<BatchArrived> InboundBinder::listen(base::MonotonicTime monotonic, base::Time now) {
  std::vector<BatchArrived> silent;
  for (const auto& bound : bindings_) {
    for (Row& row : bound->rows) {
      if (std::exchange(row.is_heard, false) || !row.last_heard) row.last_heard = monotonic;
      auto stale = rules_->silence(row.place, monotonic - *row.last_heard, now);
      if (!stale) continue;
      const model::PropertyContract& contract = row.spec.contract;
      BatchArrived& one =
          silent.emplace_back(BatchArrived{.site = bound->spec.site, .received = now});
      one.batch.thing = contract.thing;
      one.batch.properties = {{contract.property, contract.type, contract.unit}};
      one.batch.samples.push_back({0, *std::move(stale)});
    }
  }
  return silent;
}

std::vector<BatchArrived> InboundBinder::bind(BatchArrived arrived) {
  if (arrived.position) {  // a Millrace edge has bound its values itself
    std::vector<BatchArrived> out;
    out.push_back(std::move(arrived));
    return out;
  }
  return arrived.topic.empty() ? bind_metrics(std::move(arrived))
                               : bind_payloads(std::move(arrived));
}

std::vector<BatchArrived> InboundBinder::bind_metrics(BatchArrived arrived) {
  std::vector<BatchArrived> out;
  std::vector<bool> is_taken(arrived.batch.properties.size());
  const auto [first, last] = by_thing_.equal_range(arrived.batch.thing);
  for (auto it = first; it != last; ++it) bind_metrics(*it->second, arrived, is_taken, out);
  std::erase_if(arrived.batch.samples,
                [&](const model::BatchSample& one) { return is_taken[one.property]; });
  if (!arrived.batch.samples.empty()) out.push_back(std::move(arrived));
  return out;
}

/// Copies the samples of bound metrics, and notes their properties in `is_taken`.
void InboundBinder::bind_metrics(Bound& bound, const BatchArrived& arrived,
                                 std::vector<bool>& is_taken, std::vector<BatchArrived>& out) {
  BatchArrived fed = empty_for(bound.spec, arrived);
  const auto& properties = arrived.batch.properties;
  std::vector<std::vector<Row*>> rows(properties.size());
  for (std::size_t i = 0; i < properties.size(); ++i) {
    for (Row& row : bound.rows) {
      if (row.source == properties[i].name) rows[i].push_back(&row);
    }
    if (!rows[i].empty()) is_taken[i] = true;
  }
  for (const model::BatchSample& one : arrived.batch.samples) {
    for (Row* row : rows[one.property]) {
      const std::string& said = properties[one.property].unit;
      take(*row, units_.checked(said, row->spec.unit, one.sample), fed);
    }
  }
  if (!fed.batch.samples.empty()) out.push_back(std::move(fed));
}

std::vector<BatchArrived> InboundBinder::bind_payloads(BatchArrived arrived) {
  std::vector<Bound*> readers;
  std::vector<BatchArrived> out;
  std::ranges::copy_if(by_filter_, std::back_inserter(readers), [&](const Bound* bound) {
    return fits_topic_filter(bound->spec.topic, arrived.topic);
  });
  const auto [first, last] = by_topic_.equal_range(arrived.topic);
  for (auto it = first; it != last; ++it) readers.push_back(it->second);
  for (const Bound* reader : readers) out.push_back(empty_for(reader->spec, arrived));
  std::vector<model::BatchSample> rest;
  for (model::BatchSample& one : arrived.batch.samples) {
    const bool has_rest = readers.empty() || bind_payload(readers, one.sample, arrived, out);
    if (has_rest) rest.push_back(std::move(one));
  }
  arrived.batch.samples = std::move(rest);
  std::erase_if(out, [](const BatchArrived& fed) { return fed.batch.samples.empty(); });
  if (!arrived.batch.samples.empty()) out.push_back(std::move(arrived));
  return out;
}

/// What is retained comes again with each connection, whoever still sends.
void InboundBinder::note_topic(const Bound& bound, Row& row, const BatchArrived& arrived,
                               model::Sample& sample) {
  const model::PropertyContract& contract = row.spec.contract;
  if (!arrived.is_birth && row.turns.heard(arrived.topic, arrived.received)) {
    const bool is_listed = !mixed_.empty() && mixed_.back().binding == bound.spec.name;
    if (!is_listed) {
      mixed_.push_back({contract.thing, bound.spec.name, {}, row.turns.last_two()});
      base::log::warning(
          "binding {}: {} and {} take turns in feeding {}, which mixes devices. Write a binding "
          "for "
          "each topic",
          bound.spec.name, mixed_.back().topics.first, mixed_.back().topics.second,
          model::path_of(contract));
    }
    mixed_.back().properties.push_back(contract.property);
  }
  if (row.turns.is_mixed()) sample.quality = sample.quality.marked(model::Reason::kMixedSources);
}

/// Gives each reader what it finds. Only the rest, with its times, stays in the payload, so that
/// whoever binds that later finds it, and nobody finds twice what was bound; false without a rest.
bool InboundBinder::bind_payload(const std::vector<Bound*>& readers, model::Sample& payload,
                                 const BatchArrived& arrived, std::vector<BatchArrived>& fed) {
  auto document = json_of(payload);
  bool is_read = false;
  for (std::size_t i = 0; document && i < readers.size(); ++i) {
    for (PayloadReader::Found& found : readers[i]->reader->read(*document, payload)) {
      Row& row = readers[i]->rows[found.row];
      note_topic(*readers[i], row, arrived, found.sample);
      take(row, std::move(found.sample), fed[i]);
      is_read = true;
    }
  }
  if (!is_read) {
    ++counts_.unreadable;
    return true;
  }
  PayloadReader::All all;
  for (const Bound* one : readers) all.push_back(&*one->reader);
  PayloadReader::take_out_values(*document, all);
  std::string rest = document->text();
  if (!PayloadReader::has_rest(*document, all)) return false;
  payload.value = std::move(rest);
  return true;
}

void InboundBinder::take(Row& row, model::Sample sample, BatchArrived& fed) {
  row.is_heard = true;
  sample = rules_->check(row.place, transformed(row.spec.transform, std::move(sample)),
                         fed.received, fed.is_historical ? Arrival::kBacklog : Arrival::kLive);
  const std::uint16_t place = place_in(fed.batch, row.spec.contract);
  fed.batch.samples.push_back({place, std::move(sample)});
  ++counts_.bound;
}

}  // namespace millrace::pipeline
