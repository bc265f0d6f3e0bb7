#include "service/mqtt_address.h"

#include <format>

namespace millrace::service {
namespace {

/// "hub" of "http://hub:8080" and "[::1]" of "[::1]:1883".
std::string_view host_in(std::string_view text) {
  if (const std::size_t scheme = text.find("://"); scheme != text.npos) {
    text.remove_prefix(scheme + 3);
  }
  if (text.starts_with('[')) return text.substr(0, text.find(']') + 1);
  return text.substr(0, text.find_first_of(":/"));
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host.starts_with("127.") || host == "[::1]" || host == "::1";
}

}  // namespace

std::string mqtt_address(const BrokerStatus& broker, std::string_view base) {
  const std::string_view caller = host_in(base);
  const std::string_view own = host_in(broker.address);
  const std::string_view port = std::string_view(broker.address).substr(own.size());
  const std::string_view there = broker.listens ? std::string_view(*broker.listens) : own;
  if (is_loopback(there)) return is_loopback(caller) ? broker.address : "";
  const std::string_view host = broker.listens == "0.0.0.0" ? caller : there;
  return host.empty() ? "" : std::format("{}{}", host, port);
}

}  // namespace millrace::service
