#include "net/internal/broker_files.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <array>

#include "base/files.h"

namespace millrace::net {
namespace {

using base::ErrorCode;

constexpr int kHashIterations = 1000;  // passwords are generated: 190 bits, not guessable anyway
using Salt = std::array<unsigned char, 12>;
using Hash = std::array<unsigned char, 64>;

template <class Bytes>
std::string base64(const Bytes& bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '\0');
  // EVP_EncodeBlock ends its output with NUL, where std::string has one anyway.
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                  static_cast<int>(bytes.size()));
  return text;
}

base::Result<std::string> hashed(const std::string& password) {
  Salt salt{};
  Hash hash{};
  const bool is_done =
      RAND_bytes(salt.data(), static_cast<int>(salt.size())) == 1 &&
      PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(),
                        static_cast<int>(salt.size()), kHashIterations, EVP_sha512(),
                        static_cast<int>(hash.size()), hash.data()) == 1;
  if (!is_done) return base::fail(ErrorCode::kInternal, "OpenSSL does not hash a password");
  return std::format("$7${}${}${}", kHashIterations, base64(salt), base64(hash));
}

bool is_one_line(std::string_view text) {
  return !text.empty() && text.find_first_of(std::string_view("\n\r\0", 3)) == text.npos;
}

std::string_view word(TopicAccess access) {
  switch (access) {
    case TopicAccess::kRead:
      return "read";
    case TopicAccess::kWrite:
      return "write";
    case TopicAccess::kReadWrite:
      break;
  }
  return "readwrite";
}

}  // namespace

BrokerFiles::BrokerFiles(const std::filesystem::path& directory)
    : configuration(directory / "mosquitto.conf"),
      passwords(directory / "passwords"),
      access(directory / "access"),
      pid(directory / "mosquitto.pid"),
      port(directory / "port"),
      lock(directory / "lock") {}

std::string broker_configuration(const BrokerOptions& options, const BrokerFiles& files,
                                 std::uint16_t port) {
  // Room for topic and MQTT 5 properties beside the payload.
  constexpr std::size_t kPacketOverhead = 64U << 10;
  std::string text = std::format(
      "# Written by Millrace at each start; changes are lost.\n"
      "listener {} {}\n"
      "allow_anonymous false\n"
      "password_file {}\n"
      "acl_file {}\n"
      "persistence false\n"
      "message_size_limit {}\n"
      "max_packet_size {}\n"
      "max_queued_messages {}\n"
      "max_queued_bytes {}\n"
      "max_inflight_messages 100\n"
      "max_keepalive 600\n"
      "set_tcp_nodelay true\n"
      "log_dest stderr\n"
      "log_timestamp false\n"
      "log_type error\n"
      "log_type warning\n"
      "log_type notice\n",
      port, options.address, files.passwords.string(), files.access.string(),
      options.message_bytes_max, options.message_bytes_max + kPacketOverhead,
      options.queue_messages_max, options.queue_bytes_max);
  // As root it would change to its own user: it could not read its private files then, and the
  // kernel would forget that it shall die with us.
  if (::geteuid() == 0) text += "user root\n";
  return text;
}

base::Result<std::string> broker_passwords(const std::vector<BrokerUser>& users) {
  std::string text;
  for (const BrokerUser& user : users) {
    if (!is_one_line(user.name) || user.name.contains(':') || user.password.empty()) {
      return base::fail(ErrorCode::kInvalid,
                        std::format("'{}' cannot be a user of the broker", user.name),
                        "A name is one line without ':', and a password is not empty.");
    }
    MILLRACE_LET(const std::string hash, hashed(user.password));
    text += std::format("{}:{}\n", user.name, hash);
  }
  return text;
}

base::Result<std::string> broker_access(const std::vector<BrokerUser>& users) {
  std::string text;
  for (const BrokerUser& user : users) {
    text += std::format("user {}\n", user.name);
    for (const TopicRule& rule : user.rules) {
      if (!is_one_line(rule.filter)) {
        return base::fail(ErrorCode::kInvalid, "a topic filter with a line break");
      }
      text += std::format("topic {} {}\n", word(rule.access), rule.filter);
    }
    text += '\n';
  }
  return text;
}

base::Result<void> write_broker_users(const BrokerFiles& files,
                                      const std::vector<BrokerUser>& users) {
  MILLRACE_LET(const std::string passwords, broker_passwords(users));
  MILLRACE_LET(const std::string access, broker_access(users));
  MILLRACE_TRY(base::write_file_durably(files.passwords, passwords, base::FileMode::kPrivate));
  return base::write_file_durably(files.access, access, base::FileMode::kPrivate);
}

BrokerUser sparkplug_host_user(std::string name, std::string password) {
  return {std::move(name),
          std::move(password),
          {{TopicAccess::kReadWrite, "spBv1.0/#"},
           {TopicAccess::kWrite, "millrace/+/+/desired"},
           {TopicAccess::kRead, "millrace/+/+/reported"},
           {TopicAccess::kRead, "millrace/+/+/filters"}}};
}

BrokerUser sparkplug_node_user(std::string name, std::string password, std::string_view group,
                               std::string_view node) {
  std::vector<TopicRule> rules = {{TopicAccess::kRead, "spBv1.0/STATE/#"}};
  for (const auto* type : {"NBIRTH", "NDEATH", "NDATA"}) {
    rules.push_back({TopicAccess::kWrite, std::format("spBv1.0/{}/{}/{}", group, type, node)});
  }
  for (const auto* type : {"DBIRTH", "DDEATH", "DDATA"}) {
    rules.push_back({TopicAccess::kWrite, std::format("spBv1.0/{}/{}/{}/+", group, type, node)});
  }
  rules.push_back({TopicAccess::kRead, std::format("spBv1.0/{}/NCMD/{}", group, node)});
  rules.push_back({TopicAccess::kRead, std::format("spBv1.0/{}/DCMD/{}/#", group, node)});
  rules.push_back({TopicAccess::kRead, std::format("millrace/{}/{}/desired", group, node)});
  for (const auto* what : {"reported", "filters"}) {
    rules.push_back({TopicAccess::kWrite, std::format("millrace/{}/{}/{}", group, node, what)});
  }
  return {std::move(name), std::move(password), std::move(rules)};
}

BrokerUser device_user(std::string name, std::string password,
                       const std::vector<std::string>& topics) {
  std::vector<TopicRule> rules;
  for (const std::string& topic : topics) rules.push_back({TopicAccess::kWrite, topic});
  return {std::move(name), std::move(password), std::move(rules)};
}

// Not `millrace/things/#`: what an edge is told stands at millrace/<site>/<edge>/desired, and a
// site may be called "things".
BrokerUser thing_consumer_user(std::string name, std::string password, ThingAccess access) {
  std::vector<TopicRule> rules = {{TopicAccess::kRead, "millrace/things/+/properties/+"}};
  if (access == ThingAccess::kCommand) {
    rules.push_back({TopicAccess::kWrite, "millrace/things/+/properties/+/set"});
    rules.push_back({TopicAccess::kWrite, "millrace/things/+/actions/+"});
  }
  return {std::move(name), std::move(password), std::move(rules)};
}

std::vector<TopicRule> thing_host_rules() {
  return {{TopicAccess::kReadWrite, "millrace/things/+/properties/+"},
          {TopicAccess::kRead, "millrace/things/+/properties/+/set"},
          {TopicAccess::kRead, "millrace/things/+/actions/+"}};
}

std::string make_password() {
  std::array<unsigned char, 24> bytes{};
  MILLRACE_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  std::string text = base64(bytes);
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return text;
}

}  // namespace millrace::net
