#pragma once

#include <memory>

#include "connector/sparkplug/config.h"
#include "connector/wot/sink.h"
#include "service/services.h"

namespace millrace::apps {

/// The hub's things over MQTT: values out of the live feed, commands into the services. Follows the
/// catalog; goes before the services do.
class WotLink {
 public:
  /// Errors: invalid.
  static base::Result<std::unique_ptr<WotLink>> start(
      const connector::sparkplug::MqttConfig& broker, const service::Deps& deps,
      service::Services& services);
  ~WotLink() { sink_->stop(); }

 private:
  explicit WotLink(std::shared_ptr<connector::wot::ThingSink> sink) : sink_(std::move(sink)) {}

  const std::shared_ptr<connector::wot::ThingSink> sink_;
};

}  // namespace millrace::apps
