#pragma once

#include <map>
#include <string>
#include <vector>

#include "twin/catalog.h"
#include "twin/tag_table.h"

namespace millrace::twin {

/// The resource files that a table of tags stands for, and which rows each of their lines comes
/// from.
struct TagFiles {
  std::vector<FileText> files;
  /// By path: for each line of the file (from 1, place 0 is for the whole file) the rows behind it.
  std::map<std::string, std::vector<std::vector<std::size_t>>, std::less<>> rows;

  /// The rows behind a line of a file; empty when no row is.
  const std::vector<std::size_t>& rows_at(std::string_view path, int line) const;
};

/// Makes Things, Bindings and, for models that nobody has, ThingModels of the rows. What is
/// configured is kept: a thing's own spec, a binding's other rows, models. What contradicts itself
/// or the configuration is written into TagRow::problem; a row that has one makes no binding.
///
/// A thing with a new model's name gets the model made of the rows of all such things. Bindings are
/// `<thing>-<connection>`, unless the thing has one of this connection already.
TagFiles tag_files(std::vector<TagRow>& rows, const Catalog& catalog, const unit::Units& units);

}  // namespace millrace::twin
