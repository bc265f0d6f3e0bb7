#include "twin/thing_model.h"

#include <algorithm>
#include <charconv>
#include <format>

#include "model/name.h"

namespace millrace::twin {
namespace {

template <class Spec>
const Spec* by_name(const std::vector<Spec>& specs, std::string_view name) {
  const auto found = std::ranges::lower_bound(specs, name, {}, &Spec::name);
  return found != specs.end() && found->name == name ? &*found : nullptr;
}

}  // namespace

std::string text(const ModelRef& ref) { return std::format("{}@{}", ref.name, ref.version); }

std::optional<ModelRef> parse_model_ref(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  ModelRef ref{std::string(text.substr(0, at)), 0};
  const std::string_view number = text.substr(at + 1);
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), ref.version);
  const bool is_number = error == std::errc() && end == number.data() + number.size();
  if (!is_number || ref.version < 1 || number.starts_with('0')) return std::nullopt;
  if (!model::is_name(ref.name)) return std::nullopt;
  return ref;
}

const PropertySpec* ThingModel::property(std::string_view name) const {
  return by_name(properties, name);
}

const ActionSpec* ThingModel::action(std::string_view name) const { return by_name(actions, name); }

}  // namespace millrace::twin
