#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "connector/mqtt/source.h"
#include "connector/sparkplug/config.h"
#include "service/catalogs.h"
#include "store/series_index.h"
#include "store/series_store.h"

namespace millrace::apps {

/// Follows devices that speak plain MQTT: the topics of the broker's device accounts, those that
/// bindings name and those of the command line. Main thread, but for use_accounts() and the
/// catalog's changes, which may come on any.
class DeviceTopics {
 public:
  struct Stored {
    const store::SeriesIndex& index;
    const store::SeriesStore& series;
  };

  /// `mqtt` says how to reach the broker. Errors: invalid. No I/O.
  static base::Result<std::unique_ptr<DeviceTopics>> create(
      const connector::sparkplug::MqttConfig& mqtt, std::vector<std::string> given,
      connector::mqtt::TopicSource::Deps deps);

  /// The payloads that are stored of topics, so that retained ones are no news. After
  /// use_bindings(), as topics that bindings name do not count, and before start().
  void remember(const Stored& stored);
  void use_accounts(std::vector<std::string> topics);
  /// Follows the bindings of this catalog.
  void use_bindings(const twin::Catalog& catalog);
  void start(pipeline::InboundSink& sink) { source_->start(sink); }
  void stop() { source_->stop(); }

 private:
  DeviceTopics(std::unique_ptr<connector::mqtt::TopicSource> source, std::vector<std::string> given)
      : source_(std::move(source)), given_(std::move(given)) {}
  void follow();

  const std::unique_ptr<connector::mqtt::TopicSource> source_;
  std::mutex mutex_;  // of the rest
  const std::vector<std::string> given_;
  std::vector<std::string> of_accounts_;
  std::vector<std::string> of_bindings_;
};

}  // namespace millrace::apps
