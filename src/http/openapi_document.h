#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace millrace::config {
struct Node;
}

namespace millrace::http {

/// The public contract, api/openapi.yaml, built into the program.
extern const std::string_view kOpenApiYaml;

/// The contract in the three forms the hub serves.
struct OpenApiDocument {
  std::string yaml;
  std::string json;
  std::string html;  // a page that needs nothing from elsewhere
};

/// Errors: those of the YAML reader.
base::Result<OpenApiDocument> make_openapi_document(std::string_view yaml);

/// A YAML tree as JSON by YAML's core schema: plain true, false, null and numbers are such, all
/// else is text.
std::string to_json(const config::Node& node);

/// The page: every operation with its parameters, examples and answers, in the order of the file.
std::string to_html(const config::Node& document);

}  // namespace millrace::http
