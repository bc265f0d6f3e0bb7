#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/uuid.h"
#include "model/value.h"

namespace millrace::pipeline {

/// What someone wants of a device: a property's new value, or an action with its input.
struct Command {
  base::Uuid id;
  std::string thing;
  std::string name;  // of the property or the action
  bool is_action = false;
  model::Value value;   // in the property's or the input's unit and type; none for a bare action
  base::Time deadline;  // by the origin's clock: from then on it is not carried out
  base::Duration patience{10'000'000};  // how long the sender waits for the answer
};

/// What became of a command.
struct CommandAnswer {
  base::Uuid id;
  base::Result<void> result;
};

/// Takes commands at the edge. Called on the uplink's thread; hands over only.
class CommandSink {
 public:
  virtual ~CommandSink() = default;
  virtual void take(Command command) = 0;
};

/// Carries commands to whoever reaches the device, and says once what became of each. Any thread;
/// does not wait; `done` may be called on any thread, and comes when the patience ends at the
/// latest.
class CommandLink {
 public:
  virtual ~CommandLink() = default;
  using Done = std::function<void(base::Result<void>)>;
  /// Errors of `done`: unavailable (the origin is away), unsupported (it takes no commands),
  /// timeout, those of Source::write.
  virtual void send(const std::string& origin, Command command, Done done) = 0;
};

}  // namespace millrace::pipeline
