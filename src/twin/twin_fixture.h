#pragma once

#include <gtest/gtest.h>

#include <format>
#include <memory>
#include <string>

#include "twin/catalog.h"

namespace millrace::twin {

/// Texts to catalogs and to what is wrong with them, with units and two connectors.
class TwinTest : public testing::Test {
 protected:
  static const unit::Units& units() {
    static const unit::Units kUnits = unit::Units::create().value();
    return kUnits;
  }

  /// "opcua" with a url, addresses "ns=…"; "modbus" with a host, addresses "holding:…".
  static ConnectionChecks checks() {
    ConnectionChecks checks;
    checks.types = {"modbus", "opcua"};
    checks.options = [](const std::string& type, const config::Node& options) {
      config::Problems problems;
      const std::string key = type == "opcua" ? "url" : "host";
      if (!options.find(key)) {
        problems.push_back({options.place, std::format("'{}' is missing", key), "Where it is."});
      }
      return problems;
    };
    checks.address = [](const std::string& type, std::string_view address) -> base::Result<void> {
      if (address.starts_with(type == "opcua" ? "ns=" : "holding:")) return {};
      return base::fail(base::ErrorCode::kInvalid,
                        std::format("'{}' is no address of {}", address, type),
                        type == "opcua" ? "Write ns=2;s=Name." : "Write holding:100:f32.");
    };
    return checks;
  }

  static std::expected<std::shared_ptr<const Catalog>, ResourceProblems> try_build(
      const std::string& text) {
    const std::vector<FileText> files = {{"f.yaml", text}};
    ParsedFiles parsed = parse_files(files);
    if (!parsed.problems.empty()) return std::unexpected(std::move(parsed.problems));
    return Catalog::build(std::move(parsed.resources), units(), checks());
  }

  static std::shared_ptr<const Catalog> build(const std::string& text) {
    auto built = try_build(text);
    if (built) return *built;
    ADD_FAILURE() << lines(built.error());
    return Catalog::build({}, units(), checks()).value();
  }

  /// "line rule: what (hint)", one line each; empty when nothing is wrong.
  static std::string problems(const std::string& text) {
    const auto built = try_build(text);
    return built ? "" : lines(built.error());
  }

  static std::string lines(const ResourceProblems& found) {
    std::string out;
    for (const ResourceProblem& p : found) {
      out += std::format("{} {}: {} ({})\n", p.problem.place.line, p.rule, p.problem.what,
                         p.problem.hint);
    }
    return out;
  }
};

/// A model with a document's spec below it.
inline std::string model(std::string_view name, std::string_view spec) {
  return std::format(
      "---\nkind: ThingModel\nname: {}\nversion: 1\nspec:\n  \"@type\": "
      "tm:ThingModel\n{}",
      name, spec);
}

}  // namespace millrace::twin
