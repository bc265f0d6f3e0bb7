// Thing Descriptions from anybody: the check ends, and a description that passes it can be patched.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/error.h"
#include "twin/description_check.h"
#include "twin/property_value.h"
#include "twin/wot_topic.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto document = millrace::twin::parse_description(text)) {
    const auto problems = millrace::twin::check_description(*document);
    MILLRACE_CHECK(problems.size() <= 50);
    MILLRACE_CHECK(document->is_object() || !problems.empty());
  }
  for (const auto type : {millrace::model::ValueType::kF64, millrace::model::ValueType::kI64,
                          millrace::model::ValueType::kU64, millrace::model::ValueType::kBool,
                          millrace::model::ValueType::kText}) {
    const auto value = millrace::twin::parse_value(text, type);
    if (value) MILLRACE_CHECK(millrace::model::type_of(*value) == type);
  }
  if (const auto topic = millrace::twin::parse_command_topic(text)) {
    const std::string again = topic->is_action
                                  ? millrace::twin::action_topic(topic->thing, topic->name)
                                  : millrace::twin::set_topic(topic->thing, topic->name);
    MILLRACE_CHECK(again == text);
  }
  return 0;
}
