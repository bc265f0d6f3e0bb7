#include "pipeline/ingest.h"

#include <algorithm>

#include "base/log.h"
#include "codec/node_json.h"

namespace millrace::pipeline {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kPoll = 20ms;
constexpr std::size_t kTakenTogether = 64;
constexpr base::Duration kSilenceInterval = 1s;

std::size_t weight_of(const Inbound& inbound) {
  if (const auto* up = std::get_if<ThingUp>(&inbound)) return 256 + up->properties.size() * 200;
  const auto* arrived = std::get_if<BatchArrived>(&inbound);
  if (!arrived) return 256;
  std::size_t bytes = 256 + arrived->batch.samples.size() * sizeof(model::BatchSample);
  for (const model::BatchSample& one : arrived->batch.samples) {
    if (const auto* text = std::get_if<std::string>(&one.sample.value)) bytes += text->size();
    if (const auto* raw = std::get_if<model::Bytes>(&one.sample.value)) bytes += raw->data.size();
  }
  return bytes;
}

/// The body of the event, with the next step.
std::string said_of(const InboundBinder::Mixed& mixed) {
  using config::Node;
  const auto texts = [](const std::vector<std::string>& all) {
    Node list;
    list.kind = Node::Kind::kList;
    for (const std::string& one : all) list.items.push_back(config::scalar(one, true));
    return list;
  };
  Node body;
  body.kind = Node::Kind::kMap;
  body.entries = {{"binding", {}, config::scalar(mixed.binding, true)},
                  {"topics", {}, texts({mixed.topics.first, mixed.topics.second})},
                  {"properties", {}, texts(mixed.properties)},
                  {"hint", {}, config::scalar("Write a binding for each topic.", true)}};
  return codec::to_json(body);
}

}  // namespace

Ingest::Ingest(IngestOptions options, Deps deps)
    : options_(options),
      deps_(deps),
      queue_(options.queue_bytes_max),
      arrivals_(options.tolerance, deps.index, deps.compare),
      next_series_(deps.store.next_series_id()),
      samples_total_(deps.metrics.counter("millrace_ingest_samples_total", "Samples committed.")),
      duplicates_total_(deps.metrics.counter("millrace_ingest_batches_repeated_total",
                                             "Batches that were already there and were dropped.")),
      refused_total_(deps.metrics.counter("millrace_ingest_refused_total",
                                          "Messages refused because the queue was full.")),
      failures_total_(deps.metrics.counter("millrace_ingest_commit_failures_total",
                                           "Commits that failed and were tried again.")),
      unreadable_total_(deps.metrics.counter(
          "millrace_ingest_unreadable_total",
          "Payloads of bound topics in which no binding found a value; kept as they came.")),
      commit_seconds_(deps.metrics.histogram("millrace_ingest_commit_seconds",
                                             "Time of one store commit.",
                                             {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5})),
      queue_bytes_(deps.metrics.gauge("millrace_ingest_queue_bytes", "Decoded messages waiting.")) {
}

Ingest::~Ingest() { stop(); }

void Ingest::start() {
  thread_ = std::thread([this] { loop(); });
}

void Ingest::stop() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

bool Ingest::offer(Inbound inbound) {
  const std::size_t weight = weight_of(inbound);
  Item item(std::move(inbound));
  if (queue_.try_push(item, weight)) return true;
  refused_total_.add();
  return false;
}

IngestState Ingest::state() const {
  const std::lock_guard lock(rate_mutex_);
  return {.samples_per_second = rate_.per_second(deps_.clock.monotonic()),
          .queue_bytes = queue_.weight(),
          .queue_bytes_max = options_.queue_bytes_max,
          .refused_messages = static_cast<std::uint64_t>(refused_total_.value()),
          .is_store_refusing = is_store_refusing_};
}

base::Result<void> Ingest::run(std::function<base::Result<void>()> work) {
  auto job = std::make_shared<Job>(std::move(work));
  auto done = job->done.get_future();
  Item item(job);
  while (!queue_.try_push(item)) {
    if (queue_.is_closed()) {
      return base::fail_for_now(base::ErrorCode::kUnavailable, "the hub is stopping");
    }
    std::this_thread::sleep_for(kPoll);
  }
  return done.get();
}

void Ingest::loop() {
  while (true) {
    const bool is_large = pending_.samples.size() >= options_.commit_rows_few;
    auto items = queue_.pop_some(kTakenTogether, is_large ? options_.pause : kPoll);
    queue_bytes_.set(static_cast<double>(queue_.weight()));
    if (items.empty() && queue_.is_closed()) break;
    for (Item& item : items) {
      handle(item);
      commit_if_due(Arrivals::kGoOn);
    }
    listen_to_silence();
    if (items.empty()) commit_if_due(Arrivals::kPause);
  }
  commit_until_done();
}

void Ingest::handle(Item& item) {
  if (auto* job = std::get_if<std::shared_ptr<Job>>(&item)) {
    const bool is_committed = commit_until_done();
    (*job)->done.set_value(is_committed ? (*job)->work()
                                        : base::fail_for_now(base::ErrorCode::kUnavailable,
                                                             "the store refuses to commit"));
    next_series_ = deps_.store.next_series_id();
    return;
  }
  auto& inbound = std::get<Inbound>(item);
  if (pending_.samples.is_empty() && !has_notes_) pending_since_ = deps_.clock.monotonic();
  if (auto* arrived = std::get_if<BatchArrived>(&inbound)) {
    take_batch(*arrived);
  } else {
    if (const auto* up = std::get_if<ThingUp>(&inbound)) {
      take_titles(*up);
      if (binder_) binder_->learn(up->thing, up->properties);
    }
    deps_.ledger.note(inbound);
  }
  has_notes_ = true;
}

base::Result<void> Ingest::use(std::unique_ptr<InboundBinder> binder) {
  return run([this, &binder]() -> base::Result<void> {
    if (binder && binder_) binder->succeed(*binder_);
    binder_ = std::move(binder);
    return {};
  });
}

base::Result<void> Ingest::judge_times_by(TimeRulesOf rules) {
  return run([this, &rules]() -> base::Result<void> {
    arrivals_.judge_by(std::move(rules));
    return {};
  });
}

void Ingest::take_batch(BatchArrived& arrived) {
  if (!deps_.ledger.admit(arrived)) {
    duplicates_total_.add();
    return;
  }
  if (!binder_ || arrived.position) return take_samples(arrived);
  if (arrived.is_birth) leave_out_known(arrived);
  const std::uint64_t unreadable = binder_->counts().unreadable;
  for (BatchArrived& bound : binder_->bind(std::move(arrived))) take_samples(bound);
  note_mixed();
  unreadable_total_.add(static_cast<double>(binder_->counts().unreadable - unreadable));
}

/// Devices that one '+' mixes are an event of the thing that they feed.
void Ingest::note_mixed() {
  for (InboundBinder::Mixed& mixed : binder_->take_mixed()) {
    pending_.events.push_back({.time = deps_.clock.now(),
                               .kind = "binding.topics_mixed",
                               .subject = mixed.thing,
                               .actor_role = "system",
                               .body = said_of(mixed)});
  }
}

/// What third parties' properties say by saying nothing; those that never said anything have no
/// series for it.
void Ingest::listen_to_silence() {
  const base::MonotonicTime now = deps_.clock.monotonic();
  if (!binder_ || now < next_listening_) return;
  next_listening_ = now + kSilenceInterval;
  for (BatchArrived& silent : binder_->listen(now, deps_.clock.now())) {
    const model::BatchProperty& property = silent.batch.properties.front();
    const auto id = deps_.index.find(silent.batch.thing, property.name, property.type);
    if (!id) continue;
    silent.origin = deps_.index.get(*id)->source;
    if (pending_.samples.is_empty() && !has_notes_) pending_since_ = now;
    take_samples(silent);
  }
}

/// What a birth repeats of the time before its metric was bound is stored under the automatic
/// thing, and reaches the property from there.
void Ingest::leave_out_known(BatchArrived& arrived) const {
  const auto ids = deps_.index.find_all(arrived.batch.thing, arrived.batch.properties);
  std::erase_if(arrived.batch.samples, [&](const model::BatchSample& one) {
    const auto& id = ids[one.property];
    return id && is_known(arrived, *id, one.sample);
  });
}

/// Marks the samples in place: nobody reads the batch afterwards.
void Ingest::take_samples(BatchArrived& arrived) {
  const auto& properties = arrived.batch.properties;
  auto ids = deps_.index.find_all(arrived.batch.thing, properties);
  std::vector<std::optional<base::Time>> foreign(ids.size());  // from when on, by property
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!ids[i]) ids[i] = add_series(arrived, properties[i]);
    touched_.push_back(*ids[i]);
    if (arrived.position) foreign[i] = arrivals_.foreign_since(*ids[i], arrived.origin);
    if (!arrivals_.fits_unit(*ids[i], properties[i].unit)) mark_other_unit(arrived, i, *ids[i]);
  }
  for (model::BatchSample& one : arrived.batch.samples) {
    const model::SeriesId id = *ids[one.property];
    if (arrived.is_birth && is_known(arrived, id, one.sample)) continue;
    arrivals_.mark_time(id, one.sample, arrived.received);
    const auto& mixes = foreign[one.property];
    if (mixes && one.sample.time >= *mixes) {
      one.sample.quality = one.sample.quality.marked(model::Reason::kMixedSources);
    }
    note_source(arrived, id, one.sample);
    pending_.samples.push(id, properties[one.property].type, one.sample, arrived.received);
  }
}

/// What a source says in another unit than before is kept, and marked: a series has one unit.
void Ingest::mark_other_unit(BatchArrived& arrived, std::size_t property, model::SeriesId id) {
  for (model::BatchSample& one : arrived.batch.samples) {
    if (one.property != property) continue;
    one.sample.quality = one.sample.quality.marked(model::Reason::kWrongUnit);
  }
  auto event = arrivals_.other_unit(id, arrived.batch.properties[property].unit);
  const auto last = deps_.store.last_value(id, store::Corrections::kLeftOut);
  const bool is_told = last && last->sample.quality.has(model::Reason::kWrongUnit);
  if (!event || is_told) return;  // before this hub was started
  event->time = deps_.clock.now();
  pending_.events.push_back(std::move(*event));
}

/// A value that comes live says who feeds its series now; one of a backlog does not.
void Ingest::note_source(const BatchArrived& arrived, model::SeriesId id,
                         const model::Sample& sample) {
  if (arrived.is_historical || sample.value.index() == 0) return;
  auto moved = arrivals_.new_source(id, arrived.origin, deps_.clock.monotonic());
  if (!moved) return;
  deps_.index.put(*moved);
  put_pending(*std::move(moved));
}

/// What a source calls its properties: the series that are there take it over, those that will be
/// find it. A source that says nothing leaves what an import or another source has said.
void Ingest::take_titles(const ThingUp& up) {
  for (const BornProperty& property : up.properties) {
    if (property.title.empty()) continue;
    const auto known = deps_.index.find(up.thing, property.name, property.type);
    if (!known) {
      titles_[{up.thing, property.name}] = property.title;
      continue;
    }
    auto series = deps_.index.get(*known);
    if (!series || series->title == property.title) continue;
    series->title = property.title;
    deps_.index.put(*series);
    put_pending(std::move(*series));
  }
}

/// A series that a commit adds stands in it once, with the newest of what is said of it.
void Ingest::put_pending(model::Series series) {
  const bool is_new = number(series.id) >= number(deps_.store.next_series_id());
  const auto listed = is_new ? std::ranges::find(pending_.series, series.id, &model::Series::id)
                             : pending_.series.end();
  if (listed == pending_.series.end()) {
    pending_.series.push_back(std::move(series));
  } else {
    *listed = std::move(series);
  }
}

/// The series of a property that is seen for the first time, or once more: a batch may list one
/// twice.
model::SeriesId Ingest::add_series(const BatchArrived& arrived,
                                   const model::BatchProperty& property) {
  const std::string& thing = arrived.batch.thing;
  if (const auto known = deps_.index.find(thing, property.name, property.type)) return *known;
  model::Series series{.id = next_series_,
                       .thing = thing,
                       .property = property.name,
                       .type = property.type,
                       .unit = property.unit,
                       .site = arrived.site,
                       .source = arrived.origin};
  if (const auto title = titles_.extract({thing, property.name})) series.title = title.mapped();
  next_series_ = model::SeriesId(number(next_series_) + 1);
  deps_.index.put(series);
  pending_.series.push_back(series);
  return series.id;
}

/// BIRTH values of a Millrace edge are live only; those of third parties are stored unless known.
bool Ingest::is_known(const BatchArrived& arrived, model::SeriesId id,
                      const model::Sample& sample) const {
  if (arrived.position) return true;
  const auto last = deps_.store.last_value(id, store::Corrections::kLeftOut);
  return last && last->sample.time >= sample.time;
}

void Ingest::commit_if_due(Arrivals arrivals) {
  const std::size_t rows = pending_.samples.size();
  if (rows == 0 && !has_notes_) return;
  const auto age = deps_.clock.monotonic() - pending_since_;
  const bool is_growing = rows >= options_.commit_rows_few && arrivals == Arrivals::kGoOn;
  const auto patience = is_growing ? options_.commit_interval_max : options_.commit_interval;
  const bool is_stalled = rows >= options_.commit_rows_few && arrivals == Arrivals::kPause;
  if (rows >= options_.commit_rows_max || is_stalled || age >= patience) commit_until_done();
}

/// Commits what is pending, however long the store refuses; false when the hub stops meanwhile.
bool Ingest::commit_until_done() {
  const bool has_more = deps_.ledger.prepare(pending_);
  const bool is_empty = pending_.samples.is_empty() && pending_.series.empty();
  if (is_empty && pending_.events.empty() && !has_more) {
    settle(DeliveryLedger::Outcome::kCommitted);
    return true;
  }
  while (!commit()) {
    if (queue_.is_closed()) {
      base::log::error("{} samples were not stored; edges send theirs again",
                       pending_.samples.size());
      settle(DeliveryLedger::Outcome::kFailed);
      return false;
    }
    std::this_thread::sleep_for(options_.retry_interval);
  }
  count_committed();
  settle(DeliveryLedger::Outcome::kCommitted);
  return true;
}

void Ingest::count_committed() {
  is_store_refusing_ = false;
  samples_total_.add(static_cast<double>(pending_.samples.size()));
  const std::lock_guard lock(rate_mutex_);
  rate_.add(deps_.clock.monotonic(), pending_.samples.size());
}

bool Ingest::commit() {
  const auto began = deps_.clock.monotonic();
  const auto result = deps_.store.commit(pending_);
  commit_seconds_.observe(std::chrono::duration<double>(deps_.clock.monotonic() - began).count());
  if (result) return true;
  is_store_refusing_ = true;
  failures_total_.add();
  base::log::error("a commit of {} samples failed and is tried again: {}", pending_.samples.size(),
                   base::describe(result.error()));
  return false;
}

void Ingest::settle(DeliveryLedger::Outcome outcome) {
  deps_.ledger.settle(outcome);
  if (outcome == DeliveryLedger::Outcome::kCommitted) {
    deps_.live.publish(touched_);
  } else {
    deps_.index.drop_from(deps_.store.next_series_id());
    arrivals_.drop_from(deps_.store.next_series_id());
  }
  next_series_ = deps_.store.next_series_id();
  store::SampleBlock emptied = std::move(pending_.samples);  // with its memory, for the next commit
  emptied.clear();
  pending_ = {};
  pending_.samples = std::move(emptied);
  touched_.clear();
  has_notes_ = false;
}

}  // namespace millrace::pipeline
