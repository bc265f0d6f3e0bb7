// Any text as an address and any bytes as registers: no crash; an address that is read is written
// canonically and read again as the same; a value that is read is written as the same bits, where
// it is a number.
#include <cstdlib>
#include <string_view>

#include "connector/modbus/wire.h"

namespace {

using namespace millrace::modbus;

bool is_nan(const millrace::model::Value& value) {
  const double* number = std::get_if<double>(&value);
  return number && *number != *number;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\n'), input.size());
  const auto address = parse_address(input.substr(0, end));
  if (!address) return 0;
  const auto again = parse_address(to_text(*address));
  if (!again || *again != *address || address->end() > 65536) std::abort();
  std::vector<std::uint16_t> registers(address->count());
  for (std::size_t i = 0; i < registers.size(); ++i) {
    const std::size_t at = end + 1 + 2 * i;
    if (at + 1 < size) registers[i] = static_cast<std::uint16_t>(data[at] << 8 | data[at + 1]);
  }
  if (address->is_bits()) registers[0] &= 1;
  const auto value = to_value(registers, *address);
  if (!value) return 0;
  const auto written = to_registers(*value, *address);
  if (!written) std::abort();
  const auto read = to_value(*written, *address);
  if (!read || (*read != *value && !is_nan(*value))) std::abort();
  const bool is_whole = !address->bit && address->type != Type::kText && !is_nan(*value);
  if (is_whole && *written != registers) std::abort();
  return 0;
}
