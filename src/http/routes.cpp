#include "http/routes.h"

#include <algorithm>

#include "http/url.h"
#include "service/page.h"

namespace millrace::http {
namespace {

/// Whether the path has the pattern's form; `values` gets what stands in its braces.
bool matches(std::string_view pattern, std::string_view path, std::vector<std::string>& values) {
  values.clear();
  while (!pattern.empty() && !path.empty()) {
    const std::size_t pattern_end = std::min(pattern.find('/', 1), pattern.size());
    const std::size_t path_end = std::min(path.find('/', 1), path.size());
    const std::string_view wanted = pattern.substr(1, pattern_end - 1);
    const std::string_view segment = path.substr(1, path_end - 1);
    if (wanted.starts_with('{')) {
      const auto decoded = decode_url(segment);
      if (!decoded || decoded->empty()) return false;
      values.push_back(*decoded);
    } else if (wanted != segment) {
      return false;
    }
    pattern.remove_prefix(pattern_end);
    path.remove_prefix(path_end);
  }
  return pattern.empty() && path.empty();
}

std::string_view text(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET, HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
  }
  return "GET";
}

}  // namespace

const Route* Routes::find(Request& request) const {
  for (const Route& route : routes_) {
    if (route.method == request.method && matches(route.pattern, request.path, request.path_values))
      return &route;
  }
  return nullptr;
}

std::string Routes::allowed(std::string_view path) const {
  std::string methods;
  std::vector<std::string> ignored;
  for (const Route& route : routes_) {
    if (!matches(route.pattern, path, ignored)) continue;
    if (!methods.empty()) methods += ", ";
    methods += text(route.method);
  }
  return methods;
}

base::Result<void> check_parameters(const Route& route, const Request& request) {
  for (const auto& [name, value] : request.query) {
    if (std::ranges::contains(route.parameters, name)) continue;
    const std::vector<std::string> known(route.parameters.begin(), route.parameters.end());
    std::string hint = service::did_you_mean(name, known);
    if (hint.empty()) hint = known.empty() ? "This call takes no parameters." : "Leave it out.";
    return base::fail(base::ErrorCode::kInvalid,
                      std::format("parameter '{}' is unknown", name.substr(0, 80)), hint);
  }
  return {};
}

}  // namespace millrace::http
