#pragma once

#include <condition_variable>
#include <thread>

#include "service/access.h"
#include "service/access_files.h"
#include "service/accounts.h"
#include "service/browsing.h"
#include "service/commands.h"
#include "service/correction_files.h"
#include "service/corrections.h"
#include "service/data_quality.h"
#include "service/exports.h"
#include "service/file_imports.h"
#include "service/fleet.h"
#include "service/history.h"
#include "service/hub_bindings.h"
#include "service/imports.h"
#include "service/live.h"
#include "service/onboarding.h"
#include "service/onboarding_proposal.h"
#include "service/resources.h"
#include "service/sql.h"
#include "service/system.h"
#include "service/tag_imports.h"
#include "service/twins.h"
#include "service/wot.h"
#include "service/wot_values.h"

namespace millrace::service {

/// What a user of the hub can ask for, by subject. Made once by the program, after the stores have
/// started and identity has; lives longer than the server. start() runs a thread that watches for
/// stale values; all services may be used from any thread.
class Services {
 public:
  explicit Services(Deps deps);
  ~Services();

  void start();
  void stop();
  /// What sources call things and places. Errors: those of the metadata store; try again later.
  base::Result<void> keep_titles(const std::vector<store::Title>& titles) {
    return titles_.keep_new(titles);
  }

 private:
  void watch();

  const Deps deps_;
  Titles titles_;
  Freshness freshness_;

 public:
  const unit::Units& units;
  Access access;
  Accounts accounts;
  AccessFiles access_files;
  Twins twins;
  Histories histories;
  Exports exports;
  Corrections corrections;
  CorrectionFiles correction_files;
  Imports imports;
  FileImports file_imports;
  Fleet fleet;
  Resources resources;
  Live live;
  System system;
  DataQuality quality;
  Commands commands;
  Onboarding onboarding;
  HubBindings bindings;
  Sql sql;
  Browsing browsing;
  Proposals proposals;
  TagImports tag_imports;
  ThingDirectory directory;
  WotValues wot_values;

 private:
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace millrace::service
