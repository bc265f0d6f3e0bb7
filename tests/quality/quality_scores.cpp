// Scores the quality rules against labelled faults and prints the tables of
// docs/guide/data-quality.md as Markdown. With --check a figure below its floor fails (1); without
// the data sets only the simulator is scored, and the program says so (77 when that is all right).
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <format>

#include "scoring.h"

namespace millrace::quality {
namespace {

using model::Reason;

constexpr std::uint64_t kSeed = 20261126;
constexpr std::size_t kEach = 12;

/// A fault, the rules that are there for it, and the least share of it that one of them must find.
struct Expectation {
  std::string_view kind;
  std::vector<Reason> rules;
  double floor;
};

const std::vector<Expectation>& injected_faults() {
  static const std::vector<Expectation> kAll = {
      {"spike", {Reason::kRateOfChange, Reason::kOutlier, Reason::kOutOfRange}, 0.7},
      {"flat_line", {Reason::kFlatLine}, 0.95},
      {"gap", {Reason::kGap, Reason::kStale}, 0.95},
      {"unit", {Reason::kUnitJump, Reason::kRateOfChange, Reason::kOutOfRange}, 0.85},
      {"offset", {Reason::kSiblingOutlier, Reason::kOutlier, Reason::kRateOfChange}, 0.2},
      {"drift", {Reason::kSiblingOutlier, Reason::kOutlier}, 0},
      {"clock_ahead", {Reason::kClock}, 0.99},
      {"clock_behind", {Reason::kLate, Reason::kOutOfOrder}, 0.99},
      {"duplicate", {Reason::kDuplicate}, 0.99},
      {"out_of_order", {Reason::kOutOfOrder}, 0.99},
      {"late", {Reason::kLate}, 0.99}};
  return kAll;
}

const std::vector<Expectation>& simulated_faults() {
  static const std::vector<Expectation> kAll = {
      {"flat_line", {Reason::kFlatLine}, 0.95},
      {"jump", {Reason::kRateOfChange, Reason::kOutlier, Reason::kOutOfRange}, 0.95},
      {"noise_burst", {Reason::kRateOfChange, Reason::kOutlier}, 0.8},
      {"not_a_number", {Reason::kNotFinite}, 0.99},
      {"dropout", {Reason::kSourceStatus}, 0.99}};
  return kAll;
}

class Report {
 public:
  void heading() const {
    std::printf("| data | fault | events | found | by (share, median delay in samples) |\n");
    std::printf("| --- | --- | ---: | ---: | --- |\n");
  }

  void row(const std::string& data, const Expectation& expected, const std::vector<Label>& labels,
           const std::vector<Mark>& marks, base::Duration interval) {
    const base::Duration grace = std::max<base::Duration>(std::chrono::minutes(11), 13 * interval);
    const base::Duration short_grace = expected.kind == "late" ? grace : 2 * interval;
    const auto score = [&](const std::set<Reason>& rules) {
      return detection(labels, expected.kind, marks, rules, interval, short_grace);
    };
    std::string by;
    for (const Reason rule : expected.rules) {
      const Detection one = score({rule});
      if (one.found == 0) continue;
      by += std::format("{}{} {:.0f} %, {:.0f}", by.empty() ? "" : " · ", text(rule),
                        100 * one.share(), one.median_delay);
    }
    const Detection any = score({expected.rules.begin(), expected.rules.end()});
    std::printf("| %s | %s | %zu | %.0f %% | %s |\n", data.c_str(),
                std::string(expected.kind).c_str(), any.events, 100 * any.share(), by.c_str());
    if (any.events == 0 || any.share() < expected.floor) {
      complaints_.push_back(std::format("{}: {} found {:.2f} of {}, floor {:.2f}", data,
                                        expected.kind, any.share(), any.events, expected.floor));
    }
  }

  void alarms(const DataSet& data, const std::vector<Mark>& marks, double per_thousand_most) {
    const double thousands = double(data.samples()) * (1 - data.learnt) / 1000;
    const double days = data.days() * (1 - data.learnt);
    std::size_t all = 0;
    for (const auto& [reason, count] : false_alarms(data, marks)) {
      std::printf("| %s | %s | %zu | %.2f | %.2f |\n", data.name.c_str(),
                  std::string(text(reason)).c_str(), count.episodes, double(count.episodes) / days,
                  double(count.marks) / thousands);
      all += count.marks;
    }
    const double per_thousand = double(all) / thousands;
    std::printf("| %s | **all** | | | %.2f |\n", data.name.c_str(), per_thousand);
    if (per_thousand > per_thousand_most) {
      complaints_.push_back(std::format("{}: {:.2f} marks without cause in 1,000 samples, most {}",
                                        data.name, per_thousand, per_thousand_most));
    }
  }

  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  std::vector<std::string> complaints_;
};

struct Scored {
  DataSet data;
  double alarms_most;  // marks without cause in 1,000 samples
};

void score_injected(const std::vector<Scored>& sets, Report& report) {
  for (const Scored& set : sets) {
    const auto contracts = learnt_contracts(set.data);
    for (const Expectation& expected : injected_faults()) {
      base::Random random(kSeed);
      const Stream stream = injected(set.data, expected.kind, kEach, random);
      report.row(set.data.name, expected, stream.labels, run_rules(contracts, stream),
                 set.data.interval);
    }
  }
}

DataSet score_simulated(Report& report) {
  constexpr auto kLength = std::chrono::hours(48);
  const Simulated calm = simulate(kSeed, kLength, 0), faulty = simulate(kSeed, kLength, 300);
  const auto contracts = learnt_contracts(calm.data);
  const auto marks = run_rules(contracts, untouched(faulty.data));
  for (const Expectation& expected : simulated_faults()) {
    report.row("simulator", expected, faulty.faults, marks, calm.data.interval);
  }
  return calm.data;
}

std::vector<Scored> real_sets(const std::filesystem::path& folder) {
  std::vector<Scored> sets;
  const auto skab = read_columns(
      folder / "skab/anomaly-free/anomaly-free.csv", ';', "skab",
      {{1, "gn"}, {2, "gn"}, {3, "A"}, {4, "bar"}, {5, "°C"}, {6, "°C"}, {7, "V"}, {8, "l/min"}});
  const auto hourly = [&](const char* file, const char* unit) {
    return read_columns(folder / "building_mv" / file, ',', "building_mv", {{1, unit}});
  };
  auto building = hourly("hourly_building/eload.csv", "kWh");
  if (!skab || !building) return sets;
  const auto temperature = hourly("hourly_building/temp.csv", "°F");
  append(*building, *temperature);
  append(*building, *hourly("school/eload.csv", "kWh"));
  append(*building, *hourly("school/temp.csv", "°F"));
  sets.push_back({*skab, 300});
  sets.push_back({*building, 12});
  sets.push_back({redundant(skab->series[7], "skab, three sensors", skab->interval, kSeed), 1});
  sets.push_back(
      {redundant(temperature->series[0], "building_mv, three sensors", building->interval, kSeed),
       2});
  return sets;
}

std::filesystem::path data_folder() {
  const char* shared = std::getenv("MILLRACE_SHARED");
  return std::filesystem::path(shared != nullptr ? shared : "") / "data";
}

int run(bool is_check) {
  std::printf("seed %llu\n\n", static_cast<unsigned long long>(kSeed));
  Report report;
  const auto sets = real_sets(data_folder());
  report.heading();
  const DataSet calm = score_simulated(report);
  score_injected(sets, report);
  std::printf("\n| data | rule | alarms | a day and series | marked of 1,000 samples |\n");
  std::printf("| --- | --- | ---: | ---: | ---: |\n");
  const auto alarms = [&](const DataSet& data, double most) {
    report.alarms(data, run_rules(learnt_contracts(data), untouched(data)), most);
  };
  alarms(calm, 1);
  for (const Scored& set : sets) alarms(set.data, set.alarms_most);
  std::printf("\n");
  for (const std::string& complaint : report.complaints()) std::printf("%s\n", complaint.c_str());
  if (is_check && !report.complaints().empty()) return EXIT_FAILURE;
  if (!sets.empty()) return EXIT_SUCCESS;
  std::printf("SKIP: the data sets are not at '%s'; set MILLRACE_SHARED\n", data_folder().c_str());
  return is_check ? 77 : EXIT_SUCCESS;
}

}  // namespace
}  // namespace millrace::quality

int main(int argc, char** argv) {
  return millrace::quality::run(argc > 1 && std::string_view(argv[1]) == "--check");
}
