#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "cli/context.h"
#include "connector/file/report.h"

namespace millrace::cli {

/// `millrace import`.
struct ImportOptions {
  std::vector<std::filesystem::path> files;
  std::filesystem::path mapping;
  bool is_dry_run = false;
  bool is_proposal = false;  // print a mapping for the first file, and that is all
  std::string thing;         // that the proposal is for; its model is the hub's
  connector::file::BadRows bad_rows = connector::file::BadRows::kRefuse;
  std::size_t chunk_samples = connector::file::RunOptions().chunk_samples;
  std::size_t preview_rows = 10;
  std::size_t problems_shown = 20;  // of a file, for people, unless it is a dry run
};

/// Makes the sink when it is first needed; a dry run needs none.
using MakeSink = std::function<base::Result<std::unique_ptr<pipeline::ImportSink>>()>;

/// Plans, shows and imports the files one after the other; the first that fails ends it, and a
/// later run of the same command skips what is done.
ExitCode run_import_command(const ImportOptions& options, const Context& context,
                            const MakeSink& make_sink);

/// Prints a mapping that fits the first file, and what a person should look at as its comments.
ExitCode run_import_proposal(const ImportOptions& options, const Context& context);

/// A problem as the line "file:12: column: what (hint)".
std::string line_of(const std::string& file, const connector::file::Problem& problem);
/// The first rows as they would be stored, as a table.
std::string preview_text(const std::vector<connector::file::StoredCell>& cells);
std::string totals_text(const std::string& file, const connector::file::Totals& totals);

}  // namespace millrace::cli
