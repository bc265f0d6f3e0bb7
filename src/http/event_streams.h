#pragma once

#include <trantor/net/Channel.h>
#include <trantor/net/EventLoopThread.h>

#include <atomic>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "base/metrics.h"
#include "http/message.h"
#include "http/taken_socket.h"

namespace millrace::http {

/// Open event streams, on one thread of their own (ADR 003). Each stream is asked for its text ten
/// times a second; one with unsent bytes is not asked, so that a slow reader costs one rendering of
/// memory and gets the newest values when it catches up. A stream that is silent for the heartbeat
/// sends a comment. A client that leaves is noticed at once; one that vanished, within 45 s.
class EventStreams {
 public:
  EventStreams(base::Duration heartbeat, const base::Clock& clock, base::Metrics& metrics);
  ~EventStreams();

  /// Any thread.
  void add(TakenSocket socket, StreamSource source);
  /// Sends `farewell` to every stream and closes it; streams added later close at once. Any thread
  /// but the streams' own; returns when it is done.
  void stop(const std::string& farewell);
  std::size_t size() const { return count_; }

 private:
  struct Stream {
    Stream(trantor::EventLoop* loop, TakenSocket taken)
        : socket(std::move(taken)), channel(loop, socket.fd()) {}
    TakenSocket socket;
    trantor::Channel channel;
    StreamSource source;  // asked on the streams' thread
    std::string unsent;
    base::MonotonicTime last_write{};
  };
  using StreamPtr = std::shared_ptr<Stream>;

  void open(const StreamPtr& stream);
  void tick();
  void advance(Stream& stream, base::MonotonicTime now);
  void write(Stream& stream, std::string_view text);
  void drain(Stream& stream);
  void close(Stream& stream);
  std::vector<StreamPtr> all() const;

  const base::Duration heartbeat_;
  const base::Clock& clock_;
  base::Gauge& open_;
  std::unordered_map<int, StreamPtr> streams_;  // the streams' thread only
  bool is_stopped_ = false;                     // the streams' thread only
  std::atomic<std::size_t> count_ = 0;
  trantor::EventLoopThread thread_{"http-live"};
};

}  // namespace millrace::http
