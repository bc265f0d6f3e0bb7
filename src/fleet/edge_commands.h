#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "base/bounded_queue.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "model/transform.h"
#include "pipeline/command.h"
#include "pipeline/source.h"

namespace millrace::fleet {

/// Where a property or an action of a thing is written.
struct CommandRoute {
  std::string thing;
  std::string name;
  bool is_action = false;
  bool is_writable = false;  // the configuration lets commands write here
  std::shared_ptr<pipeline::Source> source;
  std::uint32_t tag = 0;       // of the source
  model::Transform transform;  // from raw to the property's value; written through its inverse
};

/// Carries out what the hub commands: looks up the route, turns the value into the device's and
/// writes it through its source, in the order in which commands come, on a thread of its own, so
/// that a slow device holds up nothing but other commands.
///
/// A command is carried out at most once, however often it comes: the last thousand are remembered
/// with their answers, and the answer is given again. From its deadline on it is not begun.
///
/// Threads: any; answers come on the thread of its own or on that of take().
class EdgeCommands final : public pipeline::CommandSink {
 public:
  using Answer = std::function<void(pipeline::CommandAnswer)>;
  static constexpr std::size_t kWaitingMax = 100;
  static constexpr std::size_t kRememberedMax = 1000;

  EdgeCommands(const base::Clock& clock, base::Metrics& metrics);
  ~EdgeCommands() override;

  /// What can be commanded from now on. A write that is under way goes on with its old source.
  void use(std::vector<CommandRoute> routes);
  void start(Answer answer);
  /// Waits for the write that is under way; what waits behind it is not carried out.
  void stop();

  void take(pipeline::Command command) override;

 private:
  using Key = std::tuple<std::string, std::string, bool>;

  void loop();
  void finish(const base::Uuid& id, base::Result<void> result);
  void forget_oldest();
  std::optional<CommandRoute> route(const pipeline::Command& command) const;
  base::Result<void> carry_out(const pipeline::Command& command) const;

  const base::Clock& clock_;
  base::Counter& done_;
  base::Counter& failed_;
  Answer answer_;
  base::BoundedQueue<pipeline::Command> waiting_{kWaitingMax};
  mutable std::mutex mutex_;
  std::map<Key, CommandRoute> routes_;
  // By id; empty while it waits or is under way. `order_` has the oldest first.
  std::map<base::Uuid, std::optional<pipeline::CommandAnswer>> remembered_;
  std::deque<base::Uuid> order_;
  std::thread thread_;
};

}  // namespace millrace::fleet
