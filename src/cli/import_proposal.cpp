// `millrace import FILE --propose`: a mapping to begin with.
#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/import_command.h"
#include "cli/pages.h"
#include "connector/file/propose.h"

namespace millrace::cli {
namespace {

namespace file = connector::file;
using base::Result;
using nlohmann::json;

/// The beginning of a file as it is on the disk, and whether that is all of it.
Result<std::pair<std::string, bool>> beginning_of(const std::filesystem::path& path) {
  std::FILE* opened = std::fopen(path.c_str(), "rb");
  if (!opened) return std::unexpected(base::system_error(errno, "open", path.native()));
  std::string text(file::kProposalBytes, '\0');
  const std::size_t got = std::fread(text.data(), 1, text.size(), opened);
  const bool is_whole = got < text.size();
  const bool has_failed = std::ferror(opened) != 0;
  std::fclose(opened);
  if (has_failed) {
    return base::fail(base::ErrorCode::kInvalid, path.native() + " cannot be read", "Name a file.");
  }
  text.resize(got);
  return std::pair(std::move(text), is_whole);
}

/// The hub knows the thing and its model.
Result<file::MappingProposal> ask_hub(const Context& context, const std::string& name,
                                      const std::string& thing, std::string beginning) {
  MILLRACE_LET(const auto hub, context.connect());
  const std::string path =
      "/api/v1/imports/proposal" + query_of({{"file_name", name}, {"thing", thing}});
  MILLRACE_LET(const HttpAnswer answer, hub->send({.method = "POST",
                                                   .path = path,
                                                   .body = std::move(beginning),
                                                   .content_type = "application/octet-stream",
                                                   .on_body = {}}));
  const json parsed = json::parse(answer.body, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("mapping") || !parsed["mapping"].is_string()) {
    return base::fail(base::ErrorCode::kMalformed, "the answer is no proposal",
                      "Is this the address of a hub?");
  }
  file::MappingProposal proposal{.yaml = parsed["mapping"].get<std::string>()};
  const json notes = parsed.contains("notes") ? parsed["notes"] : json::array();
  for (const json& note : notes) {
    if (note.is_string()) proposal.notes.push_back(note.get<std::string>());
  }
  proposal.is_complete = parsed.contains("complete") && parsed["complete"] == true;
  return proposal;
}

Result<file::MappingProposal> proposal_for(const ImportOptions& options, const Context& context) {
  const std::filesystem::path& path = options.files.front();
  MILLRACE_LET(auto beginning, beginning_of(path));
  const std::string name = path.filename().native();
  if (!options.thing.empty()) {
    return ask_hub(context, name, options.thing, std::move(beginning.first));
  }
  MILLRACE_LET(const unit::Units units, unit::Units::create());
  return file::propose_mapping(
      {.beginning = beginning.first, .is_whole = beginning.second, .file_name = name}, units);
}

}  // namespace

ExitCode run_import_proposal(const ImportOptions& options, const Context& context) {
  const auto proposal = proposal_for(options, context);
  if (!proposal) return context.fail(proposal.error());
  if (!context.is_json()) {
    context.print(proposal->yaml);
    return ExitCode::kDone;
  }
  const json shown = {
      {"mapping", proposal->yaml}, {"notes", proposal->notes}, {"complete", proposal->is_complete}};
  context.print(shown.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
  return ExitCode::kDone;
}

}  // namespace millrace::cli
