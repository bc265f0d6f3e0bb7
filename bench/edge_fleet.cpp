// Many edges in one process, for load on a hub: each is the product's Sparkplug edge node with the
// product's delivery, only its batches are made when they are sent instead of being read from a
// spool. Ends when the hub has acknowledged everything; prints JSON.
//
//   edge_fleet --server HOST:PORT --site SITE --accounts FILE --points N [--rate POINTS/S] …
//
// FILE has one line for each edge: its name and its password.

#include <CLI/CLI.hpp>
#include <fstream>
#include <mutex>
#include <print>
#include <thread>

#include "base/log.h"
#include "connector/sparkplug/sink.h"
#include "fleet/edge_delivery.h"
#include "fleet/edge_pump.h"
#include "values.h"

namespace {

using namespace millrace;
using namespace std::chrono_literals;

struct Options {
  std::string server, site, accounts, primary_host;
  std::uint64_t points = 1'000'000;
  std::uint64_t rate =
      0;  // points a second of all edges together; 0: as fast as the hub takes them
  std::size_t properties = 100;     // of each thing: one batch has one sample of each
  std::size_t things = 2;           // of each edge
  std::int64_t interval_ms = 1000;  // between two samples of a series, where the rate is not given
};

/// What an edge sends: batch n holds one sample of every property of thing n % things.
class MadeBatches final : public fleet::BatchReader {
 public:
  MadeBatches(const Options& options, const std::string& edge, const bench::Values& values,
              base::Time start, base::Duration interval)
      : values_(values), start_(start), interval_(interval) {
    for (std::size_t thing = 0; thing < options.things; ++thing) {
      model::Batch batch;
      batch.thing = std::format("{}-t{}", edge, thing);
      for (std::size_t i = 0; i < options.properties; ++i) {
        batch.properties.push_back({std::format("p{:03}", i), model::ValueType::kF64, ""});
        batch.samples.push_back({static_cast<std::uint16_t>(i), {start, 0.0, {}}});
      }
      things_.push_back(std::move(batch));
    }
  }

  base::Result<std::variant<Spooled, pipeline::BatchesLost>> read(
      model::Sequence sequence) override {
    const std::uint64_t place = number(sequence) - 1;
    const std::uint64_t tick = place / things_.size();
    model::Batch& batch = things_[place % things_.size()];
    const base::Time time = start_ + static_cast<std::int64_t>(tick) * interval_;
    batch.made.wall = time;
    for (std::size_t i = 0; i < batch.samples.size(); ++i) {
      const double value = values_.at(place % things_.size() * batch.samples.size() + i, tick);
      batch.samples[i].sample = {time, value, {}};
    }
    return Spooled{batch, batch.samples.size() * 24};
  }

  std::vector<pipeline::OutboundProperty> properties() const {
    std::vector<pipeline::OutboundProperty> all;
    for (const model::Batch& batch : things_) {
      for (const auto& one : batch.properties) {
        all.push_back({batch.thing, one.name, "", one.type, one.unit});
      }
    }
    return all;
  }

 private:
  const bench::Values& values_;
  const base::Time start_;
  const base::Duration interval_;
  std::vector<model::Batch> things_;
};

class Edge final : public pipeline::UplinkEvents {
 public:
  Edge(std::unique_ptr<connector::sparkplug::EdgeNode> node, MadeBatches batches, base::Uuid epoch,
       std::uint64_t batches_total, std::uint64_t seed)
      : node_(std::move(node)),
        batches_(std::move(batches)),
        epoch_(epoch),
        total_(batches_total),
        delivery_({}, {epoch, model::Sequence{1}, model::Sequence{0}}, seed) {}

  base::Result<void> start() { return node_->start(batches_.properties(), *this); }
  void stop() { node_->stop(); }

  void connected() override { post(true); }
  void disconnected() override { post(false); }
  void acknowledged(const pipeline::Acknowledgement& ack) override { post(ack); }
  void commanded(pipeline::Command) override {}
  pipeline::SpoolHello hello() override {
    return {epoch_, model::Sequence{1}, model::Sequence{total_ + 1}, {}};
  }

  /// Sends what the window lets through of the first `due` batches.
  void step(std::uint64_t due, base::MonotonicTime now) {
    take_events();
    if (!delivery_.is_answered()) return;
    while (appended_ < std::min(due, total_) && appended_ - committed() < 64) {
      delivery_.appended(model::Sequence{++appended_});
    }
    if (const auto sent = pump(delivery_, batches_, *node_, epoch_, now); !sent) {
      base::log::error("{}", base::describe(sent.error()));
    }
  }
  bool is_answered() const { return delivery_.is_answered(); }
  std::uint64_t committed() const { return number(delivery_.committed().acked_to()); }
  bool is_done() const { return committed() >= total_; }

 private:
  using Event = std::variant<bool, pipeline::Acknowledgement>;

  void post(Event event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
  }
  void take_events() {
    std::vector<Event> events;
    {
      const std::lock_guard lock(mutex_);
      events.swap(events_);
    }
    for (const Event& event : events) {
      if (const auto* ack = std::get_if<pipeline::Acknowledgement>(&event)) {
        delivery_.acknowledged(*ack);
      } else {
        std::get<bool>(event) ? delivery_.connected() : delivery_.disconnected();
      }
    }
  }

  std::unique_ptr<connector::sparkplug::EdgeNode> node_;
  MadeBatches batches_;
  const base::Uuid epoch_;
  const std::uint64_t total_;
  fleet::EdgeDelivery delivery_;
  std::uint64_t appended_ = 0;
  std::mutex mutex_;
  std::vector<Event> events_;
};

class Fleet {
 public:
  explicit Fleet(Options options) : options_(std::move(options)) {}

  base::Result<void> start();
  /// Until all is acknowledged.
  void run();
  void stop() {
    for (const auto& edge : edges_) edge->stop();
  }

 private:
  base::Result<void> add_edge(const std::string& name, const std::string& password);
  std::uint64_t due(base::MonotonicTime began) const;

  const Options options_;
  const base::SystemClock clock_;
  base::Metrics metrics_;
  base::Random random_ = base::Random::from_system();
  const bench::Values values_;
  std::uint64_t batches_each_ = 0;
  std::size_t edge_count_ = 0;
  std::vector<std::unique_ptr<Edge>> edges_;
};

base::Result<void> Fleet::start() {
  std::vector<std::pair<std::string, std::string>> accounts;
  std::ifstream file(options_.accounts);
  for (std::string name, password; file >> name >> password;) accounts.emplace_back(name, password);
  if (accounts.empty()) return base::fail(base::ErrorCode::kInvalid, "no accounts");
  edge_count_ = accounts.size();
  batches_each_ = options_.points / options_.properties / edge_count_;
  for (const auto& [name, password] : accounts) MILLRACE_TRY(add_edge(name, password));
  for (const auto& edge : edges_) MILLRACE_TRY(edge->start());
  return {};
}

base::Result<void> Fleet::add_edge(const std::string& name, const std::string& password) {
  connector::sparkplug::EdgeNodeConfig config{
      .group = options_.site, .node = name, .primary_host = options_.primary_host, .mqtt = {}};
  config.mqtt.servers = {options_.server};
  config.mqtt.user = name;
  config.mqtt.password = password;
  MILLRACE_LET(auto node, connector::sparkplug::EdgeNode::create(
                              config, {clock_,
                                       metrics_,
                                       base::Random(random_.next()),
                                       {[] { return std::nullopt; }, [](std::uint8_t) {}}}));
  const auto ticks = static_cast<std::int64_t>(batches_each_ / options_.things + 1);
  base::Duration interval = std::chrono::milliseconds(options_.interval_ms);
  base::Time start = clock_.now() - ticks * interval;
  if (options_.rate > 0) {
    // Batches are then sent when they are due, with the time of that moment.
    interval = base::Duration(static_cast<std::int64_t>(
        1e6 * double(options_.things * options_.properties * edge_count_) / double(options_.rate)));
    start = clock_.now();
  }
  edges_.push_back(
      std::make_unique<Edge>(std::move(node), MadeBatches(options_, name, values_, start, interval),
                             base::Uuid::make(random_), batches_each_, random_.next()));
  return {};
}

/// How many batches of each edge are due.
std::uint64_t Fleet::due(base::MonotonicTime began) const {
  if (options_.rate == 0) return batches_each_;
  const double seconds = std::chrono::duration<double>(clock_.monotonic() - began).count();
  return static_cast<std::uint64_t>(seconds * double(options_.rate) / double(options_.properties) /
                                    double(edges_.size()));
}

void Fleet::run() {
  const auto is_answered = [](const auto& edge) { return edge->is_answered(); };
  while (!std::ranges::all_of(edges_, is_answered)) {
    for (const auto& edge : edges_) edge->step(0, clock_.monotonic());
    std::this_thread::sleep_for(1ms);
  }
  std::println("{{\"answered\":{}}}", edges_.size());
  std::fflush(stdout);
  const auto began = clock_.monotonic();
  while (!std::ranges::all_of(edges_, [](const auto& edge) { return edge->is_done(); })) {
    for (const auto& edge : edges_) edge->step(due(began), clock_.monotonic());
    std::this_thread::sleep_for(1ms);
  }
  const double seconds = std::chrono::duration<double>(clock_.monotonic() - began).count();
  const std::uint64_t points = batches_each_ * edges_.size() * options_.properties;
  std::println("{{\"points\":{},\"batches\":{},\"seconds\":{:.3f}}}", points,
               batches_each_ * edges_.size(), seconds);
}

}  // namespace

int main(int count, char** arguments) {
  Options options;
  CLI::App app("Many edges in one process, for load on a hub");
  app.add_option("--server", options.server)->required();
  app.add_option("--site", options.site)->required();
  app.add_option("--accounts", options.accounts)->required();
  app.add_option("--primary-host", options.primary_host)->required();
  app.add_option("--points", options.points);
  app.add_option("--rate", options.rate);
  app.add_option("--properties", options.properties);
  app.add_option("--things", options.things);
  app.add_option("--interval-ms", options.interval_ms);
  CLI11_PARSE(app, count, arguments);
  Fleet fleet(options);
  if (const auto started = fleet.start(); !started) {
    std::println(stderr, "{}", base::describe(started.error()));
    return 1;
  }
  fleet.run();
  fleet.stop();
  return 0;
}
