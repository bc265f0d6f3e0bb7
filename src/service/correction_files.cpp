#include "service/correction_files.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "service/correction_match.h"

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;
using store::Correction;

/// Whether the entry itself is to blame, not the hub's present state.
bool is_of_entry(const base::Error& error) {
  constexpr std::array kCodes = {ErrorCode::kInvalid, ErrorCode::kNotFound, ErrorCode::kMalformed,
                                 ErrorCode::kTooLarge, ErrorCode::kConflict};
  return std::ranges::contains(kCodes, error.code);
}

/// The entries of a file against what is in force, one after the other.
class FilePlan {
 public:
  FilePlan(const Deps& deps, const CorrectionFile& file) : deps_(deps), file_(file) {}

  Result<void> find();
  Result<std::vector<CorrectionStep>> steps(CorrectionMaker& maker);
  std::vector<FiledResult> take_results() { return std::move(results_); }
  config::Problems take_problems() { return std::move(problems_); }

 private:
  /// The entries of one property.
  struct OfProperty {
    explicit OfProperty(std::vector<Correction> records) : match(std::move(records)) {}
    CorrectionMatch match;
    std::vector<std::size_t> entries;             // of the file, in its order
    std::vector<const CorrectionRequest*> fresh;  // those of them that are made
  };
  using Key = std::pair<std::string, std::string>;

  static Key key_of(const CorrectionRequest& request) {
    return {request.property.thing, request.property.property};
  }
  std::optional<std::int64_t> covered_by(const OfProperty& mine, std::size_t number,
                                         const CorrectionRequest& request) const;
  Result<std::vector<Correction>> made_of(CorrectionMaker& maker, const OfProperty& mine,
                                          std::size_t number, const CorrectionRequest& request,
                                          bool is_covered) const;

  const Deps& deps_;
  const CorrectionFile& file_;
  std::map<Key, OfProperty> properties_;
  std::vector<std::size_t> numbers_;  // of each entry among those of its property
  std::vector<FiledResult> results_;
  config::Problems problems_;
};

Result<void> FilePlan::find() {
  MILLRACE_LET(auto all,
               deps_.series.corrections({.limit = std::numeric_limits<std::size_t>::max()}));
  std::map<Key, std::vector<Correction>> records;
  for (const FiledCorrection& entry : file_.entries) records[key_of(entry.request)];
  for (auto one = all.rbegin(); one != all.rend(); ++one) {
    const auto series = deps_.index.get(one->series);
    const auto mine = series ? records.find({series->thing, series->property}) : records.end();
    if (mine != records.end()) mine->second.push_back(std::move(*one));
  }
  for (auto& [key, mine] : records) properties_.emplace(key, OfProperty(std::move(mine)));
  for (std::size_t i = 0; i < file_.entries.size(); ++i) {
    auto& mine = properties_.at(key_of(file_.entries[i].request)).entries;
    numbers_.push_back(mine.size());
    mine.push_back(i);
  }
  for (auto& [key, mine] : properties_) {
    std::vector<const CorrectionRequest*> requests;
    for (const std::size_t entry : mine.entries) requests.push_back(&file_.entries[entry].request);
    mine.match.find(requests);
  }
  return {};
}

/// An entry that is on record and is no longer in force, or will not be once what stands before it
/// in the file is made.
std::optional<std::int64_t> FilePlan::covered_by(const OfProperty& mine, std::size_t number,
                                                 const CorrectionRequest& request) const {
  if (const auto later = mine.match.covered_by(number)) return later;
  const bool is_overtaken = std::ranges::any_of(
      mine.fresh, [&](const CorrectionRequest* one) { return share_time(*one, request); });
  return is_overtaken ? std::optional<std::int64_t>(0) : std::nullopt;
}

Result<std::vector<Correction>> FilePlan::made_of(CorrectionMaker& maker, const OfProperty& mine,
                                                  std::size_t number,
                                                  const CorrectionRequest& request,
                                                  bool is_covered) const {
  auto there = mine.match.of(number);
  if (there.empty()) {
    MILLRACE_LET(auto made, maker.make(request));
    if (made.empty()) return std::unexpected(maker.no_hole(request));
    return made;
  }
  const bool is_kept = maker.check_is_kept(request).has_value();
  std::vector<Correction> made;
  if (is_covered) {
    MILLRACE_TRY(maker.check_is_kept(request));
    made = there;
  }
  const bool is_for_holes = request.action == store::CorrectionAction::kFill;
  if (!is_for_holes || !is_looked_up(request) || !is_kept) return made;
  CorrectionRequest same = request;
  same.interval = there.front().interval;
  MILLRACE_LET(const auto more, maker.make_after(same, mine.match.until(number)));
  made.insert(made.end(), more.begin(), more.end());
  return made;
}

Result<std::vector<CorrectionStep>> FilePlan::steps(CorrectionMaker& maker) {
  std::vector<CorrectionStep> steps;
  for (std::size_t i = 0; i < file_.entries.size(); ++i) {
    const auto& [line, request] = file_.entries[i];
    OfProperty& mine = properties_.at(key_of(request));
    FiledResult& result = results_.emplace_back(FiledResult{.line = line,
                                                            .property = request.property,
                                                            .range = request.range,
                                                            .action = request.action,
                                                            .covered_by = {}});
    const bool is_known = !mine.match.of(numbers_[i]).empty();
    if (is_known) result.covered_by = covered_by(mine, numbers_[i], request);
    auto made = made_of(maker, mine, numbers_[i], request, result.covered_by.has_value());
    if (!made) {
      if (!is_of_entry(made.error())) return std::unexpected(made.error());
      problems_.push_back({{line, 0}, made.error().what, made.error().hint});
      result.state = FiledState::kRefused;
      continue;
    }
    if (made->empty()) continue;
    result.state = FiledState::kNew;
    result.made = made->size();
    mine.fresh.push_back(&request);
    maker.note(*made);
    steps.push_back({request, std::move(*made)});
  }
  return steps;
}

twin::ResourceProblems by_line(config::Problems problems) {
  std::ranges::stable_sort(problems, {}, [](const config::Problem& one) { return one.place.line; });
  twin::ResourceProblems all;
  for (config::Problem& one : problems) all.push_back({.problem = std::move(one)});
  return all;
}

}  // namespace

std::string_view text(FiledState state) {
  constexpr std::array<std::string_view, 3> kTexts = {"new", "there", "refused"};
  return kTexts.at(static_cast<std::size_t>(state));
}

Result<CorrectionsApplied> CorrectionFiles::apply(const identity::Caller& caller,
                                                  std::string_view yaml, Rehearsal rehearsal) {
  MILLRACE_TRY(allow(caller, Permission::kCorrect));
  const CorrectionFile file = read_correction_file(yaml);
  CorrectionsApplied applied;
  const auto prepare = [&](CorrectionMaker& maker) -> Result<std::vector<CorrectionStep>> {
    FilePlan plan(deps_, file);
    MILLRACE_TRY(plan.find());
    MILLRACE_LET(auto steps, plan.steps(maker));
    applied.entries = plan.take_results();
    config::Problems problems = plan.take_problems();
    problems.insert(problems.end(), file.problems.begin(), file.problems.end());
    applied.problems = by_line(std::move(problems));
    if (!applied.problems.empty() || rehearsal == Rehearsal::kYes) steps.clear();
    return steps;
  };
  MILLRACE_LET(const CorrectionMade made, corrections_.run(caller, prepare));
  if (made.count > 0) applied.commit = made.commit;
  return applied;
}

Result<std::string> CorrectionFiles::exported(const CorrectionsFilter& filter) const {
  MILLRACE_LET(const auto entries, corrections_.all(filter, kCorrectionsInFileMax));
  std::vector<CorrectionRequest> requests;
  for (const CorrectionEntry& one : entries) {
    requests.push_back(request_of(one.correction, one.property));
  }
  return write_correction_file(requests);
}

}  // namespace millrace::service
