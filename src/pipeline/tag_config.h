#pragma once

#include "config/table.h"
#include "pipeline/property_contract.h"

namespace millrace::pipeline {

/// The options of a contract; a tag's table includes it. Thing and property come from elsewhere.
const config::TableOf<PropertyContract>& contract_table();
/// The options of a filter; a tag's table includes it.
const config::TableOf<FilterPolicy>& filter_table();

}  // namespace millrace::pipeline
