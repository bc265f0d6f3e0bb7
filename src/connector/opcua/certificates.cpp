#include "connector/opcua/certificates.h"

#include <open62541/plugin/create_certificate.h>
#include <unistd.h>

#include <array>
#include <functional>

#include "base/files.h"
#include "base/log.h"
#include "connector/opcua/log_bridge.h"
#include "connector/opcua/ua.h"

namespace millrace::opcua {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::Result;

constexpr std::uintmax_t kFileBytesMax = 64U << 10;
constexpr UA_UInt16 kDays = 3650, kKeyBits = 2048;

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

Result<void> check_private(const fs::path& key) {
  std::error_code error;
  const fs::perms others =
      fs::status(key, error).permissions() & (fs::perms::group_all | fs::perms::others_all);
  if (!error && others == fs::perms::none) return {};
  return base::fail(ErrorCode::kForbidden,
                    std::format("others may read the private key {}", key.native()),
                    std::format("Type: chmod 600 {}", key.native()));
}

}  // namespace

Result<Identity> CertificateFolder::identity(const std::string& application_uri,
                                             const std::string& name) const {
  for (const char* below : {"own", "trusted", "rejected"}) {
    MILLRACE_TRY(base::make_directories(folder_ / below));
  }
  const fs::path own = folder_ / "own";
  if (!fs::exists(own / "application_uri")) return make(application_uri, name);
  Identity identity;
  MILLRACE_LET(identity.application_uri, base::read_file(own / "application_uri", kFileBytesMax));
  if (identity.application_uri != application_uri) {
    return base::fail(
        ErrorCode::kConflict,
        std::format("the certificate in {} was made for {}, not for {}", own.native(),
                    identity.application_uri, application_uri),
        std::format("Remove {} for a new one; servers must then trust it again.", own.native()));
  }
  MILLRACE_TRY(check_private(own / "key.der"));
  MILLRACE_LET(identity.certificate, base::read_file(own / "certificate.der", kFileBytesMax));
  MILLRACE_LET(identity.key, base::read_file(own / "key.der", kFileBytesMax));
  return identity;
}

Result<Identity> CertificateFolder::make(const std::string& application_uri,
                                         const std::string& name) const {
  const std::string host = host_name();
  const std::string common_name = "CN=" + name, dns = "DNS:" + host, uri = "URI:" + application_uri;
  const std::array subject = {borrow("O=Millrace"), borrow(common_name)};
  const std::array alternatives = {borrow(dns), borrow(uri)};
  UA_KeyValueMap* params = UA_KeyValueMap_new();
  UA_UInt16 days = kDays, bits = kKeyBits;
  const auto set = [&](const char* key, UA_UInt16& value) {
    UA_KeyValueMap_setScalar(params, {0, borrow(key)}, &value, &UA_TYPES[UA_TYPES_UINT16]);
  };
  set("expires-in-days", days);
  set("key-size-bits", bits);
  OwnedBytes key, certificate;
  UA_Logger* logger = make_logger("certificate");
  const UA_StatusCode status = UA_CreateCertificate(
      logger, subject.data(), subject.size(), alternatives.data(), alternatives.size(),
      UA_CERTIFICATEFORMAT_DER, params, &key.value, &certificate.value);
  logger->clear(logger);
  UA_KeyValueMap_delete(params);
  if (status != UA_STATUSCODE_GOOD) {
    return base::fail(ErrorCode::kInternal,
                      std::format("cannot make a certificate for {}: {}", application_uri,
                                  UA_StatusCode_name(status)));
  }
  Identity identity{application_uri, text(certificate.value), text(key.value)};
  const fs::path own = folder_ / "own";
  using base::FileMode;
  MILLRACE_TRY(base::write_file_durably(own / "key.der", identity.key, FileMode::kPrivate));
  MILLRACE_TRY(base::write_file_durably(own / "certificate.der", identity.certificate));
  // Last: where this file stands, the other two are whole.
  MILLRACE_TRY(base::write_file_durably(own / "application_uri", application_uri));
  base::log::info("opcua: made a certificate for {} in {}", application_uri, own.native());
  return identity;
}

std::vector<std::string> CertificateFolder::trusted() const {
  std::vector<std::string> certificates;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(trusted_folder(), error)) {
    auto content = base::read_file(entry.path(), kFileBytesMax);
    if (content) certificates.push_back(*std::move(content));
  }
  return certificates;
}

Result<fs::path> CertificateFolder::reject(std::string_view certificate) const {
  // The file's name only has to tell certificates apart for a person.
  const auto path =
      folder_ / "rejected" / std::format("{:016x}.der", std::hash<std::string_view>()(certificate));
  if (!fs::exists(path)) MILLRACE_TRY(base::write_file_durably(path, certificate));
  return path;
}

}  // namespace millrace::opcua
