#pragma once

#include <string>

#include "http/encode.h"

namespace millrace::http {

std::string encode(const pipeline::Browsed& browsed, std::string_view address);
std::string encode(const service::Proposal& proposal);
std::string encode(const service::TagImport& import);

}  // namespace millrace::http
