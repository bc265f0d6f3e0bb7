#include "twin/plain_texts.h"

#include <nlohmann/json.hpp>

#include "twin/thing_description.h"
#include "twin/twin_fixture.h"

namespace millrace::twin {
namespace {

using PlainTexts = TwinTest;
using TextJson = nlohmann::ordered_json;

/// The document of the model "m" and, with its thing "t", the description.
struct Made {
  TextJson document;
  TextJson resolved;
  TextJson td;
};

Made made_of(const std::shared_ptr<const Catalog>& catalog) {
  const ThingModel& model = *catalog->models().at({"m", 1});
  Made made{TextJson::parse(model.document), TextJson::parse(model.resolved), {}};
  const Thing* thing = catalog->thing("t");
  if (thing) made.td = thing_description(*catalog, *thing, {.hub = "h", .base = "http://h"});
  return made;
}

const std::string kPlainThing = "---\nkind: Thing\nname: t\nspec: {model: m@1}\n";

TEST_F(PlainTexts, AMapOfLanguagesBecomesATextAndTheTextsByLanguage) {
  const Made made = made_of(build(model("m", R"(  title: {zh: 泵, en: Pump}
  description: {de: Eine Pumpe}
  properties:
    flow: {title: {en: Flow, zh: 流量}, titles: {en: Flow rate, de: Fluss}, type: number}
    state:
      type: object
      mr:type: text
      properties: {title: {title: {en: Title}, type: string}}
  actions:
    set: {title: {en: Set}, input: {title: {en: Value}, type: number}}
)") + kPlainThing));
  for (const TextJson& one : {made.document, made.resolved, made.td}) {
    const TextJson& flow = one["properties"]["flow"];
    EXPECT_EQ(flow["title"], "Flow");
    EXPECT_EQ(flow["titles"].dump(), R"({"en":"Flow rate","de":"Fluss","zh":"流量"})");
    const TextJson& part = one["properties"]["state"]["properties"]["title"];
    EXPECT_EQ(part["title"], "Title") << "the member is called title: " << part.dump();
    EXPECT_EQ(part["titles"].dump(), R"({"en":"Title"})");
    EXPECT_EQ(one["description"], "Eine Pumpe");
    EXPECT_EQ(one["descriptions"].dump(), R"({"de":"Eine Pumpe"})");
  }
  EXPECT_EQ(made.document["title"], "Pump");
  EXPECT_EQ(made.document["titles"].dump(), R"({"zh":"泵","en":"Pump"})");
  EXPECT_EQ(made.document["actions"]["set"]["input"]["title"], "Value");
}

TEST_F(PlainTexts, AModelReadsItsTitlesFromEither) {
  const auto catalog = build(model("m", R"(  title: {en: Pump, zh: 泵}
  properties: {flow: {title: {en: Flow, zh: 流量}, type: number}}
)"));
  const ThingModel& model = *catalog->models().at({"m", 1});
  EXPECT_EQ(model.titles, (Texts{{"", "Pump"}, {"en", "Pump"}, {"zh", "泵"}}));
  EXPECT_EQ(model.property("flow")->contract.title, "Flow");
  EXPECT_EQ(model.property("flow")->titles.at("zh"), "流量");
}

TEST_F(PlainTexts, ANumberAsATitleIsItsDigitsAlsoByAPlaceholder) {
  const Made made = made_of(build(model("m", R"(  title: 4711
  properties:
    flow: {title: "{{NR}}", titles: {en: 007, de: true}, description: 1.50, type: number}
)") + "---\nkind: Thing\nname: t\nspec: {model: m@1, placeholders: {NR: 4712}}\n"));
  EXPECT_EQ(made.document["title"], "4711");
  EXPECT_EQ(made.resolved["properties"]["flow"]["title"], "{{NR}}");
  const TextJson& flow = made.td["properties"]["flow"];
  EXPECT_EQ(flow["title"], "4712") << flow.dump();
  EXPECT_EQ(flow["titles"].dump(), R"({"en":"007","de":"true"})");
  EXPECT_EQ(flow["description"], "1.50") << "as it was written";
}

TEST_F(PlainTexts, ABareOneIsTheUnitOne) {
  const Made made =
      made_of(build(model("m", "  properties: {ratio: {title: 5, type: number, unit: 1}}\n") +
                    "---\nkind: Thing\nname: t\nspec: {model: m@1}\n"));
  EXPECT_EQ(made.document["properties"]["ratio"]["unit"], "1");
  EXPECT_EQ(made.td["properties"]["ratio"]["unit"], "1") << "as the schema of TD 1.1 wants it";
}

TEST_F(PlainTexts, WhatIsNoTextIsRefusedWithItsLine) {
  const std::string hint = "(Write a text, or one for each language: {en: …, zh: …}.)\n";
  EXPECT_EQ(problems(model("m", R"(  title: [a]
  titles: Pump
  properties:
    flow:
      type: number
      title: {english_language: Flow}
      descriptions: {en: {deep: er}}
)")),
            "7 text: title: a text is needed here, not a list " + hint +
                "8 text: titles is a section of texts by language (Write for example {en: Flow, "
                "zh: 流量}.)\n"
                "12 text: properties.flow.title: 'english_language' is not a language (Use a tag "
                "such as en, de or zh-Hans.)\n"
                "13 text: properties.flow.descriptions.en: a text is needed here, not a section " +
                hint);
}

TEST_F(PlainTexts, WhatAModelExtendsIsTranslatedOrTakenAway) {
  const auto catalog = build(model("base", R"(  title: Base
  description: Below
  properties: {flow: {title: {en: Flow, de: Fluss}, type: number}}
)") + model("m", R"(  title: {en: Pump}
  description: null
  links: [{rel: "tm:extends", href: base@1}]
  properties: {flow: {title: {en: Flow of water}}}
)"));
  const Made made = made_of(catalog);
  EXPECT_EQ(made.resolved["title"], "Pump");
  EXPECT_FALSE(made.resolved.contains("description"));
  EXPECT_EQ(made.resolved["properties"]["flow"]["title"], "Flow of water");
  EXPECT_EQ(made.resolved["properties"]["flow"]["titles"].dump(),
            R"({"en":"Flow of water","de":"Fluss"})");
}

}  // namespace
}  // namespace millrace::twin
