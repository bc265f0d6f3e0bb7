// Any bytes as a table of tags, against a small plant: an error with a sentence, or rows; files
// that are made of sound rows can be read again, and every line of them knows its rows.
#include <cstdint>

#include "twin/tag_files.h"

namespace {

using namespace millrace;

const unit::Units& units() {
  static const unit::Units kUnits = unit::Units::create().value();
  return kUnits;
}

twin::ConnectionChecks checks() {
  twin::ConnectionChecks checks;
  checks.types = {"opcua"};
  return checks;
}

const twin::Catalog& plant() {
  static const auto kPlant = [] {
    const std::vector<twin::FileText> files = {
        {"plant.yaml",
         "kind: ThingModel\nname: pump\nversion: 1\nspec:\n  \"@type\": tm:ThingModel\n"
         "  properties:\n    flow: {type: number, unit: m3/h}\n    running: {type: boolean}\n"
         "---\nkind: Thing\nname: p1\nspec: {model: pump@1}\n"
         "---\nkind: Connection\nname: c\nspec: {edge: e, opcua: {url: x}}\n"
         "---\nkind: Binding\nname: b\nspec:\n  thing: p1\n  connection: c\n"
         "  properties: [{property: flow, address: a, unit: l/min}]\n"}};
    return twin::Catalog::build(twin::parse_files(files).resources, units(), checks()).value();
  }();
  return *kPlant;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  auto rows = twin::read_tag_table(text, {.bytes_max = 1U << 20, .rows_max = 1000});
  if (!rows) {
    MILLRACE_CHECK(!rows.error().what.empty());
    return 0;
  }
  const twin::TagFiles made = twin::tag_files(*rows, plant(), units());
  const twin::ParsedFiles parsed = twin::parse_files(made.files);
  MILLRACE_CHECK(parsed.problems.empty());
  MILLRACE_CHECK(parsed.resources.size() == made.files.size());
  for (const twin::Resource& resource : parsed.resources) {
    for (const std::size_t row : made.rows_at(resource.file, resource.place.line)) {
      MILLRACE_CHECK(row < rows->size());
    }
  }
  auto built = twin::Catalog::build(parsed.resources, units(), checks());
  for (const auto& problem : built ? twin::ResourceProblems() : built.error()) {
    MILLRACE_CHECK(!problem.problem.what.empty());
  }
  return 0;
}
