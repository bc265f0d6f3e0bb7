#include "spool/internal/hold_trace.h"

#include <algorithm>

#include "base/log.h"
#include "spool/crc32c.h"
#include "spool/internal/byte_stream.h"

namespace millrace::spool {
namespace {

constexpr std::uint8_t kHoldVersion = 1;
constexpr std::string_view kHoldPrefix("hold\0", 5);
constexpr std::size_t kHoldSumBytes = sizeof(std::uint32_t);

}  // namespace

std::string hold_key(std::string_view thing, std::string_view property) {
  std::string key(kHoldPrefix);
  key += thing;
  key += '\0';
  key += property;
  return key;
}

std::string encode_hold(const Hold& hold) {
  std::string bytes;
  ByteWriter out(bytes);
  out.fixed(kHoldVersion);
  out.fixed(micros(hold.from));
  out.fixed(micros(hold.last));
  out.fixed(micros(hold.until));
  out.varint(hold.samples);
  out.fixed(crc32c(bytes));
  return bytes;
}

std::optional<Hold> decode_hold(std::string_view key, std::string_view bytes) {
  key.remove_prefix(kHoldPrefix.size());
  const auto middle = key.find('\0');
  if (middle == std::string_view::npos || bytes.size() < kHoldSumBytes) return std::nullopt;
  const std::string_view body = bytes.substr(0, bytes.size() - kHoldSumBytes);
  ByteReader in(body);
  const bool is_known = in.fixed<std::uint8_t>() == kHoldVersion;
  Hold hold{.thing = std::string(key.substr(0, middle)),
            .property = std::string(key.substr(middle + 1))};
  hold.from = time_of(in.fixed<std::int64_t>());
  hold.last = time_of(in.fixed<std::int64_t>());
  hold.until = time_of(in.fixed<std::int64_t>());
  hold.samples = in.varint();
  const auto sum = ByteReader(bytes.substr(body.size())).fixed<std::uint32_t>();
  const bool is_whole = is_known && in.is_good() && in.is_at_end() && sum == crc32c(body);
  return is_whole ? std::optional(std::move(hold)) : std::nullopt;
}

base::Result<std::vector<HeldLoss>> read_left_behind(const Transaction& transaction,
                                                     base::Time now) {
  std::vector<HeldLoss> lost;
  std::string from(kHoldPrefix);
  while (true) {
    MILLRACE_LET(const auto found, transaction.at_or_behind(Table::kMeta, from));
    if (!found || !found->key.starts_with(kHoldPrefix)) return lost;
    if (auto hold = decode_hold(found->key, found->value)) {
      const base::Time to = std::max(hold->last, std::min(hold->until, now));
      lost.push_back(
          {std::move(hold->thing), std::move(hold->property), hold->from, to, hold->samples});
    } else {
      base::log::error("a trace of held samples in the spool cannot be read");
    }
    from = std::string(found->key) + '\0';
  }
}

}  // namespace millrace::spool
