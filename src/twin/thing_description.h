#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "twin/catalog.h"

namespace millrace::twin {

/// What a Thing Description says besides its thing: where it is reached, and which state it is of.
struct DescriptionFacts {
  std::string hub;            // its name in urn:millrace:<hub>:<thing>
  std::string base;           // "http://host:port" for HTTP forms; empty leaves `base` out
  std::string broker;         // "host:port" for MQTT forms; empty: none
  std::string ticket;         // in hrefs of observe, for clients that send no header; empty: none
  std::int64_t revision = 0;  // of the thing's resource: version.instance
  std::optional<base::Time> modified;  // when that was
};

inline constexpr std::string_view kTdContext = "https://www.w3.org/2022/wot/td/v1.1";

/// "urn:millrace:<hub>:<thing>".
std::string wot_id(std::string_view hub, std::string_view thing);
/// The thing of such an id of this hub; empty for any other id.
std::optional<std::string> thing_of_wot_id(std::string_view hub, std::string_view id);

/// W3C WoT Thing Description 1.1 of a thing that has a model: affordances as the model has them
/// (§10.4), forms for HTTP (read, write, observe by server-sent events, invoke, read all) and for
/// MQTT (WoT Binding Templates, `mqv:`), a link to the model. HTTP hrefs are relative to `base`. A
/// property without a binding that could take it is readOnly. What the model expects of values that
/// can be read stands in `mr:expected`, since a consumer refuses a value that breaks its schema and
/// the plant may break it; the hub refuses to write outside of it. Left out is what no form could
/// lead to: actions and writeOnly properties that no command reaches (commanding.h), and events.
/// docs/adr/012 says why the forms are as they are.
nlohmann::ordered_json thing_description(const Catalog& catalog, const Thing& thing,
                                         const DescriptionFacts& facts);

/// The directory's own description (WoT Discovery §7.3.1), served at /.well-known/wot.
nlohmann::ordered_json directory_description(const DescriptionFacts& facts);

}  // namespace millrace::twin
