#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "store/duckdb/sql_block.h"
#include "store/sql_query.h"

namespace millrace::store::duckdb {

/// A column of what the store hands to a statement: `read` computes it from the store's own tables
/// (tables.cpp).
struct StoredColumn {
  std::string_view name;
  SqlType type{};
  std::string_view read;
  std::string_view comment;
};

/// How the rows of a table are read.
enum class StoredKind { kRows, kSamples, kMinutes, kHours };

struct StoredTable {
  std::string_view name;
  StoredKind kind{};
  std::string_view comment;
  std::string_view from;  // of kRows; {} is the commit up to which rows count
  std::vector<StoredColumn> columns;
};

/// In the order in which a worker is told of them.
std::span<const StoredTable> stored_tables();

/// As people see them: with the names that views add.
std::vector<SqlTable> described_tables();

}  // namespace millrace::store::duckdb
