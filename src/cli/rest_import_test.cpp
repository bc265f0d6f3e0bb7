#include "cli/rest_import.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "support/import_hub.h"

namespace millrace::cli {
namespace {

using Trouble = test::ImportHub::Trouble;

constexpr std::uint64_t kRows = 300;

model::ImportRequest request() {
  return {.file_name = "pump.csv",
          .file_hash = std::string(64, 'a'),
          .rows_total = kRows,
          .mapping = "{}",
          .targets = {{.thing = "pump-1", .property = "flow"}}};
}

model::ImportChunk chunk(std::uint64_t first, std::uint64_t count) {
  model::ImportChunk made{.first_row = first, .row_count = count, .blocks = {{}}};
  model::ImportBlock& block = made.blocks[0];
  block.columns = {{.target = 0}};
  for (std::uint64_t row = first; row < first + count; ++row) {
    block.rows.push_back(row);
    block.times.emplace_back(base::Duration(static_cast<std::int64_t>(row)));
    block.columns[0].values.emplace_back(static_cast<double>(row));
    block.columns[0].qualities.emplace_back();
  }
  return made;
}

HttpClient client(const std::string& url, std::string token = "secret") {
  return HttpClient({.url = url, .token = std::move(token)});
}

/// Everything in order, as run_import does it.
base::Result<model::ImportState> import_all(pipeline::ImportSink& sink) {
  MILLRACE_LET(auto state, sink.begin(request()));
  while (!state.is_complete) {
    const std::uint64_t count = std::min<std::uint64_t>(7, kRows - state.next_row);
    MILLRACE_LET(state, sink.append(chunk(state.next_row, count)));
  }
  return sink.finish();
}

void expect_all_rows_once(const test::ImportHub& hub) {
  ASSERT_EQ(hub.stored().size(), kRows);
  for (const auto& [row, values] : hub.stored()) {
    ASSERT_EQ(values, std::vector<double>{static_cast<double>(row)});
  }
}

TEST(RestImport, BringsAnImportIntoAHub) {
  test::ImportHub hub;
  HttpClient http = client(hub.url());
  RestImport sink(http, [](base::Duration) { FAIL() << "nothing to wait for"; });
  const auto state = import_all(sink);
  ASSERT_TRUE(state) << base::describe(state.error());
  EXPECT_EQ(state->samples, kRows);
  expect_all_rows_once(hub);
}

TEST(RestImport, StoresEveryRowOnceThroughTornConnectionsAndRestarts) {
  const std::uint64_t seed = base::Random::from_system().next();
  SCOPED_TRACE(std::format("seed {}", seed));
  base::Random random(seed);
  int troubles = 0;
  test::ImportHub hub([&] {
    const auto trouble = static_cast<Trouble>(random.below(3) == 0 ? random.below(5) : 0);
    if (trouble != Trouble::kNone) ++troubles;
    return trouble;
  });
  HttpClient http = client(hub.url());
  RestImport sink(http, [](base::Duration) {});
  const auto state = import_all(sink);
  ASSERT_TRUE(state) << base::describe(state.error());
  EXPECT_GT(troubles, 0);
  expect_all_rows_once(hub);
  RestImport again(http, [](base::Duration) {});
  EXPECT_TRUE(again.begin(request()).value().is_complete);
}

TEST(RestImport, GoesOnWithAHubThatForgetsTheImportTwiceInARow) {
  int calls = 0;
  test::ImportHub hub([&] {
    ++calls;
    return calls >= 3 && calls <= 6 ? Trouble::kForget : Trouble::kNone;
  });
  HttpClient http = client(hub.url());
  RestImport sink(http, [](base::Duration) {});
  const auto state = import_all(sink);
  ASSERT_TRUE(state) << base::describe(state.error());
  expect_all_rows_once(hub);
}

TEST(RestImport, GivesUpAfterTenAttemptsWithAnErrorThatMayPass) {
  std::string url;
  {
    test::ImportHub gone;
    url = gone.url();
  }
  HttpClient http = client(url);
  int pauses = 0;
  RestImport sink(http, [&](base::Duration) { ++pauses; });
  const auto state = sink.begin(request());
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, base::ErrorCode::kUnavailable);
  EXPECT_EQ(state.error().retry, base::Retry::kLater);
  EXPECT_EQ(pauses, 9);
}

TEST(RestImport, SaysWhatTheHubSaysAndDoesNotRepeatWhatCannotPass) {
  test::ImportHub hub;
  HttpClient http = client(hub.url(), "wrong");
  RestImport sink(http, [](base::Duration) { FAIL() << "tried again"; });
  const auto state = sink.begin(request());
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, base::ErrorCode::kUnauthenticated);
  EXPECT_EQ(state.error().what, "no token");
  EXPECT_EQ(state.error().hint, "Log in: millrace login");
}

}  // namespace
}  // namespace millrace::cli
