#pragma once

#include "http/message.h"
#include "service/onboarding_proposal.h"
#include "service/tag_imports.h"

namespace millrace::http {

/// Bodies and parameters of the calls under /api/v1/onboarding; what a call does not take is
/// refused. Errors: malformed, invalid.
base::Result<service::BrowseRequest> browse_request(const Request& request);
base::Result<service::ProposalRequest> proposal_request(const Request& request);
/// The table is the request's body, which must outlive the result.
base::Result<service::TagImportRequest> tag_import_request(const Request& request);

}  // namespace millrace::http
