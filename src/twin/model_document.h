#pragma once

#include <string>

#include "config/node.h"
#include "twin/report.h"

namespace millrace::twin {

/// Checks what a Thing Model says beside its affordances (WoT TD 1.1 §10): @type, @context, links,
/// tm:optional, version, known terms. `tree` is the resolved one, for what tm:optional points at.
void check_document(const config::Node& tree, const Report& report);

/// The document with "@context" and "@type" filled in where they are absent.
config::Node with_header(const config::Node& spec);

}  // namespace millrace::twin
