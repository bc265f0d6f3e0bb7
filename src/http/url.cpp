#include "http/url.h"

#include <algorithm>

namespace millrace::http {
namespace {

/// The one parameter that may be given several times; its values are joined by line ends.
constexpr std::string_view kRepeatable = "tag";

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<std::string> decode_url(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex(text[i + 2]) : -1;
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::string encode_url(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || std::string_view("-._~").contains(c);
    is_plain ? out += c : out += std::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

base::Result<std::map<std::string, std::string, std::less<>>> parse_query(std::string_view query) {
  std::map<std::string, std::string, std::less<>> parameters;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    std::string pair(query.substr(0, end));
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    std::ranges::replace(pair, '+', ' ');
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = decode_url(std::string_view(pair).substr(0, equals));
    const auto value = decode_url(std::string_view(pair).substr(std::min(equals + 1, pair.size())));
    if (!name || !value) {
      return base::fail(base::ErrorCode::kMalformed, "a percent escape of the query is broken",
                        "Encode parameters with percent signs and two hex digits.");
    }
    const auto [known, is_new] = parameters.emplace(*name, *value);
    if (!is_new && *name == kRepeatable) {
      known->second += "\n" + *value;
    } else if (!is_new) {
      return base::fail(base::ErrorCode::kInvalid,
                        std::format("parameter '{}' is there twice", name->substr(0, 80)),
                        "Give it once; lists are separated by commas.");
    }
  }
  return parameters;
}

}  // namespace millrace::http
