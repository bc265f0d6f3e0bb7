#include "connector/file/mapping.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/files.h"
#include "config/reference.h"

namespace millrace::connector::file {
namespace {

std::vector<Problem> problems_of(std::string_view yaml) {
  std::vector<Problem> problems;
  const auto mapping = parse_mapping(yaml, [&](const Problem& one) { problems.push_back(one); });
  EXPECT_EQ(mapping.has_value(), problems.empty()) << yaml;
  return problems;
}

std::string canonical(std::string_view yaml) {
  const auto mapping = parse_mapping(yaml, [](const Problem& one) { ADD_FAILURE() << one.what; });
  return mapping ? canonical_json(*mapping) : "";
}

constexpr std::string_view kSmall =
    "thing: pump-1\ntime: {column: t}\nproperties:\n  - column: '*'\n";

TEST(Mapping, SaysTheSameForFilesThatMeanTheSame) {
  EXPECT_EQ(canonical(kSmall),
            R"({"properties":[{"column":"*"}],"thing":"pump-1","time":{"column":"t"}})");
  EXPECT_EQ(canonical("# a comment\nlayout: wide\nformat: {header: true, delimiter: ','}\n"
                      "time: {zone: UTC, column: t, format: iso}\n"
                      "properties: [{column: '*', type: f64}]\nthing: 'pump-1'\n"),
            canonical(kSmall));
  EXPECT_NE(canonical("thing: pump-1\ntime: {column: t}\nproperties: [{column: '*', type: i64}]\n"),
            canonical(kSmall));
}

TEST(Mapping, NamesTheNearestKeyAndTheLine) {
  const auto problems =
      problems_of("thing: pump-1\ntime:\n  colum: t\nproperties:\n  - column: a\n    unti: bar\n");
  ASSERT_GE(problems.size(), 2U);
  EXPECT_EQ(problems[0].line, 3U);
  EXPECT_EQ(problems[0].hint, "Did you mean 'column'?");
  EXPECT_EQ(problems[1].line, 6U);
  EXPECT_EQ(problems[1].hint, "Did you mean 'unit'?");
}

TEST(Mapping, RefusesWhatCannotBeMeant) {
  const std::pair<const char*, const char*> cases[] = {
      {"thing: pump-1\nproperties: [{column: a}]\n", "'time' is missing"},
      {"thing: pump-1\ntime: {column: t, start: 2000-01-01}\nproperties: [{column: a}]\n",
       "time needs"},
      {"thing: pump-1\ntime: {start: 2000-01-01}\nproperties: [{column: a}]\n", "needs a step"},
      {"thing: pump-1\ntime: {column: t, zone: Mars/Base}\nproperties: [{column: a}]\n",
       "no time zone"},
      {"thing: pump-1\ntime: {column: t, format: '%Q'}\nproperties: [{column: a}]\n", "unknown %Q"},
      {"thing: Pump 1\ntime: {column: t}\nproperties: [{column: a}]\n", "not a name"},
      {"thing: 'p-{unit'\ntime: {column: t}\nproperties: [{column: a}]\n", "without a name"},
      {"time: {column: t}\nproperties: [{column: a}]\n", "is about"},
      {"thing: p\ntime: {column: t}\n", "no column becomes"},
      {"thing: p\ntime: {column: t}\nproperties: [{column: a, type: bytes}]\n", "type: "},
      {"thing: p\ntime: {column: t}\nproperties: [{column: a}, {column: a}]\n", "twice"},
      {"thing: p\nlayout: long\ntime: {column: t}\n", "property and value"},
      {"thing: p\nformat: {header: false}\ntime: {column: t}\nproperties: [{column: a}]\n",
       "no names"},
      {"thing: p\nformat: {decimal: ','}\ntime: {column: t}\nproperties: [{column: a}]\n",
       "must differ"},
      {"thing: p\nformat: {delimiter: ';;'}\ntime: {column: t}\nproperties: [{column: a}]\n",
       "one character"},
      {"thing: [p]\ntime: {column: t}\nproperties: [{column: a}]\n", "a text is needed"},
      {"thing: p\ntime: t\nproperties: [{column: a}]\n", "section"},
      {"thing: p\ntime: {column: t}\nproperties: {column: a}\n", "list"},
      {"thing: p\n  time: {column: t}\n", ""},
  };
  for (const auto& [yaml, what] : cases) {
    const auto problems = problems_of(yaml);
    ASSERT_FALSE(problems.empty()) << yaml;
    EXPECT_NE(problems[0].what.find(what), std::string::npos) << yaml << problems[0].what;
  }
}

TEST(Mapping, HasASchemaAndAReferenceFromTheSameTable) {
  const std::string page = config::markdown(mapping_table());
  const std::string schema = config::json_schema(mapping_table());
  for (const char* key : {"delimiter", "second_column", "unit", "empty_cells"}) {
    EXPECT_NE(page.find(key), std::string::npos) << key;
    EXPECT_NE(schema.find(key), std::string::npos) << key;
  }
}

TEST(Mapping, OfEveryExampleIsRight) {
  int examples = 0;
  for (const auto& entry : std::filesystem::directory_iterator("examples/import")) {
    const std::string yaml = base::read_file(entry.path()).value();
    EXPECT_TRUE(parse_mapping(yaml, [&](const Problem& one) {
      ADD_FAILURE() << entry.path() << ":" << one.line << ": " << one.what;
    }));
    ++examples;
  }
  EXPECT_GT(examples, 0);
}

}  // namespace
}  // namespace millrace::connector::file
