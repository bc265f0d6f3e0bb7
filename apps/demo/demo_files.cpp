#include "demo/demo_files.h"

#include "base/files.h"
#include "config/load.h"
#include "edge/edge_config.h"

namespace millrace::apps {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExampleUrl = "opc.tcp://127.0.0.1:4840";
constexpr const char* kConnections = "connections.yaml";
constexpr std::size_t kFileBytesMax = 1U << 20;

base::Result<void> copy_file(const fs::path& source, const fs::path& target,
                             const std::string& opcua_url) {
  MILLRACE_LET(std::string text, base::read_file(source, kFileBytesMax));
  if (const auto at = text.find(kExampleUrl); at != text.npos) {
    text.replace(at, kExampleUrl.size(), opcua_url);
  }
  MILLRACE_TRY(base::make_directories(target.parent_path()));
  return base::write_file_durably(target, text);
}

}  // namespace

base::Result<fs::path> write_edge_config(const fs::path& data_dir, const service::NewAccount& edge,
                                         std::uint16_t mqtt_port) {
  const service::Account& account = edge.account;
  EdgeConfig config{.edge = account.name, .site = account.site, .data_dir = data_dir / "edge"};
  config.hub.servers = {std::format("127.0.0.1:{}", mqtt_port)};
  config.hub.user = account.name;
  config.hub.password = edge.password;
  const fs::path file = data_dir / "edge.yaml";
  MILLRACE_TRY(
      base::write_file_durably(file, config::to_text(config, edge_table(), config::Secrets::kShown),
                               base::FileMode::kPrivate));
  return file;
}

base::Result<fs::path> write_plant_files(const fs::path& example, const fs::path& target,
                                         const std::string& opcua_url) {
  std::error_code error;
  const bool is_first = !fs::exists(target / kConnections, error);
  if (!fs::exists(example / kConnections, error)) {
    return base::fail(base::ErrorCode::kNotFound, "the example's resource files are not there",
                      "Install share/millrace/examples beside the program.");
  }
  for (const auto& entry : fs::recursive_directory_iterator(example, error)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".yaml") continue;
    if (!is_first && entry.path().filename() != kConnections) continue;
    MILLRACE_TRY(
        copy_file(entry.path(), target / fs::relative(entry.path(), example, error), opcua_url));
  }
  return is_first ? target : target / kConnections;
}

}  // namespace millrace::apps
