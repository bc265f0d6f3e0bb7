// Imports files by a mapping into memory and prints what arrived as JSON, for a reader of the same
// files in another language to compare. With --interrupt SEED the import is broken off at random
// chunks, before and after they were stored, and run again until it is done, and then once more.
#include <nlohmann/json.hpp>
#include <print>

#include "base/files.h"
#include "base/random.h"
#include "codec/sha256.h"
#include "connector/file/import.h"
#include "support/memory_import.h"

namespace {

using namespace millrace;
using nlohmann::json;

std::string value_text(const model::Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return std::format("{:.17g}", *number);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  return value.index() == 0 ? "-" : "?";
}

double number_of(const model::Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
  return std::get<double>(value);
}

json series_json(const std::vector<test::MemoryImport::Row>& rows) {
  codec::Sha256 sha;
  double sum = 0, least = 0, most = 0;
  std::uint64_t values = 0;
  std::map<std::string, int> reasons;
  for (const auto& [row, sample] : rows) {
    std::string marks;
    for (const model::Reason one : sample.quality.reasons()) {
      ++reasons[std::string(model::text(one))];
      marks += std::format(" {}", model::text(one));
    }
    sha.update(std::format("{} {}{}\n", sample.time.time_since_epoch().count(),
                           value_text(sample.value), marks));
    if (sample.value.index() == 0) continue;
    const double number = number_of(sample.value);
    sum += number;
    least = values == 0 ? number : std::min(least, number);
    most = values == 0 ? number : std::max(most, number);
    ++values;
  }
  return {{"samples", rows.size()}, {"values", values}, {"sum", sum},
          {"min", least},           {"max", most},      {"sha256", sha.hex()},
          {"reasons", reasons}};
}

json totals_json(const connector::file::Totals& totals) {
  return {{"rows", totals.rows},
          {"refused_rows", totals.refused_rows},
          {"samples", totals.samples},
          {"samples_uncertain", totals.samples_uncertain},
          {"samples_bad", totals.samples_bad},
          {"empty_cells", totals.empty_cells},
          {"things", totals.things},
          {"series", totals.series},
          {"ambiguous_rows", totals.ambiguous_rows},
          {"unresolved_rows", totals.unresolved_rows},
          {"nonexistent_rows", totals.nonexistent_rows},
          {"repeated_times", totals.repeated_times},
          {"backward_steps", totals.backward_steps}};
}

/// Runs until the sink has everything, broken off at random; then once more.
base::Result<void> run_torn(const connector::file::Plan& plan, test::MemoryImport& sink,
                            base::Random& random) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    sink.fail_before_append(static_cast<int>(random.below(5)));
    sink.fail_after_append(static_cast<int>(random.below(5)));
    (void)connector::file::run_import(plan, sink, {.chunk_samples = 1 + random.below(50'000)});
  }
  sink.fail_before_append(0);
  sink.fail_after_append(0);
  MILLRACE_TRY(connector::file::run_import(plan, sink));
  MILLRACE_TRY(connector::file::run_import(plan, sink));
  return {};
}

base::Result<json> summary(const std::string& mapping_path, const std::string& path,
                           base::Random* random) {
  MILLRACE_LET(const std::string yaml, base::read_file(mapping_path));
  std::map<std::string, int> problems;
  const connector::file::ProblemSink count = [&](const connector::file::Problem& one) {
    ++problems[std::string(one.code)];
  };
  MILLRACE_LET(const auto mapping, connector::file::parse_mapping(yaml, count));
  MILLRACE_LET(const auto plan,
               connector::file::plan_import(std::filesystem::path(path), mapping, count));
  test::MemoryImport sink;
  if (random) {
    MILLRACE_TRY(run_torn(plan, sink, *random));
  } else {
    MILLRACE_TRY(connector::file::run_import(plan, sink));
  }
  json series = json::object();
  for (const auto& [key, rows] : sink.all()) series[key] = series_json(rows);
  json targets = json::object();
  for (const model::ImportTarget& one : plan.request.targets) {
    targets[one.thing + "/" + one.property] = {{"unit", one.unit}, {"type", text(one.type)}};
  }
  return json{{"totals", totals_json(plan.totals)},
              {"problems", problems},
              {"content_sha256", plan.request.file_hash},
              {"series", std::move(series)},
              {"targets", std::move(targets)}};
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() != 2 && arguments.size() != 4) {
    std::println(stderr, "usage: import_summary MAPPING FILE [--interrupt SEED]");
    return 64;
  }
  std::optional<base::Random> random;
  if (arguments.size() == 4) random.emplace(std::stoull(arguments[3]));
  const auto found = summary(arguments[0], arguments[1], random ? &*random : nullptr);
  if (!found) {
    std::println(stderr, "{}", base::describe(found.error()));
    return 1;
  }
  std::println("{}", found->dump());
  return 0;
}
