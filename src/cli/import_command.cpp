#include "cli/import_command.h"

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/command.h"
#include "cli/progress_bar.h"
#include "cli/rest_import.h"
#include "cli/text_table.h"

namespace millrace::cli {
namespace {

namespace file = connector::file;
using nlohmann::json;

constexpr std::size_t kMappingBytesMax = 1U << 20;
constexpr std::size_t kPreviewCellsMax = 100'000;
constexpr std::size_t kThingsShown = 100;

std::string dumped(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

/// The files of one command, one after the other.
class ImportRun {
 public:
  ImportRun(const ImportOptions& options, const Context& context, const MakeSink& make_sink)
      : options_(options), context_(context), make_sink_(make_sink) {}

  ExitCode go() {
    auto mapping = load_mapping();
    if (!mapping) return finish(context_.fail(mapping.error()));
    for (const auto& path : options_.files) {
      const ExitCode code = one(path, *mapping);
      if (code != ExitCode::kDone) worst_ = code;
      if (code != ExitCode::kDone && !options_.is_dry_run) break;
    }
    return finish(worst_);
  }

 private:
  base::Result<file::Mapping> load_mapping() {
    MILLRACE_LET(const std::string yaml, base::read_file(options_.mapping, kMappingBytesMax));
    const std::string name = options_.mapping.filename().native();
    return file::parse_mapping(yaml, [&](const file::Problem& problem) {
      if (!context_.is_json()) context_.say(line_of(name, problem));
    });
  }

  ExitCode one(const std::filesystem::path& path, const file::Mapping& mapping) {
    report_ = {.file = path.native()};
    problems_ = 0;
    const ExitCode code = plan_and_run(path, mapping);
    if (context_.is_json()) reports_.push_back(file::json_of(report_));
    return code;
  }

  ExitCode plan_and_run(const std::filesystem::path& path, const file::Mapping& mapping) {
    const std::string name = path.filename().native();
    ProgressBar bar(context_.is_terminal && !context_.is_json() ? context_.err : nullptr,
                    name + ": reading");
    const auto plan = file::plan_import(
        path, mapping,
        [&](const file::Problem& problem) {
          bar.clear();
          take(name, problem);
        },
        watch(bar));
    bar.clear();
    if (!plan) return fail(plan.error());
    say_left_out(name);
    report_.totals = plan->totals;
    report_.file_hash = plan->request.file_hash;
    report_.things = file::things_of(plan->request, kThingsShown);
    if (!context_.is_json()) context_.print(totals_text(name, plan->totals) + "\n");
    return options_.is_dry_run ? show(*plan) : run(*plan, name);
  }

  ExitCode show(const file::Plan& plan) {
    auto cells = file::first_cells(plan, options_.preview_rows, kPreviewCellsMax);
    if (!cells) return fail(cells.error());
    if (!context_.is_json()) context_.print(preview_text(*cells));
    report_.rows = *std::move(cells);
    return plan.totals.refused_rows > 0 ? ExitCode::kData : ExitCode::kDone;
  }

  ExitCode run(const file::Plan& plan, const std::string& name) {
    const bool is_refused =
        plan.totals.refused_rows > 0 && options_.bad_rows == file::BadRows::kRefuse;
    if (!is_refused && !sink_) {
      auto sink = make_sink_();
      if (!sink) return fail(sink.error());
      sink_ = std::move(*sink);
    }
    ProgressBar bar(context_.is_terminal && !context_.is_json() ? context_.err : nullptr,
                    name + ": importing");
    file::RunOptions run{.chunk_samples = options_.chunk_samples,
                         .bad_rows = options_.bad_rows,
                         .progress = watch(bar)};
    // A refused plan never reaches the sink, so that a report needs no hub.
    NoSink none;
    const auto state = file::run_import(plan, is_refused ? none : *sink_, run);
    bar.clear();
    if (!state) {
      fail(state.error());
      return is_refused ? ExitCode::kData : exit_code(state.error().code);
    }
    report_.import = *state;
    if (!context_.is_json()) {
      context_.print(std::format("  stored {} samples of {} rows (import {})\n",
                                 grouped(state->samples), grouped(state->next_row), state->id));
      if (state->is_complete && state->samples < plan.totals.samples) {
        context_.print(std::format("  {} samples are older than the hub keeps: not stored\n",
                                   grouped(plan.totals.samples - state->samples)));
      }
    }
    return ExitCode::kDone;
  }

  struct NoSink final : pipeline::ImportSink {
    static std::unexpected<base::Error> none() {
      return base::fail(base::ErrorCode::kInternal, "nothing is to be sent");
    }
    base::Result<model::ImportState> begin(const model::ImportRequest&) override { return none(); }
    base::Result<model::ImportState> append(const model::ImportChunk&) override { return none(); }
    base::Result<model::ImportState> finish() override { return none(); }
  };

  file::Progress watch(ProgressBar& bar) const {
    return [this, &bar](std::uint64_t done, std::uint64_t total) {
      bar.show(done, total);
      return !context_.is_interrupted || !context_.is_interrupted->load();
    };
  }

  void take(const std::string& name, const file::Problem& problem) {
    ++problems_;
    if (context_.is_json()) {
      report_.problems.push_back(problem);
    } else if (options_.is_dry_run || problems_ <= options_.problems_shown) {
      context_.say(line_of(name, problem));
    }
  }

  void say_left_out(const std::string& name) const {
    if (context_.is_json() || options_.is_dry_run || problems_ <= options_.problems_shown) return;
    context_.say(std::format("{}: and {} more; --dry-run shows all", name,
                             grouped(problems_ - options_.problems_shown)));
  }

  ExitCode fail(const base::Error& error) {
    if (!context_.is_json()) return context_.fail(error);
    report_.error = error;
    return exit_code(error.code);
  }

  ExitCode finish(ExitCode code) const {
    if (context_.is_json() && !reports_.empty()) context_.print(dumped({{"files", reports_}}));
    return code;
  }

  const ImportOptions& options_;
  const Context& context_;
  const MakeSink& make_sink_;
  std::unique_ptr<pipeline::ImportSink> sink_;
  file::Report report_;
  json reports_ = json::array();
  std::size_t problems_ = 0;
  ExitCode worst_ = ExitCode::kDone;
};

/// A REST sink with the connection it needs.
class OwnedRestImport final : public pipeline::ImportSink {
 public:
  OwnedRestImport(std::unique_ptr<HttpClient> hub, Sleep sleep)
      : hub_(std::move(hub)), sink_(*hub_, std::move(sleep)) {}
  base::Result<model::ImportState> begin(const model::ImportRequest& request) override {
    return sink_.begin(request);
  }
  base::Result<model::ImportState> append(const model::ImportChunk& chunk) override {
    return sink_.append(chunk);
  }
  base::Result<model::ImportState> finish() override { return sink_.finish(); }

 private:
  std::unique_ptr<HttpClient> hub_;
  RestImport sink_;
};

}  // namespace

ExitCode run_import_command(const ImportOptions& options, const Context& context,
                            const MakeSink& make_sink) {
  return ImportRun(options, context, make_sink).go();
}

RunCommand add_import(CLI::App& app, Context& context) {
  auto options = std::make_shared<ImportOptions>();
  app.add_option("files", options->files, "CSV or other delimited text, also gzipped")->required();
  auto* mapping = app.add_option("--mapping", options->mapping,
                                 "How columns become things and properties (YAML)");
  auto* proposal = app.add_flag("--propose", options->is_proposal,
                                "Print a mapping for the file to begin with; send nothing");
  proposal->excludes(mapping);
  app.add_option("--thing", options->thing,
                 "With --propose: what the file is about; its thing model is asked of the hub")
      ->needs(proposal);
  app.add_flag("--dry-run", options->is_dry_run,
               "Show the first rows as they would be stored, and every problem; send nothing");
  app.add_option("--preview", options->preview_rows, "Rows that a dry run shows")
      ->capture_default_str();
  app.add_option("--chunk-samples", options->chunk_samples,
                 "Samples that are sent and stored at once")
      ->check(CLI::Range(std::size_t{1}, model::kImportChunkSamplesMax))
      ->capture_default_str();
  app.add_flag_callback(
      "--skip-bad-rows", [options] { options->bad_rows = file::BadRows::kSkip; },
      "Leave out rows that cannot be stored, instead of importing nothing");
  app.footer(
      "An interrupted import goes on where it stopped when the same command runs again; a "
      "finished one stores nothing twice.");
  return [options, &context] {
    if (options->is_proposal) return run_import_proposal(*options, context);
    if (options->mapping.empty()) {
      return context.fail({base::ErrorCode::kInvalid, base::Retry::kNever, "--mapping is missing",
                           "Write one, or have one proposed: millrace import FILE --propose"});
    }
    const MakeSink make_sink = [&]() -> base::Result<std::unique_ptr<pipeline::ImportSink>> {
      MILLRACE_LET(auto hub, context.connect());
      return std::make_unique<OwnedRestImport>(std::move(hub), context.sleep);
    };
    return run_import_command(*options, context, make_sink);
  };
}

}  // namespace millrace::cli
