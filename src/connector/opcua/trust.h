#pragma once

#include <open62541/client.h>

#include <filesystem>
#include <string>

#include "connector/opcua/certificates.h"

namespace millrace::opcua {

/// What a client found when it looked at a server's certificate.
struct TrustVerdict {
  bool is_rejected = false;
  std::filesystem::path rejected_file;  // where the certificate was put for a person to look at
  std::filesystem::path trusted_folder;
};

/// Makes a client accept exactly the certificates of trusted/ and those issued by one of them; an
/// unknown one is put into rejected/. `verdict` must outlive the client. The folder is read now:
/// a new client sees new files.
UA_StatusCode install_trust(UA_ClientConfig& config, const CertificateFolder& folder,
                            TrustVerdict& verdict);

}  // namespace millrace::opcua
