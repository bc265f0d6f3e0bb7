#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "identity/identity.h"

namespace millrace::http {

enum class Method { kGet, kPost, kPut, kPatch, kDelete };

/// A request as handlers see it, free of the web framework. Path and query are decoded.
struct Request {
  Method method = Method::kGet;
  bool is_head = false;
  std::string path;
  std::vector<std::string> path_values;  // what stood in the pattern's {…}, in order
  std::map<std::string, std::string, std::less<>> query;
  std::string_view body;  // valid while the request is
  std::string content_type;
  std::string accept_encoding;
  std::string if_match;
  std::string if_none_match;
  std::string address;  // of the client, without port
  std::string host;     // as the client calls this server: name or address, and port
  identity::Caller caller;
  bool is_secure = false;  // came over TLS, here or at a proxy in front
  /// Of a route that is watched: requested when the client has gone or the server stops.
  std::stop_token stop{};
};

/// A file to be sent instead of a body; owned: it leaves the disk with this object.
class SentFile {
 public:
  explicit SentFile(std::string path) : path_(std::move(path)) {}
  ~SentFile();
  SentFile(const SentFile&) = delete;
  SentFile& operator=(const SentFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::shared_ptr<const SentFile> file;  // instead of `body`
};

/// What an event stream sends next; empty text for nothing. After the last one the stream closes.
struct StreamText {
  std::string text;
  bool is_last = false;
};
/// Renders what one event stream gets now; destroyed with the stream. One thread at a time.
using StreamSource = std::function<StreamText()>;
/// Opens the stream that a request wants; waits for nothing.
using StreamOpener = std::function<base::Result<StreamSource>(const Request&)>;

using Handler = std::function<base::Result<Response>(const Request&)>;

/// RFC 9457 problem details of an Error. `pointer` names the parameter or member that is meant.
Response problem(const base::Error& error, std::string_view pointer = {});
/// The same with an HTTP status that no code of ours has (405, 406).
Response problem_as(int status, const base::Error& error);

}  // namespace millrace::http
