#include "http/event_streams.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <future>

namespace millrace::http {
namespace {

constexpr double kTickSeconds = 0.1;
constexpr std::string_view kHead =
    "HTTP/1.1 200 OK\r\n"
    "content-type: text/event-stream\r\n"
    "cache-control: no-store\r\n"
    "x-accel-buffering: no\r\n"
    "x-content-type-options: nosniff\r\n"
    "connection: close\r\n\r\n";

}  // namespace

EventStreams::EventStreams(base::Duration heartbeat, const base::Clock& clock,
                           base::Metrics& metrics)
    : heartbeat_(heartbeat),
      clock_(clock),
      open_(metrics.gauge("millrace_http_live_streams", "Open live streams.")) {
  thread_.run();
  thread_.getLoop()->runEvery(kTickSeconds, [this] { tick(); });
}

EventStreams::~EventStreams() { stop({}); }

void EventStreams::add(TakenSocket socket, StreamSource source) {
  auto stream = std::make_shared<Stream>(thread_.getLoop(), std::move(socket));
  stream->source = std::move(source);
  thread_.getLoop()->queueInLoop([this, stream] { open(stream); });
}

void EventStreams::open(const StreamPtr& stream) {
  if (is_stopped_) return;
  Stream& one = *stream;
  streams_.emplace(one.socket.fd(), stream);
  count_ = streams_.size();
  open_.set(static_cast<double>(streams_.size()));
  one.channel.tie(stream);
  one.channel.setReadCallback([this, &one] { drain(one); });
  one.channel.setWriteCallback([this, &one] { write(one, {}); });
  one.channel.setCloseCallback([this, &one] { close(one); });
  one.channel.setErrorCallback([this, &one] { close(one); });
  one.channel.enableReading();
  write(one, kHead);
  advance(one, clock_.monotonic());
}

std::vector<EventStreams::StreamPtr> EventStreams::all() const {
  std::vector<StreamPtr> streams;
  streams.reserve(streams_.size());
  for (const auto& [fd, stream] : streams_) streams.push_back(stream);
  return streams;
}

void EventStreams::tick() {
  const base::MonotonicTime now = clock_.monotonic();
  for (const StreamPtr& stream : all()) advance(*stream, now);
}

void EventStreams::advance(Stream& stream, base::MonotonicTime now) {
  if (!stream.unsent.empty()) return;
  StreamText next = stream.source();
  if (next.text.empty() && now - stream.last_write >= heartbeat_) next.text = ": heartbeat\n\n";
  if (!next.text.empty()) write(stream, next.text);
  if (next.is_last) close(stream);
}

void EventStreams::write(Stream& stream, std::string_view text) {
  stream.unsent.append(text);
  const ssize_t sent = ::send(stream.socket.fd(), stream.unsent.data(), stream.unsent.size(),
                              MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return close(stream);
  if (sent > 0) stream.unsent.erase(0, static_cast<std::size_t>(sent));
  stream.last_write = clock_.monotonic();
  if (stream.unsent.empty()) {
    std::string().swap(stream.unsent);
    if (stream.channel.isWriting()) stream.channel.disableWriting();
  } else if (!stream.channel.isWriting()) {
    stream.channel.enableWriting();
  }
}

/// What the client sends after its request has no meaning; only the end matters.
void EventStreams::drain(Stream& stream) {
  std::array<char, 4096> waste{};
  const ssize_t got = ::recv(stream.socket.fd(), waste.data(), waste.size(), MSG_DONTWAIT);
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) close(stream);
}

void EventStreams::close(Stream& stream) {
  const auto at = streams_.find(stream.socket.fd());
  if (at == streams_.end() || at->second.get() != &stream) return;
  const StreamPtr keep = at->second;
  streams_.erase(at);
  count_ = streams_.size();
  open_.set(static_cast<double>(streams_.size()));
  keep->channel.disableAll();
  keep->channel.remove();
  thread_.getLoop()->queueInLoop([keep] {});  // the poller may hold the channel in this round
}

void EventStreams::stop(const std::string& farewell) {
  std::promise<void> done;
  thread_.getLoop()->queueInLoop([&] {
    is_stopped_ = true;
    for (const StreamPtr& stream : all()) {
      if (!farewell.empty()) write(*stream, farewell);
      close(*stream);
    }
    done.set_value();
  });
  done.get_future().wait();
}

}  // namespace millrace::http
