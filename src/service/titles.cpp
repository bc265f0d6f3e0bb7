#include "service/titles.h"

#include "base/log.h"

namespace millrace::service {

Titles::Titles(const store::MetaStore& meta) {
  const auto known = meta.titles();
  if (!known) {
    base::log::error("titles are not there: {}", base::describe(known.error()));
    return;
  }
  for (const store::Title& title : *known) titles_[{title.kind, title.name}] = title.title;
}

std::string Titles::of(std::string_view kind, std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = titles_.find({std::string(kind), std::string(name)});
  return found == titles_.end() ? std::string(name) : found->second;
}

void Titles::put(const store::Title& title) {
  const std::lock_guard lock(mutex_);
  titles_[{title.kind, title.name}] = title.title;
}

}  // namespace millrace::service
