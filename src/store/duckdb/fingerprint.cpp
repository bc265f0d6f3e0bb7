#include "store/duckdb/fingerprint.h"

#include <bit>
#include <string_view>

namespace millrace::store::duckdb {
namespace {

/// FNV-1a over words, with a final mix.
class Hash {
 public:
  void number(std::uint64_t value) { hash_ = std::rotl((hash_ ^ value) * kPrime, 29); }
  void time(base::Time value) {
    number(static_cast<std::uint64_t>(value.time_since_epoch().count()));
  }
  void text(std::string_view value) { number(std::hash<std::string_view>()(value)); }
  std::uint64_t value() const { return hash_ ^ (hash_ >> 32); }

 private:
  static constexpr std::uint64_t kPrime = 0x9E3779B97F4A7C15ULL;
  std::uint64_t hash_ = 0xCBF29CE484222325ULL;
};

template <class T>
void add_columns(Hash& hash, const Columns<T>& columns) {
  hash.number(columns.size());
  for (std::size_t row = 0; row < columns.size(); ++row) {
    hash.number(static_cast<std::uint64_t>(number(columns.series[row])));
    hash.time(columns.time[row]);
    hash.number(columns.present[row]);
    hash.number(columns.quality[row].bits());
    if constexpr (std::is_same_v<T, std::string>) {
      hash.text(columns.value[row]);
    } else if constexpr (std::is_same_v<T, double>) {
      hash.number(std::bit_cast<std::uint64_t>(columns.value[row]));
    } else {
      hash.number(static_cast<std::uint64_t>(columns.value[row]));
    }
  }
}

}  // namespace

std::uint64_t fingerprint(const Commit& commit) {
  Hash hash;
  add_columns(hash, commit.samples.f64);
  add_columns(hash, commit.samples.i64);
  add_columns(hash, commit.samples.u64);
  add_columns(hash, commit.samples.boolean);
  add_columns(hash, commit.samples.text);
  add_columns(hash, commit.samples.bytes);
  for (const auto& one : commit.series) hash.number(static_cast<std::uint64_t>(number(one.id)));
  for (const DeliveryState& one : commit.deliveries) {
    hash.text(one.origin);
    hash.number(std::hash<base::Uuid>()(one.epoch));
    for (const auto& range : one.committed.ranges()) {
      hash.number(number(range.from));
      hash.number(number(range.to));
    }
  }
  for (const LossInterval& one : commit.losses) hash.number(number(one.range.from));
  for (const Event& one : commit.events) {
    hash.time(one.time);
    hash.text(one.kind);
    hash.text(one.body);
  }
  for (const ImportMark& one : commit.imports) {
    hash.text(one.file_hash);
    hash.number(one.rows_done);
  }
  for (const Correction& one : commit.corrections) {
    hash.number(static_cast<std::uint64_t>(number(one.series)));
    hash.time(one.range.from);
    hash.time(one.range.to);
    hash.number(static_cast<std::uint64_t>(one.action));
    hash.time(one.time);
    hash.text(one.why);
  }
  return hash.value();
}

}  // namespace millrace::store::duckdb
