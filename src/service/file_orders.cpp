// FileImports' own thread: one ordered check or import after the other.
#include "service/file_imports.h"
#include "service/hub_sink.h"

namespace millrace::service {
namespace {

namespace file = connector::file;
using base::ErrorCode;
using base::Result;

constexpr auto kExpiryTick = std::chrono::seconds(60);
constexpr std::size_t kPreviewCellsMax = 1'000;
constexpr std::size_t kThingsShown = 100;
constexpr double kPlanShare = 0.3;  // of the time that an import takes

/// Problems up to a bound, so that a flood of warnings does not hide the errors.
class KeptProblems {
 public:
  explicit KeptProblems(file::Report& report) : report_(report) {}
  void take(const file::Problem& problem) {
    std::size_t& count = problem.weight == file::Weight::kError ? errors_ : others_;
    if (count == FileImports::kProblemsMax / 2) {
      ++report_.problems_left_out;
      return;
    }
    ++count;
    report_.problems.push_back(problem);
  }

 private:
  file::Report& report_;
  std::size_t errors_ = 0, others_ = 0;
};

}  // namespace

void FileImports::loop() {
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    changed_.wait_for(lock, kExpiryTick, [this] { return is_stopping_ || !orders_.empty(); });
    drop_expired();
    if (is_stopping_ || orders_.empty()) continue;
    const EntryPtr entry = orders_.front();
    orders_.pop_front();
    entry->work->state = FileWork::State::kRunning;
    lock.unlock();
    auto report = std::make_shared<const file::Report>(read(*entry));
    lock.lock();
    finish(entry, std::move(report));
  }
}

void FileImports::finish(const EntryPtr& entry, std::shared_ptr<const file::Report> report) {
  FileWork& work = *entry->work;
  work.state = report->error ? FileWork::State::kFailed : FileWork::State::kDone;
  if (!report->error) work.done = 1;
  work.report = std::move(report);
  if (work.kind == FileOrder::Kind::kImport && work.state == FileWork::State::kDone) {
    entry->is_used_up = true;
    std::error_code ignored;
    std::filesystem::remove(entry->path, ignored);
  }
  changed_.notify_all();
}

file::Report FileImports::read(Entry& entry) {
  file::Report report{.file = entry.file_name};
  const auto done = plan_and_run(entry, report);
  if (!done) report.error = done.error();
  return report;
}

Result<void> FileImports::plan_and_run(Entry& entry, file::Report& report) {
  const FileOrder& order = entry.order;
  KeptProblems kept(report);
  const file::ProblemSink problems = [&](const file::Problem& one) { kept.take(one); };
  MILLRACE_LET(const file::Mapping mapping, file::parse_mapping(order.mapping, problems));
  if (order.folder.empty() && canonical_json(mapping).contains("{folder}")) {
    return base::fail(ErrorCode::kInvalid, "the mapping speaks of {folder}, and none is given",
                      "Say the folder with the call, or write its name into the mapping.");
  }
  file::FileSource source(entry.path);
  source.name = entry.file_name;
  source.folder = order.folder;
  source.content_bytes_max = kContentBytesMax;
  const bool is_check = order.kind == FileOrder::Kind::kCheck;
  const double plan_share = is_check ? 1 : kPlanShare;
  MILLRACE_LET(const file::Plan plan,
               plan_import(source, mapping, problems, progress_of(entry, 0, plan_share)));
  report.totals = plan.totals;
  report.file_hash = plan.request.file_hash;
  report.things = file::things_of(plan.request, kThingsShown);
  if (is_check) {
    MILLRACE_LET(report.rows, first_cells(plan, order.preview, kPreviewCellsMax));
    return imports_.check(plan.request);
  }
  HubSink sink(imports_, entry.owner,
               [&](base::Duration pause) { return pause_or_stop(entry, pause); });
  const auto state = run_import(
      plan, sink,
      {.bad_rows = order.bad_rows, .progress = progress_of(entry, plan_share, 1 - plan_share)});
  if (!sink.state().id.empty()) report.import = sink.state();
  MILLRACE_TRY(state);
  return {};
}

file::Progress FileImports::progress_of(Entry& entry, double before, double share) {
  return [this, &entry, before, share](std::uint64_t done, std::uint64_t total) {
    const std::lock_guard lock(mutex_);
    const double part = total == 0 ? 1 : static_cast<double>(done) / static_cast<double>(total);
    entry.work->done = before + share * part;
    entry.expires = deps_.clock.now() + kKeptFor;
    return !entry.is_unwanted.load();
  };
}

bool FileImports::pause_or_stop(Entry& entry, base::Duration pause) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, pause, [&] { return entry.is_unwanted.load(); });
  return entry.is_unwanted;
}

}  // namespace millrace::service
