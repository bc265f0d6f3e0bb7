#include "codec/json_path.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace millrace::codec {
namespace {

std::vector<JsonMatch> find(std::string_view document, std::string_view path) {
  const auto parsed = JsonDocument::parse(document);
  const auto where = JsonPath::parse(path);
  EXPECT_TRUE(parsed && where) << path;
  return parsed && where ? parsed->find(*where) : std::vector<JsonMatch>{};
}

model::Value one(std::string_view document, std::string_view path) {
  const auto found = find(document, path);
  EXPECT_EQ(found.size(), 1U) << path;
  return found.empty() ? model::Value{} : found.front().value;
}

TEST(JsonPathTest, PointersAndPathsFindTheSameValue) {
  constexpr std::string_view kDocument = R"({"motor":[{"temp":61.5}],"a/b":{"~x":true}})";
  EXPECT_EQ(one(kDocument, "/motor/0/temp"), model::Value(61.5));
  EXPECT_EQ(one(kDocument, "$.motor[0].temp"), model::Value(61.5));
  EXPECT_EQ(one(kDocument, "$['motor'][0][\"temp\"]"), model::Value(61.5));
  EXPECT_EQ(one(kDocument, "/a~1b/~0x"), model::Value(true));
}

TEST(JsonPathTest, TheWholeDocumentMayBeTheValue) {
  EXPECT_EQ(one("42", ""), model::Value(std::int64_t{42}));
  EXPECT_EQ(one("18446744073709551615", "$"), model::Value(UINT64_MAX));
  EXPECT_EQ(one("\"on\"", ""), model::Value(std::string("on")));
}

TEST(JsonPathTest, ANumberInAPointerNamesAMemberOrAnItem) {
  EXPECT_EQ(one(R"({"0":1})", "/0"), model::Value(std::int64_t{1}));
  EXPECT_EQ(one("[7,8]", "/1"), model::Value(std::int64_t{8}));
}

TEST(JsonPathTest, AWildcardKeepsValuesAndTheirPlacesTogether) {
  constexpr std::string_view kDocument = R"({"values":[{"ts":1,"v":10},{"ts":2},{"ts":3,"v":30}]})";
  const auto values = find(kDocument, "$.values[*].v");
  ASSERT_EQ(values.size(), 2U);
  EXPECT_EQ(values[0].place, 0U);
  EXPECT_EQ(values[1].place, 2U);
  EXPECT_EQ(find(kDocument, "$.values[*].ts").size(), 3U);
}

TEST(JsonPathTest, AMemberSelectsAnItemWhereverItStands) {
  for (const char* document :
       {R"([{"n":"T1","v":1.5},{"n":"T2","v":2.5}])", R"([{"n":"T2","v":2.5},{"n":"T1","v":1.5}])",
        R"([7,{"n":"T1","v":1.5},{"v":9},{"n":["T1"],"v":8}])"}) {
    for (const char* path :
         {"$[?(@.n=='T1')].v", "$[?@.n == \"T1\"].v", "$[? (@['n']=='T1') ].v"}) {
      EXPECT_EQ(one(document, path), model::Value(1.5)) << path << " in " << document;
    }
  }
  EXPECT_TRUE(find(R"([{"n":"T2","v":2}])", "$[?(@.n=='T1')].v").empty()) << "only T2 changed";
  constexpr std::string_view kChannels =
      R"({"c":{"a":{"no":1,"on":true,"v":1},"b":{"no":2.0,"on":false,"v":2}}})";
  EXPECT_EQ(one(kChannels, "$.c[?(@.no==1.0)].v"), model::Value(std::int64_t{1}));
  EXPECT_EQ(one(kChannels, "$.c[?(@.no==2)].v"), model::Value(std::int64_t{2}));
  EXPECT_EQ(one(kChannels, "$.c[?(@.on==false)].v"), model::Value(std::int64_t{2}));
  EXPECT_EQ(find(kChannels, "$.c[?(@.no=='1')].v").size(), 0U) << "a text is no number";
  const auto third = find(R"([{"n":"a"},{"n":"b"},{"n":"c","t":5}])", "$[?(@.n=='c')].t");
  ASSERT_EQ(third.size(), 1U);
  EXPECT_EQ(third[0].place, 2U) << "where $[*].t has it, too";
}

TEST(JsonPathTest, WhatPeopleWouldCallAValueBy) {
  EXPECT_EQ(JsonPath::parse("$.values[?(@.id=='T1')].v")->words(),
            (std::vector<std::string>{"values", "T1", "v"}));
  EXPECT_EQ(JsonPath::parse("/motor/0/temp")->words(),
            (std::vector<std::string>{"motor", "0", "temp"}));
}

TEST(JsonPathTest, WhatASelectionFoundIsTakenOutAndThenWhatItWentBy) {
  auto document = JsonDocument::parse(R"([{"n":"a","v":1},{"n":"b","v":2}])");
  ASSERT_TRUE(document);
  const auto path = *JsonPath::parse("$[?(@.n=='b')].v");
  document->take_out(path);
  EXPECT_EQ(document->text(), R"([{"n":"a","v":1},{"n":"b"}])");
  document->take_out(*path.naming_member());
  EXPECT_EQ(document->text(), R"([{"n":"a","v":1},{}])");
  EXPECT_FALSE(JsonPath::parse("$[*].v")->naming_member());
}

TEST(JsonPathTest, LeavesOfNamedItemsAreFoundByTheirNames) {
  const auto document = JsonDocument::parse(
      R"({"values":[{"id":"T1","v":3,"x":[{"n":"a","y":1}]},{"id":"T2","v":4}],)"
      R"("same":[{"id":"a","v":1},{"id":"a","v":2}]})");
  ASSERT_TRUE(document);
  std::vector<std::string> pointers;
  for (const auto& leaf : document->leaves(50)) {
    pointers.push_back(leaf.pointer);
    const auto found = document->find(*JsonPath::parse(leaf.pointer));
    ASSERT_EQ(found.size(), 1U) << leaf.pointer;
    EXPECT_EQ(found[0].value, leaf.value);
  }
  EXPECT_TRUE(std::ranges::contains(pointers, "$['values'][?(@.id=='T2')]['v']"));
  EXPECT_TRUE(std::ranges::contains(pointers, "$['values'][?(@.id=='T1')]['x'][0]['y']"));
  EXPECT_TRUE(std::ranges::contains(pointers, "/same/1/v")) << "two of one name";
}

TEST(JsonPathTest, WhatIsNotThereIsNoValueAndAnObjectIsNone) {
  EXPECT_TRUE(find(R"({"a":1})", "/b").empty());
  EXPECT_TRUE(find(R"({"a":1})", "/a/b").empty());
  EXPECT_TRUE(find("[1]", "/1").empty());
  const auto object = find(R"({"a":{"b":1}})", "/a");
  ASSERT_EQ(object.size(), 1U);
  EXPECT_TRUE(object[0].is_compound);
}

std::string left_of(std::string_view document, std::initializer_list<const char*> paths) {
  auto parsed = JsonDocument::parse(document);
  EXPECT_TRUE(parsed);
  for (const char* path : paths) {
    const auto where = *JsonPath::parse(path);
    parsed->take_out(where);
    EXPECT_TRUE(parsed->find(where).empty()) << path;
  }
  return parsed->leaves(1).empty() ? "nothing" : parsed->text();
}

TEST(JsonPathTest, WhatIsTakenOutIsNotFoundAgainAndTheRestStaysWhereItWas) {
  EXPECT_EQ(left_of(R"({"b":1.10,"a":{"x":2,"y":18446744073709551615}})", {"/a/x"}),
            R"({"a":{"y":18446744073709551615},"b":1.1})");
  EXPECT_EQ(left_of(R"({"a":{"x":2},"b":null})", {"/a/x"}), R"({"b":null})");
  EXPECT_EQ(left_of("[1,2,3]", {"/0"}), "[{},2,3]");
  EXPECT_EQ(left_of(R"([{"v":1,"t":5},{"t":6}])", {"$[*].v"}), R"([{"t":5},{"t":6}])");
  EXPECT_EQ(left_of(R"({"a":{"x":2,"y":[3]}})", {"/a"}), "nothing");
  EXPECT_EQ(left_of(R"([{"v":1},{"v":2}])", {"/1/v", "$[*].v"}), "nothing");
  EXPECT_EQ(left_of("4.25", {""}), "nothing");
  EXPECT_EQ(left_of(R"({"a":1})", {"/b", "/a/b"}), R"({"a":1})");
}

TEST(JsonPathTest, WhatIsTakenOutAndKeptIsFoundOnlyByThoseWhoWantThatToo) {
  auto document = JsonDocument::parse(R"({"list":[{"t":5,"v":1},{"t":6,"v":2}],"q":true})");
  ASSERT_TRUE(document);
  const auto time = *JsonPath::parse("$.list[*].t"), first = *JsonPath::parse("/list/0/t");
  const auto value = *JsonPath::parse("$.list[*].v"), quality = *JsonPath::parse("/q");
  document->take_out({&first, &value, &quality, &first}, {&time, &quality});
  const std::string rest =
      R"({"list":[{"t":{"millrace:bound":5}},{"t":6}],"q":{"millrace:bound":true}})";
  EXPECT_EQ(document->text(), rest);
  ASSERT_EQ(document->find(time).size(), 1U);
  EXPECT_EQ(document->find(time)[0].place, 1U);
  auto stored = *JsonDocument::parse(rest);
  const auto times = stored.find(time, JsonDocument::Kept::kToo);
  ASSERT_EQ(times.size(), 2U);
  EXPECT_EQ(times[0].value, model::Value(std::int64_t{5}));
  EXPECT_FALSE(times[0].is_compound);
  EXPECT_EQ(stored.leaves(9).size(), 1U);
  stored.take_out(time);
  stored.take_out(quality);
  EXPECT_EQ(stored.text(), R"({"list":[{},{}]})");
}

TEST(JsonPathTest, ATimeInsideOfAnObjectThatIsTakenOutStaysAndTheObjectIsFoundWholeOrNotAtAll) {
  const auto meta = *JsonPath::parse("/meta"), time = *JsonPath::parse("/meta/t");
  const auto version = *JsonPath::parse("/meta/fw");
  auto document = *JsonDocument::parse(R"({"meta":{"fw":"1.2","t":5,"x":[1,{"y":2}]},"v":3})");
  document.take_out({&meta}, {&time});
  EXPECT_EQ(document.text(), R"({"meta":{"t":{"millrace:bound":5}},"v":3})");
  EXPECT_TRUE(document.find(meta).empty()) << "it is bound, what stays in it is no value";
  EXPECT_EQ(document.find(time, JsonDocument::Kept::kToo)[0].value, model::Value(std::int64_t{5}));
  EXPECT_EQ(document.leaves(9).size(), 1U);
  document.take_out({&meta, &time}, {&time});
  EXPECT_EQ(document.text(), R"({"meta":{"t":{"millrace:bound":5}},"v":3})");
  document.take_out(meta);
  EXPECT_EQ(document.text(), R"({"v":3})");

  auto other = *JsonDocument::parse(R"({"meta":{"fw":"1.2","t":5}})");
  other.take_out({&time}, {&time});
  ASSERT_EQ(other.find(meta).size(), 1U) << "a value that is also a time was bound";
  EXPECT_EQ(other.find(meta)[0].value, model::Value(std::string(R"({"fw":"1.2","t":5})")));
  other.take_out({&version}, {&time});
  EXPECT_TRUE(other.find(meta).empty());

  auto list = *JsonDocument::parse(R"([{"t":5,"v":1},{"t":6,"v":2}])");
  const auto items = *JsonPath::parse("$[*]"), times = *JsonPath::parse("$[*].t");
  list.take_out({&items}, {&times});
  EXPECT_EQ(list.text(), R"([{"t":{"millrace:bound":5}},{"t":{"millrace:bound":6}}])");
}

TEST(JsonPathTest, AnEmptyObjectIsNoValue) {
  EXPECT_TRUE(find(R"({"a":{}})", "/a").empty());
  EXPECT_EQ(find(R"([{},2])", "$[*]").front().place, 1U);
}

TEST(JsonPathTest, WrongPathsAreRefusedWithAnExample) {
  for (const char* path : {"motor", "/a~2", "$motor", "$.a[", "$.a[x]", "$.", "$[*][*]",
                           "$[?(@.n=='a')][*]", "$[?(@.n='a')]", "$[?(@.n=='a']", "$[?(@=='a')]",
                           "$[?(@.n==x)]", "$[?(@.n=='a' && @.m=='b')]", "$[?(@.n=='a')",
                           "$[?(@.n=='a\\b')]", "$[?", "$[?(@.n==[1])]"}) {
    const auto parsed = JsonPath::parse(path);
    ASSERT_FALSE(parsed) << path;
    EXPECT_TRUE(parsed.error().hint.contains("/motor/0/temp")) << path;
  }
}

TEST(JsonPathTest, WhatIsNoJsonIsMalformed) {
  EXPECT_EQ(JsonDocument::parse("{\"a\":").error().code, base::ErrorCode::kMalformed);
  EXPECT_EQ(JsonDocument::parse(std::string(1000, '[')).error().code, base::ErrorCode::kMalformed);
  EXPECT_EQ(JsonDocument::parse(std::string(100, '[') + std::string(100, ']')).error().what,
            "the JSON is nested too deeply");
}

TEST(JsonPathTest, LeavesLeadBackToThemselves) {
  const auto document = JsonDocument::parse(R"({"a":[1,{"b/c":"x"}],"d":null})");
  ASSERT_TRUE(document);
  const auto leaves = document->leaves(10);
  ASSERT_EQ(leaves.size(), 3U);
  for (const auto& leaf : leaves) {
    const auto found = document->find(*JsonPath::parse(leaf.pointer));
    ASSERT_EQ(found.size(), 1U) << leaf.pointer;
    EXPECT_EQ(found[0].value, leaf.value);
  }
  EXPECT_EQ(document->leaves(2).size(), 2U);
}

TEST(JsonPathTest, TheSizeOfATimeSaysItsUnit) {
  const base::Time expected(base::Duration(1'700'000'000'000'000));
  EXPECT_EQ(json_time(std::int64_t{1'700'000'000}), expected);
  EXPECT_EQ(json_time(std::int64_t{1'700'000'000'000}), expected);
  EXPECT_EQ(json_time(std::int64_t{1'700'000'000'000'000}), expected);
  EXPECT_EQ(json_time(std::int64_t{1'700'000'000'000'000'000}), expected);
  EXPECT_EQ(json_time(std::string("2023-11-14T22:13:20Z")), expected);
  EXPECT_FALSE(json_time(std::string("yesterday")));
  EXPECT_FALSE(json_time(true));
  EXPECT_FALSE(json_time(-5.0));
}

}  // namespace
}  // namespace millrace::codec
