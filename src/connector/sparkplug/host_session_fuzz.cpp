#include <array>

#include "base/metrics.h"
#include "codec/utf8.h"
#include "connector/sparkplug/host_session.h"
#include "model/name.h"

namespace {

using namespace millrace;
using connector::sparkplug::HostSession;

/// Checks that whatever goes on obeys the rules of the house.
class Checker final : public connector::sparkplug::HostActions {
 public:
  void subscribe(std::vector<std::string>) override {}
  void publish(net::MqttMessage) override {}
  void disconnect() override {}
  bool offer(pipeline::Inbound inbound) override {
    if (const auto* arrived = std::get_if<pipeline::BatchArrived>(&inbound)) check(arrived->batch);
    return ++offers_ % 7 != 0;  // now and then the hub is full
  }
  void answered(const std::string& origin, const pipeline::CommandAnswer& answer) override {
    MILLRACE_CHECK(model::is_name(origin));
    MILLRACE_CHECK(answer.result || codec::is_utf8(answer.result.error().what));
  }

 private:
  static void check(const model::Batch& batch) {
    MILLRACE_CHECK(model::is_name(batch.thing));
    for (const auto& one : batch.properties) MILLRACE_CHECK(model::is_name(one.name));
    for (const auto& one : batch.samples) {
      MILLRACE_CHECK(one.property < batch.properties.size());
      const auto type = model::type_of(one.sample.value);
      MILLRACE_CHECK(!type || *type == batch.properties[one.property].type);
    }
  }
  int offers_ = 0;
};

}  // namespace

// The input is a conversation: for each message a byte for its topic, two for its length, its
// bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr std::array<std::string_view, 8> kTopics = {
      "spBv1.0/g/NBIRTH/n",       "spBv1.0/g/DBIRTH/n/d", "spBv1.0/g/NDATA/n",
      "spBv1.0/g/DDATA/n/d",      "spBv1.0/g/DDEATH/n/d", "spBv1.0/g/NDEATH/n",
      "spBv1.0/STATE/millrace-g", "spBv1.0/g/DDATA/n/e"};
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  base::Metrics metrics;
  connector::sparkplug::HostCounters counters(metrics);
  Checker checker;
  connector::sparkplug::HostNames names(connector::sparkplug::ThingNames::kNodeDevice);
  connector::sparkplug::HostLimits limits(50, 100);
  HostSession session({}, "g", {{"a", 1}}, {checker, counters, names, limits});
  HostSession::Clocks clocks{base::Time(std::chrono::seconds(1'700'000'000)),
                             base::MonotonicTime(std::chrono::hours(1))};
  session.dial(clocks);
  session.connected();
  session.subscribed(true, clocks);
  while (rest.size() >= 3) {
    const auto topic = static_cast<std::uint8_t>(rest[0]);
    const std::size_t length = static_cast<std::size_t>(static_cast<std::uint8_t>(rest[1])) << 8 |
                               static_cast<std::uint8_t>(rest[2]);
    rest.remove_prefix(3);
    session.received(kTopics[topic % kTopics.size()], rest.substr(0, length), clocks);
    rest.remove_prefix(std::min(length, rest.size()));
    clocks.now += std::chrono::milliseconds(700);
    clocks.monotonic += std::chrono::milliseconds(700);
    session.tick(clocks);
  }
  return 0;
}
