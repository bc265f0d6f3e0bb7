#include "connector/modbus/kind.h"

#include "connector/modbus/address.h"
#include "connector/modbus/config.h"
#include "connector/modbus/source.h"

namespace millrace::modbus {

pipeline::ConnectorKind make_kind() {
  pipeline::ConnectorKind kind = pipeline::kind_of("modbus", client_table());
  kind.check_address = [](std::string_view address) -> base::Result<void> {
    MILLRACE_TRY(parse_address(address));
    return {};
  };
  kind.takes_writes = [](std::string_view address) {
    const auto read = parse_address(address);
    return read && takes_writes(*read);
  };
  kind.make =
      [](const config::Node& options, std::vector<std::string> addresses,
         const pipeline::SourceDeps& deps) -> base::Result<std::unique_ptr<pipeline::Source>> {
    MILLRACE_LET(ClientOptions read, pipeline::read_options(options, client_table()));
    return make_source(std::move(read), addresses, deps.clock, deps.written_only);
  };
  return kind;
}

}  // namespace millrace::modbus
