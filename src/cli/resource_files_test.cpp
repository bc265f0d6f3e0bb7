#include "cli/resource_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/command.h"

namespace millrace::cli {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

class ResourceFilesTest : public testing::Test {
 protected:
  ResourceFilesTest()
      : folder_(fs::temp_directory_path() / std::format("millrace-cli-resources-{}", ::getpid())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    context_.out = std::fopen((folder_ / "out").c_str(), "w+");
    context_.err = std::fopen((folder_ / "err").c_str(), "w+");
    context_.connection_checks = [] { return twin::ConnectionChecks(); };
    context_.connector_schemas = [] { return std::vector<twin::ConnectorSchema>(); };
  }
  ~ResourceFilesTest() override {
    std::fclose(context_.out);
    std::fclose(context_.err);
    fs::remove_all(folder_);
  }
  void write(const fs::path& path, std::string_view text) const {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << text;
  }
  ExitCode run(RunCommand (*add)(CLI::App&, Context&), std::vector<std::string> arguments) {
    CLI::App app;
    const RunCommand run = add(app, context_);
    std::ranges::reverse(arguments);
    app.parse(arguments);
    return run();
  }
  std::string content(std::FILE* file, const char* name) const {
    std::fflush(file);
    std::ifstream in(folder_ / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  fs::path folder_;
  Context context_;
};

TEST_F(ResourceFilesTest, folders_are_read_to_the_bottom_and_hidden_and_other_files_left_out) {
  for (const char* name : {"d/b.yaml", "d/sub/deep/a.yml", "d/.git/c.yaml", "d/.hidden.yaml",
                           "d/readme.md", "d/sub/x.yaml.bak"}) {
    write(name, name);
  }
  const auto files = read_resource_files({folder_ / "d"}, context_);
  ASSERT_TRUE(files) << base::describe(files.error());
  ASSERT_EQ(files->files.size(), 2U);
  EXPECT_EQ(files->files[0].path, "b.yaml");
  EXPECT_EQ(files->files[1].path, "sub/deep/a.yml");
  EXPECT_EQ(files->files[1].text, "d/sub/deep/a.yml");
  EXPECT_EQ(files->shown_path("b.yaml"), (folder_ / "d/b.yaml").native());
}

TEST_F(ResourceFilesTest, equal_names_of_two_folders_are_told_apart) {
  write("one/a.yaml", "1");
  write("two/a.yaml", "2");
  const auto files = read_resource_files({folder_ / "one", folder_ / "two"}, context_).value();
  ASSERT_EQ(files.files.size(), 2U);
  EXPECT_NE(files.files[0].path, files.files[1].path);
  EXPECT_EQ(files.shown_path(files.files[1].path), (folder_ / "two/a.yaml").native());
}

TEST_F(ResourceFilesTest, nothing_to_read_is_said_with_what_would_be_read) {
  write("d/readme.md", "");
  EXPECT_EQ(read_resource_files({folder_ / "none"}, context_).error().code, ErrorCode::kNotFound);
  EXPECT_NE(read_resource_files({folder_ / "d"}, context_).error().hint.find(".yaml"),
            std::string::npos);
}

TEST_F(ResourceFilesTest, a_hub_cannot_make_the_export_write_outside_its_folder) {
  for (const char* path : {"../x.yaml", "/tmp/x.yaml", "a/../../x.yaml", ""}) {
    const nlohmann::json files = {{{"path", path}, {"text", "x"}}};
    const auto written = write_resource_files(files, folder_ / "to", context_);
    ASSERT_FALSE(written) << path;
    EXPECT_EQ(written.error().code, ErrorCode::kCorrupt);
  }
  EXPECT_FALSE(fs::exists(folder_ / "x.yaml"));
  const nlohmann::json good = {{{"path", "things/a.yaml"}, {"text", "x"}}};
  EXPECT_EQ(write_resource_files(good, folder_ / "to", context_).value(), 1U);
  EXPECT_TRUE(fs::exists(folder_ / "to/things/a.yaml"));
}

TEST_F(ResourceFilesTest, files_are_checked_without_a_hub_naming_file_line_rule_and_next_step) {
  write("d/site.yaml", "kind: Site\nname: works\nspec: {title: Works}\n");
  EXPECT_EQ(run(add_validate, {(folder_ / "d").native()}), ExitCode::kDone);
  EXPECT_NE(content(context_.out, "out").find("1 resources in 1 files are in order"),
            std::string::npos);
  write("d/thing.yaml", "kind: Thing\nname: pump-1\nspec: {model: pmup@1}\n");
  EXPECT_EQ(run(add_validate, {(folder_ / "d").native()}), ExitCode::kData);
  const std::string said = content(context_.err, "err");
  EXPECT_NE(said.find("thing.yaml:3: unknown_reference: "), std::string::npos) << said;
  EXPECT_NE(said.find("\n    "), std::string::npos) << said;
}

TEST_F(ResourceFilesTest, schemas_are_printed_without_a_hub) {
  EXPECT_EQ(run(add_schema, {"Thing"}), ExitCode::kDone);
  const auto schema = nlohmann::json::parse(content(context_.out, "out"), nullptr, false);
  EXPECT_TRUE(schema.is_object() && schema.contains("$schema"));
  EXPECT_EQ(run(add_schema, {"Ting"}), ExitCode::kUsage);
}

}  // namespace
}  // namespace millrace::cli
