#pragma once

#include "http/json_writer.h"
#include "service/services.h"

namespace millrace::http {

// The services' answers as the schemas of api/openapi.yaml.

/// A value as JSON; bytes above `inline_max` lose their base64.
void write_value(JsonWriter& json, const model::Value& value, std::size_t inline_max);
inline constexpr std::size_t kInlineBytesMax = 4096;  // in lists and live values

void write_reasons(JsonWriter& json, model::Quality quality);
/// The id, or null for a property that has no series yet.
void write_series_id(JsonWriter& json, model::SeriesId id);
/// The members of SeriesHead inside the caller's object.
void write_head(JsonWriter& json, const model::Series& series);
/// The members of CurrentValue inside the caller's object.
void write_current(JsonWriter& json, const service::CurrentValue& current, std::size_t inline_max);

void write(JsonWriter& json, const service::Thing& thing);
void write(JsonWriter& json, const service::ThingDetail& detail);
void write(JsonWriter& json, const service::Site& site);
void write(JsonWriter& json, const service::Edge& edge);
void write(JsonWriter& json, const store::LossInterval& loss);
void write(JsonWriter& json, const store::Event& event);
void write(JsonWriter& json, const store::Token& token);
void write(JsonWriter& json, const service::AccountItem& item);
void write(JsonWriter& json, const service::Import& import);
void write(JsonWriter& json, const service::QualityProblem& problem);
void write(JsonWriter& json, const service::FilterReport& report);
void write_series(JsonWriter& json, const service::Property& property);

/// How a history's raw rows look: which columns follow time, value and quality.
struct RawColumns {
  bool has_reasons = false;
  bool has_code = false;
  bool is_reasons_first = true;
};
void write(JsonWriter& json, const service::History& history, const RawColumns& columns);

void write(JsonWriter& json, const service::ResourceItem& item);
void write(JsonWriter& json, const store::Revision& revision);
void write(JsonWriter& json, const service::ThingModelItem& item);
void write(JsonWriter& json, const service::TagCount& tag);
std::string encode(const service::Validation& validation);
std::string encode(const service::ResourcePlan& plan);
std::string encode(const service::Applied& applied);
std::string encode(const service::ExportedResources& exported);
std::string encode(const service::ResourceDetail& detail);
std::string encode_drift(const service::ResourcePlan& drift);
/// Problem details with the list of what is wrong in files.
std::string encode_problem(const base::Error& error, const twin::ResourceProblems& problems);
/// As the member "problems".
void write_problems(JsonWriter& json, const twin::ResourceProblems& problems,
                    std::string_view key = "problems");

/// The same with what is wrong in a Thing Description (`validationErrors`).
std::string encode_problem(const base::Error& error,
                           const std::vector<twin::DescriptionProblem>& problems);

std::string encode_property(const service::Property& property);
std::string encode_values(const service::VersionedPage<service::Property>& page);
std::string encode_live_value(const service::Property& property);
std::string encode(const identity::Session& session);
std::string encode(const identity::Caller& caller);
std::string encode(const identity::NewToken& made);
std::string encode(const service::AccessPlan& plan);
std::string encode(const service::NewAccount& made);
std::string encode(const service::Health& health);
std::string encode(const service::QualityScores& scores, service::QualityLevel level);
std::string encode(const service::SystemInfo& info);
std::string encode(const service::Backup& backup);
std::string encode(std::string_view backup, const service::BackupCheck& check);
std::string encode_store(const store::StoreStats& stats, std::size_t series,
                         std::string_view engine);

/// {"items": […], "next": …}
template <class T, class Write>
std::string encode_page(const service::Page<T>& page, Write write_one) {
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const T& item : page.items) write_one(json, item);
  json.end_array().member("next", page.next).end_object();
  return json.take();
}
template <class T>
std::string encode_page(const service::Page<T>& page) {
  return encode_page(page, [](JsonWriter& json, const T& item) { write(json, item); });
}

/// {"items": […], "next": …, "commit": …}
template <class T>
std::string encode_page(const service::VersionedPage<T>& page) {
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const T& item : page.items) write(json, item);
  json.end_array().member("next", page.next).member("commit", number(page.commit)).end_object();
  return json.take();
}

}  // namespace millrace::http
