#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>

#include "base/files.h"
#include "cli/command.h"
#include "cli/pages.h"
#include "cli/text_table.h"

namespace millrace::cli {
namespace {

struct ExportOptions {
  std::string format = "csv", series, things, properties, site, start, end;
  bool has_originals = false;
  std::filesystem::path file;
};

std::string path_of(const ExportOptions& options) {
  return "/api/v1/export" + query_of({{"format", options.format},
                                      {"series", options.series},
                                      {"things", options.things},
                                      {"properties", options.properties},
                                      {"site", options.site},
                                      {"start", options.start},
                                      {"end", options.end},
                                      {"originals", options.has_originals ? "true" : ""}});
}

/// The hub writes the whole file before its first byte.
HttpRequest request_of(const ExportOptions& options,
                       std::function<bool(std::string_view)> on_body) {
  return {.path = path_of(options),
          .body = {},
          .on_body = std::move(on_body),
          .stall_timeout = kLongCall};
}

/// A file that appears under its name when it is whole.
class PartFile {
 public:
  static base::Result<PartFile> create(const std::filesystem::path& path) {
    PartFile made;
    made.path_ = path;
    made.part_ = path.native() + ".part";
    made.fd_ = base::FileDescriptor(
        ::open(made.part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (made.fd_.is_open()) return made;
    return std::unexpected(base::system_error(errno, "create", made.part_.native()));
  }

  bool write(std::string_view bytes) {
    bytes_ += bytes.size();
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) {
        error_ = errno;
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }

  base::Result<void> finish() {
    if (::fsync(fd_.get()) != 0 || ::rename(part_.c_str(), path_.c_str()) != 0) {
      return std::unexpected(base::system_error(errno, "write", path_.native()));
    }
    return {};
  }
  void discard() const { ::unlink(part_.c_str()); }
  std::uint64_t bytes() const { return bytes_; }
  int error() const { return error_; }

 private:
  std::filesystem::path path_, part_;
  base::FileDescriptor fd_;
  std::uint64_t bytes_ = 0;
  int error_ = 0;
};

/// What was written, and the data version that it holds.
struct Saved {
  std::uint64_t bytes = 0;
  std::string commit;
};

base::Result<Saved> save(HttpClient& hub, const ExportOptions& options) {
  MILLRACE_LET(PartFile file, PartFile::create(options.file));
  const auto answer =
      hub.send(request_of(options, [&](std::string_view part) { return file.write(part); }));
  if (!answer) file.discard();
  if (file.error() != 0) {
    return std::unexpected(base::system_error(file.error(), "write", options.file.native()));
  }
  if (!answer) return std::unexpected(answer.error());
  MILLRACE_TRY(file.finish());
  return Saved{file.bytes(), hub.header("X-Millrace-Commit")};
}

ExitCode run_export(const Context& context, const ExportOptions& options) {
  const auto hub = context.connect();
  if (!hub) return context.fail(hub.error());
  if (options.file.empty()) {
    const auto answer = (*hub)->send(request_of(options, [&](std::string_view part) {
      context.print(part);
      return std::ferror(context.out) == 0;
    }));
    if (!answer) return context.fail(answer.error());
    context.say(std::format("data version {}", (*hub)->header("X-Millrace-Commit")));
    return ExitCode::kDone;
  }
  const auto saved = save(**hub, options);
  if (!saved) return context.fail(saved.error());
  if (context.is_json()) {
    const auto commit = nlohmann::json::parse(saved->commit, nullptr, false);
    print_object(context, {{"file", options.file.native()},
                           {"bytes", saved->bytes},
                           {"commit", commit.is_discarded() ? nlohmann::json() : commit}});
  } else {
    context.say(std::format("{}: {} bytes, data version {}", options.file.native(),
                            grouped(saved->bytes), saved->commit));
  }
  return ExitCode::kDone;
}

}  // namespace

RunCommand add_export(CLI::App& app, Context& context) {
  auto options = std::make_shared<ExportOptions>();
  app.add_option("--format", options->format, "csv or parquet")
      ->check(CLI::IsMember({"csv", "parquet"}))
      ->capture_default_str();
  app.add_option("--things", options->things, "Things, by commas");
  app.add_option("--properties", options->properties, "Only properties of these names, by commas");
  app.add_option("--series", options->series, "Numbers of series, by commas");
  app.add_option("--site", options->site, "All of a site");
  app.add_option("--start", options->start, "First time wanted; an hour before the end by default");
  app.add_option("--end", options->end, "First time not wanted; now by default");
  app.add_flag("--originals", options->has_originals,
               "Add the columns of what corrections have replaced");
  app.add_option("-o,--output", options->file, "Where to; standard output by default");
  app.require_subcommand(0, 1);
  RunCommand run_resources;
  const auto is_resources = add_export_resources(app, context, run_resources);
  return [options, is_resources, run_resources, &context] {
    return is_resources() ? run_resources() : run_export(context, *options);
  };
}

}  // namespace millrace::cli
