// A hub without broker and edges for tests/http/walk.py: real stores, real ingest, real server. It
// prints "port N" and then obeys lines on standard input:
//
//   batch VALUE      a batch of the edge: pump-1 flow, running, mode, count
//   history N        N samples of pump-1 flow, one each second before now, as a backlog
//   many N           N things more, one property each
//   topics N         a payload of each of N plain MQTT topics
//   offline | online the edge leaves or comes
//   stop             ends the program
//
// Beside it stands an OPC UA server with two pumps, whose address is in the file opcua_url of its
// folder.
#include <unistd.h>

#include <iostream>
#include <print>

#include "base/files.h"
#include "connector/modbus/kind.h"
#include "connector/opcua/kind.h"
#include "connector/opcua/server.h"
#include "http/server.h"
#include "hub/account_file.h"
#include "identity/identity.h"
#include "pipeline/ingest.h"
#include "service/services.h"
#include "store/duckdb/duckdb_store.h"
#include "store/duckdb/sql_worker.h"
#include "store/sqlite/sqlite_meta_store.h"

namespace millrace::tests {
namespace {

constexpr char kEdge[] = "edge-1";

/// Admits everything once; what a fleet does is tested elsewhere.
class OpenLedger final : public pipeline::DeliveryLedger {
 public:
  bool admit(const pipeline::BatchArrived&) override { return true; }
  void note(const pipeline::Inbound&) override {}
  bool prepare(store::Commit& commit) override {
    commit.events = std::exchange(events, {});
    commit.losses = std::exchange(losses, {});
    return !commit.events.empty() || !commit.losses.empty();
  }
  void settle(Outcome) override {}

  std::vector<store::Event> events;
  std::vector<store::LossInterval> losses;
};

class OneEdge final : public pipeline::OriginView {
 public:
  explicit OneEdge(const base::Clock& clock) : clock_(clock) {
    edge_ = {.name = kEdge,
             .kind = pipeline::OriginKind::kMillrace,
             .site = "riverside",
             .group = "riverside",
             .node = kEdge,
             .is_connected = true,
             .since = clock.now(),
             .spool = pipeline::SpoolReport{.batches = 2, .bytes = 100, .reported = clock.now()},
             .clock_offset = base::Duration(-1200),
             .epoch = base::Uuid{},
             .acked_to = 7,
             .losses = {.intervals = 1, .batches = 81, .samples = 40'500}};
  }
  std::vector<pipeline::OriginSnapshot> origins() const override {
    const std::lock_guard lock(mutex_);
    pipeline::OriginSnapshot node{.name = "node-2", .site = "riverside"};
    return {edge_, node};
  }
  void connect(bool is_connected) {
    const std::lock_guard lock(mutex_);
    edge_.is_connected = is_connected;
    edge_.since = clock_.now();
  }

 private:
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  pipeline::OriginSnapshot edge_;
};

struct Hub {
  explicit Hub(const std::filesystem::path& folder)
      : series({.folder = folder / "series", .sql_worker = {"/proc/self/exe", "sql-worker"}}, clock,
               base::Random(7)),
        meta({folder / "meta.db"}),
        identity({.cost = {1, 8192}}, {meta, clock}),
        edges(clock) {}

  base::SystemClock clock;
  base::Metrics metrics;
  store::duckdb::DuckDbStore series;
  store::SeriesIndex index{{}};
  store::SqliteMetaStore meta;
  identity::Identity identity;
  pipeline::LiveFeed live;
  OpenLedger ledger;
  OneEdge edges;
};

pipeline::BatchArrived batch(const Hub& hub, double value) {
  const base::Time now = std::chrono::floor<std::chrono::milliseconds>(hub.clock.now());
  pipeline::BatchArrived arrived{.origin = kEdge, .site = "riverside", .received = now};
  arrived.batch.thing = "pump-1";
  arrived.batch.properties = {{"flow", model::ValueType::kF64, "m3/h"},
                              {"running", model::ValueType::kBool, ""},
                              {"mode", model::ValueType::kText, ""},
                              {"count", model::ValueType::kU64, ""},
                              {"wave", model::ValueType::kBytes, ""}};
  const auto bad = model::Quality().marked(model::Reason::kOutOfRange);
  arrived.batch.samples = {{0, {now, value, value > 100 ? bad : model::Quality()}},
                           {1, {now, true, {}}},
                           {2, {now, std::string("auto \"1\" 泵"), {}}},
                           {3, {now, std::uint64_t{1} << 60, {}}},
                           {4, {now, model::Bytes{"\x01\x02\x03"}, {}}}};
  return arrived;
}

pipeline::BatchArrived history(const Hub& hub, int count) {
  const base::Time now = std::chrono::floor<std::chrono::seconds>(hub.clock.now());
  pipeline::BatchArrived arrived{
      .origin = kEdge, .site = "riverside", .is_historical = true, .received = now};
  arrived.batch.thing = "pump-1";
  arrived.batch.properties = {{"flow", model::ValueType::kF64, "m3/h"}};
  for (int i = count; i > 0; --i) {
    arrived.batch.samples.push_back({0, {now - std::chrono::seconds(i), 0.1 * i, {}}});
  }
  return arrived;
}

pipeline::BatchArrived other_thing(const Hub& hub, int number) {
  pipeline::BatchArrived arrived{.origin = kEdge, .site = "riverside", .received = hub.clock.now()};
  arrived.batch.thing = std::format("thing-{:05}", number);
  arrived.batch.properties = {{"value", model::ValueType::kI64, ""}};
  arrived.batch.samples = {{0, {arrived.received, std::int64_t{number}, {}}}};
  return arrived;
}

void offer_topic(const Hub& hub, pipeline::Ingest& ingest, int number) {
  const std::string topic = std::format("hall/{}/state", number);
  const std::string thing = std::format("mqtt-hall-{}-state", number);
  const std::string origin(pipeline::kTopicOrigin), property(pipeline::kPayloadProperty);
  ingest.offer(pipeline::ThingUp{origin, thing, {{property, model::ValueType::kText, topic}}});
  pipeline::BatchArrived arrived{.origin = origin, .topic = topic, .received = hub.clock.now()};
  arrived.batch.thing = thing;
  arrived.batch.properties = {{property, model::ValueType::kText, ""}};
  const std::string payload = std::format(R"({{"n":{},"on":true,"p":{{"kpa":1.5}}}})", number);
  arrived.batch.samples = {{0, {arrived.received, payload, {}}}};
  ingest.offer(std::move(arrived));
}

void obey(Hub& hub, pipeline::Ingest& ingest, const std::string& line) {
  const std::string word = line.substr(0, line.find(' '));
  const double argument = word == line ? 0 : std::stod(line.substr(word.size()));
  if (word == "batch") ingest.offer(batch(hub, argument));
  if (word == "history") ingest.offer(history(hub, static_cast<int>(argument)));
  for (int i = 0; word == "many" && i < static_cast<int>(argument); ++i) {
    ingest.offer(other_thing(hub, i));
  }
  for (int i = 0; word == "topics" && i < static_cast<int>(argument); ++i) {
    offer_topic(hub, ingest, i);
  }
  if (word == "offline" || word == "online") hub.edges.connect(word == "online");
  (void)ingest.run([] { return base::Result<void>(); });  // everything offered is committed
  std::println("done {}", word);
  std::fflush(stdout);
}

/// MILLRACE_QUERY_US: how long a query or an export may take.
service::TimeLimits limits() {
  const char* given = std::getenv("MILLRACE_QUERY_US");
  if (!given) return {};
  const base::Duration limit(std::stoll(given));
  return {limit, limit};
}

/// What is configured of pump-1 flow; of nothing else.
std::optional<service::PropertyFacts> facts_of(std::string_view thing, std::string_view property) {
  if (thing != "pump-1" || property != "flow") return std::nullopt;
  service::PropertyFacts facts{.contract = {}, .filter = {}, .alarms = {"high"}, .binding = "b"};
  facts.contract.interval = std::chrono::seconds(1);
  facts.contract.range_max = 100;
  return facts;
}

service::FilterReport filter_report() {
  return {.thing = "pump-1",
          .property = "flow",
          .edge = kEdge,
          .unit = "m3/h",
          .policy = "deadband 0.1, heartbeat 60 s",
          .received = 100,
          .sent = 10,
          .bytes_saved = 2070,
          .error_max = 0.1,
          .error_mean = 0.03};
}

/// What there is to browse.
base::Result<std::unique_ptr<opcua::Server>> start_plant(const std::filesystem::path& folder) {
  std::vector<opcua::ServedVariable> variables;
  for (const char* thing : {"Pump_1", "Pump_2"}) {
    variables.push_back({thing, "Flow", "", model::ValueType::kF64, "l/min", 0, 2000});
    variables.push_back({thing, "DischargePressure", "", model::ValueType::kF64, "kPa", 0, 1200});
    variables.push_back({thing, "Running", "", model::ValueType::kBool, "", 0, 0});
  }
  MILLRACE_TRY(base::make_directories(folder / "plant"));
  MILLRACE_LET(auto server, opcua::Server::start({.certificates = folder / "plant"}, variables));
  MILLRACE_TRY(base::write_file_durably(folder / "opcua_url", server->url()));
  return server;
}

/// What has happened before: two events and a loss.
void remember_plant(Hub& hub) {
  const base::Time now = hub.clock.now();
  hub.ledger.events = {{.time = now,
                        .kind = "edge.connected",
                        .subject = kEdge,
                        .actor_role = "system",
                        .body = "{}"},
                       {.time = now, .kind = "store.sealed", .actor_role = "system"}};
  hub.ledger.losses = {{.origin = kEdge,
                        .range = {model::Sequence(100), model::Sequence(180)},
                        .samples = 40'500,
                        .time_from = now - std::chrono::hours(2),
                        .time_to = now - std::chrono::hours(1),
                        .reason = "evicted",
                        .recorded = now},
                       {.origin = kEdge,
                        .range = {model::Sequence(181), model::Sequence(181)},
                        .samples = 37,
                        .time_from = now - std::chrono::hours(1),
                        .time_to = now - std::chrono::minutes(58),
                        .reason = "held",
                        .recorded = now,
                        .thing = "pump-1",
                        .property = "pressure"}};
}

int run(const std::filesystem::path& folder, const std::filesystem::path& web) {
  Hub hub(folder);
  const auto plant = start_plant(folder);
  if (!plant) return 1;
  const std::vector<pipeline::ConnectorKind> kinds = {opcua::make_kind(), modbus::make_kind()};
  if (!hub.series.start() || !hub.meta.start() || !hub.identity.start("correct horse")) return 1;
  remember_plant(hub);
  const auto units = unit::Units::create();
  if (!units) return 1;
  pipeline::Ingest ingest({},
                          {hub.series, hub.index, hub.ledger, hub.live, hub.clock, hub.metrics});
  ingest.start();
  service::Catalogs catalogs({hub.meta, *units, kinds});
  if (!catalogs.load()) return 1;
  apps::AccountFile accounts(folder);
  service::Services services({hub.series,
                              hub.index,
                              hub.meta,
                              catalogs,
                              hub.identity,
                              hub.live,
                              hub.edges,
                              *units,
                              hub.clock,
                              hub.metrics,
                              [&](auto work) { return ingest.run(std::move(work)); },
                              [] { return service::BrokerStatus{true, true, "127.0.0.1:1883"}; },
                              [&] { return ingest.state(); },
                              {.version = "0.1.0",
                               .hub = "test",
                               .series_engine = "DuckDB 1.4.4",
                               .time_zone = "Europe/Berlin",
                               .data_dir = folder},
                              limits(),
                              facts_of,
                              [] { return std::vector{filter_report()}; },
                              nullptr,
                              {},
                              {},
                              {},
                              &accounts});
  services.start();
  services.system.enter(service::Phase::kReady);
  http::HttpServer server({.port = 0,
                           .web_dir = web,
                           .scratch_dir = folder / "scratch",
                           .heartbeat = std::chrono::seconds(1)},
                          {services, hub.clock, hub.metrics});
  if (const auto started = server.start(); !started) {
    std::println("{}", base::describe(started.error()));
    return 1;
  }
  std::println("port {}", server.port());
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line) && line != "stop";) obey(hub, ingest, line);
  server.stop();
  services.stop();
  ingest.stop();
  if (!hub.series.stop() || !hub.meta.stop()) return 1;
  std::println("stopped");
  return 0;
}

}  // namespace
}  // namespace millrace::tests

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "sql-worker") {
    return millrace::store::duckdb::run_sql_worker(millrace::store::duckdb::kSqlWorkerSocket);
  }
  if (argc != 3) return 64;
  return millrace::tests::run(argv[1], argv[2]);
}
