#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "support/tiny_http_server.h"

namespace millrace::test {

/// The import calls of a hub over a real socket, for tests of their client: keeps the numbers it is
/// sent by row, exactly once. May tear connections before and after a call had its effect, be
/// unavailable, and forget its announcements. What the real hub does is tested with the real hub.
class ImportHub {
 public:
  enum class Trouble { kNone, kTearBefore, kTearAfter, kUnavailable, kForget };
  using NextTrouble = std::function<Trouble()>;

  explicit ImportHub(NextTrouble next = [] { return Trouble::kNone; }) : next_(std::move(next)) {}

  std::string url() const { return server_.url(); }
  /// By row; how often each came to be stored is the length of its list.
  const std::map<std::uint64_t, std::vector<double>>& stored() const { return stored_; }

 private:
  using json = nlohmann::json;
  using Answer = TinyHttpServer::Answer;
  using Request = TinyHttpServer::Request;

  std::optional<Answer> handle(const Request& request) {
    const Trouble trouble = next_();
    if (trouble == Trouble::kTearBefore) return std::nullopt;
    if (trouble == Trouble::kForget) is_announced_ = false;
    if (trouble == Trouble::kUnavailable) return problem(503, "unavailable", "busy", "later");
    if (!request.head.contains("Authorization: Bearer secret")) {
      return problem(401, "unauthenticated", "no token", "never");
    }
    const Answer answer = request.method == "POST" ? announce(request.body) : put(request);
    if (trouble == Trouble::kTearAfter) return std::nullopt;
    return answer;
  }

  Answer announce(const std::string& body) {
    rows_total_ = json::parse(body)["rows_total"];
    is_announced_ = true;
    return state();
  }

  Answer put(const Request& request) {
    if (!is_announced_) return problem(404, "not_found", "no such import", "never");
    const std::uint64_t first = std::stoull(request.path.substr(request.path.rfind('/') + 1));
    if (first > next_row_) return problem(409, "conflict", "a hole", "never");
    const json chunk = json::parse(request.body);
    for (const json& block : chunk["blocks"]) {
      for (std::size_t i = 0; i < block["rows"].size(); ++i) {
        const std::uint64_t row = block["rows"][i];
        if (row >= next_row_) stored_[row].push_back(block["columns"][0]["values"][i]);
      }
    }
    next_row_ = std::max(next_row_, first + chunk["row_count"].get<std::uint64_t>());
    return state();
  }

  Answer state() const {
    const json body = {
        {"id", "3f1f6d0b9a1e4c52"},  {"state", next_row_ >= rows_total_ ? "complete" : "open"},
        {"rows_total", rows_total_}, {"next_row", next_row_},
        {"samples", stored_.size()}, {"samples_uncertain", 0},
        {"samples_bad", 0}};
    return {200, body.dump()};
  }

  static Answer problem(int status, const char* code, const char* what, const char* retry) {
    return {status, json{{"code", code}, {"what", what}, {"hint", ""}, {"retry", retry}}.dump()};
  }

  NextTrouble next_;
  bool is_announced_ = false;
  std::uint64_t rows_total_ = 0, next_row_ = 0;
  std::map<std::uint64_t, std::vector<double>> stored_;
  TinyHttpServer server_{[this](const Request& request) { return handle(request); }};
};

}  // namespace millrace::test
