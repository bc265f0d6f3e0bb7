#pragma once

#include <cstdint>

// The trace that powercut_shim writes and powercut_trace reads. Version 1, native byte order: it
// never leaves the machine.
//
//   trace   = magic record*
//   magic   = "MRPOWER1"
//   record  = Head first[Head.first_bytes] second[Head.second_bytes]
//
// `handle` numbers the open()s of the traced program from 1. Paths are relative to the traced
// folder. Records stand in the order in which the operations returned; a torn last record (the
// program was killed) is ignored.

namespace millrace::power {

inline constexpr char kMagic[9] = "MRPOWER1";

enum class Op : std::uint32_t {
  kOpen = 1,       // a: 1 created, 2 folder; b: open flags; first: path
  kWrite = 2,      // a: offset; b: 1 durable by O_SYNC or O_DSYNC; first: bytes
  kTruncate = 3,   // a: size
  kAllocate = 4,   // a: end of the range; grows the file with zeros
  kZero = 5,       // a: offset, b: length; a hole was punched or a range zeroed
  kSync = 6,       // fsync, fdatasync
  kRename = 7,     // first: from, second: to
  kUnlink = 8,     // first: path
  kMakeFolder = 9,
  kDropFolder = 10,
  kLink = 11,      // first: existing, second: new
  kMark = 12,      // first: text of the workload
  kMapped = 13,    // mapped shared and writable: what is written there is not in the trace
};

struct Head {
  Op op;
  std::uint32_t handle;
  std::uint64_t a;
  std::uint64_t b;
  std::uint64_t first_bytes;
  std::uint64_t second_bytes;
};

}  // namespace millrace::power
