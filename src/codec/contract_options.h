#pragma once

#include "config/table.h"
#include "model/property_contract.h"

namespace millrace::codec {

/// The options of a contract; a tag's table includes it. Thing and property come from elsewhere.
const config::TableOf<model::PropertyContract>& contract_table();
/// The options of a filter; a tag's table includes it.
const config::TableOf<model::FilterPolicy>& filter_table();

}  // namespace millrace::codec
