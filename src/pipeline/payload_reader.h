#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/json_path.h"
#include "model/sample.h"
#include "pipeline/hub_binding.h"

namespace millrace::pipeline {

/// The JSON of a payload; empty where it is none.
std::optional<codec::JsonDocument> json_of(const model::Sample& payload);

/// Finds the values of a binding's rows in the JSON payloads of a plain MQTT topic, by path. A text
/// that is a number as a whole ("23.4") is one where a row wants a number. Immutable; any thread.
///
/// Where a row has a path to the quality, what stands there marks the value source_status: false,
/// 0, a number that is no good one of OPC classic (192 to 255) nor 1, and a text that is not good,
/// ok, valid or true, in any case, say that it is bad; 64 to 127, 500 and the text uncertain that
/// it is uncertain. Where nothing stands, or null, nothing is said.
class PayloadReader {
 public:
  /// `time_path` is empty where the time of arrival counts. Errors: invalid (no path into JSON).
  static base::Result<PayloadReader> create(const std::string& time_path,
                                            const std::vector<HubBindingRow>& rows);

  struct Found {
    std::size_t row = 0;  // place in the list of rows
    model::Sample sample;
  };
  /// By row, then in the order of the document. Each with the payload's quality and the time that
  /// stands under the same wildcard; none where the payload is no JSON. A payload that is marked
  /// source_stale (it was retained) is of unknown age: a value with a time of its own is not.
  std::vector<Found> read(const model::Sample& payload) const;
  /// The same of a payload that is parsed: its time and quality count, not its text.
  std::vector<Found> read(const codec::JsonDocument& document, const model::Sample& payload) const;

  /// All that read one topic.
  using All = std::vector<const PayloadReader*>;
  /// Takes the values out of a document: what is left is bound to nothing. A value that is also the
  /// time or quality of others is kept for them, see JsonDocument::take_out().
  static void take_out_values(codec::JsonDocument& document, const All& readers);
  /// Takes out what is nothing to bind alone: times and qualities.
  static void take_out_times(codec::JsonDocument& document, const All& readers);
  /// Whether there is anything to bind in a document without its values: neither times nor
  /// qualities, nor members that say which item one is. These go.
  static bool has_rest(codec::JsonDocument& document, const All& readers);

 private:
  PayloadReader() = default;

  struct Row {
    codec::JsonPath path;
    std::optional<codec::JsonPath> quality;
    bool wants_number = false;
  };
  std::shared_ptr<const codec::JsonPath> time_;
  std::vector<Row> rows_;
};

}  // namespace millrace::pipeline
