#include "cli/http_client.h"

#include <curl/curl.h>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>

namespace millrace::cli {
namespace {

using base::ErrorCode;

constexpr std::size_t kProblemBytesMax = 1U << 20;

std::optional<ErrorCode> code_of_text(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::kNoSpace); ++i) {
    if (base::text(static_cast<ErrorCode>(i)) == word) return static_cast<ErrorCode>(i);
  }
  return std::nullopt;
}

ErrorCode code_of_status(int status) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::kNoSpace); ++i) {
    if (base::http_status(static_cast<ErrorCode>(i)) == status) return static_cast<ErrorCode>(i);
  }
  return status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kInvalid;
}

void init_once() {
  static const bool kDone = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  MILLRACE_CHECK(kDone);
}

}  // namespace

struct HttpClient::State {
  Options options;
  CURL* curl = nullptr;
  std::array<char, CURL_ERROR_SIZE> message{};
  // Of the call under way:
  const HttpRequest* request = nullptr;
  HttpAnswer answer;

  static std::size_t on_data(char* data, std::size_t, std::size_t size, void* self) {
    auto& state = *static_cast<State*>(self);
    long status = 0;
    curl_easy_getinfo(state.curl, CURLINFO_RESPONSE_CODE, &status);
    if (status < 400 && state.request->on_body) {
      return state.request->on_body({data, size}) ? size : 0;
    }
    if (status >= 400 && state.answer.body.size() > kProblemBytesMax) return size;
    state.answer.body.append(data, size);
    return size;
  }

  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const auto* flag = static_cast<State*>(self)->options.is_interrupted;
    return flag && flag->load() ? 1 : 0;
  }

  void set_options();
  CURLcode perform();

  base::Error network_error(CURLcode code) const {
    const std::string what = std::format(
        "{} {}: {}", request->method, options.url,
        message[0] != '\0' ? std::string(message.data()) : std::string(curl_easy_strerror(code)));
    if (code == CURLE_ABORTED_BY_CALLBACK) {
      return {ErrorCode::kCancelled, base::Retry::kNever, "interrupted", ""};
    }
    if (code == CURLE_OPERATION_TIMEDOUT) {
      return {ErrorCode::kTimeout, base::Retry::kLater, what, "Try again."};
    }
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
      return {ErrorCode::kInvalid, base::Retry::kNever, what,
              "Write the hub's address as http://127.0.0.1:8080."};
    }
    if (code == CURLE_WRITE_ERROR) {
      return {ErrorCode::kCancelled, base::Retry::kNever, "the answer was not taken", ""};
    }
    return {ErrorCode::kUnavailable, base::Retry::kLater, what,
            "Is the hub running there? Start it with: millrace hub"};
  }
};

HttpClient::HttpClient(Options options) : state_(std::make_unique<State>()) {
  init_once();
  state_->options = std::move(options);
  state_->curl = curl_easy_init();
  MILLRACE_CHECK(state_->curl != nullptr);
}

HttpClient::~HttpClient() { curl_easy_cleanup(state_->curl); }

/// What does not change between the calls of a connection.
void HttpClient::State::set_options() {
  const auto whole_seconds = [](base::Duration time) {
    return static_cast<long>(std::chrono::ceil<std::chrono::seconds>(time).count());
  };
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "127.0.0.1,localhost,::1");
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message.data());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &State::on_data);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &State::on_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, this);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, whole_seconds(options.connect_timeout));
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME,
                   whole_seconds(request->stall_timeout.value_or(options.stall_timeout)));
}

CURLcode HttpClient::State::perform() {
  const std::string url = options.url + request->path;
  const std::string token = "Authorization: Bearer " + options.token;
  curl_slist* headers = curl_slist_append(nullptr, "Accept: application/json, */*");
  headers = curl_slist_append(headers, "Expect:");
  for (const std::string& one : request->headers) headers = curl_slist_append(headers, one.c_str());
  if (!options.token.empty()) headers = curl_slist_append(headers, token.c_str());
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method.c_str());
  if (!request->body.empty()) {
    headers = curl_slist_append(headers, ("Content-Type: " + request->content_type).c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request->body.size()));
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  const CURLcode code = curl_easy_perform(curl);
  curl_slist_free_all(headers);
  return code;
}

base::Result<HttpAnswer> HttpClient::send(const HttpRequest& request) {
  State& state = *state_;
  state.request = &request;
  state.answer = {};
  state.message[0] = '\0';
  curl_easy_reset(state.curl);  // keeps the connection
  state.set_options();
  const CURLcode code = state.perform();
  if (code != CURLE_OK) return std::unexpected(state.network_error(code));
  long status = 0;
  curl_easy_getinfo(state.curl, CURLINFO_RESPONSE_CODE, &status);
  state.answer.status = static_cast<int>(status);
  if (status >= 400) {
    base::Error error = problem_of(state.answer.status, state.answer.body);
    // The hub's hint is for who writes HTTP; here a command does it.
    const bool is_login = request.path.ends_with("/login");
    if (error.code == ErrorCode::kUnauthenticated && !is_login)
      error.hint = "Log in: millrace login";
    return std::unexpected(std::move(error));
  }
  return std::move(state.answer);
}

std::string HttpClient::header(const char* name) const {
  curl_header* found = nullptr;
  const auto code = curl_easy_header(state_->curl, name, 0, CURLH_HEADER, -1, &found);
  return code == CURLHE_OK ? found->value : "";
}

std::string url_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' || c == '~';
    encoded += is_plain
                   ? std::string(1, c)
                   : std::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return encoded;
}

base::Error problem_of(int status, std::string_view body) {
  const auto problem = nlohmann::json::parse(body, nullptr, false);
  base::Error error{code_of_status(status), base::Retry::kNever,
                    std::format("the hub answered {}", status), ""};
  if (problem.is_object()) {
    const auto text_of = [&](const char* key) {
      const auto it = problem.find(key);
      return it != problem.end() && it->is_string() ? it->get<std::string>() : std::string();
    };
    if (const auto code = code_of_text(text_of("code"))) error.code = *code;
    if (const std::string what = text_of("what"); !what.empty()) error.what = what;
    error.hint = text_of("hint");
    if (text_of("retry") == "later") error.retry = base::Retry::kLater;
  } else if (status >= 500) {
    error.retry = base::Retry::kLater;
  }
  return error;
}

}  // namespace millrace::cli
