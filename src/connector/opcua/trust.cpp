#include "connector/opcua/trust.h"

#include <open62541/plugin/pki_default.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/log.h"
#include "connector/opcua/ua.h"

namespace millrace::opcua {
namespace {

struct Context {
  CertificateFolder folder;
  std::vector<std::string> trusted;
  TrustVerdict* verdict;
  UA_CertificateVerification chain{};  // the library's, for certificates issued by a trusted one
};

const Context& context_of(const UA_CertificateVerification* verification) {
  return *static_cast<const Context*>(verification->context);
}

UA_StatusCode verify(const UA_CertificateVerification* verification,
                     const UA_ByteString* certificate) {
  const Context& context = context_of(verification);
  if (std::ranges::contains(context.trusted, view(*certificate))) return UA_STATUSCODE_GOOD;
  const UA_StatusCode status = context.chain.verifyCertificate(&context.chain, certificate);
  if (status == UA_STATUSCODE_GOOD) return status;
  TrustVerdict& verdict = *context.verdict;
  verdict.is_rejected = true;
  verdict.trusted_folder = context.folder.trusted_folder();
  if (auto file = context.folder.reject(view(*certificate))) {
    verdict.rejected_file = *std::move(file);
  } else {
    base::log::warning("opcua: {}", base::describe(file.error()));
  }
  return status;
}

UA_StatusCode verify_uri(const UA_CertificateVerification* verification,
                         const UA_ByteString* certificate, const UA_String* uri) {
  const Context& context = context_of(verification);
  return context.chain.verifyApplicationURI(&context.chain, certificate, uri);
}

void clear(UA_CertificateVerification* verification) {
  const std::unique_ptr<Context> context(static_cast<Context*>(verification->context));
  if (context && context->chain.clear) context->chain.clear(&context->chain);
  verification->context = nullptr;
}

}  // namespace

UA_StatusCode install_trust(UA_ClientConfig& config, const CertificateFolder& folder,
                            TrustVerdict& verdict) {
  auto context = std::make_unique<Context>(folder, folder.trusted(), &verdict);
  std::vector<UA_ByteString> list;
  for (const std::string& certificate : context->trusted) list.push_back(borrow(certificate));
  context->chain.logging = config.logging;
  const UA_StatusCode status = UA_CertificateVerification_Trustlist(
      &context->chain, list.data(), list.size(), nullptr, 0, nullptr, 0);
  if (status != UA_STATUSCODE_GOOD) return status;
  UA_CertificateVerification& installed = config.certificateVerification;
  if (installed.clear) installed.clear(&installed);
  installed.verifyCertificate = verify;
  installed.verifyApplicationURI = verify_uri;
  installed.getExpirationDate = context->chain.getExpirationDate;
  installed.getSubjectName = context->chain.getSubjectName;
  installed.clear = clear;
  installed.context = context.release();
  return UA_STATUSCODE_GOOD;
}

}  // namespace millrace::opcua
