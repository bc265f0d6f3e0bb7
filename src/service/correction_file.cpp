#include "service/correction_file.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/time_text.h"
#include "config/json.h"
#include "config/table.h"
#include "config/yaml.h"
#include "service/given_value.h"

namespace millrace::service {
namespace {

using config::Need;
using config::Node;
using store::CorrectionAction;
using store::FillMethod;

constexpr double kIntervalMsMax = 366.0 * 86'400'000;
constexpr double kMicrosecondsOfMs = 1000;

/// An entry as it is written.
struct EntryText {
  std::string thing;
  std::string property;
  std::string start;
  std::string end;
  CorrectionAction action = CorrectionAction::kInvalidate;
  Node value;
  std::optional<double> value_to;
  FillMethod method = FillMethod::kNone;
  std::optional<double> interval_ms;
  std::string reason;
};

using Complaint = config::TableOf<EntryText>::Complaint;

/// A file is applied again later: its times stand still.
std::optional<Complaint> check_time(const char* key, const std::string& text) {
  if (base::parse_time(text)) return std::nullopt;
  return Complaint{key, std::format("{}: '{}' is no time", key, text),
                   "Write one such as 2026-03-01T05:00:00Z."};
}

const config::TableOf<EntryText>& entry_table() {
  using T = EntryText;
  static const auto kTable =
      config::TableOf<T>("correction", "What is corrected, how, and why.")
          .name({.key = "thing", .sentence = "Name of the thing.", .need = Need::kRequired},
                &T::thing)
          .name({.key = "property", .sentence = "Name of its property.", .need = Need::kRequired},
                &T::property)
          .text({.key = "start", .sentence = "From here.", .need = Need::kRequired}, &T::start,
                {1, 40})
          .text({.key = "end", .sentence = "First time not meant.", .need = Need::kRequired},
                &T::end, {1, 40})
          .choice({.key = "action",
                   .sentence = "It is replace, invalidate, fill or restore.",
                   .need = Need::kRequired},
                  &T::action,
                  {{"replace", CorrectionAction::kReplace},
                   {"invalidate", CorrectionAction::kInvalidate},
                   {"fill", CorrectionAction::kFill},
                   {"restore", CorrectionAction::kRestore}})
          .plain({.key = "value", .sentence = "Of replace and fill."}, &T::value)
          .number({.key = "value_to", .sentence = "Of the method linear: at its end."},
                  &T::value_to,
                  {std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max()})
          .choice({.key = "method", .sentence = "Of fill; of replace linear and previous."},
                  &T::method,
                  {{"constant", FillMethod::kConstant},
                   {"linear", FillMethod::kLinear},
                   {"previous", FillMethod::kPrevious}})
          .number({.key = "interval_ms", .sentence = "Of fill: between its samples."},
                  &T::interval_ms, {1 / kMicrosecondsOfMs, kIntervalMsMax})
          .text({.key = "reason", .sentence = "Why, for the record.", .need = Need::kRequired},
                &T::reason, {1, kReasonBytesMax})
          .check([](const T& entry) { return check_time("start", entry.start); })
          .check([](const T& entry) { return check_time("end", entry.end); });
  return kTable;
}

model::Value value_from(const Node& node) {
  if (node.kind != Node::Kind::kScalar) return {};
  const auto json = config::scalar_json(node);
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_float()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  if (!json.is_number_unsigned()) return json.get<std::int64_t>();
  const auto number = json.get<std::uint64_t>();
  if (std::in_range<std::int64_t>(number)) return static_cast<std::int64_t>(number);
  return number;
}

CorrectionRequest request_from(const EntryText& entry) {
  CorrectionRequest request{.property = {entry.thing, entry.property},
                            .range = {base::parse_time(entry.start).value_or(base::Time()),
                                      base::parse_time(entry.end).value_or(base::Time())},
                            .action = entry.action,
                            .value = value_from(entry.value),
                            .value_to = entry.value_to,
                            .method = entry.method,
                            .interval = {},
                            .reason = entry.reason};
  if (entry.interval_ms) {
    request.interval = base::Duration(std::llround(*entry.interval_ms * kMicrosecondsOfMs));
  }
  return request;
}

EntryText text_from(const CorrectionRequest& request) {
  EntryText entry{.thing = request.property.thing,
                  .property = request.property.property,
                  .start = base::to_text(request.range.start),
                  .end = base::to_text(request.range.end),
                  .action = request.action,
                  .value = config::from_json(json_of(request.value)),
                  .value_to = request.value_to,
                  .method = request.method,
                  .interval_ms = {},
                  .reason = request.reason};
  if (request.interval) {
    entry.interval_ms = static_cast<double>(request.interval->count()) / kMicrosecondsOfMs;
  }
  return entry;
}

/// Whether it needs no quotes to be one.
bool reads_as_text(const std::string& text) {
  return config::scalar_json(config::scalar(text)).is_string();
}

}  // namespace

CorrectionFile read_correction_file(std::string_view yaml) {
  CorrectionFile file;
  auto tree = config::parse_yaml(yaml);
  if (!tree) {
    file.problems = std::move(tree).error();
    return file;
  }
  if (tree->kind != Node::Kind::kList) {
    file.problems.push_back({tree->place, "the file is no list of corrections",
                             "Begin each correction with '- thing:'."});
    return file;
  }
  if (tree->items.size() > kCorrectionsInFileMax) {
    file.problems.push_back({tree->place,
                             std::format("the file has {} corrections, {} is the limit",
                                         tree->items.size(), kCorrectionsInFileMax),
                             "Split it, and apply the parts in their order."});
    return file;
  }
  for (const Node& item : tree->items) {
    EntryText entry;
    const std::size_t before = file.problems.size();
    entry_table().read(item, &entry, file.problems);
    if (file.problems.size() > before) continue;
    file.entries.push_back({item.place.line, request_from(entry)});
  }
  return file;
}

CorrectionRequest request_of(const store::Correction& one, const PropertyName& property) {
  CorrectionRequest request{.property = property,
                            .range = {one.range.from, one.range.to},
                            .action = one.action,
                            .value = one.value,
                            .value_to = one.value_to,
                            .method = one.method,
                            .interval = {},
                            .reason = one.why};
  if (std::holds_alternative<model::Bytes>(one.value)) request.value = model::Value();
  if (one.action == CorrectionAction::kFill) request.interval = one.interval;
  return request;
}

std::string write_correction_file(const std::vector<CorrectionRequest>& requests) {
  Node list = config::list_node();
  for (const CorrectionRequest& request : requests) {
    const EntryText entry = text_from(request);
    Node& item = list.items.emplace_back(entry_table().show(&entry, config::Secrets::kShown));
    std::erase_if(item.entries,
                  [](const Node::Entry& one) { return one.value.kind == Node::Kind::kNull; });
    for (Node::Entry& one : item.entries) one.value.is_quoted &= !reads_as_text(one.value.scalar);
  }
  return "# In the order in which they were made: `millrace corrections apply FILE`.\n" +
         config::to_yaml(list);
}

}  // namespace millrace::service
