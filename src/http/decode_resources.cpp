#include "http/decode_resources.h"

#include <charconv>

#include "http/body.h"
#include "http/decode.h"

namespace millrace::http {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::size_t kPathBytesMax = 1000;
constexpr std::size_t kFileBytesMax = 32U << 20;
constexpr std::size_t kApplyReasonBytesMax = 500;

Result<std::vector<twin::FileText>> read_files(BodyReader& reader) {
  std::vector<twin::FileText> files;
  if (!reader.has("files")) reader.fail("files", "is missing");
  for (const auto& item : reader.array("files", kFilesMax)) {
    BodyReader one(item, "/files");
    files.push_back({one.text("path", kPathBytesMax), one.text("text", kFileBytesMax)});
    MILLRACE_TRY(one.finish());
  }
  return files;
}

service::Prune read_prune(BodyReader& reader) {
  return reader.flag("prune") ? service::Prune::kYes : service::Prune::kNo;
}

}  // namespace

Result<std::vector<twin::FileText>> files_request(const Request& request) {
  MILLRACE_LET(const nlohmann::json body, parse_body(request));
  BodyReader reader(body, "");
  MILLRACE_LET(auto files, read_files(reader));
  MILLRACE_TRY(reader.finish());
  return files;
}

Result<PlanRequest> plan_request(const Request& request) {
  MILLRACE_LET(const nlohmann::json body, parse_body(request));
  BodyReader reader(body, "");
  PlanRequest plan;
  MILLRACE_LET(plan.files, read_files(reader));
  plan.prune = read_prune(reader);
  MILLRACE_TRY(reader.finish());
  return plan;
}

Result<service::ApplyRequest> apply_request(const Request& request) {
  MILLRACE_LET(const nlohmann::json body, parse_body(request));
  BodyReader reader(body, "");
  service::ApplyRequest apply;
  MILLRACE_LET(apply.files, read_files(reader));
  apply.prune = read_prune(reader);
  const auto revision = reader.maybe_natural("revision", std::numeric_limits<std::int64_t>::max());
  if (revision) apply.revision = static_cast<std::int64_t>(*revision);
  apply.confirm_deletion = reader.flag("confirm_deletion");
  apply.reason = reader.maybe_text("reason", kApplyReasonBytesMax).value_or("");
  MILLRACE_TRY(reader.finish());
  return apply;
}

Result<twin::Kind> parse_kind(std::string_view text) {
  if (const auto kind = twin::parse_kind(text)) return *kind;
  static const std::vector<std::string> kKinds{"Site",       "ThingModel", "Thing",
                                               "Connection", "Binding",    "Retention"};
  std::string hint = service::did_you_mean(text, kKinds);
  if (hint.empty()) hint = "There are Site, ThingModel, Thing, Connection, Binding, Retention.";
  return base::fail(ErrorCode::kInvalid, std::format("there is no kind '{}'", text.substr(0, 40)),
                    hint);
}

Result<std::optional<twin::Kind>> kind_of(const Request& request) {
  const auto text = parameter(request, "kind");
  if (!text) return std::nullopt;
  MILLRACE_LET(const twin::Kind kind, parse_kind(*text));
  return kind;
}

Result<std::optional<int>> version_of(const Request& request) {
  const auto text = parameter(request, "version");
  if (!text) return std::nullopt;
  int version = 0;
  const char* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, version);
  if (parsed.ec == std::errc() && parsed.ptr == end && version >= 1) return version;
  return base::fail(ErrorCode::kInvalid, "version is not a whole number from 1",
                    "Versions are 1, 2, 3 …");
}

}  // namespace millrace::http
