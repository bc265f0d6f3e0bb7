// Sparkplug payloads of 100 metrics, ours and libprotobuf's decoder on the same bytes.
// Prints JSON: nanoseconds of CPU for each metric.

#include <google/protobuf/arena.h>

#include <algorithm>
#include <ctime>
#include <print>
#include <vector>

#include "base/error.h"
#include "codec/sparkplug.h"
#include "sparkplug_peer.pb.h"
#include "values.h"

namespace {

using namespace millrace;

constexpr std::size_t kMetrics = 100;
constexpr int kPayloads = 200;
constexpr int kRounds = 50;
constexpr int kRepeats = 7;

double cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) * 1e9 + double(now.tv_nsec);
}

std::vector<std::string> payloads() {
  const bench::Values values;
  std::vector<std::string> made(kPayloads);
  for (int n = 0; n < kPayloads; ++n) {
    codec::sparkplug::Payload payload;
    payload.timestamp_ms = 1'772'000'000'000 + std::uint64_t(n) * 1000;
    payload.seq = std::uint64_t(n) % 256;
    for (std::size_t i = 0; i < kMetrics; ++i) {
      auto& metric = payload.metrics.emplace_back();
      metric.alias = 16 + i;
      metric.timestamp_ms = *payload.timestamp_ms + i % 50;
      metric.datatype = codec::sparkplug::DataType::kDouble;
      metric.value = codec::sparkplug::WireValue::of_double(values.at(i, std::uint64_t(n)));
    }
    codec::sparkplug::encode(payload, made[std::size_t(n)]);
  }
  return made;
}

/// The median over kRepeats of the time `decode` needs for one metric; its sum goes into `checks`.
template <class Decode>
double median_ns(const std::vector<std::string>& messages, double& checks, Decode decode) {
  std::vector<double> times;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    checks = 0;
    const double began = cpu_ns();
    for (int round = 0; round < kRounds; ++round) {
      for (const std::string& message : messages) checks += decode(message);
    }
    times.push_back((cpu_ns() - began) / (double(kRounds) * kPayloads * kMetrics));
  }
  std::ranges::sort(times);
  return times[kRepeats / 2];
}

double sum_of(const peer::Payload& payload) {
  double sum = 0;
  for (const peer::Metric& metric : payload.metrics()) sum += metric.double_value();
  return sum;
}

}  // namespace

int main() {
  const auto messages = payloads();
  double ours_sum = 0, heap_sum = 0, arena_sum = 0, reused_sum = 0;
  codec::sparkplug::Payload ours;
  const double ours_ns = median_ns(messages, ours_sum, [&](const std::string& message) {
    MILLRACE_CHECK(codec::sparkplug::decode(message, ours).has_value());
    double sum = 0;
    for (const auto& metric : ours.metrics) sum += std::bit_cast<double>(metric.value.bits);
    return sum;
  });
  const double heap_ns = median_ns(messages, heap_sum, [](const std::string& message) {
    peer::Payload payload;
    MILLRACE_CHECK(payload.ParseFromString(message));
    return sum_of(payload);
  });
  peer::Payload kept;
  const double reused_ns = median_ns(messages, reused_sum, [&](const std::string& message) {
    MILLRACE_CHECK(kept.ParseFromString(message));
    return sum_of(kept);
  });
  const double arena_ns = median_ns(messages, arena_sum, [](const std::string& message) {
    google::protobuf::Arena arena;
    auto* payload = google::protobuf::Arena::Create<peer::Payload>(&arena);
    MILLRACE_CHECK(payload->ParseFromString(message));
    return sum_of(*payload);
  });
  MILLRACE_CHECK(ours_sum == heap_sum && ours_sum == arena_sum && ours_sum == reused_sum);
  std::println(R"({{"bytes_per_metric":{:.1f},"ours_ns":{:.1f},"protobuf_heap_ns":{:.1f},)"
               R"("protobuf_arena_ns":{:.1f},"protobuf_reused_ns":{:.1f},"protobuf":"{}"}})",
               double(messages[0].size()) / kMetrics, ours_ns, heap_ns, arena_ns, reused_ns,
               GOOGLE_PROTOBUF_VERSION);
  return 0;
}
