#include "cli/context.h"

#include <nlohmann/json.hpp>

namespace millrace::cli {

void Context::print(std::string_view text) const { std::fwrite(text.data(), 1, text.size(), out); }

void Context::say(std::string_view line) const {
  std::fwrite(line.data(), 1, line.size(), err);
  std::fputc('\n', err);
}

ExitCode Context::fail(const base::Error& error) const {
  if (is_json()) {
    const nlohmann::json problem = {
        {"error",
         {{"code", std::string(base::text(error.code))},
          {"what", error.what},
          {"hint", error.hint},
          {"retry", error.retry == base::Retry::kLater ? "later" : "never"}}}};
    print(problem.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  } else {
    say("millrace: " + error.what);
    if (!error.hint.empty()) say("  " + error.hint);
  }
  return exit_code(error.code);
}

base::Result<std::unique_ptr<HttpClient>> Context::connect() const {
  MILLRACE_LET(Login login, find_login(tokens, hub));
  std::string url = login.hub;
  while (url.ends_with('/')) url.pop_back();
  if (!url.contains("://")) url = "http://" + url;
  return std::make_unique<HttpClient>(HttpClient::Options{
      .url = std::move(url), .token = std::move(login.token), .is_interrupted = is_interrupted});
}

}  // namespace millrace::cli
