#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/context.h"

namespace millrace::cli {

/// "  + token grafana  viewer"
std::string access_line(const nlohmann::json& change);
std::size_t count_actions(const nlohmann::json& changes, const char* action);
/// Says which token stays because it makes the call.
void say_what_stays(const Context& context, const nlohmann::json& plan);

/// Carries out the changes of an access plan without problems by calls on accounts and tokens, one
/// after the other, and tells each secret as it comes: in a file of its own below `secrets`, or
/// printed where that is empty. An error halfway says what is done.
ExitCode apply_access_plan(const Context& context, HttpClient& hub, const nlohmann::json& plan,
                           const std::filesystem::path& secrets);

}  // namespace millrace::cli
