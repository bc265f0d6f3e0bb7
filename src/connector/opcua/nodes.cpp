#include "connector/opcua/nodes.h"

#include <format>
#include <set>

#include "connector/opcua/ua.h"
#include "connector/opcua/wire.h"

namespace millrace::opcua {
namespace {

using base::Result;

/// UNECE Recommendation 20 common codes of our units. OPC UA's unitId is the code's characters as a
/// big-endian number (IEC 62541-8 §5.6.3).
struct Unit {
  std::string_view text;
  std::string_view code;
};
constexpr Unit kUnits[] = {{"A", "AMP"},   {"kW", "KWT"},   {"kWh", "KWH"},  {"m3/h", "MQH"},
                           {"bar", "BAR"}, {"mm/s", "C16"}, {"degC", "CEL"}, {"rpm", "RPM"},
                           {"%", "P1"},    {"h", "HUR"}};

UA_Int32 unit_id(std::string_view unit) {
  for (const Unit& known : kUnits) {
    if (known.text != unit) continue;
    UA_Int32 id = 0;
    for (const char c : known.code) id = id * 256 + c;
    return id;
  }
  return -1;
}

UA_NodeId string_node(const std::string& name) {
  UA_NodeId node = UA_NODEID_STRING(1, nullptr);
  node.identifier.string = borrow(name);
  return node;
}

UA_NodeId standard(UA_UInt32 id) { return UA_NODEID_NUMERIC(0, id); }

UA_LocalizedText localized(std::string_view text) { return {UA_STRING_NULL, borrow(text)}; }

UA_QualifiedName qualified(UA_UInt16 space, std::string_view name) { return {space, borrow(name)}; }

bool is_analog(const ServedVariable& variable) {
  const bool is_number = variable.type == model::ValueType::kF64 ||
                         variable.type == model::ValueType::kI64 ||
                         variable.type == model::ValueType::kU64;
  return is_number && variable.high > variable.low;
}

Result<void> checked(UA_StatusCode status, const std::string& name) {
  if (!is_bad(status)) return {};
  return base::fail(base::ErrorCode::kInvalid, std::format("OPC UA server: cannot add {}: {}", name,
                                                           UA_StatusCode_name(status)));
}

Result<void> add_object(UA_Server& server, const std::string& thing) {
  UA_ObjectAttributes attributes = UA_ObjectAttributes_default;
  attributes.displayName = localized(thing);
  return checked(
      UA_Server_addObjectNode(&server, string_node(thing), standard(UA_NS0ID_OBJECTSFOLDER),
                              standard(UA_NS0ID_ORGANIZES), qualified(1, thing),
                              standard(UA_NS0ID_BASEOBJECTTYPE), attributes, nullptr, nullptr),
      thing);
}

/// A property of a variable: a constant structure.
template <class T>
Result<void> add_property(UA_Server& server, const ServedVariable& variable,
                          std::string_view property, const std::pair<T, std::size_t>& value) {
  const std::string parent = node_name(variable), name = std::format("{}/{}", parent, property);
  UA_VariableAttributes attributes = UA_VariableAttributes_default;
  const UA_DataType& type = UA_TYPES[value.second];
  T copied = value.first;
  UA_Variant_setScalar(&attributes.value, &copied, &type);
  attributes.dataType = type.typeId;
  attributes.displayName = localized(property);
  return checked(
      UA_Server_addVariableNode(&server, string_node(name), string_node(parent),
                                standard(UA_NS0ID_HASPROPERTY), qualified(0, property),
                                standard(UA_NS0ID_PROPERTYTYPE), attributes, nullptr, nullptr),
      name);
}

Result<void> add_analog_properties(UA_Server& server, const ServedVariable& variable) {
  const UA_Range range{variable.low, variable.high};
  MILLRACE_TRY(add_property<UA_Range>(server, variable, "EURange", {range, UA_TYPES_RANGE}));
  if (variable.unit.empty()) return {};
  UA_EUInformation unit{};
  unit.namespaceUri = borrow("http://www.opcfoundation.org/UA/units/un/cefact");
  unit.unitId = unit_id(variable.unit);
  unit.displayName = localized(variable.unit);
  unit.description = localized(variable.unit);
  return add_property<UA_EUInformation>(server, variable, "EngineeringUnits",
                                        {unit, UA_TYPES_EUINFORMATION});
}

Result<void> add_variable(UA_Server& server, const ServedVariable& variable) {
  const std::string name = node_name(variable);
  UA_VariableAttributes attributes = UA_VariableAttributes_default;
  attributes.dataType = UA_TYPES[ua_type(variable.type)].typeId;
  attributes.valueRank = UA_VALUERANK_SCALAR;
  attributes.accessLevel = UA_ACCESSLEVELMASK_READ;
  if (variable.is_writable) attributes.accessLevel |= UA_ACCESSLEVELMASK_WRITE;
  attributes.minimumSamplingInterval = 0;  // each write is seen
  attributes.displayName = localized(variable.title.empty() ? variable.property : variable.title);
  const UA_NodeId type = is_analog(variable) ? standard(UA_NS0ID_BASEANALOGTYPE)
                                             : standard(UA_NS0ID_BASEDATAVARIABLETYPE);
  MILLRACE_TRY(checked(
      UA_Server_addVariableNode(&server, string_node(name), string_node(variable.thing),
                                standard(UA_NS0ID_HASCOMPONENT), qualified(1, variable.property),
                                type, attributes, nullptr, nullptr),
      name));
  return is_analog(variable) ? add_analog_properties(server, variable) : Result<void>();
}

}  // namespace

std::string node_name(const ServedVariable& variable) {
  return variable.thing + "/" + variable.property;
}

Result<void> add_nodes(UA_Server& server, const std::vector<ServedVariable>& variables) {
  std::set<std::string> things;
  for (const ServedVariable& variable : variables) {
    if (things.insert(variable.thing).second) MILLRACE_TRY(add_object(server, variable.thing));
    MILLRACE_TRY(add_variable(server, variable));
  }
  return {};
}

}  // namespace millrace::opcua
