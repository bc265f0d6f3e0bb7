#include "cli/resource_report.h"

#include <algorithm>

#include "cli/pages.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

constexpr std::size_t kProblemsShown = 200;
constexpr std::size_t kChangesShown = 500;
constexpr std::size_t kDifferencesShown = 20;
constexpr std::size_t kCutShown = 10;

std::string place_text(const ResourceFiles& files, const json& problem) {
  const std::string file = files.shown_path(member_text(problem, "file"));
  const int line = problem.value("line", 0);
  if (file.empty()) return "hub";
  return line > 0 ? std::format("{}:{}", file, line) : file;
}

char sign_of(const std::string& action) {
  if (action == "create") return '+';
  return action == "delete" ? '-' : '~';
}

std::string key_text(const json& change) {
  const std::string version = member_text(change, "version");
  return std::format("{} {}{}{}", member_text(change, "kind"), member_text(change, "name"),
                     version.empty() ? "" : "@", version);
}

std::string side_text(const json& value) {
  return value.is_null() ? "nothing" : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string differences_text(const json& change) {
  std::string text;
  std::size_t shown = 0;
  const json& all = change["differences"];
  for (const json& one : all) {
    if (++shown > kDifferencesShown) {
      text += std::format("      and {} more\n", all.size() - kDifferencesShown);
      break;
    }
    text += std::format("      {}: {} → {}\n", member_text(one, "path"), side_text(one["before"]),
                        side_text(one["after"]));
  }
  return text;
}

std::size_t count(const json& changes, std::string_view action) {
  return static_cast<std::size_t>(std::ranges::count_if(
      changes, [&](const json& one) { return one.value("action", "") == action; }));
}

/// On which things a new version of a thing model was tried.
std::string trial_text(const json& one) {
  const std::string model = member_text(one, "model"), earlier = member_text(one, "instead_of");
  if (earlier.empty()) {
    return std::format(
        "No thing refers to {} or a version before it: nothing is known of its effects.", model);
  }
  std::string through;
  for (const json& other : one.value("through", json::array())) {
    through += (through.empty() ? "" : ", ") + other.get<std::string>();
  }
  if (through.empty()) {
    return std::format("No thing refers to {} yet; it was tried on the things of {}: {}.", model,
                       earlier, member_text(one, "things"));
  }
  return std::format(
      "No thing refers to {} yet; it was tried in place of {} through {}; things: {}.", model,
      earlier, through, member_text(one, "things"));
}

/// Of which days of a property the replay saw something, in words.
std::string seen_text(const json& one, const std::string& days) {
  const std::string since = member_text(one, "since"), until = member_text(one, "until");
  const double seen = one.value("days_seen", 0.0);
  const std::string number = seen < 1 ? std::format("{:.2g}", seen) : std::format("{:.1f}", seen);
  const std::string span = seen > 0 ? std::format("{}{} of {} days were looked at",
                                                  until.empty() ? "the last " : "", number, days)
                                    : std::format("nothing of {} days was looked at", days);
  return std::format("{}/{}: {}{}{}", member_text(one, "thing"), member_text(one, "property"), span,
                     since.empty() || seen <= 0 ? "" : ", since " + since,
                     until.empty() ? "" : ", until " + until);
}

/// On which things new versions were tried, and what was not looked at.
void print_replay(const Context& context, const json& replay) {
  for (const json& one : replay.value("models", json::array())) {
    context.print("  " + trial_text(one) + "\n");
  }
  for (const json& one : replay.value("not_replayed", json::array())) {
    const std::string property = member_text(one, "property");
    context.print(std::format("  {}{}{}: {}.\n", member_text(one, "thing"),
                              property.empty() ? "" : "/", property, member_text(one, "why")));
  }
  if (replay.value("complete", true)) return;
  context.print(std::format(
      "  Of {} properties {} were looked at as a whole ({} samples); a plan replays no more.\n",
      member_text(replay, "properties"), member_text(replay, "properties_done"),
      member_text(replay, "samples")));
  const json cut = replay.value("properties_cut", json::array());
  const std::string days = member_text(replay, "days");
  for (std::size_t i = 0; i < std::min(cut.size(), kCutShown); ++i) {
    context.print(std::format("  {}.\n", seen_text(cut[i], days)));
  }
  const std::size_t all = replay.value("properties", 0UZ) - replay.value("properties_done", 0UZ);
  if (all > kCutShown) {
    context.print(std::format("  … and {} properties more.\n", all - kCutShown));
  }
}

}  // namespace

void print_problems(const Context& context, const ResourceFiles& files, const json& problems) {
  std::size_t shown = 0;
  for (const json& one : problems) {
    if (++shown > kProblemsShown) {
      return context.say(std::format("and {} problems more", problems.size() - kProblemsShown));
    }
    context.say(std::format("{}: {}: {}", place_text(files, one), member_text(one, "rule"),
                            member_text(one, "what")));
    if (const std::string hint = member_text(one, "hint"); !hint.empty())
      context.say("    " + hint);
  }
}

void print_notes(const Context& context, const ResourceFiles& files, const json& answer) {
  const json notes = answer.value("notes", json::array());
  if (!notes.empty()) print_problems(context, files, notes);
}

std::string count_text(const json& changes) {
  return std::format("{} to create, {} to change, {} to delete", count(changes, "create"),
                     count(changes, "update"), count(changes, "delete"));
}

void print_changes(const Context& context, const ResourceFiles& files, const json& changes,
                   std::string_view last_line) {
  std::size_t shown = 0;
  for (const json& one : changes) {
    if (++shown > kChangesShown) {
      context.print(std::format("  … and {} more\n", changes.size() - kChangesShown));
      break;
    }
    const std::string file = member_text(one, "file");
    context.print(std::format("  {} {}{}\n", sign_of(one.value("action", "")), key_text(one),
                              file.empty() ? "" : "  (" + files.shown_path(file) + ")"));
    context.print(differences_text(one));
  }
  context.print(std::format("{}\n", last_line));
}

void print_effects(const Context& context, const json& plan) {
  const json effects = plan.value("effects", json::array());
  if (!effects.empty()) {
    context.print("What the new contracts would have marked in the last 30 days:\n");
    print_items(context, effects,
                {{"thing", "/thing"},
                 {"property", "/property"},
                 {"rule", "/rule"},
                 {"severity", "/severity"},
                 {"samples", "/samples"},
                 {"of", "/checked"},
                 {"first", "/first"},
                 {"last", "/last"},
                 {"since", "/since"},
                 {"until", "/until"},
                 {"days seen", "/days_seen"}});
  }
  print_replay(context, plan.value("replay", json::object()));
}

void print_deletes(const Context& context, const json& plan) {
  const json deletes = plan.value("deletes", json::array());
  if (deletes.empty()) return;
  context.print("DELETED FOR GOOD by the new retention (apply needs --confirm-deletion):\n");
  print_items(context, deletes,
              {{"by", "/policy"}, {"samples", "/samples"}, {"from", "/from"}, {"to", "/to"}});
}

json json_of(const twin::ResourceProblems& problems) {
  json list = json::array();
  for (const twin::ResourceProblem& one : problems) {
    list.push_back({{"file", one.file},
                    {"line", one.problem.place.line},
                    {"column", one.problem.place.column},
                    {"rule", one.rule},
                    {"what", one.problem.what},
                    {"hint", one.problem.hint}});
  }
  return list;
}

}  // namespace millrace::cli
