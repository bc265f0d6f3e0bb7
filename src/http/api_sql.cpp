#include "http/api.h"
#include "http/body.h"
#include "http/encode.h"

namespace millrace::http {
namespace {

using base::Result;

void write_cell(JsonWriter& json, const store::SqlCell& cell) {
  if (const auto* f64 = std::get_if<double>(&cell)) return write_value(json, *f64, 0);
  if (const auto* i64 = std::get_if<std::int64_t>(&cell)) return write_value(json, *i64, 0);
  if (const auto* u64 = std::get_if<std::uint64_t>(&cell)) return write_value(json, *u64, 0);
  if (const auto* time = std::get_if<base::Time>(&cell)) {
    json.value(*time);
  } else if (const auto* truth = std::get_if<bool>(&cell)) {
    json.value(*truth);
  } else if (const auto* text = std::get_if<std::string>(&cell)) {
    json.value(*text);
  } else if (const auto* bytes = std::get_if<model::Bytes>(&cell)) {
    write_value(json, *bytes, kInlineBytesMax);
  } else if (const auto* given = std::get_if<store::SqlJson>(&cell)) {
    json.raw(given->text);
  } else {
    json.null();
  }
}

std::string encode_answer(const service::SqlAnswer& answer) {
  const store::SqlAnswer& table = answer.table;
  JsonWriter json;
  json.reserve(table.cells.size() * 16);
  json.begin_object().key("columns").begin_array();
  for (const store::SqlColumn& column : table.columns) {
    json.begin_object().member("name", column.name).member("type", column.type).end_object();
  }
  json.end_array().key("rows").begin_array();
  for (std::size_t i = 0; i < table.cells.size(); ++i) {
    const std::size_t place = i % table.columns.size();
    if (place == 0) json.begin_array();
    write_cell(json, table.cells[i]);
    if (place + 1 == table.columns.size()) json.end_array();
  }
  json.end_array()
      .member("truncated", table.is_truncated)
      .member("elapsed_ms", answer.elapsed_ms)
      .member("commit", number(table.commit))
      .end_object();
  return json.take();
}

Result<Response> query_sql(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kQuery));
  MILLRACE_LET(const nlohmann::json body, parse_body(request));
  BodyReader reader(body, "");
  service::SqlRequest wanted;
  wanted.sql = reader.text("sql", store::kSqlTextBytesMax);
  if (const auto limit = reader.maybe_natural("limit", service::kSqlRowsMax)) wanted.limit = *limit;
  if (wanted.limit == 0) reader.fail("limit", "is 0");
  MILLRACE_TRY(reader.finish());
  wanted.stop = request.stop;
  MILLRACE_LET(const auto answer, deps.services.sql.run(request.caller, wanted));
  return json_response(encode_answer(answer));
}

Result<Response> list_tables(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto tables, deps.services.sql.tables(request.caller));
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const store::SqlTable& table : tables) {
    json.begin_object().member("name", table.name).member("comment", table.comment);
    json.key("columns").begin_array();
    for (const store::SqlTableColumn& column : table.columns) {
      json.begin_object()
          .member("name", column.name)
          .member("type", column.type)
          .member("comment", column.comment)
          .end_object();
    }
    json.end_array().end_object();
  }
  json.end_array().end_object();
  return json_response(json.take());
}

}  // namespace

void add_sql_routes(Routes& routes, const ApiDeps& deps) {
  routes.add({.method = Method::kPost,
              .pattern = "/api/v1/query/sql",
              .parameters = {},
              .handler = [deps](const Request& request) { return query_sql(deps, request); },
              .work = Work::kDevice,
              .is_watched = true});
  routes.add({.method = Method::kGet,
              .pattern = "/api/v1/query/sql/tables",
              .parameters = {},
              .handler = [deps](const Request& request) { return list_tables(deps, request); }});
}

}  // namespace millrace::http
