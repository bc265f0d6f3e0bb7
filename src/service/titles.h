#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "store/meta_store.h"

namespace millrace::service {

/// What people call things and places, in memory. Any thread.
class Titles {
 public:
  explicit Titles(store::MetaStore& meta);

  /// The title of a name ("thing", "site", "area", "line"), or the name itself.
  std::string of(std::string_view kind, std::string_view name) const;
  /// After the store has taken it.
  void put(const store::Title& title);
  /// Writes down what has no title yet; what a person or an import has said stays.
  base::Result<void> keep_new(const std::vector<store::Title>& titles);
  /// Rises with every change.
  std::uint64_t changes() const { return changes_; }

 private:
  store::MetaStore& meta_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::string> titles_;
  std::atomic<std::uint64_t> changes_ = 0;
};

}  // namespace millrace::service
