#pragma once

#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "store/meta_store.h"

namespace millrace::service {

/// Whether a hub may be called so; empty leaves it to hub_name(). It is asked before a store is
/// opened or upgraded. Errors: invalid.
base::Result<void> check_hub_name(const std::string& wanted);

/// Whether a hub with these metadata, also of an older Millrace, may be called so; empty leaves it
/// as it is. It is asked before they are brought up to date. Errors: conflict (it has another
/// name), those of MetaStore.
base::Result<void> check_kept_name(const store::MetaStore& meta, const std::string& wanted);

/// The hub's name in the ids of its things, urn:millrace:<hub>:<thing>. It is found at the first
/// start, `wanted` or a new one that no other hub has, kept in the metadata and so in every backup,
/// and never changes: consumers know things by it. A store of a time before hubs had names keeps
/// "hub", which they were all called. Called before anybody can log in. Errors: invalid (no name),
/// conflict (it has another name), those of MetaStore.
base::Result<std::string> hub_name(store::MetaStore& meta, const std::string& wanted,
                                   base::Random& random, base::Time now);

}  // namespace millrace::service
