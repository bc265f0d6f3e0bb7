#include "http/message.h"

#include <filesystem>

#include "http/json_writer.h"

namespace millrace::http {

SentFile::~SentFile() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

namespace {

Response write_problem(int status, const base::Error& error, std::string_view pointer) {
  JsonWriter json;
  json.begin_object()
      .member("type", std::format("urn:millrace:error:{}", base::text(error.code)))
      .member("title", base::sentence(error.code))
      .member("status", status)
      .member("code", base::text(error.code))
      .member("what", error.what)
      .member("hint", error.hint)
      .member("retry", error.retry == base::Retry::kLater ? "later" : "never");
  if (!pointer.empty()) json.member("pointer", pointer);
  json.end_object();
  Response response{.status = status, .content_type = "application/problem+json"};
  response.body = json.take();
  if (error.code == base::ErrorCode::kLimited) response.headers.emplace_back("Retry-After", "60");
  return response;
}

}  // namespace

Response problem(const base::Error& error, std::string_view pointer) {
  return write_problem(base::http_status(error.code), error, pointer);
}

Response problem_as(int status, const base::Error& error) {
  return write_problem(status, error, {});
}

}  // namespace millrace::http
