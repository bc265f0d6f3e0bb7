// tests/twin/cases/<name>/: files of resources (*.yaml) and expected.txt, what is wrong with them,
// one line each as file:line rule: what (hint); an empty one where nothing is.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "twin/twin_fixture.h"

namespace millrace::twin {
namespace {

namespace fs = std::filesystem;
using Cases = TwinTest;

std::vector<FileText> files_of(const fs::path& folder) {
  std::vector<FileText> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    files.push_back({entry.path().lexically_relative(folder).generic_string(),
                     base::read_file(entry.path(), 1U << 20).value()});
  }
  std::ranges::sort(files, {}, &FileText::path);
  return files;
}

TEST_F(Cases, EachFolderGivesTheProblemsItExpects) {
  int count = 0;
  for (const auto& folder : fs::directory_iterator("tests/twin/cases")) {
    const auto files = files_of(folder.path());
    ParsedFiles parsed = parse_files(files);
    ResourceProblems found = std::move(parsed.problems);
    const auto built = Catalog::build(std::move(parsed.resources), units(), checks());
    if (!built) found.insert(found.end(), built.error().begin(), built.error().end());
    std::string lines;
    for (const ResourceProblem& p : found) {
      lines += std::format("{}:{} {}: {} ({})\n", p.file, p.problem.place.line, p.rule,
                           p.problem.what, p.problem.hint);
    }
    EXPECT_EQ(lines, base::read_file(folder.path() / "expected.txt", 1U << 20).value())
        << folder.path();
    ++count;
  }
  EXPECT_GE(count, 1);
}

TEST_F(Cases, TheExamplesHaveNothingWrong) {
  std::vector<FileText> files;
  for (const char* set : {"plant", "building_mv", "skab", "cmapss"}) {
    for (FileText& file : files_of(fs::path("examples") / set)) files.push_back(std::move(file));
  }
  ParsedFiles parsed = parse_files(files);
  EXPECT_EQ(lines(parsed.problems), "");
  const auto built = Catalog::build(std::move(parsed.resources), units(), checks());
  ASSERT_TRUE(built) << lines(built.error());
  const Catalog& catalog = **built;
  EXPECT_EQ(catalog.contract("pump-1", "vibration")->range_max, 20.0);
  EXPECT_EQ(catalog.feeding("pump-2", "flow").second->address, "ns=1;s=pump-2/flow");
  EXPECT_EQ(catalog.thing("mv-school")->model->property("occupancy"), nullptr);
}

}  // namespace
}  // namespace millrace::twin
