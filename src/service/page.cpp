#include "service/page.h"

#include <algorithm>
#include <charconv>
#include <ranges>

#include "codec/utf8.h"
#include "config/problem.h"

namespace millrace::service {
namespace {

using base::ErrorCode;

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::unexpected<base::Error> bad_cursor() {
  return base::fail(ErrorCode::kMalformed, "the cursor is not one of this list",
                    "Pass `next` of the page before, with the same filters.");
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
  const std::string best = config::nearest(word, known);
  return best.empty() ? std::string() : std::format("Did you mean {}?", best);
}

std::string lower_case(std::string_view text) { return codec::lower_utf8(text); }

bool has_words(std::string_view query, std::string_view text) {
  return std::ranges::all_of(std::views::split(query, ' '),
                             [&](auto word) { return text.contains(std::string_view(word)); });
}

bool matches_words(std::string_view query, std::string_view name, std::string_view title) {
  if (query.empty()) return true;
  return has_words(lower_case(query), lower_case(name) + "\n" + lower_case(title));
}

}  // namespace millrace::service
