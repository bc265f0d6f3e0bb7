#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/random.h"
#include "pipeline/command.h"
#include "service/history.h"
#include "service/permission.h"

namespace millrace::service {

/// How long a caller waits for a device.
inline constexpr base::Duration kCommandPatience{10'000'000};

/// Writes properties and invokes actions through their bindings: checked against the thing model,
/// sent to the edge that has the connection, and on record: an entry in the audit book before it is
/// sent, an event of the thing (command.done or command.failed, without the person's name) when it
/// is known what became of it. Any thread; each call waits for the device's answer.
///
/// A command is for now: `until` is when it is too old to be sent, and until when the device may
/// carry it out. None: kCommandPatience from the call on.
class Commands {
 public:
  using Until = std::optional<base::MonotonicTime>;

  Commands(const Deps& deps, const Twins& twins) : deps_(deps), twins_(twins) {}

  /// Errors: forbidden (the role, or the device), not_found, invalid (read only, type, range),
  /// unsupported (no binding, or one that cannot be written), unavailable (edge or device away),
  /// timeout (also where it was too old to be sent); those of the metadata store, with nothing
  /// sent.
  base::Result<void> write(const identity::Caller& caller, const PropertyName& property,
                           const model::Value& value, Until until = {});
  /// `input` is empty for none.
  base::Result<void> invoke(const identity::Caller& caller, std::string_view thing,
                            std::string_view action, const std::optional<model::Value>& input,
                            Until until = {});
  /// Nobody waits any longer, now and later: the hub stops.
  void stop();

 private:
  struct Wait;
  struct Sender {
    const identity::Caller& caller;
    std::string edge;
    base::MonotonicTime until;
  };

  base::MonotonicTime end_of(Until until) const;

  base::Result<std::string> edge_of(const twin::Catalog& catalog, const twin::Binding& binding,
                                    const std::string& what) const;
  base::Result<void> carry_out(const Sender& sender, pipeline::Command command);
  base::Result<void> send(const Sender& sender, const pipeline::Command& command);
  base::Result<void> audit(const Sender& sender, const pipeline::Command& command) const;
  void note(const Sender& sender, const pipeline::Command& command,
            const base::Result<void>& result) const;
  base::Uuid next_id();

  const Deps& deps_;
  const Twins& twins_;
  std::mutex mutex_;
  base::Random random_ = base::Random::from_system();
  std::set<std::shared_ptr<Wait>> waits_;
  bool is_stopped_ = false;
};

}  // namespace millrace::service
