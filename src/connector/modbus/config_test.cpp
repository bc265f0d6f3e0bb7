#include "connector/modbus/config.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "config/load.h"
#include "connector/modbus/kind.h"

namespace millrace::modbus {
namespace {

const base::SystemClock kConfigClock;

TEST(ModbusConfig, NeedsAHostAndNothingElse) {
  const auto loaded = config::load_text("name: a\nhost: plc-1\n", "edge.yaml", client_table());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->port, 502);
  EXPECT_EQ(loaded->unit, 1);
  const auto refused = config::load_text("name: a\nport: 70000\n", "edge.yaml", client_table());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("host"), std::string::npos) << refused.error().what;
  EXPECT_NE(refused.error().what.find("port"), std::string::npos) << refused.error().what;
}

TEST(ModbusConfig, TheKindMakesSourcesAndRefusesWrongAddressesAndOptions) {
  const pipeline::ConnectorKind kind = make_kind();
  EXPECT_TRUE(kind.check_address("40001:f32"));
  EXPECT_FALSE(kind.check_address("ns=2;s=Pump"));
  EXPECT_FALSE(kind.browse);
  const pipeline::SourceDeps deps{kConfigClock, "", "edge-1"};
  const auto options = config::parse_yaml("{name: a, host: plc-1, poll_interval_ms: 100}");
  ASSERT_TRUE(options);
  EXPECT_TRUE(kind.make(*options, {"holding:0"}, deps));
  EXPECT_EQ(kind.make(*options, {"holding:0", "nothing"}, deps).error().code,
            base::ErrorCode::kInvalid);
  EXPECT_EQ(kind.make(*options, {}, deps).error().code, base::ErrorCode::kInvalid);
  const auto wrong = config::parse_yaml("{name: a, host: plc-1, poll_ms: 100}");
  EXPECT_NE(kind.make(*wrong, {"holding:0"}, deps).error().what.find("poll_ms"), std::string::npos);
}

}  // namespace
}  // namespace millrace::modbus
