#pragma once

#include "base/error.h"
#include "model/sample.h"
#include "model/transform.h"

namespace millrace::pipeline {

/// A raw value as the property's. A table of values finds the raw value by its text ("1", "on",
/// "true"); else a number is scaled and shifted in double precision and given in the transform's
/// type, rounded to the nearest where that is whole. What does not fit (a text to be scaled, a
/// state that the table does not name, a result beyond its type) keeps the raw value and is marked
/// wrong_type; a sample without a value stays as it is.
model::Sample transformed(const model::Transform& transform, model::Sample sample);

/// The raw value behind a property's, for writing; what is whole but for rounding becomes whole.
/// Errors: invalid (no raw value stands for it).
base::Result<model::Value> untransformed(const model::Transform& transform,
                                         const model::Value& value);

}  // namespace millrace::pipeline
