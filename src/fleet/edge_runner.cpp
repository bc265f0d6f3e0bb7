#include "fleet/edge_runner.h"

#include <algorithm>
#include <ranges>
#include <set>
#include <tuple>

#include "base/log.h"
#include "fleet/spool_reader.h"

namespace millrace::fleet {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kPoll = 10ms;
constexpr base::Duration kRetryWrite = 1s;
constexpr base::Duration kStatusUnanswered = 1s;  // its answer is the acknowledgement that was lost
constexpr std::size_t kReadingsARound = 10'000;
constexpr std::size_t kWaitingMax = 5'000;  // batches that the spool has not taken

/// By name, so that another order of tags is no other list.
std::vector<pipeline::OutboundProperty> properties_of(const std::vector<pipeline::TagSpec>& tags) {
  std::vector<pipeline::OutboundProperty> properties;
  for (const pipeline::TagSpec& tag : tags) {
    const auto& contract = tag.contract;
    properties.push_back(
        {contract.thing, contract.property, contract.title, contract.type, contract.unit});
  }
  std::ranges::sort(properties, {}, [](const pipeline::OutboundProperty& one) {
    return std::tie(one.thing, one.property);
  });
  return properties;
}

}  // namespace

/// A source's readings, with the group of tags that they belong to.
class EdgeRunner::Sink final : public pipeline::ReadingSink {
 public:
  Sink(base::BoundedQueue<Offered>& queue, std::uint64_t group) : queue_(queue), group_(group) {}

  bool offer(pipeline::Reading reading) override {
    Offered offered{group_, std::move(reading)};
    return queue_.try_push(offered);
  }

 private:
  base::BoundedQueue<Offered>& queue_;
  const std::uint64_t group_;
};

EdgeRunner::EdgeRunner(Options options, Deps deps)
    : options_(options),
      deps_(deps),
      readings_(options.readings_max),
      events_(1000),
      pipeline_({}, options.tolerance, options.batch),
      readings_total_(deps.metrics.counter("millrace_edge_readings_total", "Readings taken.")),
      held_back_total_(
          deps.metrics.counter("millrace_edge_held_back_total", "Samples that filters held back.")),
      spooled_total_(
          deps.metrics.counter("millrace_edge_spooled_samples_total", "Samples made durable.")),
      write_failures_total_(deps.metrics.counter("millrace_edge_spool_failures_total",
                                                 "Spool writes that failed and were retried.")),
      sent_total_(deps.metrics.counter("millrace_edge_messages_sent_total", "Messages sent.")),
      unacknowledged_(deps.metrics.gauge("millrace_edge_spool_batches",
                                         "Batches in the spool that the hub has not stored.")) {}

EdgeRunner::~EdgeRunner() { stop(); }

base::Result<void> EdgeRunner::start() {
  begin_epoch();
  publish_hello();
  MILLRACE_TRY(deps_.uplink.start(properties_, *this));
  thread_ = std::thread([this] { loop(); });
  return {};
}

void EdgeRunner::stop() {
  readings_.close();
  if (!thread_.joinable()) return;
  thread_.join();
  deps_.uplink.stop();
}

pipeline::ReadingSink& EdgeRunner::sink(std::uint64_t group) {
  const auto found = sinks_.find(group);
  MILLRACE_CHECK(found != sinks_.end());
  return *found->second;
}

base::Result<void> EdgeRunner::configure(std::vector<TagGroup> groups) {
  std::set<std::uint64_t> wanted;
  for (const TagGroup& group : groups) {
    wanted.insert(group.id);
    auto& sink = sinks_[group.id];
    if (!sink) sink = std::make_unique<Sink>(readings_, group.id);
  }
  std::future<void> done;
  {
    const std::lock_guard lock(change_mutex_);
    if (is_ended_) return base::fail(base::ErrorCode::kUnavailable, "the edge has stopped");
    change_ = Change{std::move(groups), {}};
    done = change_->done.get_future();
  }
  if (!thread_.joinable()) take_change();
  done.wait();
  std::erase_if(sinks_, [&](const auto& one) { return !wanted.contains(one.first); });
  return {};
}

void EdgeRunner::connected() { post(Connected{}); }
void EdgeRunner::disconnected() { post(Disconnected{}); }
void EdgeRunner::acknowledged(const pipeline::Acknowledgement& ack) { post(ack); }

void EdgeRunner::commanded(pipeline::Command command) {
  if (deps_.commands) deps_.commands->take(std::move(command));
}

/// A full queue drops the event: an acknowledgement comes again with the next status, and there are
/// never a thousand connections or commands waiting.
void EdgeRunner::post(LinkEvent event) { events_.try_push(event); }

pipeline::SpoolHello EdgeRunner::hello() {
  const std::lock_guard lock(hello_mutex_);
  pipeline::SpoolHello hello = hello_;
  hello.now = edge_time();
  return hello;
}

void EdgeRunner::loop() {
  while (true) {
    const bool is_over = take_readings();
    if (is_over) end_changes();
    take_change();
    while (auto event = events_.pop(0us)) handle(*event);
    spool_due(is_over);
    exchange();
    if (is_over) return;
  }
}

/// True when there will be none any more. While the spool refuses and much waits for it, sources
/// wait too, and count: memory has an end.
bool EdgeRunner::take_readings() {
  if (waiting_.size() >= kWaitingMax) {
    std::this_thread::sleep_for(kPoll);
    return readings_.is_closed();
  }
  auto offered = readings_.pop(kPoll);
  const bool is_over = !offered && readings_.is_closed();
  for (std::size_t taken = 0; offered && taken < kReadingsARound; ++taken) {
    take(std::move(*offered));
    offered = readings_.pop(0us);
  }
  if (offered) take(std::move(*offered));
  return is_over;
}

void EdgeRunner::take(Offered offered) {
  const auto places = places_.find(offered.group);
  // A source that also knows addresses which are only written reads those, too.
  if (places == places_.end() || offered.reading.tag >= places->second.count) return;
  offered.reading.tag += places->second.first;
  pipeline_.take(offered.reading, deps_.clock.now(), deps_.clock.monotonic());
}

/// Before start() also on the thread that configures. What was offered until now was meant for the
/// tags that were; sources that go on may offer more meanwhile, which is why only what waits at
/// this moment is taken.
void EdgeRunner::take_change() {
  std::optional<Change> change;
  {
    const std::lock_guard lock(change_mutex_);
    change.swap(change_);
  }
  if (!change) return;
  for (std::size_t waiting = readings_.size(); waiting > 0; --waiting) {
    if (auto offered = readings_.pop(0us)) take(std::move(*offered));
  }
  use(std::move(change->groups));
  change->done.set_value();
}

void EdgeRunner::end_changes() {
  const std::lock_guard lock(change_mutex_);
  is_ended_ = true;
}

void EdgeRunner::use(std::vector<TagGroup> groups) {
  std::vector<pipeline::TagSpec> tags;
  places_.clear();
  for (TagGroup& group : groups) {
    places_[group.id] = {static_cast<std::uint32_t>(tags.size()),
                         static_cast<std::uint32_t>(group.tags.size()), std::move(group.source)};
    std::ranges::move(group.tags, std::back_inserter(tags));
  }
  auto properties = properties_of(tags);
  pipeline_.configure(std::move(tags), deps_.clock.monotonic());
  note_filter_figures();
  if (properties == properties_) return;
  properties_ = std::move(properties);
  if (thread_.joinable()) deps_.uplink.update(properties_);
}

void EdgeRunner::handle(const LinkEvent& event) {
  if (std::holds_alternative<Connected>(event)) {
    delivery_->connected();
    next_status_ = deps_.clock.monotonic() + kStatusUnanswered;
  }
  if (std::holds_alternative<Disconnected>(event)) {
    delivery_->disconnected();
    deps_.spool.end_offering();
  }
  if (const auto* ack = std::get_if<pipeline::Acknowledgement>(&event)) take(*ack);
  if (const auto* answer = std::get_if<pipeline::CommandAnswer>(&event)) deps_.uplink.send(*answer);
}

void EdgeRunner::take(const pipeline::Acknowledgement& ack) {
  const bool was_answered = delivery_->is_answered();
  if (!delivery_->acknowledged(ack)) return;
  if (delivery_->must_renew_epoch()) {
    renew_epoch(delivery_->delivered());
    return;
  }
  deps_.spool.committed(delivery_->committed());
  if (was_answered) return;
  if (const auto result = deps_.spool.begin_offering(); !result) {
    base::log::error("the spool cannot note what it offers: {}", base::describe(result.error()));
    delivery_->disconnected();
    delivery_->connected();  // the next acknowledgement tries again
  }
}

void EdgeRunner::renew_epoch(const model::SequenceSet& delivered) {
  base::log::warning(
      "the hub has batches that this spool never offered: it went back in time and "
      "begins a new epoch");
  if (const auto result = deps_.spool.renew_epoch(delivered); !result) {
    base::log::error("the spool cannot begin a new epoch: {}", base::describe(result.error()));
    return;
  }
  announce_epoch();
}

void EdgeRunner::announce_epoch() {
  begin_epoch();
  delivery_->connected();
  publish_hello();
  deps_.uplink.announce();
}

void EdgeRunner::spool_due(bool flush) {
  const auto now = deps_.clock.monotonic();
  for (model::Batch& batch : pipeline_.due(now, edge_time(), flush)) {
    waiting_.push_back(std::move(batch));
  }
  ask_sources();
  if (!is_write_due(now, flush)) return;
  take_holds(now);
  if (waiting_.empty() && holds_.empty()) return;
  const auto values = std::views::values(holds_);
  const std::vector<spool::Hold> holds(values.begin(), values.end());
  const auto first = deps_.spool.put(waiting_, holds);
  // A spool that finds its file damaged sets it aside and begins again.
  if (deps_.spool.state().epoch != epoch_) {
    pipeline_.forget_holds();
    announce_epoch();
  }
  if (!first) {
    write_failures_total_.add();
    base::log::error("{} batches wait for the spool: {}", waiting_.size(),
                     base::describe(first.error()));
    next_write_ = now + kRetryWrite;
    return;
  }
  next_write_ = now + options_.spool_interval;
  std::uint64_t sequence = number(*first);
  for (const model::Batch& batch : waiting_) {
    spooled_total_.add(static_cast<double>(batch.samples.size()));
    delivery_->appended(model::Sequence(sequence++));
  }
  waiting_.clear();
  holds_.clear();
  publish_hello();
}

/// What filters hold is written with batches, which costs no write of its own; alone now and then.
bool EdgeRunner::is_write_due(base::MonotonicTime now, bool flush) const {
  if (flush) return true;
  return now >= next_write_ && (!waiting_.empty() || now >= next_holds_);
}

void EdgeRunner::take_holds(base::MonotonicTime now) {
  const bool with_counts = now >= next_holds_;
  if (with_counts) next_holds_ = now + options_.hold_interval;
  const base::Time until = deps_.clock.now() + pipeline::kHeldLongest;
  for (pipeline::PropertyHold& one : pipeline_.take_holds(with_counts)) {
    spool::Hold& hold = holds_[one.thing + '/' + one.property];
    const auto held = one.held.value_or(pipeline::HeldSamples{});
    hold = {std::move(one.thing), std::move(one.property), held.from, held.last, until,
            held.samples};
  }
}

void EdgeRunner::ask_sources() {
  for (const std::uint32_t place : pipeline_.take_asks()) {
    for (const auto& [group, places] : places_) {
      const bool is_of_it = place >= places.first && place - places.first < places.count;
      if (is_of_it && places.source) places.source->ask(place - places.first);
    }
  }
}

void EdgeRunner::exchange() {
  SpoolReader reader(deps_.spool);
  const auto now = deps_.clock.monotonic();
  const auto sent = pump(*delivery_, reader, deps_.uplink, epoch_, now);
  if (sent) {
    sent_total_.add(static_cast<double>(*sent));
  } else {
    base::log::error("the spool cannot be read: {}", base::describe(sent.error()));
  }
  if (now < next_status_) return;
  // The spool refused when the hub asked for it: again.
  if (delivery_->must_renew_epoch()) renew_epoch(model::SequenceSet(delivery_->delivered()));
  report_status();
}

std::vector<pipeline::TagFilterFigures> EdgeRunner::filter_figures() const {
  const std::lock_guard lock(figures_mutex_);
  return filter_figures_;
}

void EdgeRunner::note_filter_figures() {
  auto figures = pipeline_.filter_figures();
  const std::lock_guard lock(figures_mutex_);
  filter_figures_ = std::move(figures);
}

void EdgeRunner::report_status() {
  note_filter_figures();
  const bool is_answered = delivery_->is_answered();
  next_status_ =
      deps_.clock.monotonic() + (is_answered ? options_.status_interval : kStatusUnanswered);
  const spool::SpoolStats stats = deps_.spool.stats();
  unacknowledged_.set(static_cast<double>(stats.unacknowledged_batches));
  readings_total_.add(static_cast<double>(pipeline_.counts().readings) - readings_total_.value());
  // What a filter held back for now may have gone out since: a counter never falls.
  held_back_total_.add(
      std::max(0.0, static_cast<double>(pipeline_.counts().held_back) - held_back_total_.value()));
  deps_.uplink.send(pipeline::OriginStatus{.spool_batches = stats.unacknowledged_batches,
                                           .spool_bytes = stats.unacknowledged_bytes,
                                           .evicted_batches = stats.evicted_batches,
                                           .now = edge_time()});
}

void EdgeRunner::begin_epoch() {
  const spool::SpoolState state = deps_.spool.state();
  epoch_ = state.epoch;
  delivery_ = std::make_unique<EdgeDelivery>(
      EdgeDelivery::Options{.serves_others = options_.serves_others},
      EdgeDelivery::SpoolState{state.epoch, state.next, state.offered}, deps_.random.next());
}

void EdgeRunner::publish_hello() {
  const spool::SpoolState state = deps_.spool.state();
  const std::lock_guard lock(hello_mutex_);
  hello_ = {.epoch = state.epoch, .oldest = state.oldest, .next = state.next, .now = {}};
}

model::EdgeTime EdgeRunner::edge_time() const {
  return {deps_.clock.now(), deps_.clock.monotonic(), options_.boot};
}

}  // namespace millrace::fleet
