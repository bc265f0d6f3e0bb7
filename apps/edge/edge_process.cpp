#include "edge/edge_process.h"

#include "base/files.h"
#include "connector/sparkplug/sink.h"

namespace millrace::apps {
namespace {

/// The kernel's id of this boot; the monotonic clock means something within it.
base::Uuid boot_id(base::Random& random) {
  const auto text = base::read_file("/proc/sys/kernel/random/boot_id", 64);
  if (text) {
    if (const auto uuid = base::parse_uuid(std::string_view(*text).substr(0, 36))) return *uuid;
  }
  return base::Uuid::make(random);
}

}  // namespace

base::Result<void> EdgeProcess::start() {
  MILLRACE_TRY(base::make_directories(config_.data_dir));
  MILLRACE_TRY(open_spool());
  MILLRACE_TRY(make_uplink());
  const fleet::EdgeRunner::Options options{
      .serves_others = config_.primary_host == connector::sparkplug::kNoPrimaryHost,
      .boot = boot_id(random_)};
  runner_ = std::make_unique<fleet::EdgeRunner>(
      options, fleet::EdgeRunner::Deps{*spool_, *uplink_, clock_, metrics_, random_, &commands_});
  sources_ = std::make_unique<EdgeSources>(
      EdgeSources::Deps{*runner_, clock_, config_.edge, config_.data_dir,
                        [this](auto routes) { commands_.use(std::move(routes)); }});
  commands_.start([this](auto answer) { runner_->answer(std::move(answer)); });
  MILLRACE_TRY(sources_->add_counters(config_.counters));
  MILLRACE_TRY(make_assignments());
  MILLRACE_TRY(assignments_->apply_kept());  // before the runner: the first births list it all
  MILLRACE_TRY(runner_->start());
  assignments_->start();
  return {};
}

void EdgeProcess::stop() {
  if (assignments_) assignments_->stop();
  if (sources_) sources_->stop();
  commands_.stop();  // a write that was under way has ended with its source
  commands_.use({});
  if (runner_) runner_->stop();
  assignments_.reset();
  sources_.reset();
  runner_.reset();
  if (spool_) spool_->stop();
  spool_.reset();
}

base::Result<void> EdgeProcess::open_spool() {
  const std::filesystem::path directory = std::filesystem::path(config_.data_dir) / "spool";
  const spool::SpoolOptions options{.directory = directory,
                                    .bytes_max = std::uint64_t{config_.spool.size_mb} << 20,
                                    .age_max = config_.spool.age_max,
                                    .keep_acked = config_.spool.keep_acked};
  MILLRACE_LET(spool_, spool::Spool::create(options, {clock_, random_}));
  return spool_->start();
}

base::Result<void> EdgeProcess::make_uplink() {
  connector::sparkplug::EdgeNodeConfig node{.group = config_.site,
                                            .node = config_.edge,
                                            .primary_host = config_.primary_host,
                                            .mqtt = config_.hub};
  const auto bd_seq = std::filesystem::path(config_.data_dir) / "bdseq";
  MILLRACE_LET(uplink_, connector::sparkplug::EdgeNode::create(
                            node, {clock_, metrics_, base::Random::from_system(),
                                   connector::sparkplug::bd_seq_file(bd_seq)}));
  return {};
}

base::Result<void> EdgeProcess::make_assignments() {
  MILLRACE_LET(assignments_,
               EdgeAssignments::create({.site = config_.site,
                                        .edge = config_.edge,
                                        .hub = config_.hub,
                                        .data_dir = config_.data_dir,
                                        .local = config_.connections},
                                       {.sources = *sources_,
                                        .filters = [this] { return runner_->filter_figures(); },
                                        .clock = clock_}));
  return {};
}

}  // namespace millrace::apps
