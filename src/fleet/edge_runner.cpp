#include "fleet/edge_runner.h"

#include <algorithm>

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

std::vector<pipeline::OutboundProperty> properties_of(const std::vector<pipeline::TagSpec>& tags) {
  std::vector<pipeline::OutboundProperty> properties;
  for (const pipeline::TagSpec& tag : tags) {
    const auto& contract = tag.contract;
    properties.push_back(
        {contract.thing, contract.property, contract.title, contract.type, contract.unit});
  }
  return properties;
}

}  // namespace

/// A source's readings with the tag numbers of the runner's list.
class EdgeRunner::Sink final : public pipeline::ReadingSink {
 public:
  Sink(base::BoundedQueue<pipeline::Reading>& queue, std::uint32_t first_tag)
      : queue_(queue), first_tag_(first_tag) {}

  bool offer(pipeline::Reading reading) override {
    reading.tag += first_tag_;
    return queue_.try_push(reading);
  }

 private:
  base::BoundedQueue<pipeline::Reading>& queue_;
  const std::uint32_t first_tag_;
};

EdgeRunner::EdgeRunner(Options options, std::vector<pipeline::TagSpec> tags, Deps deps)
    : options_(options),
      deps_(deps),
      properties_(properties_of(tags)),
      readings_(options.readings_max),
      events_(1000),
      pipeline_(std::move(tags), options.tolerance, options.batch),
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

pipeline::ReadingSink& EdgeRunner::sink(std::uint32_t first_tag) {
  sinks_.push_back(std::make_unique<Sink>(readings_, first_tag));
  return *sinks_.back();
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
  auto reading = readings_.pop(kPoll);
  const bool is_over = !reading && readings_.is_closed();
  for (std::size_t taken = 0; reading && taken < kReadingsARound; ++taken) {
    pipeline_.take(*reading, deps_.clock.now(), deps_.clock.monotonic());
    reading = readings_.pop(0us);
  }
  if (reading) pipeline_.take(*reading, deps_.clock.now(), deps_.clock.monotonic());
  return is_over;
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
  if (waiting_.empty() || (now < next_write_ && !flush)) return;
  const auto first = deps_.spool.put(waiting_);
  // A spool that finds its file damaged sets it aside and begins again.
  if (deps_.spool.state().epoch != epoch_) announce_epoch();
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
  publish_hello();
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
