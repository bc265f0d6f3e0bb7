#include "edge/edge_process.h"

#include "base/files.h"
#include "base/log.h"
#include "builtin.h"
#include "connector/sparkplug/sink.h"
#include "edge/edge_routes.h"

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
  MILLRACE_TRY(make_sources());
  const fleet::EdgeRunner::Options options{
      .serves_others = config_.primary_host == connector::sparkplug::kNoPrimaryHost,
      .boot = boot_id(random_)};
  runner_ = std::make_unique<fleet::EdgeRunner>(
      options, std::move(tags_),
      fleet::EdgeRunner::Deps{*spool_, *uplink_, clock_, metrics_, random_, &commands_});
  commands_.use(std::move(routes_));
  commands_.start([this](auto answer) { runner_->answer(std::move(answer)); });
  MILLRACE_TRY(runner_->start());
  for (Entry& entry : sources_) {
    MILLRACE_TRY(entry.source->start(runner_->sink(entry.first_tag)));
  }
  return {};
}

void EdgeProcess::stop() {
  commands_.stop();  // before what it writes to, and what takes its answers
  for (Entry& entry : sources_) entry.source->stop();
  sources_.clear();
  if (runner_) runner_->stop();
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

base::Result<void> EdgeProcess::make_sources() {
  for (const EdgeConnection& connection : config_.connections) {
    const auto folder = std::filesystem::path(config_.data_dir) / connection.kind;
    std::vector<pipeline::TagSpec> tags;
    for (const EdgeTag& tag : connection.tags) {
      tags.push_back({tag.contract, tag.filter, tag.transform});
    }
    const pipeline::SourceDeps deps{.clock = clock_,
                                    .folder = folder,
                                    .reader = config_.edge,
                                    .written_only = connection.actions.size()};
    MILLRACE_LET(
        std::shared_ptr<pipeline::Source> source,
        find_kind(connection.kind)->make(connection.options, addresses_of(connection), deps));
    for (fleet::CommandRoute& route : routes_of(connection, source)) {
      routes_.push_back(std::move(route));
    }
    MILLRACE_TRY(add(std::move(source), std::move(tags)));
  }
  for (const sim::CounterOptions& counters : config_.counters) {
    MILLRACE_LET(auto source, sim::make_counter_source(counters, clock_));
    MILLRACE_TRY(add(std::move(source), sim::counter_tags(counters)));
  }
  if (!sources_.empty()) return {};
  return base::fail(base::ErrorCode::kInvalid, "there is nothing to read",
                    "Add an OPC UA server below opcua:.");
}

base::Result<void> EdgeProcess::add(std::shared_ptr<pipeline::Source> source,
                                    std::vector<pipeline::TagSpec> tags) {
  sources_.push_back({std::move(source), static_cast<std::uint32_t>(tags_.size())});
  for (pipeline::TagSpec& tag : tags) tags_.push_back(std::move(tag));
  return {};
}

}  // namespace millrace::apps
