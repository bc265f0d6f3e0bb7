#pragma once

#include "http/routes.h"
#include "service/services.h"

namespace millrace::http {

// The operations of api/openapi.yaml, a function for each part of the table.

struct ApiDeps {
  service::Services& services;
  const base::Clock& clock;
};

inline constexpr std::string_view kSessionCookie = "millrace_session";

void add_access_routes(Routes& routes, const ApiDeps& deps);
void add_account_routes(Routes& routes, const ApiDeps& deps);
void add_twin_routes(Routes& routes, const ApiDeps& deps);
void add_history_routes(Routes& routes, const ApiDeps& deps);
void add_fleet_routes(Routes& routes, const ApiDeps& deps);
void add_onboarding_routes(Routes& routes, const ApiDeps& deps);
void add_file_routes(Routes& routes, const ApiDeps& deps);
void add_file_import_routes(Routes& routes, const ApiDeps& deps);
void add_quality_routes(Routes& routes, const ApiDeps& deps);
void add_unit_routes(Routes& routes, const ApiDeps& deps);
void add_correction_routes(Routes& routes, const ApiDeps& deps);
void add_command_routes(Routes& routes, const ApiDeps& deps);
void add_sql_routes(Routes& routes, const ApiDeps& deps);
void add_onboarding_browse_routes(Routes& routes, const ApiDeps& deps);
void add_resource_routes(Routes& routes, const ApiDeps& deps);
void add_system_routes(Routes& routes, const ApiDeps& deps);
void add_live_routes(Routes& routes, const ApiDeps& deps, base::Duration heartbeat);
void add_wot_routes(Routes& routes, const ApiDeps& deps);
void add_wot_property_routes(Routes& routes, const ApiDeps& deps);

/// An answer with a JSON body.
Response json_response(std::string body, int status = 200);

}  // namespace millrace::http
