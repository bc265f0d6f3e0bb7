#pragma once

#include <map>
#include <set>

#include "faults.h"
#include "pipeline/rule_set.h"

namespace millrace::quality {

/// A rule's mark on a sample.
struct Mark {
  std::size_t series = 0;
  base::Time taken;  // of a mark on silence: when it became too long
  base::Time arrived;
  model::Reason reason{};
};

/// What an engineer would write down who has seen the first third of each series and nothing of
/// the rest; how stands in docs/guide/data-quality.md.
std::vector<model::PropertyContract> learnt_contracts(const DataSet& data);

/// Everything the rules say of a stream.
std::vector<Mark> run_rules(const std::vector<model::PropertyContract>& contracts,
                            const Stream& stream);

/// Those marks that the same sample does not have in the run without the fault: what is marked
/// anyway finds no fault.
std::vector<Mark> caused(std::vector<Mark> marks, const std::vector<Mark>& without_fault);

struct Detection {
  std::size_t events = 0;
  std::size_t found = 0;
  double median_delay = 0;  // of those found, in samples
  double share() const { return events == 0 ? 0 : double(found) / double(events); }
};
/// How many labels of a kind one of the rules marks. `grace` after a label's end still counts.
Detection detection(const std::vector<Label>& labels, std::string_view kind,
                    const std::vector<Mark>& marks, const std::set<model::Reason>& rules,
                    base::Duration interval, base::Duration grace);

struct Alarms {
  std::size_t episodes = 0;  // marks of one rule on one series less than ten samples apart are one
  std::size_t marks = 0;
};
/// Of marks after the first third, by rule.
std::map<model::Reason, Alarms> false_alarms(const DataSet& data, const std::vector<Mark>& marks);

}  // namespace millrace::quality
