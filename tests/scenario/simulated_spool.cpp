#include "scenario/simulated_spool.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <format>

#include "fleet/spool_reader.h"
#include "spool/spool.h"

namespace millrace::scenario {
namespace {

namespace fs = std::filesystem;
using model::Sequence;

class ModelSpool final : public SimulatedSpool {
 public:
  ModelSpool(base::Random& random, std::size_t batches_max)
      : random_(random), batches_max_(batches_max) {
    reinstall();
  }

  spool::SpoolState state() const override {
    const auto oldest = disk_.records.empty() ? disk_.next : disk_.records.begin()->first;
    return {disk_.epoch, Sequence(oldest), Sequence(disk_.next), Sequence(disk_.offered)};
  }
  model::SequenceSet committed() const override { return committed_; }
  void committed(const model::SequenceSet& set) override { committed_ = set; }
  void begin_offering() override {
    is_offering_ = true;
    disk_.offered = disk_.next - 1;
  }
  void end_offering() override { is_offering_ = false; }
  bool counts_losses() const override { return false; }

  void put(const model::Batch& batch) override {
    disk_.records[disk_.next] = batch;
    if (is_offering_) disk_.offered = disk_.next;
    ++disk_.next;
    disk_.committed = committed_;  // goes along with the next put
    while (disk_.records.size() > batches_max_) evict();
  }

  base::Result<std::variant<Spooled, pipeline::BatchesLost>> read(Sequence sequence) override {
    if (const auto it = disk_.records.find(number(sequence)); it != disk_.records.end()) {
      return Spooled{it->second, 1000};
    }
    pipeline::BatchesLost lost{
        .epoch = disk_.epoch, .range = {sequence, sequence}, .reason = "erased"};
    if (const auto it = disk_.evicted.find(number(sequence)); it != disk_.evicted.end()) {
      lost.samples = {it->second};
      lost.reason = "evicted";
    }
    return lost;
  }

  void renew_epoch(const model::SequenceSet& delivered) override {
    Disk fresh{.epoch = base::Uuid::make(random_)};
    for (auto& [sequence, batch] : disk_.records) {
      if (!delivered.contains(Sequence(sequence))) fresh.records[fresh.next++] = std::move(batch);
    }
    disk_ = std::move(fresh);
    kill();
  }

  std::vector<std::pair<Sequence, model::Batch>> batches() override {
    std::vector<std::pair<Sequence, model::Batch>> all;
    for (const auto& [sequence, batch] : disk_.records) all.emplace_back(Sequence(sequence), batch);
    return all;
  }

  void kill() override {
    committed_ = disk_.committed;
    is_offering_ = false;
  }
  void reinstall() override {
    disk_ = {.epoch = base::Uuid::make(random_)};
    kill();
  }
  void save_image() override { image_ = disk_; }
  bool roll_back() override {
    if (!image_) return false;
    disk_ = *image_;
    kill();
    return true;
  }

 private:
  struct Disk {
    base::Uuid epoch;
    std::map<std::uint64_t, model::Batch> records;
    std::uint64_t next = 1;
    std::uint64_t offered = 0;
    model::SequenceSet committed;
    std::map<std::uint64_t, std::uint32_t> evicted;  // sequence → samples
  };

  void evict() {
    auto victim = std::ranges::find_if(
        disk_.records, [&](const auto& one) { return committed_.contains(Sequence(one.first)); });
    if (victim == disk_.records.end()) {
      victim = disk_.records.begin();
      disk_.evicted[victim->first] = static_cast<std::uint32_t>(victim->second.samples.size());
    }
    disk_.records.erase(victim);
  }

  base::Random& random_;
  const std::size_t batches_max_;
  Disk disk_;
  std::optional<Disk> image_;
  model::SequenceSet committed_;
  bool is_offering_ = false;
};

void must(const base::Result<void>& result) { MILLRACE_CHECK(result.has_value()); }

class LmdbSpool final : public SimulatedSpool {
 public:
  LmdbSpool(base::Random& random, const base::Clock& clock, std::uint64_t bytes_max)
      : deps_{clock, random},
        root_(fs::temp_directory_path() /
              std::format("millrace-spool-{}", to_text(base::Uuid::make(random)))) {
    options_.directory = root_ / "spool";
    options_.bytes_max = bytes_max;
    kill();
  }
  ~LmdbSpool() override {
    spool_.reset();
    fs::remove_all(root_);
  }

  spool::SpoolState state() const override { return spool_->state(); }
  model::SequenceSet committed() const override { return spool_->committed(); }
  void committed(const model::SequenceSet& set) override { spool_->committed(set); }
  void begin_offering() override { must(spool_->begin_offering()); }
  void end_offering() override { spool_->end_offering(); }
  void renew_epoch(const model::SequenceSet& delivered) override {
    must(spool_->renew_epoch(delivered));
  }
  bool counts_losses() const override { return true; }

  void put(const model::Batch& batch) override {
    const Sequence expected = spool_->state().next;
    MILLRACE_CHECK(spool_->put({&batch, 1}) == expected);
  }
  base::Result<std::variant<Spooled, pipeline::BatchesLost>> read(Sequence sequence) override {
    return fleet::SpoolReader(*spool_).read(sequence);
  }
  std::vector<std::pair<Sequence, model::Batch>> batches() override {
    const auto content = spool_->read({Sequence(1), spool_->state().next}, ~0ULL >> 1);
    std::vector<std::pair<Sequence, model::Batch>> all;
    for (const auto& one : content.value().batches) all.emplace_back(one.sequence, one.batch);
    return all;
  }

  void kill() override {
    spool_.reset();
    spool_ = spool::Spool::create(options_, deps_).value();
    must(spool_->start());
  }
  void reinstall() override {
    spool_.reset();
    fs::remove_all(options_.directory);
    kill();
  }
  void save_image() override {
    fs::remove_all(root_ / "image");
    fs::copy(options_.directory, root_ / "image");
  }
  bool roll_back() override {
    if (!fs::exists(root_ / "image")) return false;
    spool_.reset();
    fs::remove_all(options_.directory);
    fs::copy(root_ / "image", options_.directory);
    kill();
    return true;
  }

 private:
  const spool::Spool::Deps deps_;
  const fs::path root_;
  spool::SpoolOptions options_;
  std::unique_ptr<spool::Spool> spool_;
};

}  // namespace

std::unique_ptr<SimulatedSpool> make_model_spool(base::Random& random, std::size_t batches_max) {
  return std::make_unique<ModelSpool>(random, batches_max);
}

std::unique_ptr<SimulatedSpool> make_lmdb_spool(base::Random& random, const base::Clock& clock,
                                                std::uint64_t bytes_max) {
  return std::make_unique<LmdbSpool>(random, clock, bytes_max);
}

}  // namespace millrace::scenario
