#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/duckdb/engine.h"
#include "store/series_store.h"

namespace millrace::store::duckdb {

/// Everything in a Commit but its samples, and back: dictionary, deliveries, losses, events,
/// imports. All within the connection's transaction. Text that is no UTF-8 is stored with U+FFFD.
using DeliveryRows = std::map<std::pair<std::string, base::Uuid>, std::int32_t>;

base::Result<std::vector<model::Series>> read_series(Connection& connection);
/// `known` series were there before; what comes behind them is new.
base::Result<void> write_series(Connection& connection, const std::vector<model::Series>& series,
                                std::size_t known);

base::Result<std::vector<DeliveryState>> read_deliveries(Connection& connection);
base::Result<DeliveryRows> read_delivery_rows(Connection& connection);
/// Adds the rows of new (origin, epoch) to `rows`.
base::Result<void> write_deliveries(Connection& connection,
                                    const std::vector<DeliveryState>& states,
                                    DeliveryRows& rows);

base::Result<std::vector<LossInterval>> read_losses(Connection& connection, std::string_view origin,
                                                    std::size_t limit);
base::Result<void> write_losses(Connection& connection, const std::vector<LossInterval>& losses,
                                std::int64_t commit);

base::Result<std::vector<Event>> read_events(Connection& connection, std::int64_t before,
                                             std::size_t limit);
/// The first gets the id `first_id`.
base::Result<void> write_events(Connection& connection, const std::vector<Event>& events,
                                std::int64_t first_id, std::int64_t commit);

base::Result<std::optional<ImportMark>> read_import(Connection& connection,
                                                    std::string_view file_hash);
base::Result<void> write_imports(Connection& connection, const std::vector<ImportMark>& marks);

}  // namespace millrace::store::duckdb
