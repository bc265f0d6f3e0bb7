#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/random.h"
#include "connector/sparkplug/config.h"
#include "connector/sparkplug/host_names.h"
#include "pipeline/command.h"
#include "pipeline/inbound.h"

namespace millrace::connector::sparkplug {

/// What a hub remembers of an earlier run, so that everything is called as before and asked for.
struct HostMemory {
  std::vector<GivenName> names;                             // of take_new_names()
  std::vector<std::pair<std::string, std::string>> things;  // thing and origin, of the registry
};

/// The source of a hub: a host application with an MQTT session of its own for each group it owns,
/// which gives what edges and third-party nodes say to an InboundSink and carries acknowledgements
/// and commands back. Beside them a session that listens for groups which nobody has named, unless
/// that is off.
///
/// Groups begin to be owned and stay so until stop(). More than `groups_max` are not taken: logged,
/// and what they say is counted.
///
/// A command goes to a Millrace edge that is online, as a DCMD to the thing; the edge answers. A
/// third-party node is refused (unsupported): by the standard it would not answer.
///
/// Threads: the sink is called on MQTT loop threads, never waits; acknowledge(), send(), own(),
/// let_go() and the getters may be called from any thread; who waits for a command is told on one
/// of them.
class HostApplications final : public pipeline::OriginLink, public pipeline::CommandLink {
 public:
  struct Deps {
    const base::Clock& clock;
    base::Metrics& metrics;
    base::Random random;
  };

  /// Errors: invalid. No I/O.
  static base::Result<std::unique_ptr<HostApplications>> create(HostConfig config,
                                                                const HostMemory& memory,
                                                                Deps deps);
  ~HostApplications() override;

  /// Begins to connect. Third-party nodes of the memory are asked for their births when they do not
  /// come by themselves.
  void start(pipeline::InboundSink& sink);
  /// Says offline and disconnects. It is not started again.
  void stop();
  /// Owns a group from now on; nothing where it is owned already. Errors: invalid, limited.
  base::Result<void> own(const std::string& group);

  /// Takes a node for dead whose connection the broker has ended without its will; it is online
  /// again with its next birth. Nothing in a group that is not owned.
  void let_go(const std::string& group, const std::string& node);

  bool is_connected() const;
  std::vector<std::string> groups() const;
  /// The thing under which a third party's device comes (empty: the node itself), also before it is
  /// heard of: the name is given now and stays.
  std::string thing_of(std::string_view group, std::string_view node, std::string_view device);
  /// Names that were given since the last call: to be kept, and brought back at the next start.
  std::vector<GivenName> take_new_names();

  void acknowledge(const std::string& origin, const pipeline::Acknowledgement& ack) override;
  void send(const std::string& origin, pipeline::Command command, Done done) override;

 private:
  class Groups;
  explicit HostApplications(std::unique_ptr<Groups> groups);
  std::unique_ptr<Groups> groups_;
};

}  // namespace millrace::connector::sparkplug
