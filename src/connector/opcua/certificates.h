#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace millrace::opcua {

/// The certificate an application shows, with its private key; DER.
struct Identity {
  std::string application_uri;
  std::string certificate;
  std::string key;
};

/// The files of an application's certificates (IEC 62541-12 calls this the CertificateStore):
///
///   own/certificate.der    ours; made at first start, self-signed, for 10 years
///   own/key.der            its private key, mode 0600
///   own/application_uri    the URI it was made for
///   trusted/*.der          servers (or their issuers) that we talk to
///   rejected/*.der         servers that showed a certificate we do not trust
///
/// Trust is given by a person who moves a file from rejected/ to trusted/.
class CertificateFolder {
 public:
  explicit CertificateFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Reads the identity, or makes one. Errors: conflict (there is one with another URI), forbidden,
  /// no_space, unavailable; forbidden also when others may read the private key.
  base::Result<Identity> identity(const std::string& application_uri,
                                  const std::string& name) const;

  /// The contents of trusted/, DER.
  std::vector<std::string> trusted() const;

  /// Puts a certificate into rejected/ and gives the file's path.
  base::Result<std::filesystem::path> reject(std::string_view certificate) const;

  std::filesystem::path trusted_folder() const { return folder_ / "trusted"; }

 private:
  base::Result<Identity> make(const std::string& application_uri, const std::string& name) const;

  std::filesystem::path folder_;
};

}  // namespace millrace::opcua
