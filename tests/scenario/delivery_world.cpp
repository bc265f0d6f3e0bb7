#include "scenario/delivery_world.h"

#include <algorithm>
#include <deque>
#include <format>
#include <set>

namespace millrace::scenario {
namespace {

using base::Duration;
using fleet::EdgeDelivery;
using fleet::HubDelivery;
using model::Sequence;
using namespace std::chrono_literals;

constexpr Duration kStep = 50ms;
constexpr Duration kConnectAfter = 500ms;
constexpr Duration kStatusEvery = 5s;
constexpr Duration kStatusUnanswered = 1s;
constexpr const char* kOrigin = "edge-1";

struct Rebirth {};  // the hub asks for a birth
using Up = std::variant<pipeline::OriginUp, pipeline::BatchArrived, pipeline::BatchesLost,
                        pipeline::OriginStatus>;
using Down = std::variant<pipeline::Acknowledgement, Rebirth>;

std::string key_of(const base::Uuid& epoch, std::uint64_t sequence) {
  return std::format("{}/{}", to_text(epoch), sequence);
}

}  // namespace

/// What survives a kill of the edge: the spool, with the rules of src/spool.
struct DeliveryWorld::Disk {
  base::Uuid epoch;
  std::map<std::uint64_t, model::Batch> records;
  std::uint64_t next = 1;
  model::SequenceSet committed;
  std::map<std::uint64_t, std::uint32_t> evicted;  // sequence → samples
  std::uint64_t offered = 0;

  Sequence oldest() const { return Sequence(records.empty() ? next : records.begin()->first); }
};

/// What survives a kill of the hub: samples and watermarks, committed together.
struct DeliveryWorld::Store {
  std::map<std::string, std::uint64_t> stored;  // batch id → times
  std::map<std::pair<std::string, base::Uuid>, store::DeliveryState> deliveries;
  std::vector<store::LossInterval> losses;
};

struct DeliveryWorld::Network {
  template <class Message>
  struct Flight {
    base::Time at;
    std::uint64_t connection;
    Message message;
  };
  std::vector<Flight<Up>> up;
  std::vector<Flight<Down>> down;
  std::uint64_t connection = 0;  // 0: cut
  std::uint64_t next_connection = 1;
  std::uint64_t messages = 0;

  template <class Message>
  void send(std::vector<Flight<Message>>& lane, Message message, DeliveryWorld& world) {
    ++messages;
    const Weather& weather = world.weather_;
    const int copies = world.random_.uniform() < weather.loss          ? 0
                       : world.random_.uniform() < weather.duplication ? 2
                                                                       : 1;
    for (int i = 0; i < copies && connection != 0; ++i) {
      const auto delay = static_cast<std::int64_t>(world.random_.uniform() *
                                                   static_cast<double>(weather.delay_max.count()));
      lane.push_back({world.clock_.now() + Duration(delay), connection, message});
    }
  }

  /// What has arrived by now; messages of an older connection are gone.
  template <class Message>
  std::vector<Message> receive(std::vector<Flight<Message>>& lane, base::Time now) {
    std::ranges::stable_sort(lane, {}, &Flight<Message>::at);
    std::vector<Message> arrived;
    std::erase_if(lane, [&](Flight<Message>& flight) {
      if (flight.connection != connection) return true;
      if (flight.at > now) return false;
      arrived.push_back(std::move(flight.message));
      return true;
    });
    return arrived;
  }
};

/// The edge's process: state machine, spool rules and a pump, as EdgeRunner has them.
struct DeliveryWorld::Edge final : pipeline::Uplink, fleet::BatchReader {
  explicit Edge(DeliveryWorld& w) : world(w) { begin(); }

  void begin() {
    Disk& disk = *world.disk_;
    delivery = std::make_unique<EdgeDelivery>(
        EdgeDelivery::Options{},
        EdgeDelivery::SpoolState{disk.epoch, Sequence(disk.next), Sequence(disk.offered),
                                 disk.committed},
        world.random_.next());
  }

  void put(std::uint64_t samples) {
    Disk& disk = *world.disk_;
    model::Batch batch{.thing = std::format("batch-{}", world.puts_.size() + 1)};
    batch.samples.resize(samples);
    world.puts_.push_back(
        {batch.thing, key_of(disk.epoch, disk.next), samples, world.now(), false});
    disk.records[disk.next] = std::move(batch);
    if (delivery->is_answered()) disk.offered = disk.next;
    delivery->appended(Sequence(disk.next++));
    evict();
  }

  void evict() {
    Disk& disk = *world.disk_;
    while (disk.records.size() > world.weather_.spool_cap) {
      auto victim = std::ranges::find_if(disk.records, [&](const auto& one) {
        return disk.committed.contains(Sequence(one.first));
      });
      if (victim == disk.records.end()) {
        victim = disk.records.begin();
        disk.evicted[victim->first] = static_cast<std::uint32_t>(victim->second.samples.size());
      }
      disk.records.erase(victim);
    }
  }

  base::Result<std::variant<Spooled, pipeline::BatchesLost>> read(Sequence sequence) override {
    const Disk& disk = *world.disk_;
    if (const auto it = disk.records.find(number(sequence)); it != disk.records.end()) {
      return Spooled{it->second, 1000};
    }
    pipeline::BatchesLost lost{
        .epoch = disk.epoch, .range = {sequence, sequence}, .reason = "erased"};
    if (const auto it = disk.evicted.find(number(sequence)); it != disk.evicted.end()) {
      lost.samples = {it->second};
      lost.reason = "evicted";
    }
    return lost;
  }

  base::Result<void> start(std::vector<pipeline::OutboundProperty>,
                           pipeline::UplinkEvents&) override {
    return {};
  }
  void stop() override {}
  void announce() override { say_hello(); }
  bool send(const pipeline::Position& position, const model::Batch& batch,
            bool is_historical) override {
    return send_up(pipeline::BatchArrived{
        .origin = kOrigin, .position = position, .is_historical = is_historical, .batch = batch});
  }
  bool send(const pipeline::BatchesLost& lost) override {
    pipeline::BatchesLost message = lost;
    message.origin = kOrigin;
    return send_up(message);
  }
  bool send(const pipeline::OriginStatus& status) override { return send_up(status); }

  bool send_up(Up message) {
    if (world.network_->connection == 0) return false;
    world.network_->send(world.network_->up, std::move(message), world);
    return true;
  }

  void say_hello() {
    const Disk& disk = *world.disk_;
    send_up(pipeline::OriginUp{
        .origin = kOrigin,
        .kind = pipeline::OriginKind::kMillrace,
        .hello = pipeline::SpoolHello{disk.epoch, disk.oldest(), Sequence(disk.next), {}}});
  }

  void step() {
    const std::uint64_t connection = world.network_->connection;
    if (connection != seen_connection) {
      seen_connection = connection;
      if (connection == 0) return delivery->disconnected();
      delivery->connected();
      say_hello();
    }
    if (connection == 0) return;
    for (Down& message : world.network_->receive(world.network_->down, world.now())) {
      if (const auto* ack = std::get_if<pipeline::Acknowledgement>(&message)) acknowledged(*ack);
      if (std::holds_alternative<Rebirth>(message)) say_hello();
    }
    if (world.now() >= next_status) {
      next_status = world.now() + (delivery->is_answered() ? kStatusEvery : kStatusUnanswered);
      send(pipeline::OriginStatus{.origin = kOrigin});
    }
    const auto sent =
        fleet::pump(*delivery, *this, *this, world.disk_->epoch, world.clock_.monotonic());
    MILLRACE_CHECK(sent.has_value());
  }

  void acknowledged(const pipeline::Acknowledgement& ack) {
    Disk& disk = *world.disk_;
    if (!delivery->acknowledged(ack)) return;
    if (!delivery->must_renew_epoch()) {
      disk.committed = delivery->committed();
      disk.offered = std::max(disk.offered, disk.next - 1);
      return;
    }
    Disk fresh{.epoch = base::Uuid::make(world.random_)};
    for (auto& [sequence, batch] : disk.records) {
      world.puts_.push_back(
          {batch.thing, key_of(fresh.epoch, fresh.next), batch.samples.size(), {}, true});
      fresh.records[fresh.next++] = std::move(batch);
    }
    world.forgotten_epochs_.insert(disk.epoch);
    disk = std::move(fresh);
    begin();
    seen_connection = 0;
  }

  DeliveryWorld& world;
  std::unique_ptr<EdgeDelivery> delivery;
  std::uint64_t seen_connection = 0;
  base::Time next_status{};
};

/// The hub's process: session state of a Sparkplug host, ledger, and a commit each 50 ms.
struct DeliveryWorld::Hub final : pipeline::OriginLink {
  explicit Hub(DeliveryWorld& w) : world(w), book(w.clock_, {}, {}), session(w.random_.next() | 1) {
    std::vector<store::DeliveryState> durable;
    for (const auto& [key, state] : w.store_->deliveries) durable.push_back(state);
    ledger = std::make_unique<HubDelivery>(HubDelivery::Options{.session = session}, durable,
                                           HubDelivery::Deps{*this, book, w.clock_});
  }

  void acknowledge(const std::string&, const pipeline::Acknowledgement& ack) override {
    world.network_->send(world.network_->down, Down(ack), world);
  }

  void step() {
    if (world.network_->connection != seen_connection) {
      seen_connection = world.network_->connection;
      is_born = false;
    }
    for (Up& message : world.network_->receive(world.network_->up, world.now())) take(message);
    commit();
  }

  void take(Up& message) {
    if (auto* up = std::get_if<pipeline::OriginUp>(&message)) {
      is_born = true;
      return ledger->note(*up);
    }
    if (!is_born) {  // data before birth: a host asks for a rebirth
      if (world.now() < next_rebirth) return;
      next_rebirth = world.now() + 1s;
      return world.network_->send(world.network_->down, Down(Rebirth{}), world);
    }
    if (auto* arrived = std::get_if<pipeline::BatchArrived>(&message)) {
      if (ledger->admit(*arrived)) pending.push_back(arrived->batch.thing);
    } else if (auto* lost = std::get_if<pipeline::BatchesLost>(&message)) {
      ledger->note(*lost);
    } else if (auto* status = std::get_if<pipeline::OriginStatus>(&message)) {
      ledger->note(*status);
    }
  }

  void commit() {
    store::Commit commit;
    ledger->prepare(commit);
    const bool fails = world.random_.uniform() < world.weather_.commit_fails;
    if (!fails) {
      for (const std::string& id : pending) ++world.store_->stored[id];
      for (const auto& state : commit.deliveries) {
        world.store_->deliveries[{state.origin, state.epoch}] = state;
      }
      for (const auto& loss : commit.losses) world.store_->losses.push_back(loss);
    }
    pending.clear();
    const bool said_done = !fails || world.weather_.hub_acknowledges_too_early;
    ledger->settle(said_done ? HubDelivery::Outcome::kCommitted : HubDelivery::Outcome::kFailed);
  }

  DeliveryWorld& world;
  fleet::OriginBook book;
  std::uint64_t session;
  std::unique_ptr<HubDelivery> ledger;
  std::vector<std::string> pending;
  std::uint64_t seen_connection = 0;
  bool is_born = false;
  base::Time next_rebirth{};
};

DeliveryWorld::DeliveryWorld(std::uint64_t seed, Weather weather)
    : clock_(base::Time(std::chrono::seconds(1'800'000'000))), random_(seed), weather_(weather) {
  network_ = std::make_unique<Network>();
  disk_ = std::make_unique<Disk>();
  disk_->epoch = base::Uuid::make(random_);
  store_ = std::make_unique<Store>();
  backup_ = std::make_unique<Store>();
  edge_ = std::make_unique<Edge>(*this);
  hub_ = std::make_unique<Hub>(*this);
}

DeliveryWorld::~DeliveryWorld() = default;

void DeliveryWorld::run(Duration time, double puts_per_second) {
  for (Duration passed{0}; passed < time; passed += kStep) {
    roll_dice(weather_);
    step(puts_per_second);
  }
}

void DeliveryWorld::calm_down(Duration time) {
  weather_ = {.loss = 0,
              .duplication = 0,
              .delay_max = 20ms,
              .commit_fails = 0,
              .spool_cap = weather_.spool_cap};
  for (Duration passed{0}; passed < time; passed += kStep) {
    step(0);
    if (edge_->delivery->backlog() == 0 && passed > 12s) break;
  }
}

void DeliveryWorld::step(double puts_per_second) {
  clock_.advance(kStep);
  if (network_->connection == 0 && now() >= cut_until_) {
    network_->connection = network_->next_connection++;
  }
  const double expected = puts_per_second * std::chrono::duration<double>(kStep).count();
  for (double left = expected; left > 0 && random_.uniform() < left; left -= 1) {
    edge_->put(1 + random_.below(500));
  }
  edge_->step();
  hub_->step();
}

void DeliveryWorld::roll_dice(const Weather& weather) {
  const auto happens = [&](double probability) { return random_.uniform() < probability; };
  if (happens(weather.cut)) cut_for(Duration(static_cast<std::int64_t>(random_.below(10'000'000))));
  if (happens(weather.kill_edge)) {
    cut_for(kConnectAfter);
    edge_ = std::make_unique<Edge>(*this);
  }
  if (happens(weather.kill_hub)) kill_hub();
  if (happens(weather.snapshot)) back_up_hub();
  if (happens(weather.restore)) restore_hub();
  if (happens(weather.snapshot)) disk_image_ = std::make_unique<Disk>(*disk_);
  if (happens(weather.roll_back) && disk_image_) {
    forgotten_epochs_.insert(disk_->epoch);
    *disk_ = *disk_image_;
    cut_for(kConnectAfter);
    edge_ = std::make_unique<Edge>(*this);
  }
  if (happens(weather.reinstall)) {
    forgotten_epochs_.insert(disk_->epoch);
    *disk_ = Disk{.epoch = base::Uuid::make(random_)};
    cut_for(kConnectAfter);
    edge_ = std::make_unique<Edge>(*this);
  }
}

void DeliveryWorld::cut_for(Duration time) {
  network_->connection = 0;
  cut_until_ = std::max(cut_until_, now() + time);
}

void DeliveryWorld::kill_hub() {
  cut_for(kConnectAfter);
  hub_ = std::make_unique<Hub>(*this);
}

void DeliveryWorld::back_up_hub() { backup_ = std::make_unique<Store>(*store_); }

void DeliveryWorld::restore_hub() {
  store_ = std::make_unique<Store>(*backup_);
  kill_hub();
}

std::uint64_t DeliveryWorld::backlog() const { return edge_->delivery->backlog(); }

bool DeliveryWorld::has_stored_put_since(base::Time since) const {
  return std::ranges::any_of(
      puts_, [&](const Put& put) { return put.at >= since && store_->stored.contains(put.id); });
}

Verdict DeliveryWorld::verdict() const {
  std::map<std::string, std::pair<int, std::uint64_t>> lost;  // position → times, samples
  for (const store::LossInterval& loss : store_->losses) {
    for (std::uint64_t s = number(loss.range.from); s <= number(loss.range.to); ++s) {
      auto& [times, samples] = lost[key_of(loss.epoch, s)];
      ++times;
      samples = loss.reason == "evicted" && model::count(loss.range) == 1 ? loss.samples : 0;
    }
  }
  Verdict verdict{.put = puts_.size(), .messages = network_->messages};
  for (const Put& put : puts_) {
    const auto it = store_->stored.find(put.id);
    const std::uint64_t stored = it == store_->stored.end() ? 0 : it->second;
    const auto gone = lost.find(put.position);
    const int times = gone == lost.end() ? 0 : gone->second.first;
    verdict.stored += stored > 0 ? 1 : 0;
    verdict.lost += times > 0 ? 1 : 0;
    if (is_forgotten(put.position)) continue;
    const std::uint64_t once = put.is_second_copy && stored > 1 ? stored : 1;
    const bool counted =
        times == 0 || gone->second.second == 0 || gone->second.second == put.samples;
    if (stored + static_cast<std::uint64_t>(times) != once || !counted) {
      verdict.problem = std::format("{} at {}: stored {} times, lost {} times, {} of {} samples",
                                    put.id, put.position, stored, times,
                                    gone == lost.end() ? 0 : gone->second.second, put.samples);
    }
  }
  return verdict;
}

bool DeliveryWorld::is_forgotten(const std::string& position) const {
  return std::ranges::any_of(forgotten_epochs_, [&](const base::Uuid& epoch) {
    return position.starts_with(to_text(epoch));
  });
}

}  // namespace millrace::scenario
