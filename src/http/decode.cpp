#include "http/decode.h"

#include <algorithm>
#include <charconv>
#include <ranges>

#include "base/time_text.h"
#include "http/body.h"
#include "model/name.h"

namespace millrace::http {
namespace {

using base::ErrorCode;
using base::Result;
using namespace std::chrono_literals;

constexpr std::size_t kTextMax = 500;
constexpr std::size_t kCommitMax = 1ULL << 53;
constexpr std::size_t kThingsMax = 1'000;
constexpr std::size_t kLiveNamesMax = 200;
constexpr std::size_t kUserBytesMax = 63;
constexpr std::size_t kAccessBytesMax = 8U << 20;
constexpr std::size_t kTagsMax = 20;

std::unexpected<base::Error> refuse(std::string_view name, std::string_view what,
                                    std::string hint = {}) {
  return base::fail(ErrorCode::kInvalid, std::format("{} {}", name, what), std::move(hint));
}

Result<std::size_t> number_of(const Request& request, std::string_view name, std::size_t otherwise,
                              std::size_t max) {
  const auto text = parameter(request, name);
  if (!text) return otherwise;
  std::size_t number = 0;
  const char* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, number);
  if (parsed.ec == std::errc() && parsed.ptr == end && number >= 1 && number <= max) return number;
  return refuse(name,
                std::format("'{}' is not a whole number from 1 to {}", text->substr(0, 40), max));
}

const std::vector<std::string> kDefaultAggregates{"avg", "min", "max", "count"};
const std::vector<std::string> kChartAggregates{"avg", "min", "max", "bad_count"};

}  // namespace

Result<base::Time> moment_of(std::string_view name, std::string_view text, base::Time now) {
  auto time = parse_moment(text, now);
  if (!time) time.error().what = std::format("{}: {}", name, time.error().what);
  return time;
}

std::optional<std::string> parameter(const Request& request, std::string_view name) {
  const auto found = request.query.find(name);
  if (found == request.query.end()) return std::nullopt;
  return found->second;
}

Result<std::optional<bool>> flag_of(const Request& request, std::string_view name) {
  const auto text = parameter(request, name);
  if (!text) return std::nullopt;
  if (*text == "true" || *text == "false") return *text == "true";
  return refuse(name, "is neither true nor false", std::format("Write {}=true.", name));
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (end > 0) items.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

Result<service::PageRequest> page_of(const Request& request, std::size_t limit_default,
                                     std::size_t limit_max) {
  service::PageRequest page;
  MILLRACE_LET(page.limit, number_of(request, "limit", limit_default, limit_max));
  page.cursor = parameter(request, "cursor");
  if (page.cursor && page.cursor->size() > kTextMax) return refuse("cursor", "is too long");
  return page;
}

Result<base::Duration> parse_width(std::string_view text) {
  std::int64_t seconds = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, seconds);
  constexpr std::int64_t kSecondsMax = 1'000LL * 366 * 86'400;
  if (parsed.ec == std::errc() && parsed.ptr == end && seconds > 0 && seconds <= kSecondsMax) {
    return std::chrono::seconds(seconds);
  }
  return base::parse_duration(text);
}

Result<base::Time> parse_moment(std::string_view text, base::Time now) {
  if (text == "now") return now;
  if (text.starts_with("now-")) {
    MILLRACE_LET(const base::Duration before, parse_width(text.substr(4)));
    return now - before;
  }
  std::string plus(text);  // an offset's plus sign that was not escaped came as a space
  std::ranges::replace(plus, ' ', '+');
  return base::parse_time(plus);
}

Result<base::Time> moment_of(const Request& request, std::string_view name, base::Time otherwise,
                             base::Time now) {
  const auto text = parameter(request, name);
  return text ? moment_of(name, *text, now) : Result<base::Time>(otherwise);
}

Result<service::TimeRange> range_of(const Request& request, base::Time now) {
  service::TimeRange range{now - 1h, now};
  if (const auto end = parameter(request, "end")) {
    MILLRACE_LET(range.end, moment_of("end", *end, now));
    range.start = range.end - 1h;
  }
  if (const auto start = parameter(request, "start")) {
    MILLRACE_LET(range.start, moment_of("start", *start, now));
  }
  return range;
}

Result<std::vector<std::string>> names_of(const Request& request, std::string_view name,
                                          std::size_t count_max) {
  const auto text = parameter(request, name);
  if (!text) return std::vector<std::string>();
  auto names = split_list(*text);
  if (names.size() > count_max) {
    return refuse(name, std::format("has {} names, at most {}", names.size(), count_max));
  }
  for (const std::string& one : names) MILLRACE_TRY(model::Name::parse(one));
  return names;
}

Result<std::vector<model::SeriesId>> series_ids_of(const Request& request, std::size_t count_max) {
  std::vector<model::SeriesId> ids;
  for (const std::string& text : split_list(parameter(request, "series").value_or(""))) {
    std::int32_t id = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, id);
    if (parsed.ec != std::errc() || parsed.ptr != end || id < 1) {
      return refuse("series", std::format("'{}' is not the id of one", text.substr(0, 40)));
    }
    ids.push_back(model::SeriesId(id));
  }
  if (ids.size() <= count_max) return ids;
  return refuse("series", std::format("has {} ids, at most {}", ids.size(), count_max));
}

Result<std::string> name_of(const Request& request, std::string_view name) {
  const auto text = parameter(request, name);
  if (!text) return std::string();
  MILLRACE_TRY(model::Name::parse(*text));
  return *text;
}

/// "tag": key:value, or a key without a value, several separated by line ends, which url.cpp puts
/// between repeated ones.
Result<std::vector<std::pair<std::string, std::string>>> tags_of(const Request& request) {
  std::vector<std::pair<std::string, std::string>> tags;
  const std::string all = parameter(request, "tag").value_or("");
  for (const auto part : std::views::split(all, '\n')) {
    const std::string_view tag(part);
    if (tag.empty()) continue;
    const std::size_t colon = std::min(tag.find(':'), tag.size());
    if (colon == 0) {
      return refuse("tag", std::format("'{}' is not key:value", tag.substr(0, 40)));
    }
    tags.emplace_back(tag.substr(0, colon), tag.substr(std::min(colon + 1, tag.size())));
  }
  if (tags.size() > kTagsMax) return refuse("tag", "is there too often", "At most 20.");
  return tags;
}

/// A place that is asked for: a name, or "" for what has none.
Result<std::optional<std::string>> place_of(const Request& request, const char* name) {
  auto place = parameter(request, name);
  if (place && !place->empty()) MILLRACE_TRY(model::Name::parse(*place));
  return place;
}

Result<service::TwinFilter> filter_of(const Request& request) {
  service::TwinFilter filter;
  filter.words = parameter(request, "q").value_or("");
  if (filter.words.size() > 200) return refuse("q", "is longer than 200 bytes");
  MILLRACE_LET(filter.site, place_of(request, "site"));
  MILLRACE_LET(filter.area, place_of(request, "area"));
  MILLRACE_LET(filter.line, place_of(request, "line"));
  MILLRACE_LET(filter.cell, place_of(request, "cell"));
  MILLRACE_LET(filter.tags, tags_of(request));
  filter.model = parameter(request, "model").value_or("");
  if (filter.model.size() > 80) return refuse("model", "is longer than 80 bytes");
  MILLRACE_LET(filter.edge, name_of(request, "edge"));
  MILLRACE_LET(filter.things, names_of(request, "things", kThingsMax));
  if (const auto quality = parameter(request, "quality")) {
    for (const auto one :
         {model::Severity::kGood, model::Severity::kUncertain, model::Severity::kBad}) {
      if (model::text(one) == *quality) filter.quality = one;
    }
    if (!filter.quality) return refuse("quality", "is none of good, uncertain, bad");
  }
  MILLRACE_LET(const auto attention, flag_of(request, "attention"));
  filter.needs_attention = attention.value_or(false);
  return filter;
}

Result<std::vector<store::Aggregate>> parse_aggregates(const std::vector<std::string>& names) {
  static const std::vector<std::string> kKnown{
      "avg", "min", "max", "count", "first", "last", "sum", "time_weighted_avg", "bad_count"};
  std::vector<store::Aggregate> aggregates;
  for (const std::string& name : names) {
    const auto one = store::parse_aggregate(name);
    if (!one) {
      return base::fail(ErrorCode::kInvalid,
                        std::format("aggregate '{}' is unknown", name.substr(0, 40)),
                        service::did_you_mean(name, kKnown));
    }
    if (std::ranges::contains(aggregates, *one)) {
      return refuse("aggregate", std::format("'{}' is there twice", name));
    }
    aggregates.push_back(*one);
  }
  if (aggregates.empty()) return refuse("aggregate", "is empty", "Leave it out, or name one.");
  return aggregates;
}

Result<service::HistoryRequest> history_request(const Request& request, base::Time now) {
  service::HistoryRequest history;
  history.property = {request.path_values[0], request.path_values[1]};
  MILLRACE_LET(history.range, range_of(request, now));
  MILLRACE_LET(history.page, page_of(request, 10'000, service::kRawRowsMax));
  if (const auto step = parameter(request, "step")) {
    MILLRACE_LET(history.step, parse_width(*step));
  }
  MILLRACE_LET(history.corrections,
               parse_corrections(parameter(request, "corrections").value_or("applied")));
  if (parameter(request, "as_of")) {
    MILLRACE_LET(const std::size_t commit, number_of(request, "as_of", 1, kCommitMax));
    history.as_of = model::CommitId(static_cast<std::int64_t>(commit));
  }
  const auto aggregate = parameter(request, "aggregate");
  if (aggregate && !history.step) {
    return refuse("aggregate", "needs step", "Add a step, such as step=1m.");
  }
  MILLRACE_LET(history.aggregates,
               parse_aggregates(aggregate ? split_list(*aggregate) : kDefaultAggregates));
  return history;
}

Result<store::Corrections> parse_corrections(std::string_view text) {
  if (text == "applied") return store::Corrections::kApplied;
  if (text == "off") return store::Corrections::kLeftOut;
  return refuse("corrections", "is none of applied, off");
}

Result<service::LiveRequest> live_request(const Request& request) {
  service::LiveRequest live;
  MILLRACE_LET(live.things, names_of(request, "things", kLiveNamesMax));
  MILLRACE_LET(live.properties, names_of(request, "properties", kLiveNamesMax));
  if (const auto interval = parameter(request, "interval")) {
    MILLRACE_LET(live.interval, parse_width(*interval));
  }
  return live;
}

Result<identity::LoginRequest> login_request(const Request& request) {
  MILLRACE_LET(const nlohmann::json body, parse_body(request));
  BodyReader reader(body, "");
  identity::LoginRequest login{.address = request.address};
  login.user = reader.text("user", kUserBytesMax);
  login.password = reader.text("password", identity::kPasswordBytesMax);
  MILLRACE_TRY(reader.finish());
  return login;
}

Result<identity::TokenRequest> token_request(const Request& request) {
  MILLRACE_LET(const nlohmann::json body, parse_body(request));
  BodyReader reader(body, "");
  identity::TokenRequest token{.name = reader.text("name", kUserBytesMax)};
  const auto role = identity::parse_role(reader.text("role", kUserBytesMax));
  if (!role) reader.fail("role", "is unknown");
  token.role = role.value_or(identity::Role::kViewer);
  const auto expires = reader.maybe_text("expires", 40);
  MILLRACE_TRY(reader.finish());
  if (expires) {
    MILLRACE_LET(token.expires, base::parse_time(*expires));
  }
  return token;
}

Result<service::Account> account_request(const Request& request) {
  MILLRACE_LET(const nlohmann::json body, parse_body(request));
  BodyReader reader(body, "");
  const auto kind = service::parse_account_kind(reader.text("kind", 40));
  if (!kind) reader.fail("kind", "is none of edge, device, consumer");
  service::Account account{.kind = kind.value_or(service::AccountKind::kEdge),
                           .name = reader.text("name", 63),
                           .site = reader.maybe_text("site", 63).value_or("")};
  for (const auto& item : reader.array("topics", service::kTopicsMax)) {
    if (item.is_string()) account.topics.push_back(item.get<std::string>());
    if (!item.is_string()) reader.fail("topics", "holds something that is no text");
  }
  account.may_command = reader.flag("may_command");
  MILLRACE_TRY(reader.finish());
  return account;
}

Result<service::AccessPlanRequest> access_plan_request(const Request& request) {
  MILLRACE_LET(const nlohmann::json body, parse_body(request));
  BodyReader reader(body, "");
  service::AccessPlanRequest plan{
      .text = reader.text("text", kAccessBytesMax),
      .options = {.is_pruning = reader.flag("prune"), .is_replacing = reader.flag("replace")}};
  MILLRACE_TRY(reader.finish());
  return plan;
}

Result<service::ChartRequest> chart_request(const Request& request, base::Time now) {
  MILLRACE_LET(const nlohmann::json body, parse_body(request));
  BodyReader reader(body, "");
  service::ChartRequest chart;
  for (const auto& item : reader.array("properties", service::kPropertiesMax)) {
    BodyReader one(item, "/properties");
    chart.properties.push_back({one.text("thing", 63), one.text("property", 63)});
    MILLRACE_TRY(one.finish());
  }
  const auto start = reader.maybe_text("start", 40);
  const auto end = reader.maybe_text("end", 40);
  const auto step = reader.maybe_text("step", 40);
  const auto points = reader.maybe_natural("max_points", service::kPointsRawMax);
  const auto corrections = reader.maybe_text("corrections", 40).value_or("applied");
  std::vector<std::string> aggregates;
  for (const auto& item : reader.array("aggregate", 9)) {
    if (item.is_string()) aggregates.push_back(item.get<std::string>());
    if (!item.is_string()) reader.fail("aggregate", "holds something that is no text");
  }
  if (chart.properties.empty()) reader.fail("properties", "is missing or empty");
  if (points && *points < 10) reader.fail("max_points", "is less than 10");
  MILLRACE_TRY(reader.finish());
  chart.points_max = points;
  MILLRACE_LET(chart.corrections, parse_corrections(corrections));
  MILLRACE_LET(chart.range.end, moment_of("end", end.value_or("now"), now));
  chart.range.start = chart.range.end - 1h;
  if (start) {
    MILLRACE_LET(chart.range.start, moment_of("start", *start, now));
  }
  if (step) {
    MILLRACE_LET(chart.step, parse_width(*step));
  }
  MILLRACE_LET(chart.aggregates,
               parse_aggregates(reader.has("aggregate") ? aggregates : kChartAggregates));
  return chart;
}

}  // namespace millrace::http
