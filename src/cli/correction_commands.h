#pragma once

#include "cli/command.h"

namespace millrace::cli {

/// `corrections apply FILE` and `corrections export`, below `corrections`.
Verb add_correction_apply(CLI::App& app, Context& context);
Verb add_correction_export(CLI::App& app, Context& context);

}  // namespace millrace::cli
