#include "unit/internal/database.h"

#include <udunits2.h>

#include <cmath>
#include <format>
#include <mutex>

namespace millrace::unit {
namespace {

using base::ErrorCode;

// UDUNITS-2 keeps its last status, and what it parses a database with, in globals.
std::mutex& library_lock() {
  static std::mutex mutex;
  return mutex;
}

struct FreeUnit {
  void operator()(ut_unit* unit) const { ut_free(unit); }
};
using UnitPointer = std::unique_ptr<ut_unit, FreeUnit>;

std::string symbol_of(const ut_unit* unit) {
  const char* symbol = ut_get_symbol(unit, UT_UTF8);
  const char* text = symbol ? symbol : ut_get_name(unit, UT_UTF8);
  return text ? text : "";
}

ut_status measure(const ut_unit* unit, Measure& into);

ut_status on_basic(const ut_unit* unit, void* into) {
  static_cast<Measure*>(into)->powers[symbol_of(unit)] = 1;
  return UT_SUCCESS;
}

ut_status on_product(const ut_unit*, int count, const ut_unit* const* basic, const int* powers,
                     void* into) {
  for (int i = 0; i < count; ++i) {
    static_cast<Measure*>(into)->powers[symbol_of(basic[i])] = powers[i];
  }
  return UT_SUCCESS;
}

// value of the unit below = scale * (value + offset)
ut_status on_galilean(const ut_unit*, double scale, const ut_unit* below, double offset,
                      void* into) {
  Measure& result = *static_cast<Measure*>(into);
  const ut_status status = measure(below, result);
  result.origin = result.scale * scale * offset + result.origin;
  result.scale *= scale;
  return status;
}

ut_status on_timestamp(const ut_unit*, const ut_unit*, double, void*) { return UT_BAD_ARG; }
ut_status on_logarithm(const ut_unit*, double, const ut_unit*, void*) { return UT_BAD_ARG; }

ut_status measure(const ut_unit* unit, Measure& into) {
  static constexpr ut_visitor kVisitor{on_basic, on_product, on_galilean, on_timestamp,
                                       on_logarithm};
  return ut_accept_visitor(unit, &kVisitor, &into);
}

std::optional<Measure> measured(const ut_unit* unit) {
  Measure result;
  if (!unit || measure(unit, result) != UT_SUCCESS) return std::nullopt;
  if (!std::isfinite(result.scale) || result.scale == 0) return std::nullopt;
  return result;
}

}  // namespace

Database::Database(ut_system* system) : system_(system) {}

Database::~Database() {
  const std::scoped_lock lock(library_lock());
  ut_free_system(system_);
}

base::Result<std::unique_ptr<Database>> Database::open() {
  const std::scoped_lock lock(library_lock());
  ut_set_error_message_handler(ut_ignore);
  ut_system* system = ut_read_xml(nullptr);
  if (!system) {
    return base::fail(ErrorCode::kUnavailable, "the unit database of UDUNITS-2 cannot be read",
                      "Install the package libudunits2-data, or unset UDUNITS2_XML_PATH.");
  }
  return std::unique_ptr<Database>(new Database(system));
}

std::optional<Measure> Database::by_symbol(const std::string& symbol) const {
  const std::scoped_lock lock(library_lock());
  const UnitPointer unit(ut_get_unit_by_symbol(system_, symbol.c_str()));
  return measured(unit.get());
}

std::optional<Named> Database::by_name(const std::string& name) const {
  const std::scoped_lock lock(library_lock());
  const UnitPointer unit(ut_get_unit_by_name(system_, name.c_str()));
  auto found = measured(unit.get());
  if (!found) return std::nullopt;
  return Named{std::move(*found), symbol_of(unit.get())};
}

}  // namespace millrace::unit
