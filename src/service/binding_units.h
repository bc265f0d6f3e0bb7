#pragma once

#include <string>
#include <vector>

#include "service/deps.h"

namespace millrace::service {

/// A row of a binding that states another unit than the device says whose values it reads.
struct DeniedUnit {
  std::string binding;
  std::string property;
  std::string stated;
  std::string said;        // as the device writes it
  std::string understood;  // and what unit that is
};

/// Of rows that read third-party Sparkplug nodes and are new or differ, by the units of the series
/// that wait for a binding. A device that has not come, says no unit, or one that is none here is
/// in agreement, and so is a row with a scale or an offset, which may stand for a unit. Errors:
/// those of MetaStore.
base::Result<std::vector<DeniedUnit>> denied_units(const twin::Catalog& before,
                                                   const twin::Catalog& after, const Deps& deps);

}  // namespace millrace::service
