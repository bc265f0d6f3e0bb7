#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <deque>
#include <mutex>

namespace millrace::base {

struct PrometheusCounter final : Counter {
  explicit PrometheusCounter(prometheus::Counter& c) : inner(c) {}
  void add(double amount) override { inner.Increment(amount); }
  double value() const override { return inner.Value(); }
  prometheus::Counter& inner;
};

struct PrometheusGauge final : Gauge {
  explicit PrometheusGauge(prometheus::Gauge& g) : inner(g) {}
  void set(double value) override { inner.Set(value); }
  double value() const override { return inner.Value(); }
  prometheus::Gauge& inner;
};

struct PrometheusHistogram final : Histogram {
  explicit PrometheusHistogram(prometheus::Histogram& h) : inner(h) {}
  void observe(double value) override { inner.Observe(value); }
  prometheus::Histogram& inner;
};

namespace {

/// One wrapper for each metric of the registry, found again by the metric's address.
template <class Wrapper, class Metric, class Base>
Base& wrap(std::map<Metric*, Wrapper>& wrappers, Metric& metric) {
  return wrappers.try_emplace(&metric, metric).first->second;
}

}  // namespace

struct Metrics::State {
  std::mutex mutex;
  prometheus::Registry registry;
  std::map<prometheus::Counter*, PrometheusCounter> counters;
  std::map<prometheus::Gauge*, PrometheusGauge> gauges;
  std::map<prometheus::Histogram*, PrometheusHistogram> histograms;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(state_->mutex);
  auto& family = prometheus::BuildCounter()
                     .Name(std::string(name))
                     .Help(std::string(help))
                     .Register(state_->registry);
  return wrap<PrometheusCounter, prometheus::Counter, Counter>(state_->counters,
                                                               family.Add(labels));
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(state_->mutex);
  auto& family = prometheus::BuildGauge()
                     .Name(std::string(name))
                     .Help(std::string(help))
                     .Register(state_->registry);
  return wrap<PrometheusGauge, prometheus::Gauge, Gauge>(state_->gauges, family.Add(labels));
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help,
                              const std::vector<double>& bounds, const Labels& labels) {
  const std::lock_guard lock(state_->mutex);
  auto& family = prometheus::BuildHistogram()
                     .Name(std::string(name))
                     .Help(std::string(help))
                     .Register(state_->registry);
  return wrap<PrometheusHistogram, prometheus::Histogram, Histogram>(state_->histograms,
                                                                     family.Add(labels, bounds));
}

std::string Metrics::render() const {
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace millrace::base
