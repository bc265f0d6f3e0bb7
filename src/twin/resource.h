#pragma once

#include <compare>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/node.h"
#include "config/option.h"
#include "config/problem.h"

namespace millrace::twin {

/// What a person configures (DESIGN §7). The order is the one in which they are applied: what is
/// referred to comes first.
enum class Kind { kSite, kThingModel, kThing, kConnection, kBinding, kRetention };

/// The highest version that a thing model may have.
inline constexpr int kModelVersionMax = 1'000'000;

/// "Site", "ThingModel", "Thing", "Connection", "Binding", "Retention": as files write it.
std::string_view text(Kind kind);
std::optional<Kind> parse_kind(std::string_view text);

/// `version` is of thing models only (1, 2, …; immutable once applied), 0 for all others.
struct ResourceKey {
  Kind kind = Kind::kThing;
  std::string name;
  int version = 0;
  auto operator<=>(const ResourceKey&) const = default;
};
/// "Thing pump-1", "ThingModel centrifugal-pump@2".
std::string text(const ResourceKey& key);

/// A resource as its file has it: kind, name, version and the spec as a tree with places.
struct Resource {
  ResourceKey key;
  config::Node spec;
  std::string file;     // path as the user named it; empty for one from the hub's store
  config::Place place;  // of the document in its file
};

struct FileText {
  std::string path;  // relative, '/'-separated
  std::string text;
};

/// One thing that is wrong in a set of files: the rule's name ("unknown_reference", "unit",
/// "cycle", "binding_twice", "syntax" …), where, what, and the next step.
struct ResourceProblem {
  std::string file;
  std::string rule;
  config::Problem problem;
};
using ResourceProblems = std::vector<ResourceProblem>;

struct ParsedFiles {
  std::vector<Resource> resources;
  ResourceProblems problems;
};

/// Every document ("---" between them) of every file: envelope and spelling only. Paths that leave
/// their folder ("..", absolute, NUL) are refused; files that together have more than two million
/// values, aliases written out, end there with a problem.
ParsedFiles parse_files(std::span<const FileText> files);

/// A resource as canonical YAML, as `export` writes it; parse_files() gives it back.
std::string to_text(const Resource& resource);

/// The options of a connector as the schema of Connection has them.
struct ConnectorSchema {
  std::string type;  // "opcua"
  const config::Table* options = nullptr;
};
/// JSON Schema (draft 2020-12) of a kind's files, for editors and forms.
std::string json_schema(Kind kind, std::span<const ConnectorSchema> connectors = {});

}  // namespace millrace::twin
