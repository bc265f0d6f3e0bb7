#pragma once

#include <vector>

#include "connector/sparkplug/host_names.h"
#include "store/meta_store.h"

namespace millrace::apps {

/// Names that the host applications gave, as rows of the store's titles: each under a kind of its
/// own with its path as the title; and what a third party calls a thing or site, where that is no
/// Name, as its title for people.
std::vector<store::Title> titles_of(const std::vector<connector::sparkplug::GivenName>& names);
/// The names among the store's titles.
std::vector<connector::sparkplug::GivenName> given_names(const std::vector<store::Title>& titles);

}  // namespace millrace::apps
