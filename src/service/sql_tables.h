#pragma once

#include <memory>

#include "service/rosters.h"
#include "store/sql_query.h"

namespace millrace::service {

/// Things and their properties as tables of a statement: `things` and `properties`, of which the
/// roster at hand is read row by row.
std::vector<store::SqlGivenTable> twin_tables(std::shared_ptr<const Roster> roster,
                                              const Deps& deps);

}  // namespace millrace::service
