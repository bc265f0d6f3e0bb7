#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/value.h"
#include "twin/tag_words.h"
#include "twin/thing_model.h"
#include "unit/units.h"

namespace millrace::twin {

/// One value that a source offers, as browsing or a candidate knows it.
struct OfferedValue {
  std::string address;
  std::string name;                  // as the source calls it, without its folders
  std::string title;                 // empty where the source has none
  std::vector<std::string> folders;  // between the thing and the value, outermost first
  model::ValueType type = model::ValueType::kF64;
  std::string unit;  // as the source says; empty when it does not
  std::optional<double> range_min;
  std::optional<double> range_max;
  bool is_writable = false;
};

/// What a person has decided: an address with the property it feeds, or nothing to leave it out.
using Decisions = std::map<std::string, std::optional<std::string>, std::less<>>;

/// Which property an offered value would feed.
struct ValueMatch {
  std::optional<std::string> property;  // empty when it fits none
  double score = 0;                     // 0 … 1; 1 for what a person has decided
  std::string reason;                   // one sentence
  std::string unit;                     // of the source, as the binding must say it
  bool is_truth = false;                // 0 and 1 must become false and true
};

/// How well a model fits what is offered.
struct ModelMatch {
  double score = 0;                // share of the offered that is fed and of the model that is
  std::vector<ValueMatch> values;  // by place among the offered
};

/// Finds the properties of thing models that a source's values mean: by the words of names, titles
/// and folders (tag_words.h), by units and by types. A property gets at most one value. A unit that
/// does not convert, or a type that cannot be read as the property's, excludes a pair, whatever the
/// names say; nothing is ever matched by unit alone.
///
/// One thread; keeps conversions it has asked for, and `units` must outlive it.
class Matcher {
 public:
  explicit Matcher(const unit::Units& units) : units_(units) {}

  /// Cost: offered × properties comparisons of names.
  ModelMatch match(std::span<const OfferedValue> offered, const ThingModel& model,
                   const Decisions& decided = {});
  /// The source's unit as this hub writes it; empty when it is no unit here.
  std::string known_unit(const std::string& text);

 private:
  struct Verdict;
  struct Pair;
  Verdict judge(const OfferedValue& value, const PropertySpec& property);
  std::string judge_unit(const OfferedValue& value, const PropertySpec& property, Verdict& verdict);
  std::string guess_unit(const OfferedValue& value, const std::string& wanted, Verdict& verdict);
  const base::Result<unit::Conversion>& convert(const std::string& from, const std::string& to);
  std::vector<Pair> pairs(std::span<const OfferedValue> offered, const ThingModel& model,
                          const Decisions& decided, std::vector<ValueMatch>& why_not);
  void decide(std::span<const OfferedValue> offered, const ThingModel& model,
              const Decisions& decided, std::vector<ValueMatch>& matches);

  const unit::Units& units_;
  std::map<std::string, std::string> known_units_;
  std::map<std::pair<std::string, std::string>, base::Result<unit::Conversion>> conversions_;
};

/// The words of each value's name without those that say which thing it belongs to: what all names
/// begin with, and the words of `thing`.
std::vector<std::vector<TagWord>> own_words(std::span<const OfferedValue> offered,
                                            std::string_view thing);

}  // namespace millrace::twin
