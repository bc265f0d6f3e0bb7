#pragma once

#include "pipeline/ingest.h"
#include "service/third_party_fixture.h"

namespace millrace::service {

/// Takes every batch and has nothing to add.
class OpenLedger final : public pipeline::DeliveryLedger {
 public:
  bool admit(const pipeline::BatchArrived&) override { return true; }
  void note(const pipeline::Inbound&) override {}
  bool prepare(store::Commit&) override { return false; }
  void settle(Outcome) override {}
};

/// The services beside an ingest that writes for them, as in the hub; what is offered is committed
/// when flush() returns.
class IngestTest : public ThirdPartyTest {
 protected:
  IngestTest() {
    use_binder_ = [this](auto binder) { return ingest_.use(std::move(binder)); };
    use_time_rules_ = [this](auto rules) { return ingest_.judge_times_by(std::move(rules)); };
    on_writer_ = [this](auto work) { return ingest_.run(std::move(work)); };
    make_services();
    ingest_.start();
  }
  ~IngestTest() override {
    services_.reset();
    ingest_.stop();
  }

  void flush() {
    EXPECT_TRUE(ingest_.run([]() -> base::Result<void> { return {}; }));
  }
  static pipeline::BatchArrived batch(const std::string& origin, const std::string& thing,
                                      const model::BatchProperty& property,
                                      const model::Sample& sample, base::Time received) {
    pipeline::BatchArrived arrived{.origin = origin, .site = "works", .received = received};
    arrived.batch.thing = thing;
    arrived.batch.properties = {property};
    arrived.batch.samples = {{0, sample}};
    return arrived;
  }
  void arrive(pipeline::BatchArrived arrived) {
    EXPECT_TRUE(ingest_.offer(std::move(arrived)));
    flush();
  }
  /// Of an edge, which has checked it.
  void from_edge(const std::string& edge, const std::string& thing, const std::string& property,
                 const model::Sample& sample, bool is_historical = false) {
    auto arrived =
        batch(edge, thing, {property, model::ValueType::kF64, "bar"}, sample, clock_.now());
    arrived.position = pipeline::Position{};
    arrived.is_historical = is_historical;
    arrive(std::move(arrived));
  }

  OpenLedger ledger_;
  pipeline::Ingest ingest_{{},
                           {*series_, index_, ledger_, feed_, clock_, metrics_,
                            pipeline::compare_units(units_)}};
};

}  // namespace millrace::service
