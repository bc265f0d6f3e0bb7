// The plant's rows in the formats of peers, to stdout.
//
//   peer_rows copy|lines SERIES TICKS END_US [FROM_TICK]
//
// copy: PostgreSQL's binary COPY (docs: "COPY", binary format) of (series int4, time timestamptz,
// value float8, quality int4), without its header and trailer, so that rows can be cut anywhere.
// lines: InfluxDB's line protocol, milliseconds.

#include <bit>
#include <cstdio>
#include <cstring>
#include <string>

#include "plant.h"

namespace {

using namespace millrace;

template <class T>
void put(std::string& out, T value) {
  if constexpr (sizeof(T) > 1) value = std::byteswap(value);
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

/// PostgreSQL counts from 2000.
std::int64_t postgres_time(base::Time time) {
  constexpr base::Time kEpoch = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);
  return (time - kEpoch).count();
}

void put_copy_row(std::string& out, std::uint64_t series, base::Time time, double value) {
  put<std::int16_t>(out, 4);
  put<std::int32_t>(out, 4);
  put<std::int32_t>(out, static_cast<std::int32_t>(series) + 1);
  put<std::int32_t>(out, 8);
  put<std::int64_t>(out, postgres_time(time));
  put<std::int32_t>(out, 8);
  put<std::int64_t>(out, std::bit_cast<std::int64_t>(value));
  put<std::int32_t>(out, 4);
  put<std::int32_t>(out, 0);
}

void put_line(std::string& out, std::uint64_t series, base::Time time, double value) {
  std::format_to(std::back_inserter(out), "v,series={} value={:.2f} {}\n", series + 1, value,
                 time.time_since_epoch().count() / 1000);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 5) return 64;
  const bool is_copy = std::string_view(arguments[1]) == "copy";
  const std::uint64_t ticks = std::stoull(arguments[3]);
  const bench::Plant plant(std::stoull(arguments[2]), ticks,
                           base::Time(base::Duration(std::stoll(arguments[4]))));
  std::string out;
  for (std::uint64_t tick = count > 5 ? std::stoull(arguments[5]) : 0; tick < ticks; ++tick) {
    for (std::uint64_t one = 0; one < plant.series(); ++one) {
      (is_copy ? put_copy_row : put_line)(out, one, plant.time(one, tick), plant.value(one, tick));
    }
    if (out.size() < 1 << 20 && tick + 1 < ticks) continue;
    if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size()) return 74;
    out.clear();
  }
  return 0;
}
