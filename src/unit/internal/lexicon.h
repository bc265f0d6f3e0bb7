#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

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
  /// See Units::understood().
  std::string understood(std::string_view text) const;
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
  /// A spelling that somebody may have missed, and which units it means.
  struct Near {
    std::string spelling;  // in small letters; empty when none is near
    bool is_same = false;  // but for capital letters
    std::string hint;      // "Did you mean …?"
  };
  Near near(std::string_view text) const;
  std::string hint_beside(std::vector<Factor> factors, std::size_t wrong) const;
  std::string_view nearest_run(std::string_view name) const;

  struct Entry {
    Meaning meaning;
    std::string_view prefixes;
  };

  std::unique_ptr<Database> database_;
  std::unordered_map<std::string, Entry> entries_;
  std::unordered_map<std::string, std::string_view> prefixes_;  // of symbols of the database
  // For hints: spellings in small letters, and the unit that each means; side by side, sorted.
  std::vector<std::string> spellings_;
  std::vector<std::string> meant_;
  std::vector<std::pair<Measure, std::string_view>> quantities_;
};

}  // namespace millrace::unit
