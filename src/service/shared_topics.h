#pragma once

#include <string>
#include <vector>

#include "store/series_index.h"
#include "store/series_store.h"
#include "twin/catalog.h"

namespace millrace::service {

/// A row of a binding that several devices would feed at once: what it reads is in the payloads of
/// several topics that its '+' stands for, and these were sent in one and the same time.
struct SharedTopic {
  std::string binding;
  std::string address;
  std::string one;  // two of the topics
  std::string other;
};

/// Of bindings that are new or read otherwise than before, by the payloads that are stored; the
/// first row of each. Topics that followed one another (hardware that was replaced) are not shared.
/// Errors: those of the store.
base::Result<std::vector<SharedTopic>> shared_topics(const twin::Catalog& before,
                                                     const twin::Catalog& after,
                                                     const store::SeriesIndex& index,
                                                     const store::SeriesStore& store);

}  // namespace millrace::service
