#include "connector/modbus/wire.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace millrace::modbus {
namespace {

using model::Value;
using Registers = std::vector<std::uint16_t>;

Address address_at(std::string_view text) { return *parse_address(text); }
std::optional<Value> read(const Registers& registers, std::string_view text) {
  return to_value(registers, address_at(text));
}

TEST(ModbusWire, EveryTypeHasTheRegistersThatTheStandardAndRegisterMapsSay) {
  EXPECT_EQ(read({0xFFFE}, "holding:0:i16"), Value(std::int64_t{-2}));
  EXPECT_EQ(read({0xFFFE}, "holding:0:u16"), Value(std::uint64_t{65534}));
  EXPECT_EQ(read({0x8000, 0x0001}, "holding:0:i32"), Value(std::int64_t{-2147483647}));
  EXPECT_EQ(read({0x8000, 0x0001}, "holding:0:u32"), Value(std::uint64_t{2147483649}));
  EXPECT_EQ(read({0x8000, 0, 0, 0}, "holding:0:i64"),
            Value(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(read({0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF}, "holding:0:u64"),
            Value(std::numeric_limits<std::uint64_t>::max()));
  EXPECT_EQ(read({0x4048, 0xF5C3}, "holding:0:f32"), Value(double{3.14F}));
  EXPECT_EQ(read({0x400A, 0xAAAA, 0xAAAA, 0xAAAB}, "holding:0:f64"), Value(10.0 / 3));
  EXPECT_EQ(read({0x0008}, "holding:0:bit=3"), Value(true));
  EXPECT_EQ(read({0xFFF7}, "holding:0:bit=3"), Value(false));
  EXPECT_EQ(read({0x0100}, "holding:0:bool:badc:bit=0"), Value(true));
  EXPECT_EQ(read({1}, "coil:0"), Value(true));
  EXPECT_EQ(read({0x4142, 0x4300, 0x5858}, "input:0:text:len=6"), Value(std::string("ABC")));
  EXPECT_EQ(read({0x4241, 0x0043}, "input:0:text:badc:len=3"), Value(std::string("ABC")));
}

TEST(ModbusWire, TheFourOrdersAreThoseOfTheirNames) {
  // 0x0A0B0C0D and 0x0102030405060708
  EXPECT_EQ(read({0x0A0B, 0x0C0D}, "holding:0:u32:abcd"), Value(std::uint64_t{0x0A0B0C0D}));
  EXPECT_EQ(read({0x0B0A, 0x0D0C}, "holding:0:u32:badc"), Value(std::uint64_t{0x0A0B0C0D}));
  EXPECT_EQ(read({0x0C0D, 0x0A0B}, "holding:0:u32:cdab"), Value(std::uint64_t{0x0A0B0C0D}));
  EXPECT_EQ(read({0x0D0C, 0x0B0A}, "holding:0:u32:dcba"), Value(std::uint64_t{0x0A0B0C0D}));
  const Value eight(std::uint64_t{0x0102030405060708});
  EXPECT_EQ(read({0x0102, 0x0304, 0x0506, 0x0708}, "holding:0:u64:abcd"), eight);
  EXPECT_EQ(read({0x0201, 0x0403, 0x0605, 0x0807}, "holding:0:u64:badc"), eight);
  EXPECT_EQ(read({0x0708, 0x0506, 0x0304, 0x0102}, "holding:0:u64:cdab"), eight);
  EXPECT_EQ(read({0x0807, 0x0605, 0x0403, 0x0201}, "holding:0:u64:dcba"), eight);
  EXPECT_EQ(read({0x3412}, "holding:0:u16:badc"), Value(std::uint64_t{0x1234}));
}

TEST(ModbusWire, NanAndInfinityStayWhatTheyAre) {
  const auto nan = read({0x7FC0, 0}, "holding:0:f32");
  EXPECT_TRUE(std::isnan(std::get<double>(*nan)));
  EXPECT_EQ(read({0xFF80, 0}, "holding:0:f32"), Value(-std::numeric_limits<double>::infinity()));
}

TEST(ModbusWire, ATextThatIsNotUtf8HasNoValue) {
  EXPECT_EQ(read({0xFFFF}, "holding:0:text:len=2"), std::nullopt);
}

TEST(ModbusWire, WritingIsTheReverseOfReadingInEveryOrder) {
  for (const char* order : {"abcd", "badc", "cdab", "dcba"}) {
    const auto there_and_back = [&](const char* type, const Value& value) {
      const Address address = address_at(std::string("holding:0:") + type + ":" + order);
      const auto registers = to_registers(value, address);
      ASSERT_TRUE(registers) << registers.error().what;
      EXPECT_EQ(to_value(*registers, address), value) << type << order;
    };
    there_and_back("i32", Value(std::int64_t{-123456789}));
    there_and_back("u32", Value(std::uint64_t{4000000000}));
    there_and_back("i64", Value(std::numeric_limits<std::int64_t>::min() + 1));
    there_and_back("u64", Value(std::numeric_limits<std::uint64_t>::max() - 1));
    there_and_back("f32", Value(-0.15625));
    there_and_back("f64", Value(0.1));
  }
  EXPECT_EQ(to_registers(std::string("AB"), address_at("holding:0:text:len=5")),
            (Registers{0x4142, 0, 0}));
  EXPECT_EQ(to_registers(true, address_at("holding:0:bit=9")), Registers{0x0200});
}

TEST(ModbusWire, ConvertsWhatFitsExactlyAndRefusesTheRest) {
  EXPECT_EQ(to_registers(5.0, address_at("holding:0:u16")), Registers{5});
  EXPECT_EQ(to_registers(std::int64_t{-1}, address_at("holding:0:i16")), Registers{0xFFFF});
  EXPECT_TRUE(to_registers(0.1, address_at("holding:0:f32"))) << "the nearest f32";
  const auto refuses = [](const Value& value, const char* address) {
    const auto made = to_registers(value, address_at(address));
    return !made && made.error().code == base::ErrorCode::kInvalid;
  };
  EXPECT_TRUE(refuses(5.5, "holding:0:u16"));
  EXPECT_TRUE(refuses(std::int64_t{-1}, "holding:0:u16"));
  EXPECT_TRUE(refuses(std::int64_t{65536}, "holding:0:u16"));
  EXPECT_TRUE(refuses(std::int64_t{32768}, "holding:0:i16"));
  EXPECT_TRUE(refuses(1e39, "holding:0:f32"));
  EXPECT_TRUE(refuses(std::string("5"), "holding:0:u16"));
  EXPECT_TRUE(refuses(std::string("ABC"), "holding:0:text:len=2"));
  EXPECT_TRUE(refuses(5.0, "holding:0:text:len=2"));
  EXPECT_TRUE(refuses(2.0, "coil:0"));
  EXPECT_TRUE(refuses(Value{}, "holding:0:u16"));
}

}  // namespace
}  // namespace millrace::modbus
