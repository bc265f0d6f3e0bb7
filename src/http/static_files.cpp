#include "http/static_files.h"

#include <array>
#include <utility>

#include "base/files.h"
#include "http/url.h"

namespace millrace::http {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kTypes{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".webp", "image/webp"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".wasm", "application/wasm"},
}};

std::string_view type_of(const fs::path& file) {
  const std::string extension = file.extension().native();
  for (const auto& [known, type] : kTypes) {
    if (known == extension) return type;
  }
  return {};
}

/// The path below the root, or empty when it has parts that may not be asked for.
fs::path safe_path(std::string_view path) {
  const auto decoded = decode_url(path);
  if (!decoded || decoded->find('\\') != std::string::npos) return {};
  fs::path relative;
  for (const fs::path& part : fs::path(*decoded).relative_path()) {
    if (part.native().starts_with('.')) return {};
    relative /= part;
  }
  return relative.empty() ? "index.html" : relative;
}

struct Variant {
  std::string_view suffix;
  std::string_view encoding;
};

Variant best_variant(const fs::path& file, std::string_view accepted) {
  std::error_code ignored;
  if (accepted.contains("br") && fs::is_regular_file(file.native() + ".br", ignored)) {
    return {".br", "br"};
  }
  if (accepted.contains("gzip") && fs::is_regular_file(file.native() + ".gz", ignored)) {
    return {".gz", "gzip"};
  }
  return {};
}

base::Result<std::string> etag_of(const fs::path& file) {
  std::error_code failed;
  const auto size = fs::file_size(file, failed);
  const auto written = fs::last_write_time(file, failed).time_since_epoch().count();
  if (failed) return std::unexpected(base::system_error(failed.value(), "read", file.native()));
  return std::format("\"{:x}-{:x}\"", size, written);
}

}  // namespace

base::Result<Response> StaticFiles::serve(const Request& request) const {
  if (request.method != Method::kGet) {
    return problem_as(405, {ErrorCode::kInvalid, base::Retry::kNever,
                            "pages can only be read", "Use GET."});
  }
  fs::path relative = safe_path(request.path);
  std::error_code ignored;
  // Names of things may hold dots: only an extension of the web says that a file is meant.
  const bool is_page =
      !relative.empty() && (type_of(relative).empty() || relative == "index.html");
  if (is_page) relative = "index.html";
  const fs::path file = root_ / relative;
  if (relative.empty() || type_of(file).empty() || !fs::is_regular_file(file, ignored)) {
    return base::fail(ErrorCode::kNotFound,
                      std::format("there is no file '{}'", request.path.substr(0, 200)),
                      is_page ? "Build the web application: ./dev build" : "");
  }
  const Variant variant = best_variant(file, request.accept_encoding);
  const fs::path sent = file.native() + std::string(variant.suffix);
  MILLRACE_LET(const std::string etag, etag_of(sent));
  Response response;
  const bool is_hashed = relative.native().starts_with("assets/");
  response.headers = {
      {"ETag", etag},
      {"Vary", "Accept-Encoding"},
      {"Cache-Control", is_hashed ? "public, max-age=31536000, immutable" : "no-cache"}};
  response.content_type = type_of(file);
  if (request.if_none_match == etag) {
    response.status = 304;
    return response;
  }
  if (!variant.encoding.empty()) {
    response.headers.emplace_back("Content-Encoding", variant.encoding);
  }
  MILLRACE_LET(response.body, base::read_file(sent));
  return response;
}

}  // namespace millrace::http
