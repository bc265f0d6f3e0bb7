#include "service/services.h"

#include "base/log.h"

namespace millrace::service {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 1s;
constexpr int kTicksBetweenUses = 60;

}  // namespace

Services::Services(Deps deps)
    : deps_(std::move(deps)),
      titles_(deps_.meta),
      freshness_(deps_),
      units(deps_.units),
      access(deps_),
      accounts(deps_),
      access_files(deps_),
      twins(deps_, {freshness_, titles_}),
      histories(deps_, twins),
      exports(deps_, twins),
      corrections(deps_, twins),
      correction_files(deps_, corrections),
      imports(deps_, titles_),
      file_imports(deps_, imports),
      fleet(deps_),
      resources(deps_, deps_.catalogs),
      live(deps_, twins, fleet),
      system{deps_},
      quality(deps_, twins),
      commands(deps_, twins),
      onboarding(deps_, titles_),
      bindings(deps_),
      sql(deps_, twins),
      browsing(deps_),
      proposals(deps_, browsing, [this](std::string_view id) { return onboarding.candidate(id); }),
      tag_imports(deps_, resources),
      directory(deps_),
      wot_values(deps_, twins) {}

Services::~Services() { stop(); }

void Services::start() {
  thread_ = std::thread([this] { watch(); });
  bindings.start();
  file_imports.start();
}

void Services::stop() {
  file_imports.stop();
  bindings.stop();
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    stopping_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void Services::watch() {
  std::unique_lock lock(mutex_);
  for (int tick = 1; !is_stopping_; ++tick) {
    lock.unlock();
    freshness_.tick();
    if (tick % kTicksBetweenUses == 0) {
      if (const auto written = deps_.identity.write_uses(); !written) {
        base::log::warning("when tokens were last used was not noted: {}",
                           base::describe(written.error()));
      }
    }
    lock.lock();
    stopping_.wait_for(lock, kTick, [this] { return is_stopping_; });
  }
}

}  // namespace millrace::service
