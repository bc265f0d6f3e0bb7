#pragma once

#include <cstddef>
#include <cstdint>

// The numbers of a delivery body, for its two halves only; the grammar stands in delivery_body.cpp.
namespace millrace::codec::delivery {

inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kReasonBytesMax = 64;
inline constexpr std::size_t kNameBytesMax = 64;
inline constexpr std::size_t kCodeBytesMax = 32;
inline constexpr std::size_t kSentenceBytesMax = 512;

enum class Kind : std::uint32_t {
  kBatch = 1,
  kHello,
  kTombstone,
  kAcknowledgement,
  kStatus,
  kCommand,
  kCommandAnswer,
};

enum Field : std::uint32_t {
  kVersionField = 1,
  kEpoch,
  kSequence,
  kKind,
  kRemainders,
  kQualities,
  kWall,
  kMonotonic,
  kBoot,
  kOldest,
  kNext,
  kRangeFrom,
  kRangeTo,
  kSamples,
  kTimeFrom,
  kTimeTo,
  kReason,
  kAckedTo,
  kRanges,
  kWindowBatches,
  kWindowBytes,
  kSpoolBatches,
  kSpoolBytes,
  kEvicted,
  kSession,
  kNumber,
  kCommandId,
  kDeadline,
  kCode,
  kWhat,
  kHint,
  kMayRetry,
  kThing,
  kProperty,
  kFieldsEnd,
};

}  // namespace millrace::codec::delivery
