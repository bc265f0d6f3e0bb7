#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "unit/internal/database.h"
#include "unit/internal/expression.h"
#include "unit/internal/tables.h"

namespace millrace::unit {

/// A unit with its one spelling.
struct Meaning {
  std::string canonical;
  Measure measure;
};

/// Texts → meanings: the tables before the database.
class Lexicon final : public KnownNames {
 public:
  /// Errors: unavailable, internal (a row of the tables makes no sense; a test reads them all).
  static base::Result<std::unique_ptr<Lexicon>> create();

  /// Errors: invalid, with the nearest valid unit as hint.
  base::Result<Meaning> find(std::string_view text) const;
  /// See Units::readings().
  std::vector<std::string> readings(std::string_view text) const;
  /// "pressure (kPa)"
  std::string describe(const Meaning& meaning) const;

  bool is_name(std::string_view run) const override;

 private:
  explicit Lexicon(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  base::Result<void> add_rows();
  base::Result<void> add_alias(const AliasRow& row);
  void add(std::string_view spellings, std::string_view prefixes, const Meaning& meaning);
  void list_known();

  base::Result<Meaning> compose(std::string_view text) const;
  base::Result<Meaning> atom(const std::string& name) const;
  std::optional<Meaning> prefixed(std::string_view name) const;
  std::optional<Meaning> named(const std::string& name) const;
  std::string hint(std::string_view text) const;

  struct Entry {
    Meaning meaning;
    std::string_view prefixes;
  };

  std::unique_ptr<Database> database_;
  std::unordered_map<std::string, Entry> entries_;
  std::unordered_map<std::string, std::string_view> prefixes_;  // of symbols of the database
  std::vector<std::string> known_;                              // for hints
  std::vector<std::string> folded_;                             // known_ in small letters
  std::vector<std::pair<Measure, std::string_view>> quantities_;
};

}  // namespace millrace::unit
