#include "twin/tag_table.h"

#include <algorithm>

#include "twin/tag_files.h"
#include "twin/twin_fixture.h"

namespace millrace::twin {
namespace {

std::vector<TagRow> read(std::string_view csv) {
  auto rows = read_tag_table(csv);
  EXPECT_TRUE(rows) << base::describe(rows.error());
  return rows.value_or(std::vector<TagRow>());
}

std::string refusal(std::string_view csv, const TagTableLimits& limits = {}) {
  const auto rows = read_tag_table(csv, limits);
  return rows ? "read" : base::describe(rows.error());
}

TEST(TagTable, ReadsColumnsInAnyOrderAndCase) {
  const auto rows = read(
      "Unit,Address,connection,THING,Property,scale\n"
      "l/min,\"ns=2;s=a,b\",line,pump-1,flow,0.1\n");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].line, 2);
  EXPECT_EQ(rows[0].address, "ns=2;s=a,b");
  EXPECT_EQ(rows[0].unit, "l/min");
  EXPECT_EQ(rows[0].scale, 0.1);
  EXPECT_EQ(rows[0].problem, "");
}

TEST(TagTable, ReadsWhatASpreadsheetWrites) {
  const auto rows = read(
      "\xEF\xBB\xBFthing;property;connection;address;scale;title\r\n"
      "pump-1;flow;line;holding:100:f32;0,1;\"Pumpe \"\"Eins\"\"; groß\"\r\n"
      ";;;;;\r\n"
      "pump-1;speed;line;holding:102:f32;;\r\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].scale, 0.1) << "a decimal comma";
  EXPECT_EQ(rows[0].title, "Pumpe \"Eins\"; groß");
  EXPECT_EQ(rows[1].line, 4) << "an empty row counts as a line";
  EXPECT_EQ(read("thing\tproperty\tconnection\taddress\na\tb\tc\td\n").size(), 1U);
}

TEST(TagTable, SaysWhatIsWrongInARowWithTheNextStep) {
  const auto rows = read(
      "thing,property,connection,address,scale,model,type,min,max\n"
      "Pump 1,flow,line,a,,,,,\n"
      "pump-1,flow,line,,,,,,\n"
      "pump-1,flow,line,a,much,,,,\n"
      "pump-1,flow,line,a,0,,,,\n"
      "pump-1,flow,line,a,,pump@x,,,\n"
      "pump-1,flow,line,a,,,float,,\n"
      "pump-1,flow,line,a,,,,5,1\n"
      "pump-1,flow,line,a,,,,,,surplus\n"
      "pump-1,flow,line,\"a\n");
  ASSERT_EQ(rows.size(), 9U);
  EXPECT_TRUE(rows[0].problem.contains("write 'pump-1'")) << rows[0].problem;
  EXPECT_TRUE(rows[1].problem.contains("address is empty")) << rows[1].problem;
  EXPECT_TRUE(rows[2].problem.contains("'much' is no number")) << rows[2].problem;
  EXPECT_TRUE(rows[3].problem.contains("scale of 0")) << rows[3].problem;
  EXPECT_TRUE(rows[4].problem.contains("name@version")) << rows[4].problem;
  EXPECT_TRUE(rows[5].problem.contains("f64, i64, u64, bool or text")) << rows[5].problem;
  EXPECT_TRUE(rows[6].problem.contains("min is above max")) << rows[6].problem;
  EXPECT_TRUE(rows[7].problem.contains("10 fields")) << rows[7].problem;
  EXPECT_FALSE(rows[8].problem.empty()) << "a quote that never closes";
}

TEST(TagTable, RefusesWhatIsNoTable) {
  EXPECT_TRUE(refusal("").contains("no header"));
  EXPECT_TRUE(refusal("thing,property,connection,address\n").contains("no rows"));
  EXPECT_TRUE(refusal("thing,property,connection\na,b,c\n").contains("'address' is missing"));
  EXPECT_TRUE(refusal("thing,property,connection,adress\na,b,c,d\n").contains("'address'"));
  EXPECT_TRUE(refusal("thing,thing,property,connection,address\n").contains("twice"));
  EXPECT_TRUE(refusal("thing,property,connection,address\nT\xFCr,b,c,d\n").contains("UTF-8"));
  EXPECT_FALSE(refusal(std::string_view("\xFF\xFEt\0h\0", 6)) == "read");
  EXPECT_TRUE(refusal("thing,property,connection,address\na,b,c,d\na,b,c,d\n", {.rows_max = 1})
                  .contains("more than 1 rows"));
  EXPECT_TRUE(refusal("thing", {.bytes_max = 4}).contains("larger than 4"));
}

constexpr std::string_view kPlant = R"(kind: ThingModel
name: pump
version: 1
spec:
  "@type": tm:ThingModel
  properties:
    flow: {type: number, unit: m3/h, minimum: 0, maximum: 160}
    speed: {type: number, unit: rpm}
    running: {type: boolean}
---
kind: Thing
name: pump-1
spec: {title: Feed pump, model: pump@1, tags: {criticality: high}}
---
kind: Connection
name: line
spec: {edge: edge-1, opcua: {url: "opc.tcp://plc:4840"}}
---
kind: Connection
name: plc
spec: {edge: edge-1, modbus: {host: plc}}
---
kind: Binding
name: pump-1-opcua
spec:
  thing: pump-1
  connection: line
  properties:
    - {property: flow, address: "ns=1;s=old", unit: l/min}
    - {property: running, address: "ns=1;s=run", values: {"1": "true", "0": "false"}}
)";

class TagFilesTest : public TwinTest {
 protected:
  void make(std::string_view csv) {
    rows_ = read(csv);
    files_ = tag_files(rows_, *plant_, units());
    problems_.clear();
    for (const TagRow& row : rows_) {
      if (!row.problem.empty()) problems_ += std::format("{}: {}\n", row.line, row.problem);
    }
  }
  /// The catalog that the files make of the plant.
  std::shared_ptr<const Catalog> applied() {
    ParsedFiles parsed = parse_files(files_.files);
    EXPECT_TRUE(parsed.problems.empty()) << lines(parsed.problems);
    std::vector<Resource> all = parsed.resources;
    for (const Resource& one : plant_->resources()) {
      if (!std::ranges::contains(parsed.resources, one.key, &Resource::key)) all.push_back(one);
    }
    auto built = Catalog::build(all, units(), checks());
    if (built) return *built;
    ADD_FAILURE() << lines(built.error());
    return plant_;
  }

  std::shared_ptr<const Catalog> plant_ = build(std::string(kPlant));
  std::vector<TagRow> rows_;
  TagFiles files_;
  std::string problems_;
};

TEST_F(TagFilesTest, RowsChangeTheThingsOwnBindingAndKeepTheRest) {
  make(
      "thing,property,connection,address,unit,scale\n"
      "pump-1,flow,line,ns=1;s=new,m3/h,2\n"
      "pump-1,speed,line,ns=1;s=speed,1/s,\n");
  EXPECT_EQ(problems_, "");
  const auto after = applied();
  const auto [binding, flow] = after->feeding("pump-1", "flow");
  ASSERT_TRUE(flow);
  EXPECT_EQ(binding->name, "pump-1-opcua");
  EXPECT_EQ(flow->address, "ns=1;s=new");
  EXPECT_EQ(flow->transform.factor, 2);
  EXPECT_EQ(after->feeding("pump-1", "running").second->address, "ns=1;s=run");
  EXPECT_FALSE(after->feeding("pump-1", "running").second->transform.values.empty());
  EXPECT_EQ(after->feeding("pump-1", "speed").second->transform.factor, 60);
  EXPECT_EQ(files_.files.size(), 1U) << "the thing stays as it is";
}

TEST_F(TagFilesTest, AnAbsentColumnKeepsUnitScaleAndOffsetAndAnEmptyCellTakesThemAway) {
  EXPECT_EQ(plant_->feeding("pump-1", "flow").second->raw_unit, "l/min");
  make(
      "thing,property,connection,address,unit,scale,offset\n"
      "pump-1,flow,line,ns=1;s=a,l/min,0.1,40\n"
      "pump-1,speed,line,ns=1;s=b,1/s,10,\n");
  plant_ = applied();
  const auto factor = [&](const char* property) {
    return plant_->feeding("pump-1", property).second->transform.factor;
  };
  EXPECT_DOUBLE_EQ(factor("flow"), 0.006);
  EXPECT_EQ(plant_->feeding("pump-1", "flow").second->raw_unit, "") << "it is scaled";
  EXPECT_DOUBLE_EQ(factor("speed"), 600);
  make(
      "thing,property,connection,address\n"
      "pump-1,flow,line,ns=1;s=c\n"
      "pump-1,speed,line,ns=1;s=d\n");
  EXPECT_EQ(problems_, "");
  plant_ = applied();
  EXPECT_EQ(plant_->feeding("pump-1", "flow").second->address, "ns=1;s=c");
  EXPECT_DOUBLE_EQ(factor("flow"), 0.006) << "the table has no such column";
  EXPECT_DOUBLE_EQ(plant_->feeding("pump-1", "flow").second->transform.offset, 2.4);
  EXPECT_DOUBLE_EQ(factor("speed"), 600);
  make("thing,property,connection,address,scale\npump-1,flow,line,ns=1;s=c,\n");
  plant_ = applied();
  EXPECT_DOUBLE_EQ(factor("flow"), 0.06) << "an empty cell says that there is none";
  EXPECT_DOUBLE_EQ(plant_->feeding("pump-1", "flow").second->transform.offset, 2.4);
  EXPECT_DOUBLE_EQ(factor("speed"), 600) << "it is not in the table";
}

TEST_F(TagFilesTest, ANewModelsNameMakesAModelOfItsRows) {
  make(
      "thing,property,connection,address,unit,model,type,min,max,property_title,title\n"
      "fan-1,speed,plc,holding:1:f32,U/min,fan,,0,3000,Fan speed,Fan one\n"
      "fan-1,running,plc,holding:3:u16,,,bool,,,,\n"
      "fan-2,speed,plc,holding:5:f32,1/s,fan@1,,,,,\n"
      "fan-2,starts,plc,holding:7:u16,,,u64,,,,\n");
  EXPECT_EQ(problems_, "");
  const auto after = applied();
  const auto model = after->models().at({"fan", 1});
  EXPECT_EQ(model->properties.size(), 3U);
  EXPECT_EQ(model->property("speed")->contract.unit, "rpm");
  EXPECT_EQ(model->property("speed")->contract.range_max, 3000);
  EXPECT_EQ(model->property("speed")->contract.title, "Fan speed");
  EXPECT_EQ(model->property("starts")->contract.type, model::ValueType::kU64);
  EXPECT_EQ(after->feeding("fan-2", "speed").second->transform.factor, 60);
  EXPECT_EQ(after->thing("fan-1")->titles.at(""), "Fan one");
}

TEST_F(TagFilesTest, ContradictionsStandAtTheirRow) {
  make(
      "thing,property,connection,address,unit,model,type,min,title\n"
      "pump-9,flow,line,ns=1;s=a,m3/h,,,,\n"
      "pump-1,flow,line,ns=1;s=b,m3/h,,,,One\n"
      "pump-1,flow,line,ns=1;s=c,m3/h,,,,\n"
      "pump-1,speed,line,ns=1;s=d,rpm,,i64,,Two\n"
      "pump-2,flow,line,ns=1;s=e,m3/h,pump@7,,,\n"
      "pump-3,flow,line,ns=1;s=f,m3/h,pump,,7,\n"
      "pump-1,flow,plc,holding:1:f32,m3/h,,,,\n");
  EXPECT_TRUE(problems_.contains("2: pump-9 is not configured and no row names its model"))
      << problems_;
  EXPECT_TRUE(problems_.contains("4: flow of pump-1 is fed by line 3 already")) << problems_;
  EXPECT_TRUE(problems_.contains("5: title of pump-1 is 'Two' here and 'One' in line 3"))
      << problems_;
  EXPECT_TRUE(problems_.contains("6: there is no thing model pump@7")) << problems_;
  EXPECT_TRUE(problems_.contains("7: flow is described by pump@1")) << problems_;
  EXPECT_TRUE(problems_.contains("8: flow of pump-1 is fed by line 3")) << problems_;
}

TEST_F(TagFilesTest, APropertyOfAnotherBindingStaysThere) {
  make("thing,property,connection,address,unit\npump-1,flow,plc,holding:1:f32,m3/h\n");
  EXPECT_TRUE(problems_.contains("fed by ns=1;s=old of binding pump-1-opcua")) << problems_;
}

TEST_F(TagFilesTest, EveryLineOfAFileKnowsItsRows) {
  make(
      "thing,property,connection,address,unit,model\n"
      "pump-2,flow,line,nonsense,m3/h,pump@1\n"
      "pump-2,speed,line,ns=1;s=s,bar,\n"
      "pump-2,running,nowhere,ns=1;s=r,,\n");
  EXPECT_EQ(problems_, "");
  ParsedFiles parsed = parse_files(files_.files);
  std::vector<Resource> all = parsed.resources;
  std::ranges::copy(plant_->resources(), std::back_inserter(all));
  const auto built = Catalog::build(all, units(), checks());
  ASSERT_FALSE(built);
  std::map<std::size_t, std::string> blamed;
  for (const ResourceProblem& one : built.error()) {
    for (const std::size_t row : files_.rows_at(one.file, one.problem.place.line)) {
      blamed[row] += one.rule + " ";
    }
  }
  EXPECT_TRUE(blamed[0].contains("address")) << blamed[0];
  EXPECT_TRUE(blamed[1].contains("unit")) << blamed[1];
  EXPECT_TRUE(blamed[2].contains("unknown_reference")) << blamed[2];
}

}  // namespace
}  // namespace millrace::twin
