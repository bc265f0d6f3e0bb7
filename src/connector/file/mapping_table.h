#pragma once

#include "connector/file/field_table.h"
#include "connector/file/mapping.h"

namespace millrace::connector::file {

inline constexpr std::string_view kEveryOther = "*";

/// Goes over all keys of a mapping file.
void visit(FieldVisitor& fields, Mapping& mapping);

}  // namespace millrace::connector::file
