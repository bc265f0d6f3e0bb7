// Any bytes as the query of a request: no crash, and what is taken keeps its limits.
#include <cstdint>
#include <cstdlib>

#include "http/decode.h"
#include "http/url.h"
#include "model/name.h"

namespace {

using namespace millrace;

const base::Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 5 / 20);

void expect(bool is_so) {
  if (!is_so) std::abort();
}

/// "%XX" for every byte, which must come back.
std::string escaped(std::string_view text) {
  std::string all;
  for (const char c : text) all += std::format("%{:02x}", static_cast<unsigned char>(c));
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto decoded = http::decode_url(text);
  expect(!decoded || decoded->size() <= text.size());
  expect(text.contains('\0') || http::decode_url(escaped(text)) == text);
  auto query = http::parse_query(text);
  if (!query) return 0;
  http::Request request{.path_values = {"pump-1", "flow"}, .query = std::move(*query)};
  const auto page = http::page_of(request);
  expect(!page || (page->limit >= 1 && page->limit <= 1'000));
  if (page) (void)service::place_of(*page);
  const auto filter = http::filter_of(request);
  for (const std::string& thing : filter ? filter->things : std::vector<std::string>()) {
    expect(model::is_name(thing));
  }
  const auto series = http::series_ids_of(request, 100);
  expect(!series || series->size() <= 100);
  (void)http::range_of(request, kNow);
  const auto history = http::history_request(request, kNow);
  expect(!history || !history->aggregates.empty());
  (void)http::live_request(request);
  return 0;
}
