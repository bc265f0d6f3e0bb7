#pragma once

#include "base/files.h"
#include "connector/modbus/kind.h"
#include "connector/opcua/kind.h"
#include "connector/opcua/server.h"
#include "service/service_fixture.h"

namespace millrace::service {

/// The services of a hub that can browse, beside an OPC UA server.
class OnboardingTest : public ServiceTest {
 protected:
  OnboardingTest() {
    connectors_ = {opcua::make_kind(), modbus::make_kind()};
    make_services();
    EXPECT_TRUE(base::make_directories(folder_ / "plant"));
  }

  void serve(std::vector<opcua::ServedVariable> variables) {
    server_.reset();
    auto server = opcua::Server::start({.name = "plant",
                                        .user = "operator",
                                        .password = "secret-word",
                                        .certificates = folder_ / "plant"},
                                       std::move(variables));
    ASSERT_TRUE(server) << base::describe(server.error());
    server_ = *std::move(server);
  }
  static config::Node map(std::vector<std::pair<std::string, std::string>> entries) {
    config::Node node;
    node.kind = config::Node::Kind::kMap;
    for (auto& [key, value] : entries) {
      node.entries.push_back({key, {}, config::scalar(std::move(value), true)});
    }
    return node;
  }
  ConnectionChoice typed() const {
    return {.name = {},
            .type = "opcua",
            .options = map({{"url", server_->url()}, {"security", "none"}})};
  }
  static std::string address(const std::string& node) {
    return "nsu=urn:millrace:server:plant;s=" + node;
  }

  std::int64_t apply(const std::vector<twin::FileText>& files) {
    const auto applied = services_->resources.apply(admin(), {.files = files});
    EXPECT_TRUE(applied) << base::describe(applied.error());
    if (!applied) return 0;
    for (const auto& one : applied->problems) {
      ADD_FAILURE() << config::to_text(one.file, one.problem) << " " << one.rule;
    }
    return applied->revision;
  }
  std::int64_t apply(const std::string& text) {
    return apply(std::vector<twin::FileText>{{"all.yaml", text}});
  }
  /// The models of the simulated plant, as the examples have them.
  std::int64_t apply_models() {
    std::vector<twin::FileText> files;
    for (const char* name : {"rotating-machine", "centrifugal-pump", "building"}) {
      const std::string path = std::format("examples/plant/models/{}.yaml", name);
      const auto text = base::read_file(path);
      EXPECT_TRUE(text) << path;
      files.push_back({std::string(name) + ".yaml", text.value_or("")});
    }
    return apply(files);
  }

  /// A proposal, which must pass the plan as it is.
  Proposal propose(const ProposalRequest& request) {
    const auto proposal = services_->proposals.propose(admin(), request);
    EXPECT_TRUE(proposal) << base::describe(proposal.error());
    if (!proposal) return {};
    const auto plan = services_->resources.plan(admin(), proposal->files, Prune::kNo);
    EXPECT_TRUE(plan);
    for (const auto& one : plan->problems) {
      ADD_FAILURE() << config::to_text(one.file, one.problem) << " " << one.rule;
    }
    EXPECT_TRUE(plan->changes.empty() || plan->changes.size() == proposal->files.size());
    return *proposal;
  }
  base::Error refusal(const ProposalRequest& request) {
    const auto proposal = services_->proposals.propose(admin(), request);
    EXPECT_FALSE(proposal) << "it was proposed";
    return proposal ? base::Error() : proposal.error();
  }
  static const ProposedMatch* match_of(const Proposal& proposal, const std::string& address) {
    const auto found = std::ranges::find(proposal.matches, address, &ProposedMatch::address);
    return found == proposal.matches.end() ? nullptr : &*found;
  }
  static std::string file_of(const Proposal& proposal, const std::string& path) {
    const auto found = std::ranges::find(proposal.files, path, &twin::FileText::path);
    return found == proposal.files.end() ? "" : found->text;
  }

  std::unique_ptr<opcua::Server> server_;
};

}  // namespace millrace::service
