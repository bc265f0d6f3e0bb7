#include "hub/restore_command.h"

#include <nlohmann/json.hpp>

#include "service/backup_set.h"
#include "store/duckdb/duckdb_store.h"
#include "store/sqlite/sqlite_meta_store.h"

namespace millrace::apps {
namespace {

namespace fs = std::filesystem;

/// What the stores of a data directory hold.
struct Content {
  store::StoreStats series;
  std::size_t series_count = 0;
  std::size_t corrections = 0;
  std::size_t users = 0;
};

/// Opens both stores once, so that whatever must be recovered or brought up to date is.
base::Result<Content> look_into(const fs::path& data_dir) {
  const base::SystemClock clock;
  store::duckdb::DuckDbStore series({.folder = data_dir / "series"}, clock,
                                    base::Random::from_system());
  store::SqliteMetaStore meta(store::SqliteOptions{.file = data_dir / "meta.db"});
  MILLRACE_TRY(series.start());
  MILLRACE_TRY(meta.start());
  Content content;
  MILLRACE_LET(content.series, series.stats());
  MILLRACE_LET(const auto known, series.series());
  MILLRACE_LET(const auto corrections,
               series.corrections({.limit = std::numeric_limits<std::size_t>::max()}));
  MILLRACE_LET(const auto users, meta.users());
  content.series_count = known.size();
  content.corrections = corrections.size();
  content.users = users.size();
  MILLRACE_TRY(series.stop());
  MILLRACE_TRY(meta.stop());
  return content;
}

base::Result<std::string> restore(const fs::path& backup, const fs::path& data_dir, bool is_json) {
  MILLRACE_LET(const auto copied, service::copy_backup(backup, data_dir));
  MILLRACE_LET(const Content content, look_into(data_dir));
  const std::uint64_t samples = content.series.hot_rows + content.series.sealed_rows;
  if (is_json) {
    const nlohmann::json answer{{"data_dir", data_dir.native()},
                                {"checksum", copied.checksum},
                                {"files", copied.files},
                                {"bytes", copied.bytes},
                                {"commit", number(content.series.commit)},
                                {"series", content.series_count},
                                {"samples", samples},
                                {"corrections", content.corrections},
                                {"users", content.users}};
    return answer.dump() + "\n";
  }
  return std::format(
      "{} files, {} bytes, checksum {}\n"
      "commit {}: {} series, {} samples, {} corrections, {} users\n"
      "Start it: millrace hub --data-dir {}\n",
      copied.files, copied.bytes, copied.checksum, number(content.series.commit),
      content.series_count, samples, content.corrections, content.users, data_dir.native());
}

}  // namespace

cli::RunCommand add_restore(CLI::App& app, cli::Context& context) {
  auto backup = std::make_shared<std::string>();
  app.add_option("--backup", *backup, "Folder of the backup (data directory/backup/NAME)")
      ->required();
  return [backup, &context] {
    if (context.tokens.data_directory.empty()) {
      return context.fail({base::ErrorCode::kInvalid, base::Retry::kNever,
                           "where to restore to is not said", "Add --data-dir with a new folder."});
    }
    const auto done = restore(fs::absolute(*backup), fs::absolute(context.tokens.data_directory),
                              context.is_json());
    if (!done) return context.fail(done.error());
    context.print(*done);
    return cli::ExitCode::kDone;
  };
}

}  // namespace millrace::apps
