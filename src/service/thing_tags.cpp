#include "service/thing_tags.h"

namespace millrace::service {

std::set<Tag> tags_of(const twin::Thing& thing) {
  std::set<Tag> tags(thing.tags.begin(), thing.tags.end());
  if (!thing.model) return tags;
  for (const std::string& one : thing.model->tags) {
    const std::size_t colon = one.find(':');
    const bool has_value = colon != one.npos && colon > 0;
    tags.emplace(one.substr(0, has_value ? colon : one.npos),
                 has_value ? one.substr(colon + 1) : "");
  }
  return tags;
}

}  // namespace millrace::service
