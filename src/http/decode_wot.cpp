#include "http/decode_wot.h"

#include <algorithm>
#include <charconv>

#include "http/decode.h"

namespace millrace::http {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::size_t kHostBytesMax = 255;
constexpr std::size_t kOffsetMax = 1'000'000'000;
constexpr std::size_t kLimitMax = 1'000;

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= kHostBytesMax && std::ranges::all_of(text, [](char c) {
    const bool is_plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_plain || std::string_view(".-:[]_").contains(c);
  });
}

Result<std::size_t> number_of(const Request& request, std::string_view name, std::size_t min,
                              std::size_t max, std::size_t otherwise) {
  const auto text = parameter(request, name);
  if (!text) return otherwise;
  std::size_t number = 0;
  const char* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, number);
  if (parsed.ec == std::errc() && parsed.ptr == end && number >= min && number <= max) {
    return number;
  }
  return base::fail(ErrorCode::kInvalid,
                    std::format("{} is not a number from {} to {}", name, min, max),
                    "Follow the Link header of the page before.");
}

}  // namespace

std::string base_of(const Request& request) {
  return std::format("{}://{}", request.is_secure ? "https" : "http",
                     is_host(request.host) ? request.host : "localhost");
}

Result<DescriptionRange> description_range(const Request& request) {
  DescriptionRange range;
  MILLRACE_LET(range.offset, number_of(request, "offset", 0, kOffsetMax, 0));
  MILLRACE_LET(range.limit, number_of(request, "limit", 1, kLimitMax, range.limit));
  return range;
}

Result<DescriptionEventsRequest> description_events_request(const Request& request) {
  DescriptionEventsRequest wanted;
  if (const auto type = parameter(request, "type")) {
    wanted.type = service::parse_description_change(*type);
    if (!wanted.type) {
      return base::fail(
          ErrorCode::kInvalid, std::format("type '{}' is unknown", type->substr(0, 80)),
          service::did_you_mean(*type, {"thing_created", "thing_updated", "thing_deleted"}));
    }
  }
  MILLRACE_LET(const auto diff, flag_of(request, "diff"));
  wanted.has_diff = diff.value_or(false);
  return wanted;
}

}  // namespace millrace::http
