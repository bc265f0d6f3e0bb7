#include "connector/modbus/address.h"

#include <gtest/gtest.h>

namespace millrace::modbus {
namespace {

std::string problem(std::string_view text) {
  const auto parsed = parse_address(text);
  return parsed ? "" : parsed.error().what;
}

TEST(ModbusAddress, HasOneCanonicalFormForEveryPlaceAndType) {
  for (const char* text :
       {"coil:12", "discrete:0", "input:100:u16", "holding:65535:i16", "holding:40001:f32:badc",
        "holding:7:i32:cdab", "holding:7:u32:dcba", "input:3:i64", "input:3:u64:cdab",
        "holding:65532:f64", "holding:9:bool:bit=15", "holding:20:text:len=16",
        "holding:20:text:badc:len=3", "holding:5:u16:unit=17", "coil:1:unit=0"}) {
    const auto parsed = parse_address(text);
    ASSERT_TRUE(parsed) << parsed.error().what;
    EXPECT_EQ(to_text(*parsed), text);
  }
}

TEST(ModbusAddress, ARegisterWithoutTypeIsU16AndWithABitIsABool) {
  EXPECT_EQ(to_text(*parse_address("holding:5")), "holding:5:u16");
  EXPECT_EQ(to_text(*parse_address("holding:5:bit=3")), "holding:5:bool:bit=3");
  EXPECT_EQ(to_text(*parse_address("coil:5:bool")), "coil:5");
  EXPECT_EQ(to_text(*parse_address("holding:5:unit=2:cdab:f32")), "holding:5:f32:cdab:unit=2");
}

TEST(ModbusAddress, RegisterMapNumbersWithFiveOrSixDigitsCountFromOne) {
  EXPECT_EQ(to_text(*parse_address("40001:f32")), "holding:0:f32");
  EXPECT_EQ(to_text(*parse_address("400001:f32")), "holding:0:f32");
  EXPECT_EQ(to_text(*parse_address("49999")), "holding:9998:u16");
  EXPECT_EQ(to_text(*parse_address("465536")), "holding:65535:u16");
  EXPECT_EQ(to_text(*parse_address("30011:i16")), "input:10:i16");
  EXPECT_EQ(to_text(*parse_address("10001")), "discrete:0");
  EXPECT_EQ(to_text(*parse_address("00017")), "coil:16");
}

TEST(ModbusAddress, WhatIsWrongIsNamedWithTheWayToWriteIt) {
  EXPECT_NE(problem("").find("it begins with a table"), std::string::npos);
  EXPECT_NE(problem("register:5").find("it begins with a table"), std::string::npos);
  EXPECT_NE(problem("holding").find("a number from 0 to 65535"), std::string::npos);
  EXPECT_NE(problem("holding:65536").find("a number from 0 to 65535"), std::string::npos);
  EXPECT_NE(problem("holding:-1").find("a number from 0 to 65535"), std::string::npos);
  EXPECT_NE(problem("holding: 1").find("a number from 0 to 65535"), std::string::npos);
  EXPECT_NE(problem("40000").find("it begins with a table"), std::string::npos);
  EXPECT_NE(problem("465537").find("it begins with a table"), std::string::npos);
  EXPECT_NE(problem("50001").find("it begins with a table"), std::string::npos);
  EXPECT_NE(problem("holding:1:float").find("'float' is neither a type"), std::string::npos);
  EXPECT_NE(problem("holding:1:").find("'' is neither a type"), std::string::npos);
  EXPECT_NE(problem("holding:1:u16:u32").find("two types"), std::string::npos);
  EXPECT_NE(problem("holding:1:f32:abcd:cdab").find("two orders"), std::string::npos);
  EXPECT_NE(problem("holding:1:bit=16").find("bit is a number from 0 to 15"), std::string::npos);
  EXPECT_NE(problem("holding:1:bit=1:bit=2").find("bit stands there twice"), std::string::npos);
  EXPECT_NE(problem("holding:1:unit=256").find("unit is a number"), std::string::npos);
  EXPECT_NE(problem("holding:1:word=1").find("'word' is not known"), std::string::npos);
  EXPECT_NE(problem("holding:1:bool").find("needs bit=0 to bit=15"), std::string::npos);
  EXPECT_NE(problem("holding:1:u16:bit=1").find("nothing else has one"), std::string::npos);
  EXPECT_NE(problem("holding:1:text").find("needs its length"), std::string::npos);
  EXPECT_NE(problem("holding:1:text:len=251").find("len is a number from 1 to 250"),
            std::string::npos);
  EXPECT_NE(problem("coil:1:u16").find("a coil is one bit"), std::string::npos);
  EXPECT_NE(problem("discrete:1:badc").find("a discrete is one bit"), std::string::npos);
  EXPECT_NE(problem("holding:1:u16:cdab").find("words to swap"), std::string::npos);
  EXPECT_NE(problem("holding:1:text:dcba:len=4").find("words to swap"), std::string::npos);
  EXPECT_NE(problem("holding:65533:f64").find("beyond the last register"), std::string::npos);
}

TEST(ModbusAddress, CoilsAndHoldingRegistersOfOneMessageTakeWrites) {
  for (const char* text :
       {"coil:5", "holding:0:f32", "40001", "holding:0:bit=3", "holding:0:text:len=246"}) {
    EXPECT_TRUE(takes_writes(parse_address(text).value())) << text;
  }
  for (const char* text : {"discrete:5", "input:0:f32", "30001", "holding:0:text:len=250"}) {
    EXPECT_FALSE(takes_writes(parse_address(text).value())) << text;
  }
}

}  // namespace
}  // namespace millrace::modbus
