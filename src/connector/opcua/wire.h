#pragma once

#include <optional>

#include "base/error.h"
#include "connector/opcua/ua.h"
#include "model/sample.h"

namespace millrace::opcua {

/// OPC UA's time (100 ns since 1601) and ours (µs since 1970).
base::Time to_time(UA_DateTime time);
UA_DateTime to_date_time(base::Time time);

/// A value as one of the six physical types, exactly: signed integers and enumerations i64,
/// unsigned and StatusCode u64, Float and Double f64, String, LocalizedText, Guid and DateTime
/// text, ByteString bytes. Empty for arrays, structures and what is longer than
/// model::kValueBytesMax.
std::optional<model::Value> to_value(const UA_Variant& variant);

/// A data change as a sample. Status code → quality; source time kept, `now` with the reason
/// no_source_time where there is none; no value with a good status is missing_value; a type that is
/// not supported leaves no value, reason unsupported_type.
model::Sample to_sample(const UA_DataValue& value, base::Time now);

/// Whether the server says that its queue lost values before this one (IEC 62541-4 §7.39.1,
/// overflow bit).
bool has_overflow(const UA_DataValue& value);

/// A value as a variable of this type takes it; numbers are converted exactly, except that a Float
/// becomes the nearest. Errors: invalid (it does not fit), unsupported (the type).
base::Result<OwnedVariant> to_variant(const model::Value& value, const UA_DataType& type);

/// The physical type of a variable's data type; empty where there is none or the node alone does
/// not say (types of the server's own).
std::optional<model::ValueType> value_type(const UA_NodeId& data_type);

/// The reverse of to_sample(), for servers.
OwnedDataValue to_data_value(const model::Sample& sample);
/// The OPC UA type of a physical type, a place in UA_TYPES.
std::size_t ua_type(model::ValueType type);

}  // namespace millrace::opcua
