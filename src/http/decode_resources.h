#pragma once

#include "http/message.h"
#include "service/resources.h"

namespace millrace::http {

inline constexpr std::size_t kFilesMax = 100'000;

/// Bodies of the calls on resources; what a call does not take is refused.
base::Result<std::vector<twin::FileText>> files_request(const Request& request);
struct PlanRequest {
  std::vector<twin::FileText> files;
  service::Prune prune = service::Prune::kNo;
};
base::Result<PlanRequest> plan_request(const Request& request);
base::Result<service::ApplyRequest> apply_request(const Request& request);

/// A kind as files write it ("Thing"). Errors: invalid, with the nearest.
base::Result<twin::Kind> parse_kind(std::string_view text);
/// "kind", where it is given.
base::Result<std::optional<twin::Kind>> kind_of(const Request& request);
/// "version", where it is given.
base::Result<std::optional<int>> version_of(const Request& request);

}  // namespace millrace::http
