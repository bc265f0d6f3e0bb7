#include "codec/delivery_body.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <sstream>

#include "base/files.h"
#include "base/random.h"

namespace millrace::codec::delivery {
namespace {

using model::Sequence;
using model::SequenceRange;

base::Uuid uuid(std::uint8_t first) {
  base::Uuid result;
  for (std::size_t i = 0; i < result.bytes.size(); ++i) {
    result.bytes[i] = static_cast<std::uint8_t>(first + i);
  }
  return result;
}

model::EdgeTime edge_time() {
  return {base::Time(base::Duration(1'763'856'000'123'456)),
          base::MonotonicTime(base::Duration(98'765'432'100)), uuid(0x80)};
}

BatchBody batch() {
  return {.epoch = uuid(1),
          .sequence = Sequence(300),
          .made = edge_time(),
          .remainders_us = {0, 999, 250},
          .qualities = {{0, 0x80000003}, {2, 0x40000006}}};
}

AcknowledgementBody acknowledgement() {
  AcknowledgementBody body{
      .epoch = uuid(1), .session = 77, .number = 3, .window_batches = 64, .window_bytes = 4U << 20};
  body.committed.add({Sequence(1), Sequence(100)});
  body.committed.add({Sequence(103), Sequence(103)});
  body.committed.add({Sequence(200), Sequence(500)});
  return body;
}

std::map<std::string, Body> examples() {
  return {{"batch", batch()},
          {"batch_plain", BatchBody{uuid(1), Sequence(1), edge_time(), {}, {}}},
          {"hello", HelloBody{uuid(1), Sequence(7), Sequence(301), edge_time()}},
          {"tombstone", TombstoneBody{uuid(1),
                                      SequenceRange{Sequence(3), Sequence(6)},
                                      {500, 0, 499, 1},
                                      base::Time(base::Duration(1'763'856'000'000'000)),
                                      base::Time(base::Duration(-1)),
                                      "evicted"}},
          {"tombstone_held", TombstoneBody{uuid(1),
                                           SequenceRange{Sequence(9), Sequence(9)},
                                           {300},
                                           base::Time(base::Duration(1'763'856'000'123'456)),
                                           base::Time(base::Duration(1'763'856'125'123'456)),
                                           "held",
                                           "pump-1",
                                           "pressure"}},
          {"acknowledgement", acknowledgement()},
          {"acknowledgement_empty", AcknowledgementBody{uuid(1), 5, 1, {}, 1, 2}},
          {"status", StatusBody{12, 3456, 7, edge_time()}},
          {"command", CommandBody{uuid(1), base::Time(base::Duration(1'763'856'000'123'456))}},
          {"command_done", CommandAnswerBody{uuid(1), "", "", "", false}},
          {"command_refused", CommandAnswerBody{uuid(1), "forbidden", "the device refuses 3 bar",
                                                "See its manual.", true}}};
}

std::string unhex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

// tests/golden/delivery_body_v1.txt: lines of a name and hex, written by version 1 for good.
std::map<std::string, std::string> golden() {
  std::map<std::string, std::string> result;
  std::istringstream lines(base::read_file("tests/golden/delivery_body_v1.txt").value_or(""));
  std::string name, hex;
  while (lines >> name >> hex) result[name] = unhex(hex);
  return result;
}

TEST(DeliveryBody, TheGoldenBytesOfVersionOneMeanWhatTheyAlwaysMeant) {
  const auto bytes = golden();
  ASSERT_EQ(bytes.size(), examples().size());
  for (const auto& [name, body] : examples()) {
    ASSERT_TRUE(bytes.contains(name)) << name;
    EXPECT_EQ(decode(bytes.at(name)), body) << name;
    EXPECT_EQ(encode(body), bytes.at(name)) << name;
  }
}

TEST(DeliveryBody, UnknownFieldsAreSkipped) {
  const std::string bytes = encode(batch()) + std::string("\x9a\x06\x02hi\x98\x06\x05", 8);
  EXPECT_EQ(decode(bytes), Body(batch()));
}

TEST(DeliveryBody, AnotherVersionOrKindIsUnsupported) {
  EXPECT_EQ(decode(std::string("\x08\x02", 2)).error().code, base::ErrorCode::kUnsupported);
  EXPECT_EQ(decode(std::string("\x08\x01\x20\x09", 4)).error().code, base::ErrorCode::kUnsupported);
  EXPECT_EQ(decode("").error().code, base::ErrorCode::kMalformed);
}

TEST(DeliveryBody, EveryTornPrefixIsAnError) {
  for (const auto& [name, body] : examples()) {
    const std::string bytes = encode(body);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      (void)decode(bytes.substr(0, size));
    }
    EXPECT_FALSE(decode(bytes.substr(0, bytes.size() / 2))) << name;
  }
}

void expect_refused(const Body& body) {
  EXPECT_EQ(decode(encode(body)).error().code, base::ErrorCode::kMalformed);
}

TEST(DeliveryBody, WhatLiesOutsideItsBoundsIsRefused) {
  BatchBody no_sequence = batch();
  no_sequence.sequence = Sequence(0);
  expect_refused(no_sequence);
  BatchBody last_sequence = batch();
  last_sequence.sequence = Sequence(std::numeric_limits<std::uint64_t>::max());
  expect_refused(last_sequence);
  BatchBody too_many_us = batch();
  too_many_us.remainders_us = {1000};
  expect_refused(too_many_us);
  expect_refused(HelloBody{uuid(1), Sequence(8), Sequence(7), edge_time()});
  expect_refused(TombstoneBody{uuid(1), {Sequence(7), Sequence(9)}, {5, 5}, {}, {}, ""});
  expect_refused(TombstoneBody{uuid(1), {Sequence(8), Sequence(7)}, {}, {}, {}, ""});
  const std::string no_deadline = encode(CommandBody{uuid(1), {}}).substr(0, 23);
  EXPECT_EQ(decode(no_deadline).error().code, base::ErrorCode::kMalformed);
}

TEST(DeliveryBody, WhatAnAnswerSaysIsCutAndOfADoneCommandNothingIsSaid) {
  const CommandAnswerBody wordy{uuid(1), "timeout", std::string(600, 'w'), "", false};
  EXPECT_EQ(std::get<CommandAnswerBody>(*decode(encode(wordy))).what, std::string(512, 'w'));
  // field 30 without a code before it
  const std::string stray =
      encode(CommandAnswerBody{uuid(1), "", "", "", false}) + "\xf2\x01\x02hi";
  EXPECT_EQ(decode(stray), Body(CommandAnswerBody{uuid(1), "", "", "", false}));
}

TEST(DeliveryBody, RangesThatWouldWrapAreRefused) {
  const std::string head = encode(AcknowledgementBody{uuid(1), 5, 1, {}, 1, 2});
  // field 19 once more: gap 1, length 2^64 - 1
  const std::string wraps =
      head + std::string("\x9a\x01\x0b\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 14);
  EXPECT_EQ(decode(wraps).error().code, base::ErrorCode::kMalformed);
  const std::string half = head + std::string("\x9a\x01\x01\x01", 4);
  EXPECT_EQ(decode(half).error().code, base::ErrorCode::kMalformed);
}

BatchBody any_batch(base::Random& random) {
  BatchBody body{.epoch = base::Uuid::make(random),
                 .sequence = Sequence(1 + random.below(1ULL << 40)),
                 .made = edge_time(),
                 .remainders_us = {},
                 .qualities = {}};
  for (std::uint64_t i = random.below(500); i > 0; --i) {
    body.remainders_us.push_back(static_cast<std::uint32_t>(random.below(1000)));
  }
  for (std::uint32_t sample = 0; sample < 500; ++sample) {
    if (random.below(20) != 0) continue;
    body.qualities.push_back({sample, static_cast<std::uint32_t>(random.next() | 1)});
  }
  return body;
}

AcknowledgementBody any_acknowledgement(base::Random& random) {
  AcknowledgementBody body{
      .epoch = base::Uuid::make(random), .session = random.next(), .number = random.next()};
  for (std::uint64_t i = random.below(50); i > 0; --i) {
    const std::uint64_t from = 1 + random.below(1ULL << random.below(60));
    body.committed.add({Sequence(from), Sequence(from + random.below(1000))});
  }
  return body;
}

TEST(DeliveryBody, WhatIsEncodedIsDecodedAsItWas) {
  base::Random random(42);
  for (int round = 0; round < 500; ++round) {
    const BatchBody batch_body = any_batch(random);
    ASSERT_EQ(decode(encode(batch_body)), Body(batch_body)) << "round " << round;
    const AcknowledgementBody ack = any_acknowledgement(random);
    ASSERT_EQ(decode(encode(ack)), Body(ack)) << "round " << round;
  }
}

TEST(DeliveryBody, AVariantOfAPropertyLeadsBackToIt) {
  EXPECT_EQ(metric_name("flow", 1), "flow");
  EXPECT_EQ(metric_name("flow", 3), "flow~3");
  EXPECT_EQ(property_of_metric("flow~3"), "flow");
  EXPECT_EQ(property_of_metric("flow"), "flow");
}

}  // namespace
}  // namespace millrace::codec::delivery
