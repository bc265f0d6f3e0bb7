#include "service/titles.h"

#include <algorithm>

#include "base/log.h"

namespace millrace::service {

Titles::Titles(store::MetaStore& meta) : meta_(meta) {
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
  ++changes_;
  titles_[{title.kind, title.name}] = title.title;
}

base::Result<void> Titles::keep_new(const std::vector<store::Title>& titles) {
  store::MetaChange change;
  {
    const std::lock_guard lock(mutex_);
    std::ranges::copy_if(titles, std::back_inserter(change.titles), [&](const auto& title) {
      return !titles_.contains({title.kind, title.name});
    });
  }
  if (change.titles.empty()) return {};
  MILLRACE_TRY(meta_.apply(change));
  for (const store::Title& title : change.titles) put(title);
  return {};
}

}  // namespace millrace::service
