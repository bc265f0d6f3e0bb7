#include "service/page.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <ranges>

namespace millrace::service {
namespace {

using base::ErrorCode;

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::unexpected<base::Error> bad_cursor() {
  return base::fail(ErrorCode::kMalformed, "the cursor is not one of this list",
                    "Pass `next` of the page before, with the same filters.");
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

}  // namespace

std::string to_cursor(std::string_view place) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : place) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) out += kAlphabet[bits >> (count - 6) & 63U];
  }
  if (count > 0) out += kAlphabet[bits << (6 - count) & 63U];
  return out;
}

base::Result<std::string> from_cursor(std::string_view cursor) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : cursor) {
    const std::size_t at = kAlphabet.find(c);
    if (at == std::string_view::npos) return bad_cursor();
    bits = bits << 6 | static_cast<std::uint32_t>(at);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 0xFFU);
  }
  if (out.empty()) return bad_cursor();
  return out;
}

base::Result<std::int64_t> number_from_cursor(std::string_view cursor) {
  MILLRACE_LET(const std::string place, from_cursor(cursor));
  std::int64_t number = 0;
  const char* end = place.data() + place.size();
  const auto parsed = std::from_chars(place.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number < 0) return bad_cursor();
  return number;
}

base::Result<std::string> place_of(const PageRequest& page) {
  if (!page.cursor) return std::string();
  return from_cursor(*page.cursor);
}

base::Result<std::int64_t> number_of(const PageRequest& page) {
  if (!page.cursor) return 0;
  return number_from_cursor(*page.cursor);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, std::min<std::size_t>(word.size(), 40) / 2);
  for (const std::string& candidate : known) {
    const std::size_t steps = distance(word.substr(0, 80), candidate);
    if (steps > best_distance || (!best.empty() && steps == best_distance)) continue;
    best = candidate;
    best_distance = steps;
  }
  return best.empty() ? std::string() : std::format("Did you mean {}?", best);
}

bool matches_words(std::string_view query, std::string_view name, std::string_view title) {
  const std::string text = lower(name) + "\n" + lower(title);
  const std::string words = lower(query);
  return std::ranges::all_of(std::views::split(words, ' '), [&](auto word) {
    return text.contains(std::string_view(word));
  });
}

}  // namespace millrace::service
