#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "connector/file/import.h"

namespace millrace::connector::file {

/// One sample as it would be stored.
struct StoredCell {
  std::uint64_t line = 0;
  std::string thing;
  std::string property;
  base::Time time;
  model::Value value;
  std::string unit;
  model::Quality quality;
};

/// The samples of a file's first rows, at most `cells_max`. Errors: those of FileRows.
base::Result<std::vector<StoredCell>> first_cells(const Plan& plan, std::size_t rows,
                                                  std::size_t cells_max);

/// The things that a file feeds, each once, at most `things_max`.
std::vector<std::string> things_of(const model::ImportRequest& request, std::size_t things_max);

/// What reading a file found and what became of it, for a person: FileReport of api/openapi.yaml,
/// whoever tells it.
struct Report {
  std::string file;
  std::string file_hash;           // empty until it was read to its end
  std::optional<Totals> totals{};  // likewise
  std::vector<Problem> problems;
  std::uint64_t problems_left_out = 0;  // beyond those
  std::optional<std::vector<StoredCell>> rows{};
  std::vector<std::string> things;
  std::optional<model::ImportState> import{};
  std::optional<base::Error> error{};
};
nlohmann::json json_of(const Report& report);

}  // namespace millrace::connector::file
