#include "http/wot_stream.h"

#include "http/json_writer.h"
#include "http/live_stream.h"

namespace millrace::http {
namespace {

/// For a named event: `null` as data would fit no property's schema.
std::string no_value(model::Quality quality) {
  const auto reasons = quality.reasons();
  const auto reason = reasons.empty() ? model::Reason::kMissingValue : reasons.front();
  JsonWriter json;
  json.begin_object().member("reason", model::text(reason)).end_object();
  return json.take();
}

}  // namespace

StreamSource observe_source(std::shared_ptr<service::LiveWatch> watch,
                            const service::WotValues& values) {
  return [watch = std::move(watch), &values] {
    StreamText next;
    const service::LiveUpdate update = watch->take();
    for (const auto& value : update.values) {
      if (!value.current.last) continue;  // nothing has come yet
      if (const auto json = values.json_of(value)) {
        next.text += std::format("data: {}\n\n", *json);
      } else {
        append_event(next.text, "no_value", no_value(value.current.quality()));
      }
    }
    if (update.has_session_ended) {
      next.text += end_event("session_ended");
      next.is_last = true;
    }
    return next;
  };
}

StreamSource description_source(std::shared_ptr<service::DescriptionWatch> watch,
                                DescriptionEventsRequest wanted) {
  return [watch = std::move(watch), wanted] {
    StreamText next;
    const auto events = watch->take();
    if (!events) return StreamText{end_event("session_ended"), true};
    for (const service::DescriptionEvent& event : *events) {
      if (wanted.type && *wanted.type != event.change) continue;
      const bool is_whole = wanted.has_diff && !event.document.empty();
      JsonWriter id;
      id.begin_object().member("id", event.id).end_object();
      append_event(next.text, text(event.change), is_whole ? event.document : id.take());
    }
    return next;
  };
}

}  // namespace millrace::http
