#pragma once

#include "service/access_plan.h"
#include "service/deps.h"
#include "service/permission.h"

namespace millrace::service {

struct AccessPlanRequest {
  std::string text;
  AccessPlanOptions options;
};

/// Accounts and tokens as a file, for administrators: what it would change, and the file of what is
/// there. Changes are made by Accounts and Access, one by one: each has a secret to be told. Any
/// thread.
class AccessFiles {
 public:
  explicit AccessFiles(const Deps& deps) : deps_(deps) {}

  /// Errors: forbidden; what is wrong in the file stands in the plan.
  base::Result<AccessPlan> plan(const identity::Caller& caller,
                                const AccessPlanRequest& request) const;
  /// Errors: forbidden.
  base::Result<std::string> text(const identity::Caller& caller) const;

 private:
  /// Nothing without a broker of its own.
  base::Result<std::optional<std::vector<Account>>> accounts() const;

  const Deps& deps_;
};

}  // namespace millrace::service
