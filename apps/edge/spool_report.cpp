#include "edge/spool_report.h"

#include <map>
#include <nlohmann/json.hpp>
#include <print>

#include "pipeline/quality_rules.h"
#include "spool/spool.h"

namespace millrace::apps {
namespace {

using nlohmann::json;

constexpr std::size_t kReadBytes = 16U << 20;

struct Sum {
  std::uint64_t samples = 0;
  double sum = 0;
};

void add(std::map<std::string, Sum>& sums, const model::Batch& batch) {
  for (const model::BatchSample& one : batch.samples) {
    Sum& sum = sums[batch.thing + "/" + batch.properties[one.property].name];
    ++sum.samples;
    sum.sum += pipeline::as_number(one.sample.value).value_or(0);
  }
}

json to_json(const spool::Tombstone& gone) {
  json object = {{"first", number(gone.range.from)},
                 {"last", number(gone.range.to)},
                 {"reason", text(gone.reason)},
                 {"samples", gone.samples}};
  if (!gone.property.empty()) object["property"] = gone.thing + "/" + gone.property;
  return object;
}

}  // namespace

base::Result<void> print_spool(const std::filesystem::path& data_dir) {
  base::SystemClock clock;
  base::Random random = base::Random::from_system();
  MILLRACE_LET(const auto spool,
               spool::Spool::create({.directory = data_dir / "spool"}, {clock, random}));
  MILLRACE_TRY(spool->start());
  const spool::SpoolState state = spool->state();
  json report = {{"epoch", to_text(state.epoch)},
                 {"next", number(state.next)},
                 {"gone", json::array()},
                 {"properties", json::object()}};
  std::map<std::string, Sum> sums;
  for (auto at = model::Sequence(1); at < state.next;) {
    const auto last = model::Sequence(number(state.next) - 1);
    MILLRACE_LET(const spool::Content content, spool->read({at, last}, kReadBytes));
    for (const spool::SpooledBatch& found : content.batches) add(sums, found.batch);
    for (const spool::Tombstone& gone : content.gone) report["gone"].push_back(to_json(gone));
    at = content.next;
  }
  for (const auto& [name, sum] : sums) {
    report["properties"][name] = {{"samples", sum.samples}, {"sum", sum.sum}};
  }
  std::println("{}", report.dump());
  return {};
}

}  // namespace millrace::apps
