#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/json_path.h"
#include "model/sample.h"

namespace millrace::pipeline {

/// The JSON of a payload; empty where it is none.
std::optional<codec::JsonDocument> json_of(const model::Sample& payload);

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
  /// The same of a payload that is parsed: its time and quality count, not its text.
  std::vector<Found> read(const codec::JsonDocument& document, const model::Sample& payload) const;

  /// Takes the values out of a document: what is left is bound to nothing here.
  void take_out_values(codec::JsonDocument& document) const;
  /// Takes the times out of a document: alone they are nothing to bind.
  void take_out_times(codec::JsonDocument& document) const;

 private:
  PayloadReader() = default;

  std::shared_ptr<const codec::JsonPath> time_;
  std::vector<codec::JsonPath> paths_;
};

}  // namespace millrace::pipeline
