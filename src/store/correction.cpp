#include "store/correction.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <format>

namespace millrace::store {
namespace {

using base::ErrorCode;

constexpr std::array<std::string_view, 4> kActions = {"replace", "invalidate", "fill", "restore"};
constexpr std::array<std::string_view, 4> kMethods = {"", "constant", "linear", "previous"};

template <class T, std::size_t N>
std::optional<T> parse(const std::array<std::string_view, N>& texts, std::string_view text) {
  const auto found = std::ranges::find(texts, text);
  if (found == texts.end()) return std::nullopt;
  return static_cast<T>(found - texts.begin());
}

std::unexpected<base::Error> refuse(std::string what, std::string hint = {}) {
  return base::fail(ErrorCode::kInvalid, std::move(what), std::move(hint));
}

std::size_t bytes_of(const model::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->size();
  if (const auto* bytes = std::get_if<model::Bytes>(&value)) return bytes->data.size();
  return 0;
}

base::Result<void> check_value(const model::Value& value, model::ValueType type) {
  if (model::type_of(value) != type) {
    return refuse(std::format("the correction needs a value of the type {}", model::text(type)));
  }
  if (const auto* number = std::get_if<double>(&value); number && !std::isfinite(*number)) {
    return refuse("the value of a correction is a finite number");
  }
  if (bytes_of(value) > kCorrectionValueBytesMax) {
    return refuse(std::format("the value has more than {} bytes", kCorrectionValueBytesMax));
  }
  return {};
}

base::Result<void> check_line(const Correction& one, model::ValueType type) {
  const bool has_line = type == model::ValueType::kF64 || type == model::ValueType::kI64 ||
                        type == model::ValueType::kU64;
  if (!has_line) return refuse(std::format("{} has no straight line", model::text(type)));
  if (!one.value_to || !std::isfinite(*one.value_to)) {
    return refuse("a straight line needs the value at its end");
  }
  return {};
}

/// One value, or those that were found beside the range: a line, or what stood before it.
base::Result<void> check_replace(const Correction& one, model::ValueType type) {
  if (one.method == FillMethod::kConstant || one.interval != base::Duration::zero()) {
    return refuse("a replace has the method linear, previous or none, and no interval");
  }
  MILLRACE_TRY(check_value(one.value, type));
  if (one.method == FillMethod::kLinear) return check_line(one, type);
  return one.value_to ? refuse("only a straight line has a value at its end")
                      : base::Result<void>{};
}

base::Result<void> check_fill(const Correction& one, model::ValueType type) {
  if (one.method == FillMethod::kNone) {
    return refuse("a fill needs a method", "There are constant, linear and previous.");
  }
  if (one.interval <= base::Duration::zero()) {
    return refuse("a fill needs the interval between its samples");
  }
  if ((one.range.to - one.range.from) / one.interval >= kFillCellsMax) {
    return refuse(std::format("a fill has at most {} samples", kFillCellsMax),
                  "Take a longer interval or a shorter range.");
  }
  MILLRACE_TRY(check_value(one.value, type));
  return one.method == FillMethod::kLinear ? check_line(one, type) : base::Result<void>{};
}

}  // namespace

std::string_view text(CorrectionAction action) {
  return kActions.at(static_cast<std::size_t>(action));
}
std::string_view text(FillMethod method) { return kMethods.at(static_cast<std::size_t>(method)); }

std::optional<CorrectionAction> parse_correction_action(std::string_view text) {
  return parse<CorrectionAction>(kActions, text);
}
std::optional<FillMethod> parse_fill_method(std::string_view text) {
  return parse<FillMethod>(kMethods, text);
}

base::Result<void> check_correction(const Correction& one, model::ValueType type) {
  if (one.range.is_empty()) return refuse("a correction needs a start before its end");
  const bool is_fill = one.action == CorrectionAction::kFill;
  if (is_fill) return check_fill(one, type);
  if (one.action == CorrectionAction::kReplace) return check_replace(one, type);
  if (one.method != FillMethod::kNone || one.interval != base::Duration::zero() || one.value_to) {
    return refuse(std::format("{} has no method and no interval", text(one.action)));
  }
  if (model::type_of(one.value)) {
    return refuse(std::format("{} takes no value", text(one.action)));
  }
  return {};
}

}  // namespace millrace::store
