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

std::string key_of(const base::Uuid& epoch, std::uint64_t sequence) {
  return std::format("{}/{}", to_text(epoch), sequence);
}

}  // namespace

/// What survives a kill of the hub: samples and watermarks, committed together.
struct DeliveryWorld::Store {
  std::map<std::string, std::uint64_t> stored;  // batch id → times
  std::map<std::pair<std::string, base::Uuid>, store::DeliveryState> deliveries;
  std::vector<store::LossInterval> losses;
};

struct DeliveryWorld::Network {
  struct Rebirth {};  // the hub asks for a birth
  using Up = std::variant<pipeline::OriginUp, pipeline::BatchArrived, pipeline::BatchesLost,
                          pipeline::OriginStatus>;
  using Down = std::variant<pipeline::Acknowledgement, Rebirth>;

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

/// The edge's process: state machine and pump around its spool, as EdgeRunner has them.
struct DeliveryWorld::Edge final : pipeline::Uplink {
  explicit Edge(DeliveryWorld& w) : world(w), spool(*w.spool_) { begin(); }

  void begin() {
    const spool::SpoolState state = spool.state();
    delivery = std::make_unique<EdgeDelivery>(
        EdgeDelivery::Options{.fresh_max = world.weather_.fresh_max,
                              .serves_others = world.weather_.serves_others},
        EdgeDelivery::SpoolState{state.epoch, state.next, state.offered}, world.random_.next());
  }

  void put(std::uint64_t samples) {
    const spool::SpoolState state = spool.state();
    model::Batch batch{.thing = std::format("batch-{}", world.puts_.size() + 1),
                       .properties = {{"p", model::ValueType::kF64, ""}}};
    batch.samples.resize(samples);
    world.puts_.push_back(
        {batch.thing, key_of(state.epoch, number(state.next)), samples, world.now()});
    spool.put(batch);
    delivery->appended(state.next);
  }

  base::Result<void> start(std::vector<pipeline::OutboundProperty>,
                           pipeline::UplinkEvents&) override {
    return {};
  }
  void stop() override {}
  void update(std::vector<pipeline::OutboundProperty>) override {}
  void announce() override { say_hello(); }
  pipeline::Sending send(const pipeline::Position& position, const model::Batch& batch,
                         bool is_historical) override {
    if (!is_historical) world.seen_by_others_.insert(batch.thing);
    return sending(send_up(pipeline::BatchArrived{
        .origin = kOrigin, .position = position, .is_historical = is_historical, .batch = batch}));
  }
  pipeline::Sending send_unpositioned(const model::Batch& batch) override {
    world.seen_by_others_.insert(batch.thing);
    return sending(send_up(pipeline::BatchArrived{
        .origin = kOrigin, .position = std::nullopt, .is_historical = false, .batch = batch}));
  }
  static pipeline::Sending sending(bool is_sent) {
    return is_sent ? pipeline::Sending::kSent : pipeline::Sending::kNotNow;
  }
  bool send(const pipeline::BatchesLost& lost) override {
    pipeline::BatchesLost message = lost;
    message.origin = kOrigin;
    return send_up(message);
  }
  bool send(const pipeline::OriginStatus& status) override { return send_up(status); }
  bool send(const pipeline::CommandAnswer&) override { return false; }  // nobody commands here

  bool send_up(Network::Up message) {
    if (world.network_->connection == 0) return false;
    world.network_->send(world.network_->up, std::move(message), world);
    return true;
  }

  void say_hello() {
    const spool::SpoolState state = spool.state();
    send_up(pipeline::OriginUp{
        .origin = kOrigin,
        .kind = pipeline::OriginKind::kMillrace,
        .hello = pipeline::SpoolHello{state.epoch, state.oldest, state.next, {}}});
  }

  void step() {
    const std::uint64_t connection = world.network_->connection;
    if (connection != seen_connection) {
      seen_connection = connection;
      spool.end_offering();
      if (connection == 0) return delivery->disconnected();
      delivery->connected();
      say_hello();
    }
    if (connection == 0) return;
    for (Network::Down& message : world.network_->receive(world.network_->down, world.now())) {
      if (const auto* ack = std::get_if<pipeline::Acknowledgement>(&message)) acknowledged(*ack);
      if (std::holds_alternative<Network::Rebirth>(message)) say_hello();
    }
    if (world.now() >= next_status) {
      next_status = world.now() + (delivery->is_answered() ? kStatusEvery : kStatusUnanswered);
      send(pipeline::OriginStatus{.origin = kOrigin});
    }
    const auto sent =
        fleet::pump(*delivery, spool, *this, spool.state().epoch, world.clock_.monotonic());
    MILLRACE_CHECK(sent.has_value());
  }

  void acknowledged(const pipeline::Acknowledgement& ack) {
    const bool was_answered = delivery->is_answered();
    if (!delivery->acknowledged(ack)) return;
    if (delivery->must_renew_epoch()) return renew();
    spool.committed(delivery->committed());
    if (!was_answered) spool.begin_offering();
  }

  void renew() {
    world.forgive();
    spool.renew_epoch(delivery->delivered());
    const base::Uuid epoch = spool.state().epoch;
    for (const auto& [sequence, batch] : spool.batches()) {
      world.puts_.push_back(
          {batch.thing, key_of(epoch, number(sequence)), batch.samples.size(), {}, true, false});
    }
    begin();
    seen_connection = 0;
  }

  DeliveryWorld& world;
  SimulatedSpool& spool;
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
    world.network_->send(world.network_->down, Network::Down(ack), world);
  }

  void step() {
    if (world.network_->connection != seen_connection) {
      seen_connection = world.network_->connection;
      is_born = false;
    }
    for (Network::Up& message : world.network_->receive(world.network_->up, world.now()))
      take(message);
    commit();
  }

  void take(Network::Up& message) {
    if (auto* up = std::get_if<pipeline::OriginUp>(&message)) {
      is_born = true;
      return ledger->note(*up);
    }
    if (!is_born) {  // data before birth: a host asks for a rebirth
      if (world.now() < next_rebirth) return;
      next_rebirth = world.now() + 1s;
      return world.network_->send(world.network_->down, Network::Down(Network::Rebirth{}), world);
    }
    if (auto* arrived = std::get_if<pipeline::BatchArrived>(&message)) {
      if (!arrived->position) return;  // as a host session does: it is for others
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
  spool_ = weather_.spool_bytes > 0 ? make_lmdb_spool(random_, clock_, weather_.spool_bytes)
                                    : make_model_spool(random_, weather_.spool_cap);
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
              .spool_cap = weather_.spool_cap,
              .spool_bytes = weather_.spool_bytes,
              .serves_others = weather_.serves_others,
              .fresh_max = weather_.fresh_max};
  away_until_ = now();
  for (Duration passed{0}; passed < time; passed += kStep) {
    step(0);
    if (is_settled() && passed > 12s) break;
  }
}

/// The hub has stored, or has on record as lost, whatever the spool ever had.
bool DeliveryWorld::is_settled() const {
  const auto last = Sequence(number(spool_->state().next) - 1);
  return number(last) == 0 || edge_->delivery->committed().contains({Sequence(1), last});
}

void DeliveryWorld::step(double puts_per_second) {
  clock_.advance(kStep);
  if (network_->connection == 0 && now() >= cut_until_) {
    network_->connection = network_->next_connection++;
  }
  const double expected = puts_per_second * std::chrono::duration<double>(kStep).count();
  for (double left = expected; left > 0 && random_.uniform() < left; left -= 1) put(1);
  edge_->step();
  if (now() < away_until_) {
    network_->receive(network_->up, now());  // nobody takes it
    return;
  }
  if (!hub_) hub_ = std::make_unique<Hub>(*this);
  hub_->step();
}

void DeliveryWorld::roll_dice(const Weather& weather) {
  const auto happens = [&](double probability) { return random_.uniform() < probability; };
  if (happens(weather.cut)) cut_for(Duration(static_cast<std::int64_t>(random_.below(10'000'000))));
  if (happens(weather.kill_edge)) {
    spool_->kill();
    start_edge();
  }
  if (happens(weather.kill_hub)) kill_hub();
  if (weather.hub_leaves > 0 && happens(weather.hub_leaves)) {
    hub_leaves_for(Duration(static_cast<std::int64_t>(random_.below(30'000'000))));
  }
  if (happens(weather.snapshot)) back_up_hub();
  if (happens(weather.restore)) restore_hub();
  if (happens(weather.snapshot)) spool_->save_image();
  if (happens(weather.roll_back)) roll_back_edge();
  if (happens(weather.reinstall)) {
    forgive();
    spool_->reinstall();
    start_edge();
  }
}

void DeliveryWorld::start_edge() {
  cut_for(kConnectAfter);
  edge_ = std::make_unique<Edge>(*this);
}

void DeliveryWorld::back_up_edge() { spool_->save_image(); }

void DeliveryWorld::roll_back_edge() {
  if (!spool_->roll_back()) return;
  forgive();
  start_edge();
}

void DeliveryWorld::cut_for(Duration time) {
  network_->connection = 0;
  cut_until_ = std::max(cut_until_, now() + time);
}

void DeliveryWorld::kill_hub() {
  cut_for(kConnectAfter);
  hub_ = std::make_unique<Hub>(*this);
}

void DeliveryWorld::hub_leaves_for(Duration time) {
  hub_.reset();
  away_until_ = std::max(away_until_, now() + time);
}

std::uint64_t DeliveryWorld::unseen_by_others(base::Time from, base::Time to) const {
  return static_cast<std::uint64_t>(std::ranges::count_if(puts_, [&](const Put& put) {
    return put.at >= from && put.at < to && !seen_by_others_.contains(put.id);
  }));
}

void DeliveryWorld::back_up_hub() { backup_ = std::make_unique<Store>(*store_); }

void DeliveryWorld::restore_hub() {
  store_ = std::make_unique<Store>(*backup_);
  kill_hub();
}

std::uint64_t DeliveryWorld::backlog() const { return edge_->delivery->backlog(); }

void DeliveryWorld::put(int batches) {
  for (int i = 0; i < batches; ++i) edge_->put(1 + random_.below(500));
}

std::int64_t DeliveryWorld::unstored_since(base::Time since) const {
  return std::ranges::count_if(
      puts_, [&](const Put& put) { return put.at >= since && !store_->stored.contains(put.id); });
}

Verdict DeliveryWorld::verdict() const {
  std::map<std::string, int> lost;  // position → times
  for (const store::LossInterval& loss : store_->losses) {
    for (std::uint64_t s = number(loss.range.from); s <= number(loss.range.to); ++s) {
      ++lost[key_of(loss.epoch, s)];
    }
  }
  Verdict verdict{
      .put = puts_.size(), .messages = network_->messages, .problem = problem_with_counts()};
  for (const Put& put : puts_) {
    const auto it = store_->stored.find(put.id);
    const std::uint64_t stored = it == store_->stored.end() ? 0 : it->second;
    const auto gone = lost.find(put.position);
    const auto times = static_cast<std::uint64_t>(gone == lost.end() ? 0 : gone->second);
    verdict.stored += stored > 0 ? 1 : 0;
    verdict.lost += times > 0 ? 1 : 0;
    if (put.is_forgiven) continue;
    const std::uint64_t once = put.is_second_copy && stored > 1 ? stored : 1;
    if (stored + times != once) {
      verdict.problem = std::format("{} at {}: stored {} times, lost {} times", put.id,
                                    put.position, stored, times);
    }
  }
  return verdict;
}

/// A loss of known batches names the samples they had; only a spool that does not count may say 0.
std::string DeliveryWorld::problem_with_counts() const {
  std::map<std::string, std::uint64_t> samples;
  for (const Put& put : puts_) {
    if (!put.is_forgiven) samples[put.position] = put.samples;
  }
  for (const store::LossInterval& loss : store_->losses) {
    std::uint64_t sum = 0;
    bool is_known = loss.samples > 0 || spool_->counts_losses();
    for (std::uint64_t s = number(loss.range.from); s <= number(loss.range.to); ++s) {
      const auto it = samples.find(key_of(loss.epoch, s));
      is_known = is_known && it != samples.end();
      sum += is_known ? it->second : 0;
    }
    if (is_known && sum != loss.samples) {
      return std::format("lost {} to {}: {} samples on record, {} were put ({})",
                         number(loss.range.from), number(loss.range.to), loss.samples, sum,
                         loss.reason);
    }
  }
  return {};
}

/// What was put until now can no longer be judged: its disk is gone or its position has changed.
void DeliveryWorld::forgive() {
  for (Put& put : puts_) put.is_forgiven = true;
}

}  // namespace millrace::scenario
