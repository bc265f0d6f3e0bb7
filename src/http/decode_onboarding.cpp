#include "http/decode_onboarding.h"

#include "codec/node_json.h"
#include "http/body.h"
#include "http/decode.h"
#include "model/name.h"

namespace millrace::http {
namespace {

using base::ErrorCode;
using base::Result;
using nlohmann::json;

constexpr std::size_t kNameBytesMax = 63;
constexpr std::size_t kAddressBytesMax = 1000;
constexpr std::size_t kAddressesMax = 10'000;
constexpr std::size_t kNodesMax = 10'000;
constexpr std::size_t kNodesDefault = 1000;
constexpr std::size_t kCandidateBytesMax = 500;
constexpr std::size_t kModelBytesMax = 80;
constexpr std::size_t kDecisionReasonBytesMax = 500;

/// A name of a resource, or {"type", "options"}.
Result<service::ConnectionChoice> connection_of(BodyReader& reader) {
  const json value = reader.maybe_any("connection");
  service::ConnectionChoice choice;
  if (value.is_string()) {
    choice.name = value.get<std::string>();
    if (!model::is_name(choice.name)) reader.fail("connection", "is not a name");
    return choice;
  }
  if (value.is_null()) return choice;
  BodyReader typed(value, "/connection");
  choice.type = typed.text("type", kNameBytesMax);
  const json& options = typed.object("options");
  MILLRACE_TRY(typed.finish());
  MILLRACE_LET(choice.options,
               codec::from_json(options.dump(-1, ' ', false, json::error_handler_t::replace)));
  return choice;
}

std::string name_of(BodyReader& reader, std::string_view key) {
  std::string name = reader.maybe_text(key, kNameBytesMax).value_or("");
  if (!name.empty() && !model::is_name(name)) {
    reader.fail(key,
                std::format("'{}' is not a name; nearest: '{}'", name, model::nearest_name(name)));
  }
  return name;
}

Result<twin::Place> place_of(const json& value) {
  twin::Place place;
  if (value.is_null()) return place;
  BodyReader reader(value, "/place");
  place.site = name_of(reader, "site");
  place.area = name_of(reader, "area");
  place.line = name_of(reader, "line");
  place.cell = name_of(reader, "cell");
  MILLRACE_TRY(reader.finish());
  return place;
}

Result<twin::Decisions> decisions_of(const json& items) {
  twin::Decisions decided;
  for (std::size_t i = 0; i < items.size(); ++i) {
    BodyReader reader(items[i], std::format("/matches/{}", i));
    std::string address = reader.text("address", kAddressBytesMax);
    if (!reader.has("property")) reader.fail("property", "is missing; null leaves the address out");
    auto property = reader.maybe_text("property", kNameBytesMax);
    const bool is_new = decided.emplace(std::move(address), std::move(property)).second;
    if (!is_new) reader.fail("address", "is there twice");
    MILLRACE_TRY(reader.finish());
  }
  return decided;
}

}  // namespace

Result<service::BrowseRequest> browse_request(const Request& request) {
  MILLRACE_LET(const json body, parse_body(request));
  BodyReader reader(body, "");
  service::BrowseRequest browse;
  if (!reader.has("connection")) reader.fail("connection", "is missing");
  MILLRACE_LET(browse.connection, connection_of(reader));
  browse.address = reader.maybe_text("address", kAddressBytesMax).value_or("");
  browse.limit = reader.maybe_natural("limit", kNodesMax).value_or(kNodesDefault);
  if (browse.limit == 0) reader.fail("limit", "is not a whole number from 1");
  MILLRACE_TRY(reader.finish());
  return browse;
}

Result<service::ProposalRequest> proposal_request(const Request& request) {
  MILLRACE_LET(const json body, parse_body(request));
  BodyReader reader(body, "");
  service::ProposalRequest proposal;
  proposal.candidate = reader.maybe_text("candidate", kCandidateBytesMax).value_or("");
  MILLRACE_LET(proposal.connection, connection_of(reader));
  for (const json& address : reader.array("addresses", kAddressesMax)) {
    const auto* text = address.get_ptr<const std::string*>();
    if (!text || text->empty() || text->size() > kAddressBytesMax) {
      reader.fail("addresses", "holds what is no address");
    } else {
      proposal.addresses.insert(*text);
    }
  }
  if (const auto model = reader.maybe_text("model", kModelBytesMax)) {
    proposal.model = twin::parse_model_ref(*model);
    if (!proposal.model) reader.fail("model", "is no name@version, such as pump@1");
  }
  proposal.thing = name_of(reader, "thing");
  MILLRACE_LET(proposal.place, place_of(reader.maybe_any("place")));
  MILLRACE_LET(proposal.decided, decisions_of(reader.array("matches", kAddressesMax)));
  MILLRACE_TRY(reader.finish());
  return proposal;
}

Result<service::TagImportRequest> tag_import_request(const Request& request) {
  service::TagImportRequest import{.csv = request.body};
  MILLRACE_LET(const auto dry, flag_of(request, "dry_run"));
  import.is_dry_run = dry.value_or(false);
  import.reason = parameter(request, "reason").value_or("");
  if (import.reason.size() > kDecisionReasonBytesMax) {
    return base::fail(ErrorCode::kInvalid,
                      std::format("reason is longer than {} bytes", kDecisionReasonBytesMax));
  }
  return import;
}

}  // namespace millrace::http
