#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::base {

using Labels = std::map<std::string, std::string>;

/// Counts up. Adding is a lock-free atomic; any thread.
class Counter {
 public:
  virtual ~Counter() = default;
  virtual void add(double amount = 1) = 0;
  virtual double value() const = 0;
};

/// Goes up and down. Any thread.
class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void set(double value) = 0;
  virtual double value() const = 0;
};

/// Counts observations by upper bounds. Any thread.
class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void observe(double value) = 0;
};

/// The process's metrics, in Prometheus' naming (noun_unit_total). Looking a metric up takes a
/// lock; keep the reference, which lives as long as the registry.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
  Histogram& histogram(std::string_view name, std::string_view help,
                       const std::vector<double>& bounds, const Labels& labels = {});

  /// Prometheus text exposition format 0.0.4.
  std::string render() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace millrace::base
