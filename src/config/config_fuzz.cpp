// Any bytes as a configuration file: problems or a struct, and what is read can be printed and read
// again to the same text.
#include <cstdint>
#include <string_view>

#include "config/load.h"

namespace {

using namespace millrace::config;

struct Inner {
  std::string text;
  std::optional<double> number;
};
struct Outer {
  std::string name = "x";
  std::int64_t count = 1;
  double share = 0.5;
  bool is_on = false;
  millrace::base::Duration time{};
  Inner inner;
  std::vector<Inner> list;
  std::vector<std::string> texts;
};

const TableOf<Inner>& inner_table() {
  static const auto kTable =
      TableOf<Inner>("Inner", "Inner.")
          .text({.key = "text", .sentence = "Text."}, &Inner::text)
          .number({.key = "number", .sentence = "Number."}, &Inner::number, {-1e300, 1e300});
  return kTable;
}

const TableOf<Outer>& outer_table() {
  static const auto kTable =
      TableOf<Outer>("Outer", "Outer.")
          .name({.key = "name", .sentence = "Name."}, &Outer::name)
          .integer({.key = "count", .sentence = "Count."}, &Outer::count, {-1e15, 1e15})
          .number({.key = "share", .sentence = "Share."}, &Outer::share, {0, 1})
          .flag({.key = "on", .sentence = "On."}, &Outer::is_on)
          .duration({.key = "time_ms", .sentence = "Time."}, &Outer::time, {0, 1e9})
          .section({.key = "inner", .sentence = "Inner."}, &Outer::inner, inner_table())
          .sections({.key = "list", .sentence = "List."}, &Outer::list, inner_table(), {0, 100})
          .texts({.key = "texts", .sentence = "Texts."}, &Outer::texts);
  return kTable;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const YamlDocuments documents = parse_yaml_documents(text);
  for (const Node& root : documents.roots) MILLRACE_CHECK(root.kind != Node::Kind::kNull);
  for (const Problem& problem : documents.problems) MILLRACE_CHECK(!problem.what.empty());
  const auto first = load_text(text, "fuzz.yaml", outer_table());
  if (!first) {
    MILLRACE_CHECK(!first.error().what.empty());
    return 0;
  }
  const std::string printed = to_text(*first, outer_table(), Secrets::kShown);
  const auto second = load_text(printed, "fuzz.yaml", outer_table());
  if (!second) return 0;  // yaml-cpp prints bytes that are no UTF-8 as U+FFFD
  MILLRACE_CHECK(to_text(*second, outer_table(), Secrets::kShown) == printed);
  return 0;
}
