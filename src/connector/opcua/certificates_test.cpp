#include "connector/opcua/certificates.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace millrace::opcua {
namespace {

namespace fs = std::filesystem;

TEST(Certificates, AreMadeOnceKeptPrivateAndBoundToTheirUri) {
  const fs::path folder =
      fs::temp_directory_path() / std::format("millrace-certificates-{}", ::getpid());
  const CertificateFolder certificates(folder);
  const auto made = certificates.identity("urn:millrace:edge:e", "e");
  ASSERT_TRUE(made) << made.error().what;
  EXPECT_NE(made->certificate.find("urn:millrace:edge:e"), std::string::npos);
  EXPECT_EQ(fs::status(folder / "own/key.der").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  const auto again = certificates.identity("urn:millrace:edge:e", "e");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->certificate, made->certificate);
  EXPECT_EQ(certificates.identity("urn:other", "e").error().code, base::ErrorCode::kConflict);

  const auto rejected = certificates.reject(made->certificate);
  ASSERT_TRUE(rejected);
  EXPECT_TRUE(certificates.trusted().empty());
  fs::rename(*rejected, folder / "trusted" / "it.der");
  EXPECT_EQ(certificates.trusted(), std::vector{made->certificate});

  fs::permissions(folder / "own/key.der", fs::perms::others_read, fs::perm_options::add);
  const auto open = certificates.identity("urn:millrace:edge:e", "e");
  EXPECT_EQ(open.error().code, base::ErrorCode::kForbidden);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace millrace::opcua
