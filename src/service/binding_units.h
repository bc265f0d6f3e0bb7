#pragma once

#include "service/deps.h"

namespace millrace::service {

/// Nothing converts silently: a problem for each row of a binding that states another unit than the
/// device says whose values it reads. Of rows that read third-party Sparkplug nodes and are new or
/// differ, by the units of the series that wait for a binding. A device that has not come, says no
/// unit, or one that is none here is in agreement, and so is a row whose scale and offset may stand
/// for a unit. Errors: those of MetaStore.
base::Result<void> refuse_denied_units(const twin::Catalog& before, const twin::Catalog& built,
                                       const Deps& deps, twin::ResourceProblems& problems);

}  // namespace millrace::service
