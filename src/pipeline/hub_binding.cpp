#include "pipeline/hub_binding.h"

namespace millrace::pipeline {

bool fits_topic_filter(std::string_view filter, std::string_view topic) {
  if (topic.starts_with('$') && !filter.starts_with('$')) return false;
  while (true) {
    const std::size_t filter_end = filter.find('/'), topic_end = topic.find('/');
    const std::string_view wanted = filter.substr(0, filter_end);
    if (wanted == "#") return true;
    if (wanted != "+" && wanted != topic.substr(0, topic_end)) return false;
    // "a/#" also stands for "a" itself.
    if (topic_end == topic.npos) {
      return filter_end == filter.npos || filter.substr(filter_end + 1) == "#";
    }
    if (filter_end == filter.npos) return false;
    filter.remove_prefix(filter_end + 1);
    topic.remove_prefix(topic_end + 1);
  }
}

}  // namespace millrace::pipeline
