#include "connector/opcua/node_reader.h"

#include <open62541/client.h>

#include <span>

#include "base/log.h"
#include "connector/opcua/attributes.h"
#include "connector/opcua/engineering_units.h"
#include "connector/opcua/wire.h"

namespace millrace::opcua {
namespace {

using base::Result;

/// One attribute to read and what to do with it.
struct Ask {
  FoundNode* found = nullptr;
  const UA_NodeId* node = nullptr;  // of the node, or of a property of it
  UA_UInt32 attribute = UA_ATTRIBUTEID_VALUE;
  void (*take)(FoundNode& found, const UA_DataValue& value, const unit::Units* units) = nullptr;
};

/// What is read of whom.
struct Reader {
  UA_Client& client;
  const ClientOptions& options;
  const unit::Units* units;  // nullptr where there is no database
};

Result<void> read_all(const Reader& reader, std::span<const Ask> asks) {
  std::vector<UA_ReadValueId> ids(asks.size());
  for (std::size_t i = 0; i < asks.size(); ++i) {
    ids[i].nodeId = *asks[i].node;
    ids[i].attributeId = asks[i].attribute;
  }
  return read_attributes(reader.client, reader.options, ids, UA_TIMESTAMPSTORETURN_NEITHER,
                         [&](std::size_t i, const UA_DataValue& value) {
                           asks[i].take(*asks[i].found, value, reader.units);
                         });
}

void take_type(FoundNode& found, const UA_DataValue& value, const unit::Units*) {
  const auto* type = scalar<UA_NodeId>(value, UA_TYPES_NODEID);
  const auto known = type ? value_type(*type) : std::nullopt;
  found.has_type = known.has_value();
  if (known) found.node.type = *known;
}

void take_rank(FoundNode& found, const UA_DataValue& value, const unit::Units*) {
  const auto* rank = scalar<UA_Int32>(value, UA_TYPES_INT32);
  if (rank && *rank >= UA_VALUERANK_ONE_OR_MORE_DIMENSIONS) found.is_unreadable = true;
}

void take_rights(FoundNode& found, const UA_DataValue& value, const unit::Units*) {
  const auto* level = scalar<UA_Byte>(value, UA_TYPES_BYTE);
  found.node.is_writable = level && (*level & UA_ACCESSLEVELMASK_WRITE);
  if (level && !(*level & UA_ACCESSLEVELMASK_READ)) found.is_unreadable = true;
}

void take_range(FoundNode& found, const UA_DataValue& value, const unit::Units*) {
  const auto* range = scalar<UA_Range>(value, UA_TYPES_RANGE);
  if (!range || !(range->low < range->high)) return;
  found.node.range_min = range->low;
  found.node.range_max = range->high;
}

void take_unit(FoundNode& found, const UA_DataValue& value, const unit::Units* units) {
  const auto* information = scalar<UA_EUInformation>(value, UA_TYPES_EUINFORMATION);
  if (information) found.node.unit = unit_of(*information, units);
}

/// A type of the server's own: the present value says what it is.
void take_value(FoundNode& found, const UA_DataValue& value, const unit::Units*) {
  const auto held = value.hasValue ? to_value(value.value) : std::nullopt;
  const auto type = held ? model::type_of(*held) : std::nullopt;
  if (type) found.node.type = *type;
  found.is_unreadable = !type;
}

void ask_for(FoundNode& found, std::vector<Ask>& asks) {
  const UA_NodeId* id = &found.id.value;
  asks.push_back({&found, id, UA_ATTRIBUTEID_DATATYPE, take_type});
  asks.push_back({&found, id, UA_ATTRIBUTEID_VALUERANK, take_rank});
  asks.push_back({&found, id, UA_ATTRIBUTEID_USERACCESSLEVEL, take_rights});
  const UA_NodeId *range = &found.range_id.value, *units = &found.units_id.value;
  if (!UA_NodeId_isNull(range)) asks.push_back({&found, range, UA_ATTRIBUTEID_VALUE, take_range});
  if (!UA_NodeId_isNull(units)) asks.push_back({&found, units, UA_ATTRIBUTEID_VALUE, take_unit});
}

}  // namespace

Result<void> read_variables(UA_Client& client, const ClientOptions& options,
                            std::vector<FoundNode>& nodes) {
  const auto units = unit::Units::create();
  if (!units) base::log::warning("opcua {}: {}", options.name, base::describe(units.error()));
  const Reader reader{client, options, units ? &*units : nullptr};
  std::vector<Ask> asks, again;
  for (FoundNode& found : nodes) {
    if (found.node.is_variable) ask_for(found, asks);
  }
  MILLRACE_TRY(read_all(reader, asks));
  for (FoundNode& found : nodes) {
    if (!found.node.is_variable || found.has_type || found.is_unreadable) continue;
    again.push_back({&found, &found.id.value, UA_ATTRIBUTEID_VALUE, take_value});
  }
  MILLRACE_TRY(read_all(reader, again));
  for (FoundNode& found : nodes) {
    if (found.is_unreadable) found.node.is_variable = found.node.is_writable = false;
  }
  return {};
}

}  // namespace millrace::opcua
