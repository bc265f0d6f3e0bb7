#include "service/hub_name.h"

#include <format>

#include "model/name.h"

namespace millrace::service {
namespace {

using base::ErrorCode;

constexpr std::string_view kSetting = "hub.name";
constexpr std::string_view kNameBefore = "hub";
constexpr std::uint64_t kRandomBits = 0xFFFF'FFFF'FFFF;

}  // namespace

base::Result<void> check_hub_name(const std::string& wanted) {
  if (wanted.empty() || model::is_name(wanted)) return {};
  return base::fail(ErrorCode::kInvalid, std::format("'{}' cannot be a hub's name", wanted),
                    std::format("Use small letters, digits, '.', '_' and '-'; nearest: '{}'.",
                                model::nearest_name(wanted)));
}

base::Result<std::string> hub_name(store::MetaStore& meta, const std::string& wanted,
                                   base::Random& random, base::Time now) {
  MILLRACE_TRY(check_hub_name(wanted));
  MILLRACE_LET(std::optional<std::string> name, meta.setting(kSetting));
  const bool is_kept = name.has_value();
  if (!name) {
    MILLRACE_LET(const auto users, meta.users());
    if (!users.empty()) name = kNameBefore;
  }
  if (name && !wanted.empty() && wanted != *name) {
    return base::fail(
        ErrorCode::kConflict,
        std::format("this hub is called '{}' and its things urn:millrace:{}:…, not '{}'", *name,
                    *name, wanted),
        "A hub's name never changes. Leave out --name, or start in a new data directory.");
  }
  if (!name) {
    name = wanted.empty() ? std::format("hub-{:012x}", random.next() & kRandomBits) : wanted;
  }
  if (!is_kept) {
    MILLRACE_TRY(meta.apply({.settings = {{std::string(kSetting), *name, now}}}));
  }
  return std::move(*name);
}

}  // namespace millrace::service
