#pragma once

#include "base/error.h"
#include "identity/identity.h"

namespace millrace::service {

enum class Permission {
  kRead,       // things, values, history, events, system
  kImport,     // bring history in from files
  kConfigure,  // resources: things, models, bindings
  kCorrect,    // replace, invalidate or fill samples
  kQuery,      // SQL
  kCommand,    // write to devices
  kMaintain,   // backup, seal
  kTokens,     // list, make and revoke API tokens
  kAccounts,   // list, make and remove accounts of the broker
};

/// What a role may do: everybody reads; an OT engineer and a data scientist import, correct and ask
/// by SQL; an OT engineer configures and commands devices; an administrator does everything.
/// Errors: forbidden.
base::Result<void> allow(const identity::Caller& caller, Permission permission);

}  // namespace millrace::service
