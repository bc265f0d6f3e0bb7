#include "model/name.h"

#include <gtest/gtest.h>

namespace millrace::model {
namespace {

TEST(Name, AcceptsTheGrammarOnly) {
  for (const char* good : {"a", "0", "pump-1", "p.1_x",
                           "a23456789012345678901234567890123456789012345678901234567890123"}) {
    EXPECT_TRUE(Name::parse(good)) << good;
  }
  for (const char* bad : {"", "-a", "A", "a b", "a/b", "ä", "..", ".a",
                          "a234567890123456789012345678901234567890123456789012345678901234"}) {
    EXPECT_FALSE(Name::parse(bad)) << bad;
  }
}

TEST(Name, NamesTheNearestValidSpelling) {
  EXPECT_EQ(nearest_name("Pump 1/Flow"), "pump-1-flow");
  EXPECT_EQ(nearest_name("///"), "x");
  EXPECT_TRUE(is_name(nearest_name(std::string(5000, 'Q'))));
  EXPECT_NE(Name::parse("Pump 1").error().hint.find("pump-1"), std::string::npos);
}

}  // namespace
}  // namespace millrace::model
