#pragma once

#include <nlohmann/json.hpp>

#include "cli/resource_files.h"

namespace millrace::cli {

/// What is wrong, as validate answers it: "file:line: rule: what", and the next step below.
void print_problems(const Context& context, const ResourceFiles& files,
                    const nlohmann::json& problems);
/// What a plan or an apply accepts and does not work yet.
void print_notes(const Context& context, const ResourceFiles& files, const nlohmann::json& answer);
/// Changes with their differences, a line each, and how many there are of each kind.
void print_changes(const Context& context, const ResourceFiles& files,
                   const nlohmann::json& changes, std::string_view last_line);
/// What a shorter retention would delete for good; nothing where it deletes nothing.
void print_deletes(const Context& context, const nlohmann::json& plan);
/// What new contracts would have marked, and what of it was not looked at.
void print_effects(const Context& context, const nlohmann::json& plan);
/// "2 to create, 1 to change, 0 to delete"
std::string count_text(const nlohmann::json& changes);
/// Problems found on this machine, as the hub would answer them.
nlohmann::json json_of(const twin::ResourceProblems& problems);

}  // namespace millrace::cli
