#pragma once

#include <drogon/HttpRequest.h>
#include <drogon/HttpResponse.h>

#include "http/message.h"

namespace millrace::http {

// Drogon's messages as ours and back.

/// The request without path_values, query and caller. Errors: the method is none of ours
/// (unsupported).
base::Result<Request> to_request(const drogon::HttpRequest& from);

/// With the headers that every answer carries.
drogon::HttpResponsePtr to_drogon(Response response);

/// The bearer token of a request, from the header or from the cookie.
struct Credential {
  std::string secret;
  bool is_cookie = false;
};
std::optional<Credential> credential_of(const drogon::HttpRequest& from);

}  // namespace millrace::http
