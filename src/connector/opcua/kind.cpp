#include "connector/opcua/kind.h"

#include "connector/opcua/address.h"
#include "connector/opcua/browse.h"
#include "connector/opcua/source.h"

namespace millrace::opcua {

pipeline::ConnectorKind make_kind() {
  pipeline::ConnectorKind kind = pipeline::kind_of("opcua", client_table());
  kind.check_address = check_address;
  kind.make =
      [](const config::Node& options, std::vector<std::string> addresses,
         const pipeline::SourceDeps& deps) -> base::Result<std::unique_ptr<pipeline::Source>> {
    MILLRACE_LET(ClientOptions read, pipeline::read_options(options, client_table()));
    return make_source(std::move(read), std::move(addresses), deps);
  };
  kind.browse = [](const config::Node& options, std::string_view address, std::size_t limit,
                   const pipeline::SourceDeps& deps) -> base::Result<pipeline::Browsed> {
    MILLRACE_LET(const ClientOptions read, pipeline::read_options(options, client_table()));
    return opcua::browse(read, address, limit, deps);
  };
  return kind;
}

}  // namespace millrace::opcua
