#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"
#include "config/problem.h"

namespace millrace::config {

enum class Need { kOptional, kRequired };
enum class Secrecy { kPlain, kSecret };
/// How secrets are printed: as they are, or as "***".
enum class Secrets { kShown, kRedacted };

/// What a person writes for an option; its type, default and bounds come from the member it fills.
struct Row {
  std::string key;  // noun_unit_qualifier, e.g. "publishing_interval_ms"
  std::string sentence;
  Need need = Need::kOptional;
  Secrecy secrecy = Secrecy::kPlain;
  std::string unit;  // filled in for durations
};

/// Both included: of a number, of a text's length in bytes, or of a list's length.
struct Bounds {
  double min = 0;
  double max = 0;
};

enum class OptionType {
  kText,
  kName,
  kInteger,
  kNumber,
  kFlag,
  kChoice,
  kTexts,   // text by text
  kTitles,  // a text, or a map of language to text
  kSection,
  kSections
};

/// What a rule over several options complains of, at the line of `key`.
struct Complaint {
  std::string key;
  std::string what;
  std::string hint;
};

class Table;

/// A row with everything that is known of it, independent of the struct behind it.
struct Option {
  Row row;
  OptionType type = OptionType::kText;
  Bounds limits;
  std::vector<std::string> choices;
  bool is_list = false;
  Node default_value;            // kNull where there is none
  const Table* table = nullptr;  // of a section or a list of sections
  std::function<void(const Node&, void* target, Problems&)> store;
  std::function<Node(const void* source, Secrets)> show;
};

/// The rows of one section. TableOf<T> (table.h) ties them to a struct.
class Table {
 public:
  Table(std::string title, std::string sentence)
      : title_(std::move(title)), sentence_(std::move(sentence)) {}

  const std::string& title() const { return title_; }
  const std::string& sentence() const { return sentence_; }
  const std::vector<Option>& options() const { return options_; }

  /// A check over what was read, after its options were found right.
  using Rule = std::function<void(const void* read, const Node&, Problems&)>;
  const std::vector<Rule>& rules() const { return rules_; }

  /// Fills the struct behind the table and adds every problem: unknown keys with the nearest known
  /// one, missing ones, wrong types, values out of bounds, broken rules.
  void read(const Node& node, void* target, Problems& problems) const;
  /// The struct as a tree, every option with its present value.
  Node show(const void* source, Secrets secrets) const;

 protected:
  void add_option(Option option);
  void add_rule(Rule rule) { rules_.push_back(std::move(rule)); }

 private:
  void report_unknown(const Node::Entry& entry, Problems& problems) const;

  std::string title_;
  std::string sentence_;
  std::vector<Option> options_;
  std::vector<Rule> rules_;
};

/// An Option of a section, or of a scalar with its codec's description.
struct About {
  OptionType type = OptionType::kText;
  Bounds limits;
  std::vector<std::string> choices;
};
Option describe(Row row, OptionType type, const Table& table);
Option describe(Row row, const About& about, Node default_value);

Node list_node();
/// The items of a list within bounds; a problem and none otherwise.
std::vector<const Node*> list_items(const Node& node, Bounds limits, Problems& problems);
inline constexpr double kListMax = 10000;

}  // namespace millrace::config
