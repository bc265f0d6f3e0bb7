#include "http/exchange.h"

#include "http/api.h"

namespace millrace::http {
namespace {

using base::ErrorCode;

// Inline styles are what Mantine and ECharts set on elements; scripts come from the hub alone.
constexpr std::string_view kContentPolicy =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

std::optional<Method> method_of(drogon::HttpMethod method) {
  switch (method) {
    case drogon::Get:
    case drogon::Head:
      return Method::kGet;
    case drogon::Post:
      return Method::kPost;
    case drogon::Put:
      return Method::kPut;
    case drogon::Patch:
      return Method::kPatch;
    case drogon::Delete:
      return Method::kDelete;
    default:
      return std::nullopt;
  }
}

void add_headers(drogon::HttpResponse& to, const Response& response) {
  bool has_cache_control = false;
  for (const auto& [name, value] : response.headers) {
    to.addHeader(name, value);
    has_cache_control = has_cache_control || name == "Cache-Control";
  }
  if (!has_cache_control) to.addHeader("Cache-Control", "no-store");
  to.addHeader("Content-Security-Policy", std::string(kContentPolicy));
  to.addHeader("X-Content-Type-Options", "nosniff");
  to.addHeader("X-Frame-Options", "DENY");
  to.addHeader("Referrer-Policy", "no-referrer");
  to.addHeader("Cross-Origin-Opener-Policy", "same-origin");
  to.addHeader("Cross-Origin-Resource-Policy", "same-origin");
}

}  // namespace

base::Result<Request> to_request(const drogon::HttpRequest& from) {
  const auto method = method_of(from.method());
  if (!method) {
    return base::fail(ErrorCode::kUnsupported, std::format("{} is not known", from.methodString()),
                      "Use GET, HEAD, POST, PUT, PATCH or DELETE.");
  }
  Request request{.method = *method};
  request.is_head = from.isHead() || from.method() == drogon::Head;
  request.path = from.getOriginalPath();
  request.body = {from.bodyData(), from.bodyLength()};
  request.content_type = from.getHeader("content-type");
  request.accept_encoding = from.getHeader("accept-encoding");
  request.if_match = from.getHeader("if-match");
  request.if_none_match = from.getHeader("if-none-match");
  request.address = from.peerAddr().toIp();
  request.host = from.getHeader("host");
  request.is_secure = from.getHeader("x-forwarded-proto") == "https";
  return request;
}

drogon::HttpResponsePtr to_drogon(Response response) {
  drogon::HttpResponsePtr to;
  if (response.file) {
    auto sent = drogon::HttpResponse::newFileResponse(response.file->path(), "", drogon::CT_CUSTOM,
                                                      response.content_type);
    // The file lives until Drogon lets go of the response, which has opened it by then.
    drogon::HttpResponse* raw = sent.get();
    to = drogon::HttpResponsePtr(raw, [sent, file = response.file](drogon::HttpResponse*) {});
  } else {
    to = drogon::HttpResponse::newHttpResponse();
    if (response.content_type.empty()) {
      to->setContentTypeCode(drogon::CT_NONE);
    } else if (response.content_type == "application/json") {
      to->setContentTypeCodeAndCustomString(drogon::CT_APPLICATION_JSON,
                                            "content-type: application/json\r\n");
    } else {
      to->setContentTypeCodeAndCustomString(drogon::CT_CUSTOM,
                                            "content-type: " + response.content_type + "\r\n");
    }
    to->setBody(std::move(response.body));
  }
  to->setStatusCode(static_cast<drogon::HttpStatusCode>(response.status));
  add_headers(*to, response);
  return to;
}

std::optional<Credential> credential_of(const drogon::HttpRequest& from) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string& header = from.getHeader("authorization");
  if (header.starts_with(kBearer)) return Credential{header.substr(kBearer.size()), false};
  const std::string& cookie = from.getCookie(std::string(kSessionCookie));
  if (!cookie.empty()) return Credential{cookie, true};
  return std::nullopt;
}

}  // namespace millrace::http
