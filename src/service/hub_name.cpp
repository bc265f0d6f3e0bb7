#include "service/hub_name.h"

#include <format>

#include "model/name.h"

namespace millrace::service {
namespace {

using base::ErrorCode;

constexpr std::string_view kSetting = "hub.name";
constexpr std::string_view kNameBefore = "hub";
constexpr std::uint64_t kRandomBits = 0xFFFF'FFFF'FFFF;

/// What it is called already; nothing before its first start.
base::Result<std::optional<std::string>> kept_name(const store::MetaStore& meta) {
  MILLRACE_LET(std::optional<std::string> name, meta.setting(kSetting));
  if (name) return name;
  MILLRACE_LET(const auto users, meta.users());
  if (!users.empty()) name = kNameBefore;
  return name;
}

}  // namespace

base::Result<void> check_hub_name(const std::string& wanted) {
  if (wanted.empty() || model::is_name(wanted)) return {};
  return base::fail(ErrorCode::kInvalid, std::format("'{}' cannot be a hub's name", wanted),
                    std::format("Use small letters, digits, '.', '_' and '-'; nearest: '{}'.",
                                model::nearest_name(wanted)));
}

base::Result<void> check_kept_name(const store::MetaStore& meta, const std::string& wanted) {
  MILLRACE_LET(const auto name, kept_name(meta));
  if (!name || wanted.empty() || wanted == *name) return {};
  return base::fail(
      ErrorCode::kConflict,
      std::format("this hub is called '{}' and its things urn:millrace:{}:…, not '{}'", *name,
                  *name, wanted),
      "A hub's name never changes. Leave out --name, or start in a new data directory.");
}

base::Result<std::string> hub_name(store::MetaStore& meta, const std::string& wanted,
                                   base::Random& random, base::Time now) {
  MILLRACE_TRY(check_hub_name(wanted));
  MILLRACE_TRY(check_kept_name(meta, wanted));
  MILLRACE_LET(auto name, kept_name(meta));
  if (!name) {
    name = wanted.empty() ? std::format("hub-{:012x}", random.next() & kRandomBits) : wanted;
  }
  MILLRACE_LET(const auto setting, meta.setting(kSetting));
  if (!setting) {
    MILLRACE_TRY(meta.apply({.settings = {{std::string(kSetting), *name, now}}}));
  }
  return *std::move(name);
}

}  // namespace millrace::service
