#pragma once

#include "http/message.h"
#include "service/access_files.h"
#include "service/account_book.h"
#include "service/corrections.h"
#include "service/history.h"
#include "service/live.h"

namespace millrace::http {

// What a request's path, query and body say, as the services' types. Every Error names the
// parameter in its `what`.

/// "limit" (1 … max) and "cursor".
base::Result<service::PageRequest> page_of(const Request& request, std::size_t limit_default = 100,
                                           std::size_t limit_max = 1000);
/// RFC 3339, a date, "now" or "now-" and a duration.
base::Result<base::Time> parse_moment(std::string_view text, base::Time now);
/// A number and ms, s, m, h, d or w; a bare number is seconds.
base::Result<base::Duration> parse_width(std::string_view text);
/// The same, naming the parameter when it is none.
base::Result<base::Time> moment_of(std::string_view name, std::string_view text, base::Time now);
/// A moment by its parameter's name, or `otherwise` where it is not there.
base::Result<base::Time> moment_of(const Request& request, std::string_view name,
                                   base::Time otherwise, base::Time now);
/// "start" (an hour before the end by default) and "end" (now).
base::Result<service::TimeRange> range_of(const Request& request, base::Time now);
std::optional<std::string> parameter(const Request& request, std::string_view name);
/// "true" or "false"; empty when the parameter is not there.
base::Result<std::optional<bool>> flag_of(const Request& request, std::string_view name);
/// Comma-separated Names, at most `count_max`.
base::Result<std::vector<std::string>> names_of(const Request& request, std::string_view name,
                                                std::size_t count_max);
/// "series": ids separated by commas.
base::Result<std::vector<model::SeriesId>> series_ids_of(const Request& request,
                                                         std::size_t count_max);
/// A Name, or empty when the parameter is not there.
base::Result<std::string> name_of(const Request& request, std::string_view name);
/// words, site, area, line, edge, quality and things, as far as the request has them.
base::Result<service::TwinFilter> filter_of(const Request& request);
base::Result<std::vector<store::Aggregate>> parse_aggregates(const std::vector<std::string>& names);
std::vector<std::string> split_list(std::string_view text);
/// "applied" or "off".
base::Result<store::Corrections> parse_corrections(std::string_view text);

base::Result<service::HistoryRequest> history_request(const Request& request, base::Time now);
base::Result<service::LiveRequest> live_request(const Request& request);

// Bodies.
base::Result<identity::LoginRequest> login_request(const Request& request);
base::Result<identity::TokenRequest> token_request(const Request& request);
base::Result<service::Account> account_request(const Request& request);
base::Result<service::AccessPlanRequest> access_plan_request(const Request& request);
base::Result<service::ChartRequest> chart_request(const Request& request, base::Time now);
base::Result<service::CorrectionRequest> correction_request(const Request& request, base::Time now);
/// "thing", "property", "start" and "end".
base::Result<service::CorrectionsFilter> corrections_filter(const Request& request, base::Time now);

}  // namespace millrace::http
