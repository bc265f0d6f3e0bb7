#pragma once

#include <string>
#include <vector>

#include "store/series_index.h"
#include "store/series_store.h"
#include "twin/catalog.h"

namespace millrace::service {

/// A row of a binding that several devices would feed at once: several topics that its '+' stands
/// for send what it reads, all of them within the last day and in one and the same time.
struct SharedTopic {
  std::string binding;
  std::string address;
  std::string one;  // two of the topics
  std::string other;
};

/// Of bindings that are new or read otherwise than before; the first row of each. By the payloads
/// that are stored and, as what is bound is in none of them, by the properties that the bindings of
/// `before` feed. Topics that followed one another (hardware that was replaced) are not shared.
/// Errors: those of the store.
base::Result<std::vector<SharedTopic>> shared_topics(const twin::Catalog& before,
                                                     const twin::Catalog& after,
                                                     const store::SeriesIndex& index,
                                                     const store::SeriesStore& store,
                                                     base::Time now);

}  // namespace millrace::service
