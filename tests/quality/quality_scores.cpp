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

/// A fault and the rules that are there for it.
struct Expectation {
  std::string_view kind;
  std::vector<Reason> rules;
};

/// A set and what must hold for it: each kind is found always, those of `floors` at least in that
/// share; none where the rules do not find it, for the reason that the guide gives.
struct Scored {
  DataSet data;
  double alarms_most;  // marks without cause in 1,000 samples
  std::map<std::string_view, std::optional<double>> floors;

  std::optional<double> floor(std::string_view kind) const {
    const auto found = floors.find(kind);
    return found == floors.end() ? 1.0 : found->second;
  }
};

/// What the rules say of a stream, and of the same without its faults.
struct Runs {
  std::vector<Mark> caused;  // by the faults
  std::vector<Mark> without_faults;
};

const std::vector<Expectation>& injected_faults() {
  static const std::vector<Expectation> kAll = {
      {"spike", {Reason::kRateOfChange, Reason::kOutlier, Reason::kOutOfRange}},
      {"flat_line", {Reason::kFlatLine}},
      {"gap", {Reason::kGap, Reason::kStale}},
      {"unit", {Reason::kUnitJump, Reason::kRateOfChange, Reason::kOutOfRange}},
      {"offset", {Reason::kSiblingOutlier, Reason::kOutlier, Reason::kRateOfChange}},
      {"drift", {Reason::kSiblingOutlier, Reason::kOutlier}},
      {"clock_ahead", {Reason::kClock}},
      {"clock_behind", {Reason::kClock, Reason::kLate, Reason::kOutOfOrder}},
      {"skew_ahead", {Reason::kClock}},
      {"skew_behind", {Reason::kClock}},
      {"duplicate", {Reason::kDuplicate}},
      {"out_of_order", {Reason::kOutOfOrder}},
      {"late", {Reason::kLate}}};
  return kAll;
}

const std::vector<Expectation>& simulated_faults() {
  static const std::vector<Expectation> kAll = {
      {"flat_line", {Reason::kFlatLine}},
      {"jump", {Reason::kRateOfChange, Reason::kOutlier, Reason::kOutOfRange}},
      {"noise_burst", {Reason::kRateOfChange, Reason::kOutlier}},
      {"not_a_number", {Reason::kNotFinite}},
      {"dropout", {Reason::kSourceStatus}}};
  return kAll;
}

class Report {
 public:
  void heading() const {
    std::printf("| data | fault | events | found | by chance |");
    std::printf(" by (share, median delay in samples) |\n");
    std::printf("| --- | --- | ---: | ---: | ---: | --- |\n");
  }

  void row(const Scored& set, const Expectation& expected, const std::vector<Label>& labels,
           const Runs& runs) {
    const base::Duration interval = set.data.interval;
    const base::Duration grace = std::max<base::Duration>(std::chrono::minutes(11), 13 * interval);
    const base::Duration short_grace = expected.kind == "late" ? grace : 2 * interval;
    const auto score = [&](const std::vector<Mark>& marks, const std::set<Reason>& rules) {
      return detection(labels, expected.kind, marks, rules, interval, short_grace);
    };
    std::string by;
    for (const Reason rule : expected.rules) {
      const Detection one = score(runs.caused, {rule});
      if (one.found == 0) continue;
      by += std::format("{}{} {:.0f} %, {:.0f}", by.empty() ? "" : " · ", text(rule),
                        100 * one.share(), one.median_delay);
    }
    const std::set<Reason> all(expected.rules.begin(), expected.rules.end());
    const Detection any = score(runs.caused, all), chance = score(runs.without_faults, all);
    const auto percent = std::format("{:.0f} %", 100 * chance.share());
    std::printf("| %s | %s | %zu | %.0f %% | %s | %s |\n", set.data.name.c_str(),
                std::string(expected.kind).c_str(), any.events, 100 * any.share(),
                chance.found == 0 ? "" : percent.c_str(), by.c_str());
    const double floor = set.floor(expected.kind).value_or(0);
    if (any.events == 0 || any.share() < floor) {
      complaints_.push_back(std::format("{}: {} found {:.3f} of {}, floor {:.3f}", set.data.name,
                                        expected.kind, any.share(), any.events, floor));
    }
  }

  void alarms(const Scored& set, const std::vector<Mark>& marks) {
    const DataSet& data = set.data;
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
    if (per_thousand > set.alarms_most) {
      complaints_.push_back(std::format("{}: {:.2f} marks without cause in 1,000 samples, most {}",
                                        data.name, per_thousand, set.alarms_most));
    }
  }

  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  std::vector<std::string> complaints_;
};

void score_injected(const std::vector<Scored>& sets, Report& report) {
  for (const Scored& set : sets) {
    const auto contracts = learnt_contracts(set.data);
    const auto without_faults = run_rules(contracts, untouched(set.data));
    for (const Expectation& expected : injected_faults()) {
      base::Random random(kSeed);
      const Stream stream = injected(set.data, expected.kind, kEach, random);
      const Runs runs{caused(run_rules(contracts, stream), without_faults), without_faults};
      report.row(set, expected, stream.labels, runs);
    }
  }
}

Scored score_simulated(Report& report) {
  constexpr auto kLength = std::chrono::hours(48);
  const Scored calm{simulate(kSeed, kLength, 0).data, 0.32, {{"noise_burst", 0.85}}};
  const Simulated faulty = simulate(kSeed, kLength, 300);
  const auto contracts = learnt_contracts(calm.data);
  const auto without_faults = run_rules(contracts, untouched(faulty.without_faults));
  const Runs runs{caused(run_rules(contracts, untouched(faulty.data)), without_faults),
                  without_faults};
  for (const Expectation& expected : simulated_faults()) {
    report.row(calm, expected, faulty.faults, runs);
  }
  return calm;
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
  auto flow = redundant(skab->series[7], "skab, three sensors", skab->interval, kSeed);
  auto thermometers =
      redundant(temperature->series[0], "building_mv, three sensors", building->interval, kSeed);
  constexpr std::nullopt_t kNone = std::nullopt;
  sets.push_back(
      {*skab, 250, {{"spike", 0.64}, {"unit", 0.89}, {"offset", 0.11}, {"drift", kNone}}});
  sets.push_back(
      {*building, 9.2, {{"spike", 0.8}, {"unit", 0.85}, {"offset", 0.18}, {"drift", kNone}}});
  sets.push_back({std::move(flow), 0.05, {{"offset", 0.16}, {"drift", kNone}}});
  sets.push_back({std::move(thermometers), 0.9, {{"drift", 0.7}}});
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
  const Scored calm = score_simulated(report);
  score_injected(sets, report);
  std::printf("\n| data | rule | alarms | a day and series | marked of 1,000 samples |\n");
  std::printf("| --- | --- | ---: | ---: | ---: |\n");
  const auto alarms = [&](const Scored& set) {
    report.alarms(set, run_rules(learnt_contracts(set.data), untouched(set.data)));
  };
  alarms(calm);
  std::ranges::for_each(sets, alarms);
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
