#include <charconv>

#include "http/api.h"
#include "http/decode.h"
#include "http/decode_import.h"
#include "http/encode.h"

namespace millrace::http {
namespace {

using base::ErrorCode;
using base::Result;

Result<Response> export_samples(const ApiDeps& deps, const Request& request) {
  service::ExportRequest wanted;
  const std::string format = parameter(request, "format").value_or("");
  if (format != "csv" && format != "parquet") {
    return base::fail(ErrorCode::kInvalid, "format is none of csv, parquet", "Add format=csv.");
  }
  const bool is_csv = format == "csv";
  wanted.format = is_csv ? store::ExportFormat::kCsv : store::ExportFormat::kParquet;
  MILLRACE_LET(wanted.series, series_ids_of(request, service::kExportSeriesMax));
  MILLRACE_LET(wanted.properties, names_of(request, "properties", 1'000));
  MILLRACE_LET(const auto filter, filter_of(request));
  wanted.things = filter.things;
  wanted.site = filter.site;
  MILLRACE_LET(wanted.range, range_of(request, deps.clock.now()));
  MILLRACE_LET(const auto originals, flag_of(request, "originals"));
  wanted.with_originals = originals.value_or(false);
  wanted.stop = request.stop;
  MILLRACE_LET(const auto file, deps.services.exports.write(wanted));
  Response response{.content_type = is_csv ? "text/csv" : "application/vnd.apache.parquet"};
  response.file = std::make_shared<const SentFile>(file.path.native());
  response.headers = {
      {"Content-Disposition", std::format("attachment; filename=\"{}\"", file.name)},
      {"X-Millrace-Commit", std::to_string(number(file.commit))},
      {"X-Millrace-Rows", std::to_string(file.rows)}};
  return response;
}

Result<Response> list_imports(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request));
  MILLRACE_LET(const auto imports, deps.services.imports.list(page));
  return json_response(encode_page(imports));
}

Result<Response> create_import(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kImport));
  MILLRACE_LET(const auto body, import_request(request));
  MILLRACE_LET(const auto made, deps.services.imports.create(request.caller, body));
  JsonWriter json;
  write(json, made.first);
  return json_response(json.take(), made.second == service::Announced::kNew ? 201 : 200);
}

Result<Response> get_import(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto import, deps.services.imports.get(request.path_values[0]));
  JsonWriter json;
  write(json, import);
  return json_response(json.take());
}

Result<Response> put_rows(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kImport));
  const std::string& id = request.path_values[0];
  const std::string& row = request.path_values[1];
  std::uint64_t first_row = 0;
  const auto parsed = std::from_chars(row.data(), row.data() + row.size(), first_row);
  if (parsed.ec != std::errc() || parsed.ptr != row.data() + row.size()) {
    return base::fail(ErrorCode::kInvalid, "the first row is not a number", "Count from 0.");
  }
  MILLRACE_LET(const auto targets, deps.services.imports.targets(id));
  MILLRACE_LET(const auto chunk, import_chunk(request, first_row, targets));
  MILLRACE_LET(const auto import, deps.services.imports.put_rows(request.caller, id, chunk));
  JsonWriter json;
  write(json, import);
  return json_response(json.take());
}

}  // namespace

void add_file_routes(Routes& routes, const ApiDeps& deps) {
  const auto bound = [deps](auto handler) {
    return [deps, handler](const Request& request) { return handler(deps, request); };
  };
  routes.add({.method = Method::kGet,
              .pattern = "/api/v1/export",
              .parameters = {"format", "series", "things", "properties", "site", "start", "end",
                             "originals"},
              .handler = bound(export_samples),
              .is_watched = true});
  routes.add(
      {Method::kGet, "/api/v1/imports", Access::kLogin, {"limit", "cursor"}, bound(list_imports)});
  routes.add({Method::kPost, "/api/v1/imports", Access::kLogin, {}, bound(create_import)});
  routes.add({Method::kGet, "/api/v1/imports/{import_id}", Access::kLogin, {}, bound(get_import)});
  routes.add({Method::kPut,
              "/api/v1/imports/{import_id}/rows/{first_row}",
              Access::kLogin,
              {},
              bound(put_rows)});
}

}  // namespace millrace::http
