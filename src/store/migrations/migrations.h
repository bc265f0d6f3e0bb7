#pragma once

#include <span>
#include <string_view>

namespace millrace::store {

/// One step of the metadata schema. Statements are plain SQL that SQLite and PostgreSQL both take;
/// `sqlite` holds those only SQLite takes, which come after. All of a step is one transaction.
struct Migration {
  int number;  // 1, 2, 3 … without holes; never changed once released
  std::string_view title;
  std::span<const std::string_view> statements;
  std::span<const std::string_view> sqlite;
};

/// All of them in order; the last one's number is this program's schema version.
std::span<const Migration> migrations();

}  // namespace millrace::store
