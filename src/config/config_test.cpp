#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "config/load.h"
#include "config/reference.h"

namespace millrace::config {
namespace {

using namespace std::chrono_literals;

enum class Mode { kNone, kEncrypt };

struct Tag {
  std::string address;
  std::optional<double> low;
  bool operator==(const Tag&) const = default;
};

struct Login {
  std::string user = "anna";
  std::string password;
};

struct Server {
  std::string name;
  Mode mode = Mode::kEncrypt;
  std::uint32_t queue = 10;
  double deadband = 0.5;
  bool is_on = true;
  base::Duration timeout = 2s;
  Login login;
  std::vector<Tag> tags;
  std::vector<std::string> notes;
};

const TableOf<Tag>& tag_table() {
  static const auto kTable =
      TableOf<Tag>("Tag", "One value to read.")
          .text({.key = "address", .sentence = "Where.", .need = Need::kRequired}, &Tag::address)
          .number({.key = "low", .sentence = "Lower limit."}, &Tag::low, {-1e9, 1e9});
  return kTable;
}

const TableOf<Login>& login_table() {
  static const auto kTable =
      TableOf<Login>("Login", "Who.")
          .text({.key = "user", .sentence = "User."}, &Login::user)
          .text({.key = "password", .sentence = "Password.", .secrecy = Secrecy::kSecret},
                &Login::password);
  return kTable;
}

const TableOf<Server>& server_table() {
  static const auto kTable =
      TableOf<Server>("Server", "A server.")
          .name({.key = "name", .sentence = "Its name.", .need = Need::kRequired}, &Server::name)
          .choice({.key = "mode", .sentence = "Mode."}, &Server::mode,
                  {{"none", Mode::kNone}, {"encrypt", Mode::kEncrypt}})
          .integer({.key = "queue_size", .sentence = "Queue."}, &Server::queue, {1, 100})
          .number({.key = "deadband", .sentence = "Deadband.", .unit = "%"}, &Server::deadband,
                  {0, 100})
          .flag({.key = "on", .sentence = "On."}, &Server::is_on)
          .duration({.key = "timeout_ms", .sentence = "Time."}, &Server::timeout, {1, 60000})
          .section({.key = "login", .sentence = "Who."}, &Server::login, login_table())
          .sections({.key = "tags", .sentence = "Tags."}, &Server::tags, tag_table(), {0, 100})
          .texts({.key = "notes", .sentence = "Notes."}, &Server::notes)
          .check([](const Server& server) -> std::optional<TableOf<Server>::Complaint> {
            if (server.is_on || server.tags.empty()) return std::nullopt;
            return TableOf<Server>::Complaint{"tags", "a server that is off has tags", "Remove."};
          });
  return kTable;
}

std::string problems(std::string_view text) {
  const auto loaded = load_text(text, "edge.yaml", server_table());
  return loaded ? "" : loaded.error().what;
}

TEST(Config, FillsTheStructAndKeepsDefaultsOfWhatIsNotThere) {
  const auto loaded = load_text(R"(name: line-1
mode: none
timeout_ms: 250
login: {password: s3cret}
tags:
  - {address: "ns=1;s=a", low: -5}
  - address: b
notes: [x, "5"]
)",
                                "edge.yaml", server_table());
  ASSERT_TRUE(loaded) << loaded.error().what;
  EXPECT_EQ(loaded->name, "line-1");
  EXPECT_EQ(loaded->mode, Mode::kNone);
  EXPECT_EQ(loaded->timeout, 250ms);
  EXPECT_EQ(loaded->queue, 10U);
  EXPECT_EQ(loaded->login.user, "anna");
  EXPECT_EQ(loaded->login.password, "s3cret");
  EXPECT_EQ(loaded->tags, (std::vector<Tag>{{"ns=1;s=a", -5.0}, {"b", std::nullopt}}));
  EXPECT_EQ(loaded->notes, (std::vector<std::string>{"x", "5"}));
}

TEST(Config, ReportsEverythingThatIsWrongWithFileAndLine) {
  const std::string what = problems(R"(name: Line 1
mode: encrypted
queue_size: 101
deadband: "2"
on: yes
timeout_ms: 1.5
tags:
  - {adress: a}
  - 7
)");
  EXPECT_EQ(what,
            "edge.yaml:1: name: 'Line 1' is not a name (Names match [a-z0-9][a-z0-9._-]*, at most "
            "63 characters.)\n"
            "edge.yaml:2: mode: 'encrypted' is not one of: none, encrypt (Did you mean "
            "'encrypt'?)\n"
            "edge.yaml:3: queue_size: 101 is out of bounds (Allowed: 1 to 100.)\n"
            "edge.yaml:4: deadband: a number is needed here, not '2' (Remove the quotes.)\n"
            "edge.yaml:5: on: true or false is needed here, not 'yes'\n"
            "edge.yaml:6: timeout_ms: a whole number is needed here, not '1.5'\n"
            "edge.yaml:8: 'address' is missing (Where.)\n"
            "edge.yaml:8: unknown option 'adress' (Did you mean 'address'?)\n"
            "edge.yaml:9: Tag: a section with options is needed here");
}

TEST(Config, AnUnknownKeyNamesTheNearestKnownOneOrAll) {
  EXPECT_EQ(problems("name: a\ntimeuot_ms: 5\n"),
            "edge.yaml:2: unknown option 'timeuot_ms' (Did you mean 'timeout_ms'?)");
  EXPECT_NE(problems("name: a\nxylophone: 5\n").find("Known here: name mode"), std::string::npos);
}

TEST(Config, ARuleOverSeveralOptionsSpeaksAtTheLineOfItsKey) {
  EXPECT_EQ(problems("name: a\non: false\ntags:\n  - {address: b}\n"),
            "edge.yaml:3: a server that is off has tags (Remove.)");
}

TEST(Config, AMapTakesKeysOfTheWritersOwnAndATitleMayHaveLanguages) {
  struct Pump {
    TextMap title;
    TextsByText tags;
  };
  const auto table = TableOf<Pump>("Pump", "A pump.")
                         .titles({.key = "title", .sentence = "Title."}, &Pump::title)
                         .texts_by_text({.key = "tags", .sentence = "Tags."}, &Pump::tags, {0, 2});
  const auto plain = load_text("title: Feed\ntags: {a: 1, b: x}\n", "p", table);
  ASSERT_TRUE(plain) << plain.error().what;
  EXPECT_EQ(plain->title, (TextMap{{"", "Feed"}}));
  EXPECT_EQ(plain->tags, (TextsByText{{"a", "1"}, {"b", "x"}}));
  const auto languages = load_text("title: {en: Feed, zh-Hans: 给水}\n", "p", table);
  ASSERT_TRUE(languages) << languages.error().what;
  EXPECT_EQ(load_text(to_text(*languages, table, Secrets::kShown), "p", table)->title,
            languages->title);
  EXPECT_EQ(load_text("title: {e n: x}\ntags: {a: 1, b: 2, c: 3}\n", "p", table).error().what,
            "p:1: title: 'e n' is not a language (Use a tag such as en, de or zh-Hans.)\n"
            "p:2: tags: a table of texts is needed here (For example {\"0\": \"off\", \"1\": "
            "\"on\"}.)");
  EXPECT_EQ(load_text("tags: {a: [1]}\n", "p", table).error().what,
            "p:1: tags: a text is needed here, not a list");
}

TEST(Config, ATableMayIncludeTheRowsAndRulesOfAnother) {
  struct Edge {
    Server server;
    bool is_fast = false;
  };
  const auto table = TableOf<Edge>("Edge", "An edge.")
                         .include(&Edge::server, server_table())
                         .flag({.key = "fast", .sentence = "Fast."}, &Edge::is_fast);
  const auto loaded = load_text("name: a\nfast: true\n", "edge.yaml", table);
  ASSERT_TRUE(loaded) << loaded.error().what;
  EXPECT_EQ(loaded->server.name, "a");
  EXPECT_TRUE(loaded->is_fast);
  const auto wrong = load_text("name: a\non: false\ntags: [{address: b}]\n", "edge.yaml", table);
  EXPECT_EQ(wrong.error().what, "edge.yaml:3: a server that is off has tags (Remove.)");
}

TEST(Config, PrintsWhatItReadsAndHidesSecrets) {
  Server server;
  server.name = "line-1";
  server.login.password = "hunter2: #x";
  server.tags = {{"ns=1;s=\"a\"", 0.1}, {"5", std::nullopt}};
  server.notes = {"true", "two\nlines"};
  const std::string text = to_text(server, server_table(), Secrets::kShown);
  const auto again = load_text(text, "edge.yaml", server_table());
  ASSERT_TRUE(again) << again.error().what << text;
  EXPECT_EQ(again->login.password, server.login.password);
  EXPECT_EQ(again->tags, server.tags);
  EXPECT_EQ(again->notes, server.notes);
  const std::string redacted = to_text(server, server_table(), Secrets::kRedacted);
  EXPECT_EQ(redacted.find("hunter2"), std::string::npos);
  EXPECT_NE(redacted.find("password: \"***\""), std::string::npos) << redacted;
}

TEST(Config, ItsJsonSchemaComesFromTheRows) {
  const auto schema = nlohmann::json::parse(json_schema(server_table()));
  EXPECT_EQ(schema["required"], nlohmann::json({"name"}));
  EXPECT_EQ(schema["additionalProperties"], false);
  const auto& properties = schema["properties"];
  EXPECT_EQ(properties["timeout_ms"]["default"], 2000);
  EXPECT_EQ(properties["timeout_ms"]["x-unit"], "ms");
  EXPECT_EQ(properties["queue_size"]["maximum"], 100);
  EXPECT_EQ(properties["mode"]["enum"], nlohmann::json({"none", "encrypt"}));
  EXPECT_EQ(properties["mode"]["default"], "encrypt");
  EXPECT_EQ(properties["login"]["properties"]["password"]["writeOnly"], true);
  EXPECT_EQ(properties["tags"]["items"]["required"], nlohmann::json({"address"}));
  EXPECT_FALSE(properties["tags"]["items"]["properties"]["low"].contains("default"));
  EXPECT_EQ(properties["name"]["type"], nlohmann::json({"string", "number", "boolean"}))
      << "the reader takes a bare 5 for a text";
}

TEST(Config, ItsReferencePageHasARowForEachOption) {
  const std::string page = markdown(server_table());
  EXPECT_NE(page.find("| `timeout_ms` | integer | `2000` | 1 … 60000 | ms | Time. |"),
            std::string::npos)
      << page;
  EXPECT_NE(page.find("## `tags[]`: Tag"), std::string::npos);
  EXPECT_NE(page.find("| `password` | string |  |  |  | Password. Secret. |"), std::string::npos);
}

TEST(Config, AMissingFileIsNotFound) {
  EXPECT_EQ(load_file("/nowhere/edge.yaml", server_table()).error().code,
            base::ErrorCode::kNotFound);
}

TEST(Nearest, FindsTyposAndTranspositionsAndNothingElse) {
  const std::vector<std::string> keys = {"flow", "level", "pressure"};
  EXPECT_EQ(nearest("presure", keys), "pressure");
  EXPECT_EQ(nearest("lvoe", keys), "");
  EXPECT_EQ(nearest("folw", keys), "flow");
  EXPECT_EQ(nearest("temperature", keys), "");
}

}  // namespace
}  // namespace millrace::config
