#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "connector/modbus/config.h"
#include "connector/modbus/plan.h"

struct _modbus;

namespace millrace::modbus {

/// Why a request brought nothing.
struct LinkFailure {
  enum class Kind { kException, kSilence, kLost };
  Kind kind = Kind::kLost;
  int exception = 0;  // of kException: the device's code, 1 to 11
  std::string what;   // "exception 2: illegal data address"
};

template <class T>
using Answer = std::expected<T, LinkFailure>;

/// The one libmodbus client of a device. After silence and after anything that is not an answer to
/// the request the line must be closed: what comes late would be taken for the next answer. Calls
/// wait at most the timeout. One thread.
class Link {
 public:
  explicit Link(const ClientOptions& options);
  ~Link();

  base::Result<void> connect();
  void close();

  /// A register or bit for each place of the block.
  Answer<std::vector<std::uint16_t>> read(const Block& block);
  Answer<void> write_coil(std::uint8_t unit, std::uint32_t number, bool is_on);
  /// Function 6 for one register where the device has it, else 16.
  Answer<void> write_registers(std::uint8_t unit, std::uint32_t first,
                               std::span<const std::uint16_t> registers);
  /// Function 22: the bits of `mask` become those of `bits`, in one step of the device.
  Answer<void> write_bits(std::uint8_t unit, std::uint32_t number, std::uint16_t mask,
                          std::uint16_t bits);

 private:
  struct Deleter {
    void operator()(_modbus* context) const;
  };

  Answer<void> asked(int returned, int expected, int error_number);

  ClientOptions options_;
  std::unique_ptr<_modbus, Deleter> context_;
};

}  // namespace millrace::modbus
