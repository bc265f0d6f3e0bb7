#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"

namespace millrace::net {

enum class TopicAccess { kRead, kWrite, kReadWrite };

struct TopicRule {
  TopicAccess access = TopicAccess::kReadWrite;
  std::string filter;  // MQTT filter
};

/// Who may log in to the broker, and what for. Nobody else may do anything.
struct BrokerUser {
  std::string name;
  std::string password;
  std::vector<TopicRule> rules;
};

/// What a Sparkplug host application may do: everything below spBv1.0; and say what edges are to
/// do, and hear what they report.
BrokerUser sparkplug_host_user(std::string name, std::string password);
/// What an edge node may do: speak as itself, hear its own commands and the hosts' STATE; read what
/// it alone is to do (there may be passwords in it), and report.
BrokerUser sparkplug_node_user(std::string name, std::string password, std::string_view group,
                               std::string_view node);

/// What a device that speaks plain MQTT may do: publish below its own topics, and read nothing.
BrokerUser device_user(std::string name, std::string password,
                       const std::vector<std::string>& topics);
/// Whether a consumer of things may send commands, too.
enum class ThingAccess { kRead, kCommand };
/// What a consumer of things may do: hear their values (docs/adr/012), and command them if it may.
BrokerUser thing_consumer_user(std::string name, std::string password, ThingAccess access);
/// What the hub may do there: say values and hear commands.
std::vector<TopicRule> thing_host_rules();

struct BrokerOptions {
  std::filesystem::path directory;  // of its own; made when absent
  std::filesystem::path program = "/usr/sbin/mosquitto";
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: a free one, the same again after a restart where it is still free
  std::size_t message_bytes_max = 16U << 20;
  std::size_t queue_messages_max = 20'000;  // waiting for one slow client …
  std::size_t queue_bytes_max = 64U << 20;  // … then newer ones are dropped
  base::Duration restart_min{200'000};      // back-off between restarts, doubled up to …
  base::Duration restart_max{10'000'000};
};

/// The hub's own Mosquitto: writes its configuration into the directory (configuration, passwords
/// hashed, access lists; private files), starts it, keeps it running and folds its log into ours.
/// It keeps nothing on disk: whatever must survive is the spools' business.
///
/// The child dies with the process that started it (PR_SET_PDEATHSIG). One that outlived a crash
/// all the same is recognised by its pid file and the configuration path in its command line, and
/// ended. Two brokers on one directory are refused by a lock.
///
/// create() does no I/O. The other calls come one at a time.
class MosquittoBroker {
 public:
  /// Errors: invalid.
  static base::Result<std::unique_ptr<MosquittoBroker>> create(BrokerOptions options,
                                                               std::vector<BrokerUser> users,
                                                               const base::Clock& clock);
  ~MosquittoBroker();
  MosquittoBroker(const MosquittoBroker&) = delete;
  MosquittoBroker& operator=(const MosquittoBroker&) = delete;

  /// Returns when the broker takes connections. Errors: conflict (directory or port in use),
  /// unavailable (no such program, or it does not come up: the reason it gave is in the error).
  base::Result<void> start();
  void stop();
  /// Takes effect without a restart, also for those who are connected: who is gone, or has another
  /// password now, loses the connection, and no will is sent.
  base::Result<void> set_users(std::vector<BrokerUser> users);

  /// Of the running broker; 0 before start().
  std::uint16_t port() const;
  /// Process id, 0 while it is being restarted.
  int pid() const;
  /// How often it had to be started again.
  std::uint64_t restarts() const;

 private:
  class Keeper;
  explicit MosquittoBroker(std::unique_ptr<Keeper> keeper);
  std::unique_ptr<Keeper> keeper_;
};

/// A new password: 32 characters from the operating system's randomness.
std::string make_password();

}  // namespace millrace::net
