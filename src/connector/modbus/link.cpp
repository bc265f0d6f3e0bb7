#include "connector/modbus/link.h"

#include <modbus/modbus.h>

#include <cerrno>
#include <format>

namespace millrace::modbus {
namespace {

using base::ErrorCode;
using base::Result;

bool set_timeouts(modbus_t* context, base::Duration timeout) {
  const auto seconds = static_cast<std::uint32_t>(timeout.count() / 1'000'000);
  const auto rest = static_cast<std::uint32_t>(timeout.count() % 1'000'000);
  return modbus_set_response_timeout(context, seconds, rest) == 0 &&
         modbus_set_byte_timeout(context, seconds, rest) == 0;
}

LinkFailure failure(int error_number) {
  const int exception = error_number - MODBUS_ENOBASE;
  if (exception > 0 && exception < MODBUS_EXCEPTION_MAX) {
    std::string text = modbus_strerror(error_number);
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] += 'a' - 'A';
    return {LinkFailure::Kind::kException, exception,
            std::format("exception {}: {}", exception, text)};
  }
  if (error_number == ETIMEDOUT) return {LinkFailure::Kind::kSilence, 0, "no answer"};
  return {LinkFailure::Kind::kLost, 0, modbus_strerror(error_number)};
}

int read_bits(modbus_t* context, const Block& block, std::vector<std::uint16_t>& into) {
  std::vector<std::uint8_t> bits(block.count);
  const int first = static_cast<int>(block.first), count = static_cast<int>(block.count);
  const int got = block.table == Table::kCoil
                      ? modbus_read_bits(context, first, count, bits.data())
                      : modbus_read_input_bits(context, first, count, bits.data());
  into.assign(bits.begin(), bits.end());
  return got;
}

int read_registers(modbus_t* context, const Block& block, std::vector<std::uint16_t>& into) {
  into.resize(block.count);
  const int first = static_cast<int>(block.first), count = static_cast<int>(block.count);
  return block.table == Table::kInput
             ? modbus_read_input_registers(context, first, count, into.data())
             : modbus_read_registers(context, first, count, into.data());
}

}  // namespace

void Link::Deleter::operator()(_modbus* context) const {
  modbus_close(context);
  modbus_free(context);
}

Link::Link(const ClientOptions& options) : options_(options) {}
Link::~Link() = default;

Result<void> Link::connect() {
  const std::string port = std::to_string(options_.port);
  context_.reset(modbus_new_tcp_pi(options_.host.c_str(), port.c_str()));
  if (!context_) return base::fail(ErrorCode::kInternal, "cannot make a Modbus client");
  modbus_enable_quirks(context_.get(), MODBUS_QUIRK_MAX_SLAVE);
  if (!set_timeouts(context_.get(), options_.timeout)) {
    return base::fail(ErrorCode::kInternal, "cannot set the timeout of a Modbus client");
  }
  if (modbus_connect(context_.get()) == 0) return {};
  const int error_number = errno;
  context_.reset();
  return base::fail_for_now(
      error_number == ETIMEDOUT ? ErrorCode::kTimeout : ErrorCode::kUnavailable,
      std::format("{}:{}: {}", options_.host, options_.port, modbus_strerror(error_number)),
      "Check that the device is running and reachable at this address.");
}

void Link::close() { context_.reset(); }

Answer<void> Link::asked(int returned, int expected, int error_number) {
  if (returned == expected) return {};
  return std::unexpected(failure(returned < 0 ? error_number : EMBBADDATA));
}

Answer<std::vector<std::uint16_t>> Link::read(const Block& block) {
  if (!context_) return std::unexpected(failure(ENOTCONN));
  modbus_set_slave(context_.get(), block.unit);
  const bool is_bits = block.table == Table::kCoil || block.table == Table::kDiscrete;
  std::vector<std::uint16_t> values;
  const int got = is_bits ? read_bits(context_.get(), block, values)
                          : read_registers(context_.get(), block, values);
  if (auto read = asked(got, static_cast<int>(block.count), errno); !read) {
    return std::unexpected(read.error());
  }
  return values;
}

Answer<void> Link::write_coil(std::uint8_t unit, std::uint32_t number, bool is_on) {
  if (!context_) return std::unexpected(failure(ENOTCONN));
  modbus_set_slave(context_.get(), unit);
  const int done = modbus_write_bit(context_.get(), static_cast<int>(number), is_on);
  return asked(done, 1, errno);
}

Answer<void> Link::write_registers(std::uint8_t unit, std::uint32_t first,
                                   std::span<const std::uint16_t> registers) {
  if (!context_) return std::unexpected(failure(ENOTCONN));
  modbus_set_slave(context_.get(), unit);
  const int place = static_cast<int>(first), count = static_cast<int>(registers.size());
  if (count == 1) {
    const int done = modbus_write_register(context_.get(), place, registers[0]);
    if (done == 1 || errno != EMBXILFUN) return asked(done, 1, errno);
  }
  const int done = modbus_write_registers(context_.get(), place, count, registers.data());
  return asked(done, count, errno);
}

Answer<void> Link::write_bits(std::uint8_t unit, std::uint32_t number, std::uint16_t mask,
                              std::uint16_t bits) {
  if (!context_) return std::unexpected(failure(ENOTCONN));
  modbus_set_slave(context_.get(), unit);
  const auto kept = static_cast<std::uint16_t>(~mask);
  const int done = modbus_mask_write_register(context_.get(), static_cast<int>(number), kept, bits);
  return asked(done, 1, errno);
}

}  // namespace millrace::modbus
