#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "codec/import_json.h"
#include "pipeline/store_import.h"
#include "support/memory_store.h"
#include "support/tiny_http_server.h"

namespace millrace::test {

/// The import calls of a hub over a real socket, on a store in memory. May tear connections before
/// and after a call had its effect, be unavailable, and forget its announcements as a restart does.
class ImportHub {
 public:
  enum class Trouble { kNone, kTearBefore, kTearAfter, kUnavailable, kForget };
  using NextTrouble = std::function<Trouble()>;

  explicit ImportHub(NextTrouble next = [] { return Trouble::kNone; }) : next_(std::move(next)) {}

  std::string url() const { return server_.url(); }
  const MemoryStore& store() const { return store_; }
  const store::SeriesIndex& index() const { return index_; }

 private:
  using Answer = TinyHttpServer::Answer;
  using Request = TinyHttpServer::Request;

  std::optional<Answer> handle(const Request& request) {
    const Trouble trouble = next_();
    if (trouble == Trouble::kTearBefore) return std::nullopt;
    if (trouble == Trouble::kForget) imports_.clear();
    if (trouble == Trouble::kUnavailable) {
      return problem({base::ErrorCode::kUnavailable, base::Retry::kLater, "busy", ""});
    }
    if (!request.head.contains("Authorization: Bearer secret")) {
      return problem({base::ErrorCode::kUnauthenticated, base::Retry::kNever, "no token", ""});
    }
    auto answer = request.method == "POST" ? announce(request.body) : put(request);
    if (trouble == Trouble::kTearAfter) return std::nullopt;
    return answer ? state_answer(*answer) : problem(answer.error());
  }

  base::Result<model::ImportState> announce(const std::string& body) {
    MILLRACE_LET(const auto request, codec::parse_import_request(body));
    pipeline::StoreImport import({store_, index_, clock_});
    MILLRACE_LET(const auto state, import.begin(request));
    if (request.rows_total == 0) MILLRACE_TRY(import.finish());
    imports_.insert_or_assign(state.id, std::make_unique<pipeline::StoreImport>(std::move(import)));
    return state;
  }

  base::Result<model::ImportState> put(const Request& request) {
    constexpr std::string_view kPrefix = "/api/v1/imports/";
    const std::string id = request.path.substr(kPrefix.size(), 16);
    const auto import = imports_.find(id);
    if (import == imports_.end()) return base::fail(base::ErrorCode::kNotFound, "no such import");
    const std::uint64_t first = std::stoull(request.path.substr(request.path.rfind('/') + 1));
    MILLRACE_LET(const auto chunk,
                 codec::parse_import_chunk(request.body, first, import->second->target_types()));
    return import->second->append(chunk);
  }

  static Answer state_answer(const model::ImportState& state) {
    const nlohmann::json body = {{"id", state.id},
                                 {"state", state.is_complete ? "complete" : "open"},
                                 {"rows_total", state.rows_total},
                                 {"next_row", state.next_row},
                                 {"samples", state.samples},
                                 {"samples_uncertain", state.samples_uncertain},
                                 {"samples_bad", state.samples_bad}};
    return {200, body.dump()};
  }

  static Answer problem(const base::Error& error) {
    const nlohmann::json body = {{"code", std::string(base::text(error.code))},
                                 {"what", error.what},
                                 {"hint", error.hint},
                                 {"retry", error.retry == base::Retry::kLater ? "later" : "never"}};
    return {base::http_status(error.code), body.dump()};
  }

  NextTrouble next_;
  MemoryStore store_;
  store::SeriesIndex index_{{}};
  base::ManualClock clock_{base::Time(base::Duration(1'800'000'000'000'000))};
  std::map<std::string, std::unique_ptr<pipeline::StoreImport>> imports_;
  TinyHttpServer server_{[this](const Request& request) { return handle(request); }};
};

}  // namespace millrace::test
