#include "http/live_stream.h"

#include "http/encode.h"

namespace millrace::http {
namespace {

std::int64_t milliseconds(base::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

void append_event(std::string& out, std::string_view name, std::string_view data) {
  out += "event: ";
  out += name;
  out += "\ndata: ";
  out += data;
  out += "\n\n";
}

std::string end_event(std::string_view reason) {
  std::string out;
  append_event(out, "end", std::format(R"({{"reason":"{}"}})", reason));
  return out;
}

StreamSource live_source(std::shared_ptr<service::LiveWatch> watch, base::Duration heartbeat,
                         const base::Clock& clock) {
  return [watch = std::move(watch), heartbeat, &clock, is_first = true]() mutable {
    StreamText next;
    if (is_first) {
      JsonWriter json;
      json.begin_object()
          .member("time", clock.now())
          .member("interval_ms", milliseconds(watch->request().interval))
          .member("heartbeat_ms", milliseconds(heartbeat))
          .end_object();
      append_event(next.text, "hello", json.take());
      is_first = false;
    }
    const service::LiveUpdate update = watch->take();
    for (const auto& value : update.values) {
      append_event(next.text, "value", encode_live_value(value));
    }
    for (const auto& edge : update.edges) {
      JsonWriter json;
      write(json, edge);
      append_event(next.text, "edge", json.take());
    }
    if (update.has_session_ended) {
      next.text += end_event("session_ended");
      next.is_last = true;
    }
    return next;
  };
}

}  // namespace millrace::http
