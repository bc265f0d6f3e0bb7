#include "connector/opcua/config.h"

namespace millrace::opcua {
namespace {

using config::Need;
using config::Secrecy;
using config::TableOf;
using Complaint = TableOf<ClientOptions>::Complaint;

std::optional<Complaint> check_url(const ClientOptions& options) {
  if (options.url.starts_with("opc.tcp://")) return std::nullopt;
  return Complaint{"url", "url: the address of an OPC UA server begins with opc.tcp://",
                   "For example opc.tcp://192.168.0.10:4840."};
}

std::optional<Complaint> check_user(const ClientOptions& options) {
  if (!options.password.empty() && options.user.empty()) {
    return Complaint{"password", "there is a password without a user", "Add user."};
  }
  if (options.user_certificate_file.empty() != options.user_key_file.empty()) {
    return Complaint{"user_certificate_file", "user_certificate_file and user_key_file go together",
                     "Give both."};
  }
  if (!options.user.empty() && !options.user_certificate_file.empty()) {
    return Complaint{"user", "there are two ways to log in: user and user_certificate_file",
                     "Keep one of them."};
  }
  return std::nullopt;
}

TableOf<ClientOptions> make_client_table() {
  using O = ClientOptions;
  TableOf<O> table("OPC UA server", "A server whose values the edge reads by subscription.");
  table
      .name({.key = "name",
             .sentence = "Name of the connection, for logs, metrics and the page.",
             .need = Need::kRequired},
            &O::name)
      .text({.key = "url",
             .sentence = "Address of the server, opc.tcp://host:port/path.",
             .need = Need::kRequired},
            &O::url, {1, 1024})
      .choice(
          {.key = "security", .sentence = "Security policy; basic256sha256 signs and encrypts."},
          &O::security, {{"none", Security::kNone}, {"basic256sha256", Security::kBasic256Sha256}})
      .text({.key = "user", .sentence = "User name; without one the login is anonymous."}, &O::user)
      .text({.key = "password", .sentence = "Password of the user.", .secrecy = Secrecy::kSecret},
            &O::password)
      .text({.key = "user_certificate_file", .sentence = "Certificate to log in with, DER."},
            &O::user_certificate_file)
      .text({.key = "user_key_file", .sentence = "Private key of user_certificate_file."},
            &O::user_key_file)
      .duration({.key = "publishing_interval_ms", .sentence = "How often the server sends."},
                &O::publishing_interval, {10, 3600000})
      .duration({.key = "sampling_interval_ms",
                 .sentence = "How often the server looks at a value; 0 asks for every change."},
                &O::sampling_interval, {0, 3600000})
      .integer({.key = "queue_size", .sentence = "Values of a tag the server keeps between sends."},
               &O::queue_size, {2, 100000})
      .choice({.key = "report",
               .sentence = "What is sent: each update, or changes of value or status only."},
              &O::report, {{"update", Report::kUpdate}, {"change", Report::kChange}})
      .duration({.key = "timeout_ms", .sentence = "How long the server may take to answer."},
                &O::timeout, {100, 60000})
      .duration({.key = "session_timeout_s",
                 .sentence = "How long the server keeps the session while the line is down."},
                &O::session_timeout, {5, 3600})
      .duration({.key = "reconnect_delay_max_s",
                 .sentence = "Longest wait between two attempts to connect."},
                &O::reconnect_delay_max, {1, 300})
      .duration({.key = "loss_after_s",
                 .sentence = "After this long without connection each tag gets one sample without "
                             "a value."},
                &O::loss_after, {1, 86400})
      .duration({.key = "tag_retry_s", .sentence = "How often a tag that failed is tried again."},
                &O::tag_retry, {1, 86400})
      .check(check_url)
      .check(check_user);
  return table;
}

}  // namespace

const TableOf<ClientOptions>& client_table() {
  static const TableOf<ClientOptions> kTable = make_client_table();
  return kTable;
}

}  // namespace millrace::opcua
