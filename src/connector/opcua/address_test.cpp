#include "connector/opcua/address.h"

#include <gtest/gtest.h>

namespace millrace::opcua {
namespace {

const std::vector<std::string> kNamespaces = {"http://opcfoundation.org/UA/", "urn:plant", "a;b"};

TEST(OpcUaAddress, NamesTheNamespaceSoThatItSurvivesOtherNumbers) {
  for (const char* text :
       {"nsu=urn:plant;s=pump;1/flow", "nsu=urn:plant;i=42", "i=85",
        "nsu=urn:plant;g=09087e75-8e5e-499b-954f-f2a9603db28a", "nsu=urn:plant;b=AAEC"}) {
    const auto node = node_of(text, kNamespaces);
    ASSERT_TRUE(node) << text << node.error().what;
    EXPECT_EQ(address_of(node->value, kNamespaces), text);
    EXPECT_TRUE(check_address(text));
  }
  EXPECT_EQ(node_of("nsu=urn:plant;i=42", kNamespaces)->value.namespaceIndex, 1);
  EXPECT_EQ(address_of(node_of("ns=2;i=1", kNamespaces)->value, kNamespaces), "ns=2;i=1")
      << "a name that cannot be written";
  EXPECT_EQ(address_of(node_of("ns=7;i=1", kNamespaces)->value, kNamespaces), "ns=7;i=1");
}

TEST(OpcUaAddress, SaysWhatIsWrong) {
  for (const char* text : {"", "pump", "nsu=urn:plant", "nsu=urn:plant;pump", "ns=x;i=1"}) {
    EXPECT_EQ(check_address(text).error().code, base::ErrorCode::kInvalid) << text;
    EXPECT_FALSE(node_of(text, kNamespaces)) << text;
  }
  EXPECT_EQ(node_of("nsu=urn:other;i=1", kNamespaces).error().what,
            "the server has no namespace 'urn:other'");
}

}  // namespace
}  // namespace millrace::opcua
