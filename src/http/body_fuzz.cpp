// Any bytes as a request's body: no crash, and what is taken keeps its limits. The first byte picks
// the call.
#include <cstdint>
#include <cstdlib>

#include "http/body.h"
#include "http/decode.h"
#include "http/decode_import.h"
#include "service/import_targets.h"

namespace {

using namespace millrace;

const base::Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 5 / 20);
const std::vector<model::ImportTarget> kTargets = {
    {.thing = "a", .property = "f", .type = model::ValueType::kF64},
    {.thing = "a", .property = "i", .type = model::ValueType::kI64},
    {.thing = "a", .property = "u", .type = model::ValueType::kU64},
    {.thing = "a", .property = "b", .type = model::ValueType::kBool},
    {.thing = "a", .property = "t", .type = model::ValueType::kText}};

void expect(bool is_so) {
  if (!is_so) std::abort();
}

void read_import(const http::Request& request) {
  const auto import = http::import_request(request);
  if (!import || !service::check_targets(import->targets)) return;
  expect(service::targets_from_json(service::targets_to_json(import->targets)) == import->targets);
}

void read_rows(const http::Request& request) {
  const auto chunk = http::import_chunk(request, 7, kTargets);
  if (!chunk || !service::check_chunk(*chunk, kTargets, 1'000)) return;
  for (const model::ImportBlock& block : chunk->blocks) {
    for (const model::ImportColumn& column : block.columns) {
      expect(column.target < kTargets.size() && column.values.size() == block.rows.size());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const http::Request request{.method = http::Method::kPost,
                              .body = {reinterpret_cast<const char*>(data) + 1, size - 1},
                              .content_type = "application/json"};
  (void)http::value_body(request);
  switch (data[0] % 5) {
    case 0:
      (void)http::login_request(request);
      break;
    case 1:
      (void)http::token_request(request);
      break;
    case 2: {
      const auto chart = http::chart_request(request, kNow);
      expect(!chart || chart->properties.size() <= service::kPropertiesMax);
      break;
    }
    case 3:
      read_import(request);
      break;
    default:
      read_rows(request);
  }
  return 0;
}
