#include "hub/restore_command.h"

#include <nlohmann/json.hpp>

#include "hub/hub_stores.h"
#include "service/backup_set.h"

namespace millrace::apps {
namespace {

namespace fs = std::filesystem;

/// What the stores of a data directory hold; when an older Millrace wrote them, only that.
struct Content {
  std::string older;
  store::StoreStats series;
  std::size_t series_count = 0;
  std::size_t corrections = 0;
  std::size_t users = 0;
};

/// Opens both stores once, so that whatever must be recovered is. Their formats stay: an older
/// Millrace may be what they are restored for.
base::Result<Content> look_into(const fs::path& data_dir) {
  const base::SystemClock clock;
  HubStores stores = closed_hub_stores({.data_dir = data_dir}, clock, store::OlderFormat::kRefuse);
  Content content;
  MILLRACE_LET(content.older, start_unless_older(stores));
  if (!content.older.empty()) return content;
  store::SeriesStore& series = *stores.series;
  store::MetaStore& meta = *stores.meta;
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
    nlohmann::json answer{{"data_dir", data_dir.native()},
                          {"checksum", copied.checksum},
                          {"files", copied.files},
                          {"bytes", copied.bytes}};
    if (content.older.empty()) {
      answer.update({{"commit", number(content.series.commit)},
                     {"series", content.series_count},
                     {"samples", samples},
                     {"corrections", content.corrections},
                     {"users", content.users}});
    } else {
      answer["older"] = content.older;
    }
    return answer.dump() + "\n";
  }
  if (!content.older.empty()) {
    return std::format(
        "{} files, {} bytes, checksum {}\n"
        "An older Millrace wrote it ({}), and starts on it as it is. This one makes a backup, "
        "then\n"
        "brings it up to date: millrace hub --data-dir {}\n",
        copied.files, copied.bytes, copied.checksum, content.older, data_dir.native());
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
