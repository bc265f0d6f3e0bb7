#include "connector/opcua/endpoint.h"

#include <open62541/plugin/securitypolicy.h>

#include <format>

namespace millrace::opcua {
namespace {

using base::Error;
using base::ErrorCode;
using base::Retry;

UA_MessageSecurityMode mode(Security security) {
  return security == Security::kNone ? UA_MESSAGESECURITYMODE_NONE
                                     : UA_MESSAGESECURITYMODE_SIGNANDENCRYPT;
}

std::string_view mode_text(UA_MessageSecurityMode mode) {
  switch (mode) {
    case UA_MESSAGESECURITYMODE_NONE:
      return "None";
    case UA_MESSAGESECURITYMODE_SIGN:
      return "Sign";
    case UA_MESSAGESECURITYMODE_SIGNANDENCRYPT:
      return "SignAndEncrypt";
    default:
      return "unknown mode";
  }
}

UA_UserTokenType token_type(const ClientOptions& options) {
  if (!options.user.empty()) return UA_USERTOKENTYPE_USERNAME;
  if (!options.user_certificate_file.empty()) return UA_USERTOKENTYPE_CERTIFICATE;
  return UA_USERTOKENTYPE_ANONYMOUS;
}

std::string_view token_text(UA_UserTokenType type) {
  switch (type) {
    case UA_USERTOKENTYPE_ANONYMOUS:
      return "anonymous";
    case UA_USERTOKENTYPE_USERNAME:
      return "user name";
    case UA_USERTOKENTYPE_CERTIFICATE:
      return "certificate";
    default:
      return "another token";
  }
}

bool fits(const UA_EndpointDescription& endpoint, Security security) {
  return endpoint.securityMode == mode(security) &&
         view(endpoint.securityPolicyUri) == policy_uri(security) &&
         view(endpoint.endpointUrl).starts_with("opc.tcp");
}

/// The token policy whose password or signature is secured as configured, or as well as the
/// channel.
const UA_UserTokenPolicy* find_token(const UA_EndpointDescription& endpoint,
                                     UA_UserTokenType type) {
  for (std::size_t i = 0; i < endpoint.userIdentityTokensSize; ++i) {
    const UA_UserTokenPolicy& token = endpoint.userIdentityTokens[i];
    const std::string_view policy = view(token.securityPolicyUri);
    const bool is_known = policy.empty() || policy == policy_uri(Security::kNone) ||
                          policy == policy_uri(Security::kBasic256Sha256);
    if (token.tokenType == type && is_known) return &token;
  }
  return nullptr;
}

std::string describe_offer(std::span<const UA_EndpointDescription> offered) {
  std::string all;
  for (const UA_EndpointDescription& endpoint : offered) {
    const std::string_view uri = view(endpoint.securityPolicyUri);
    all += std::format("{}{} {} (", all.empty() ? "" : ", ", uri.substr(uri.rfind('#') + 1),
                       mode_text(endpoint.securityMode));
    for (std::size_t i = 0; i < endpoint.userIdentityTokensSize; ++i) {
      all += (i ? ", " : "") + std::string(token_text(endpoint.userIdentityTokens[i].tokenType));
    }
    all += ")";
  }
  return all.empty() ? "nothing" : all;
}

struct Row {
  UA_StatusCode status;
  ErrorCode code;
  std::string_view hint;
};

constexpr Row kRows[] = {
    {UA_STATUSCODE_BADUSERACCESSDENIED, ErrorCode::kUnauthenticated,
     "Check user and password of this server."},
    {UA_STATUSCODE_BADIDENTITYTOKENREJECTED, ErrorCode::kUnauthenticated,
     "Check user and password, or let the server trust user_certificate_file."},
    {UA_STATUSCODE_BADIDENTITYTOKENINVALID, ErrorCode::kUnauthenticated,
     "Check user and password of this server."},
    {UA_STATUSCODE_BADSECURITYCHECKSFAILED, ErrorCode::kForbidden,
     "Let the server trust this client's certificate (own/certificate.der in its folder)."},
    {UA_STATUSCODE_BADCERTIFICATEUNTRUSTED, ErrorCode::kForbidden,
     "Trust the certificates on both sides."},
    {UA_STATUSCODE_BADCERTIFICATEURIINVALID, ErrorCode::kForbidden,
     "The certificate was made for another application URI."},
    {UA_STATUSCODE_BADCERTIFICATETIMEINVALID, ErrorCode::kForbidden,
     "The certificate has expired, or a clock is wrong."},
    {UA_STATUSCODE_BADTIMEOUT, ErrorCode::kTimeout,
     "Check that the server is running and reachable."},
    {UA_STATUSCODE_BADTOOMANYSESSIONS, ErrorCode::kLimited, "The server takes no more sessions."},
};

constexpr Row kWriteRows[] = {
    {UA_STATUSCODE_BADNOTWRITABLE, ErrorCode::kForbidden, "The variable is read-only there."},
    {UA_STATUSCODE_BADUSERACCESSDENIED, ErrorCode::kForbidden,
     "Let this user of the server write the variable."},
    {UA_STATUSCODE_BADWRITENOTSUPPORTED, ErrorCode::kForbidden,
     "The server does not let values be written."},
    {UA_STATUSCODE_BADOUTOFRANGE, ErrorCode::kInvalid, "The server refuses this value."},
    {UA_STATUSCODE_BADTYPEMISMATCH, ErrorCode::kInvalid, "The variable has another type."},
    {UA_STATUSCODE_BADNODEIDUNKNOWN, ErrorCode::kUnsupported, "The server has no such variable."},
    {UA_STATUSCODE_BADTIMEOUT, ErrorCode::kTimeout,
     "It may still have been written: read it back."},
};

}  // namespace

std::string_view policy_uri(Security security) {
  return security == Security::kNone ? "http://opcfoundation.org/UA/SecurityPolicy#None"
                                     : "http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256";
}

base::Result<ChosenEndpoint> choose_endpoint(std::span<const UA_EndpointDescription> offered,
                                             const ClientOptions& options) {
  const UA_UserTokenType wanted = token_type(options);
  for (const UA_EndpointDescription& endpoint : offered) {
    if (!fits(endpoint, options.security)) continue;
    const UA_UserTokenPolicy* token = find_token(endpoint, wanted);
    if (!token) continue;
    ChosenEndpoint chosen;
    UA_EndpointDescription_copy(&endpoint, &chosen.endpoint.value);
    UA_UserTokenPolicy_copy(token, &chosen.token.value);
    UA_String_clear(&chosen.endpoint.value.endpointUrl);
    chosen.endpoint.value.endpointUrl = copy(options.url);
    return chosen;
  }
  const std::string_view uri = policy_uri(options.security);
  return base::fail(ErrorCode::kUnsupported,
                    std::format("{} offers no {} {} with {} login; it offers: {}", options.url,
                                uri.substr(uri.rfind('#') + 1), mode_text(mode(options.security)),
                                token_text(wanted), describe_offer(offered)),
                    "Change security or user of this server, or the server's endpoints.");
}

Error to_error(UA_StatusCode status, const ClientOptions& options) {
  const std::string what = std::format("{}: {}", options.url, UA_StatusCode_name(status));
  for (const Row& row : kRows) {
    if (row.status == status) return {row.code, Retry::kLater, what, std::string(row.hint)};
  }
  return {ErrorCode::kUnavailable, Retry::kLater, what,
          "Check that the server is running and reachable at this address."};
}

Error write_error(UA_StatusCode status, const ClientOptions& options) {
  for (const Row& row : kWriteRows) {
    if (row.status != status) continue;
    const Retry retry = row.code == ErrorCode::kTimeout ? Retry::kLater : Retry::kNever;
    return {row.code, retry, std::format("not written: {}", UA_StatusCode_name(status)),
            std::string(row.hint)};
  }
  Error error = to_error(status, options);
  error.what = "not written: " + error.what;
  return error;
}

}  // namespace millrace::opcua
