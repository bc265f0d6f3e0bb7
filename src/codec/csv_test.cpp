#include "codec/csv.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace millrace::codec {
namespace {

/// Gives at most `step` bytes a read, as a slow file or a decompressor may.
class SmallReads final : public ByteSource {
 public:
  SmallReads(std::string_view text, std::size_t step) : bytes_(text), step_(step) {}
  base::Result<std::size_t> read(std::span<char> into) override {
    return bytes_.read(into.first(std::min(into.size(), step_)));
  }

 private:
  TextBytes bytes_;
  std::size_t step_;
};

struct Seen {
  std::vector<std::string> fields;
  std::uint64_t line;
  CsvFault fault;
  bool has_line_end;
  bool operator==(const Seen&) const = default;
};

std::vector<Seen> read_all(std::string_view text, CsvFormat format = {}, std::size_t step = 4096) {
  SmallReads source(text, step);
  CsvReader reader(format, source);
  std::vector<Seen> seen;
  CsvRecord record;
  while (reader.next(record).value()) {
    seen.push_back({{record.fields.begin(), record.fields.end()},
                    record.line,
                    record.fault,
                    record.has_line_end});
  }
  return seen;
}

using Fields = std::vector<std::string>;

TEST(Csv, UnquotesFieldsByRfc4180) {
  const auto rows = read_all("a,\"b,\"\"c\"\"\r\nd\",e\r\n\"\",x,\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].fields, (Fields{"a", "b,\"c\"\r\nd", "e"}));
  EXPECT_EQ(rows[1].fields, (Fields{"", "x", ""}));
  EXPECT_EQ(rows[1].line, 3U);
}

TEST(Csv, LeavesAQuoteInsideAnUnquotedFieldAlone) {
  EXPECT_EQ(read_all("5\" pipe,6\"\n")[0].fields, (Fields{"5\" pipe", "6\""}));
}

TEST(Csv, SplitsAtRunsOfBlanksAndIgnoresThoseAtTheEnds) {
  const CsvFormat blanks{.delimiter = kCsvBlanks};
  const auto rows = read_all("1 2  -0.0007 \t9  \r\n   \n\t7\n", blanks);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].fields, (Fields{"1", "2", "-0.0007", "9"}));
  EXPECT_EQ(rows[1].line, 3U);
}

TEST(Csv, SkipsTheByteOrderMarkAndEmptyLinesButCountsThem) {
  const auto rows = read_all("\xEF\xBB\xBFtime;v\r\n\r\n\n1;2\n", {.delimiter = ';'}, 1);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].fields, (Fields{"time", "v"}));
  EXPECT_EQ(rows[1].line, 4U);
}

TEST(Csv, SaysThatTheLastLineHasNoEnd) {
  const auto rows = read_all("a,b\n1,2\n3,");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_TRUE(rows[1].has_line_end);
  EXPECT_FALSE(rows[2].has_line_end);
  EXPECT_EQ(rows[2].fields, (Fields{"3", ""}));
}

TEST(Csv, GivesUpTheFirstLineOnlyOfAQuoteThatIsNeverClosed) {
  const auto rows = read_all("a,b\n\"1,2\n3,4\n5,6\n");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[1].fault, CsvFault::kOpenQuote);
  EXPECT_EQ(rows[1].line, 2U);
  EXPECT_EQ(rows[2].fields, (Fields{"3", "4"}));
  EXPECT_EQ(rows[3].line, 4U);
}

TEST(Csv, ReportsALineBeyondTheLimitAndGoesOnBehindIt) {
  const CsvFormat format{.record_bytes_max = 10};
  for (const std::size_t step : {1U, 3U, 4096U}) {
    const auto rows = read_all("a,b\n" + std::string(1000, 'x') + "\n\"1\n2\n3\n4\n5\n6\",c\n7,8\n",
                               format, step);
    ASSERT_GE(rows.size(), 4U);
    EXPECT_EQ(rows[1].fault, CsvFault::kTooLong);
    EXPECT_EQ(rows[2].fault, CsvFault::kOpenQuote);
    EXPECT_EQ(rows[2].line, 3U);
    EXPECT_EQ(rows.back().fields, (Fields{"7", "8"}));
  }
}

TEST(Csv, ReportsNulBytesTextAfterQuotesAndTooManyFields) {
  const auto rows =
      read_all(std::string_view("a,\0b\n\"x\"y,z\n1,2,3,4\n1,2\n", 24), {.fields_max = 3});
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].fault, CsvFault::kNulByte);
  EXPECT_EQ(rows[1].fault, CsvFault::kTextAfterQuote);
  EXPECT_EQ(rows[2].fault, CsvFault::kTooManyFields);
  EXPECT_EQ(rows[3].fields, (Fields{"1", "2"}));
}

TEST(Csv, RefusesUtf16) {
  TextBytes source(std::string_view("\xFF\xFE\x61\x00", 4));
  CsvReader reader({}, source);
  CsvRecord record;
  const auto result = reader.next(record);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, base::ErrorCode::kMalformed);
}

TEST(Csv, ReadsTheSameWhateverTheSizeOfItsReads) {
  base::Random random(1);
  constexpr std::string_view kAlphabet = "ab,\"\"\n\r ;\t1";
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (std::uint64_t n = random.below(80); n > 0; --n) {
      text += kAlphabet[random.below(kAlphabet.size())];
    }
    const CsvFormat format{.record_bytes_max = 20};
    EXPECT_EQ(read_all(text, format, 1), read_all(text, format)) << text;
  }
}

TEST(Csv, ReadsBackWhatIsWrittenWithQuotes) {
  base::Random random(2);
  constexpr std::string_view kAlphabet = "ab,\"\n\r ;\t";
  for (int round = 0; round < 1000; ++round) {
    Fields fields(1 + random.below(5));
    std::string line;
    for (std::string& field : fields) {
      for (std::uint64_t n = random.below(9); n > 0; --n) {
        field += kAlphabet[random.below(kAlphabet.size())];
      }
      line += line.empty() ? "\"" : ",\"";
      for (const char c : field) line += c == '"' ? std::string("\"\"") : std::string(1, c);
      line += '"';
    }
    const auto rows = read_all(line + "\r\n", {}, 1 + random.below(7));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].fields, fields);
  }
}

}  // namespace
}  // namespace millrace::codec
