#pragma once

#include <memory>
#include <string>
#include <vector>

#include "codec/json_path.h"
#include "model/sample.h"

namespace millrace::pipeline {

/// Finds values in the JSON payloads of a plain MQTT topic, by path. Immutable; any thread.
class PayloadReader {
 public:
  /// `time_path` is empty where the time of arrival counts. Errors: invalid (no path into JSON).
  static base::Result<PayloadReader> create(const std::string& time_path,
                                            const std::vector<std::string>& paths);

  struct Found {
    std::size_t path = 0;  // place in the list of paths
    model::Sample sample;
  };
  /// By path, then in the order of the document. Each with the payload's quality and the time that
  /// stands under the same wildcard; none where the payload is no JSON.
  std::vector<Found> read(const model::Sample& payload) const;

 private:
  PayloadReader() = default;

  std::shared_ptr<const codec::JsonPath> time_;
  std::vector<codec::JsonPath> paths_;
};

}  // namespace millrace::pipeline
