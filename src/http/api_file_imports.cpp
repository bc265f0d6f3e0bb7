// Files of measured data that are sent to the hub, checked and imported there.
#include <charconv>
#include <nlohmann/json.hpp>

#include "http/api.h"
#include "http/decode.h"
#include "http/json_writer.h"

namespace millrace::http {
namespace {

using base::ErrorCode;
using base::Result;
using service::FileOrder;
using service::FileWork;

constexpr base::Duration kWaitForFile = std::chrono::seconds(20);
constexpr std::size_t kBeginningBytesMax = 1U << 20;
constexpr std::uint64_t kPreviewRowsMax = 100;
constexpr std::size_t kFolderBytesMax = 255;

std::string_view text(FileWork::State state) {
  switch (state) {
    case FileWork::State::kWaiting:
      return "waiting";
    case FileWork::State::kRunning:
      return "running";
    case FileWork::State::kDone:
      return "done";
    case FileWork::State::kFailed:
      return "failed";
  }
  return "failed";
}

void write_work(JsonWriter& json, const FileWork& work) {
  json.begin_object()
      .member("kind", work.kind == FileOrder::Kind::kCheck ? "check" : "import")
      .member("state", text(work.state))
      .member("done", work.done)
      .key("report");
  if (work.report) {
    json.raw(json_of(*work.report).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    json.null();
  }
  json.end_object();
}

Response upload_response(const service::Upload& upload, int status = 200) {
  JsonWriter json;
  json.begin_object()
      .member("id", upload.id)
      .member("file_name", upload.file_name)
      .member("bytes", upload.bytes)
      .member("bytes_max", service::FileImports::kFileBytesMax)
      .member("expires", upload.expires)
      .key("work");
  upload.work ? write_work(json, *upload.work) : static_cast<void>(json.null());
  json.end_object();
  return json_response(json.take(), status);
}

Result<std::uint64_t> natural_of(std::string_view name, std::string_view text, std::uint64_t max) {
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
  if (is_whole && number <= max) return number;
  return base::fail(ErrorCode::kInvalid, std::format("{} is no number up to {}", name, max),
                    "Write it in digits.");
}

Result<std::string> file_name_of(const Request& request) {
  auto name = parameter(request, "file_name");
  if (name) return *std::move(name);
  return base::fail(ErrorCode::kInvalid, "file_name is missing", "Add file_name=pump.csv.");
}

Result<Response> propose_mapping_for(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kImport));
  if (request.body.size() > kBeginningBytesMax) {
    return base::fail(ErrorCode::kTooLarge, "the beginning of a file has at most 1 MiB",
                      "Send the first 256 KiB; they are enough.");
  }
  connector::file::ProposalInput input{
      .beginning = request.body, .is_whole = request.body.size() < connector::file::kProposalBytes};
  MILLRACE_LET(input.file_name, file_name_of(request));
  input.thing = parameter(request, "thing").value_or("");
  MILLRACE_LET(const auto made, deps.services.file_imports.propose(request.caller, input));
  JsonWriter json;
  json.begin_object().member("mapping", made.yaml).key("notes").begin_array();
  for (const std::string& note : made.notes) json.value(note);
  json.end_array().member("complete", made.is_complete).end_object();
  return json_response(json.take());
}

Result<Response> create_upload(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kImport));
  MILLRACE_LET(const std::string name, file_name_of(request));
  MILLRACE_LET(const auto upload,
               deps.services.file_imports.create(request.caller, name, request.body));
  return upload_response(upload, 201);
}

Result<Response> append_upload(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kImport));
  MILLRACE_LET(const std::uint64_t offset,
               natural_of("offset", request.path_values[1], service::FileImports::kFileBytesMax));
  MILLRACE_LET(const auto upload,
               deps.services.file_imports.append(request.caller, request.path_values[0], offset,
                                                 request.body));
  return upload_response(upload);
}

Result<Response> get_upload(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto upload,
               deps.services.file_imports.get(request.caller, request.path_values[0]));
  return upload_response(upload);
}

Result<Response> delete_upload(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(deps.services.file_imports.remove(request.caller, request.path_values[0]));
  return Response{.status = 204, .content_type = ""};
}

Result<Response> order_work(const ApiDeps& deps, const Request& request, FileOrder::Kind kind) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kImport));
  FileOrder wanted{.kind = kind, .mapping = std::string(request.body)};
  wanted.folder = parameter(request, "folder").value_or("");
  if (wanted.folder.size() > kFolderBytesMax) {
    return base::fail(ErrorCode::kInvalid, "folder is too long", "Name one folder.");
  }
  if (const auto rows = parameter(request, "preview")) {
    MILLRACE_LET(wanted.preview, natural_of("preview", *rows, kPreviewRowsMax));
  }
  MILLRACE_LET(const auto skips, flag_of(request, "skip_bad_rows"));
  using connector::file::BadRows;
  wanted.bad_rows = skips.value_or(false) ? BadRows::kSkip : BadRows::kRefuse;
  MILLRACE_LET(const auto upload, deps.services.file_imports.work(
                                      request.caller, request.path_values[0], std::move(wanted),
                                      {.time = kWaitForFile, .stop = request.stop}));
  return upload_response(upload);
}

}  // namespace

void add_file_import_routes(Routes& routes, const ApiDeps& deps) {
  const auto bound = [deps](auto handler) {
    return [deps, handler](const Request& request) { return handler(deps, request); };
  };
  const auto ordered = [deps](FileOrder::Kind kind) {
    return [deps, kind](const Request& request) { return order_work(deps, request, kind); };
  };
  routes.add({.method = Method::kPost,
              .pattern = "/api/v1/imports/proposal",
              .parameters = {"file_name", "thing"},
              .handler = bound(propose_mapping_for)});
  routes.add({.method = Method::kPost,
              .pattern = "/api/v1/imports/uploads",
              .parameters = {"file_name"},
              .handler = bound(create_upload)});
  const std::string_view one = "/api/v1/imports/uploads/{upload_id}";
  routes.add({.pattern = one, .parameters = {}, .handler = bound(get_upload)});
  routes.add({.method = Method::kDelete,
              .pattern = one,
              .parameters = {},
              .handler = bound(delete_upload)});
  routes.add({.method = Method::kPut,
              .pattern = "/api/v1/imports/uploads/{upload_id}/parts/{offset}",
              .parameters = {},
              .handler = bound(append_upload)});
  // They wait for a file that is read, so on the workers of calls that take long.
  routes.add({.method = Method::kPost,
              .pattern = "/api/v1/imports/uploads/{upload_id}/check",
              .parameters = {"folder", "preview"},
              .handler = ordered(FileOrder::Kind::kCheck),
              .work = Work::kDevice,
              .is_watched = true});
  routes.add({.method = Method::kPost,
              .pattern = "/api/v1/imports/uploads/{upload_id}/import",
              .parameters = {"folder", "skip_bad_rows"},
              .handler = ordered(FileOrder::Kind::kImport),
              .work = Work::kDevice,
              .is_watched = true});
}

}  // namespace millrace::http
