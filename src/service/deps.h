#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/metrics.h"
#include "identity/identity.h"
#include "pipeline/command.h"
#include "pipeline/ingest.h"
#include "pipeline/live_feed.h"
#include "pipeline/origin_view.h"
#include "service/account_book.h"
#include "service/catalogs.h"
#include "service/filter_report.h"
#include "service/property_facts.h"
#include "store/meta_store.h"
#include "store/series_index.h"
#include "store/series_store.h"
#include "unit/units.h"

namespace millrace::service {

/// What the broker looks like from here.
struct BrokerStatus {
  bool is_embedded = true;
  bool is_connected = false;
  std::string address;  // "host:port" as the hub itself connects
  /// The address on which an embedded one takes connections; empty for a given one.
  std::optional<std::string> listens = "127.0.0.1";
};

/// What does not change while the hub runs.
struct HubFacts {
  std::string version;
  std::string hub;            // its name in urn:millrace:<hub>:<thing>
  std::string series_engine;  // "DuckDB 1.4.4"
  std::string time_zone;      // IANA name of the plant's; empty when the system names none
  std::filesystem::path data_dir;
  std::string series_path = "series";  // in data_dir and in each backup: a folder
  std::string meta_path = "meta.db";   // in data_dir and in each backup: a file
  /// What else of data_dir nothing can make again and each backup holds: files and folders.
  std::vector<std::string> kept_paths{};
  /// What backups and exports leave free on the disk of data_dir, for what arrives meanwhile.
  std::uint64_t spare_bytes = 256U << 20;
};

/// How long a question may take before it is stopped with timeout.
struct TimeLimits {
  base::Duration query{30'000'000};
  base::Duration exported_file{600'000'000};
};

/// Runs work on the one thread that commits to the series store, and waits for it: Ingest::run.
using OnWriter = std::function<base::Result<void>(std::function<base::Result<void>()>)>;

/// Puts a binder in force on the writer's thread: Ingest::use.
using UseBinder = std::function<base::Result<void>(std::unique_ptr<pipeline::InboundBinder>)>;

/// Has the times of what arrives judged by these rules: Ingest::judge_times_by.
using UseTimeRules = std::function<base::Result<void>(pipeline::TimeRulesOf)>;

/// The automatic thing of a third-party device, also of one that has not come yet.
using AutomaticThing = std::function<std::string(const twin::SparkplugSource&)>;

/// Everything the services need of the floors below; all of it outlives them.
struct Deps {
  store::SeriesStore& series;
  store::SeriesIndex& index;
  store::MetaStore& meta;
  Catalogs& catalogs;
  identity::Identity& identity;
  pipeline::LiveFeed& live;
  const pipeline::OriginView& origins;
  const unit::Units& units;
  const base::Clock& clock;
  base::Metrics& metrics;
  OnWriter on_writer;
  std::function<BrokerStatus()> broker;
  std::function<pipeline::IngestState()> ingest;
  HubFacts facts;
  TimeLimits limits{};
  FactsOf property_facts{};                   // of what is configured; nothing is known without
  FilterReports filter_reports{};             // of the edges; none without
  pipeline::CommandLink* commands = nullptr;  // to the edges; no command is sent without
  UseBinder use_binder{};                     // nothing is bound at the hub without
  UseTimeRules use_time_rules{};              // ingest keeps to its own tolerance without
  AutomaticThing automatic_thing{};
  HubAccounts* accounts = nullptr;  // of the hub's own broker; none without one
};

}  // namespace millrace::service
