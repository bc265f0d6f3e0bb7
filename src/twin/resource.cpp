#include "twin/resource.h"

#include <algorithm>
#include <array>
#include <map>
#include <ranges>

#include "config/codec.h"
#include "config/yaml.h"
#include "model/name.h"
#include "twin/report.h"
#include "twin/tree.h"

namespace millrace::twin {

using config::Node;

namespace {

constexpr std::array<std::string_view, 6> kKinds = {"Site",       "ThingModel", "Thing",
                                                    "Connection", "Binding",    "Retention"};
constexpr std::size_t kNodesMax = 2'000'000;  // of all files together: about 200 MB
constexpr std::size_t kPathBytesMax = 1000;
constexpr std::size_t kShownMax = 80;

std::vector<std::string> kind_texts() { return {kKinds.begin(), kKinds.end()}; }

/// What is wrong with a path; empty for a good one.
std::string path_complaint(std::string_view path) {
  if (path.empty()) return "a file has no name";
  if (path.size() > kPathBytesMax) return "the file's name is too long";
  const bool is_strange = std::ranges::any_of(path, [](unsigned char c) { return c < 0x20; });
  if (is_strange) return "the file's name has control characters in it";
  if (path.front() == '/' || path.contains('\\')) return "the file's name is not a relative path";
  for (const auto part : std::views::split(path, '/')) {
    if (std::string_view(part) == "..") return "the file's name leaves its folder with '..'";
  }
  return {};
}

std::string printable(std::string_view text) {
  std::string out(text.substr(0, kShownMax));
  std::ranges::replace_if(out, [](unsigned char c) { return c < 0x20; }, '?');
  return out;
}

/// Reads the envelope of one document.
class Envelope {
 public:
  Envelope(const std::string& file, Node root, ParsedFiles& out)
      : file_(file), root_(std::move(root)), out_(out) {}

  void read() {
    if (root_.kind != Node::Kind::kMap) {
      return problem("syntax", root_.place, "a resource is a section with kind, name and spec",
                     "Begin it with 'kind: Thing', or whichever kind it is.");
    }
    const std::size_t before = out_.problems.size();
    Resource resource;
    const auto kind = read_kind();
    refuse_unknown_keys();
    read_name(resource);
    if (kind) {
      resource.key.kind = *kind;
      read_version(resource);
    }
    read_spec(resource);
    if (out_.problems.size() != before) return;
    resource.file = file_;
    resource.place = root_.place;
    out_.resources.push_back(std::move(resource));
  }

 private:
  void problem(std::string rule, config::Place place, std::string what, std::string hint) {
    out_.problems.push_back({file_, std::move(rule), {place, std::move(what), std::move(hint)}});
  }

  std::optional<Kind> read_kind() {
    const Node* node = value_of(root_, "kind");
    const std::string all = "Kinds: Site, ThingModel, Thing, Connection, Binding, Retention.";
    if (!node || node->kind != Node::Kind::kScalar) {
      problem("missing", node ? node->place : root_.place, "'kind' is missing", all);
      return std::nullopt;
    }
    const auto kind = parse_kind(node->scalar);
    if (!kind) {
      problem("unknown_kind", node->place,
              std::format("there is no kind '{}'", printable(node->scalar)),
              did_you_mean(node->scalar, kind_texts(), all));
    }
    return kind;
  }

  void refuse_unknown_keys() {
    const std::vector<std::string> known = {"kind", "name", "version", "spec"};
    for (const Node::Entry& entry : root_.entries) {
      if (std::ranges::contains(known, entry.key)) continue;
      problem("unknown_key", entry.place,
              std::format("unknown key '{}' beside kind, name and spec", printable(entry.key)),
              did_you_mean(entry.key, known, "What describes the resource stands in 'spec'."));
    }
  }

  void read_name(Resource& resource) {
    const Node* node = value_of(root_, "name");
    if (!node || node->kind != Node::Kind::kScalar) {
      return problem("missing", node ? node->place : root_.place, "'name' is missing",
                     "Give it a name such as pump-1: it stays for ever, the title may change.");
    }
    if (model::is_name(node->scalar)) {
      resource.key.name = node->scalar;
      return;
    }
    problem("name", node->place, std::format("'{}' is not a name", printable(node->scalar)),
            std::format("Names are small letters, digits, '.', '_' and '-', at most 63; nearest: "
                        "'{}'.",
                        model::nearest_name(node->scalar)));
  }

  void read_version(Resource& resource) {
    const Node* node = value_of(root_, "version");
    if (resource.key.kind != Kind::kThingModel) {
      if (!node) return;
      return problem("version", node->place,
                     std::format("a {} has no version", text(resource.key.kind)),
                     "Remove 'version': only thing models have versions.");
    }
    if (!node) {
      return problem("version", root_.place, "'version' is missing",
                     "Write 'version: 1', or the next number after the model's newest version.");
    }
    config::Problems problems;
    const auto version = config::read_integer(*node, {1, kModelVersionMax}, problems);
    if (version) resource.key.version = static_cast<int>(*version);
    for (config::Problem& p : problems) problem("version", p.place, "version: " + p.what, p.hint);
  }

  void read_spec(Resource& resource) {
    Node* node = value_of(root_, "spec");
    if (node && node->kind == Node::Kind::kMap) {
      resource.spec = std::move(*node);
    } else if (!node || node->kind == Node::Kind::kNull) {
      resource.spec = map_node();
      resource.spec.place = root_.place;
    } else {
      problem("syntax", node->place, "'spec' is a section",
              "Write its options below it, indented.");
    }
  }

  const std::string& file_;
  Node root_;
  ParsedFiles& out_;
};

/// Gives the nodes that reading it took.
std::size_t parse_file(const FileText& file, ParsedFiles& out) {
  if (const std::string complaint = path_complaint(file.path); !complaint.empty()) {
    out.problems.push_back(
        {printable(file.path),
         "path",
         {{}, complaint, "Name files by paths below the folder, such as pumps/pump-1.yaml."}});
    return 0;
  }
  config::YamlDocuments documents = config::parse_yaml_documents(file.text);
  for (config::Problem& problem : documents.problems) {
    out.problems.push_back({file.path, "syntax", std::move(problem)});
  }
  if (documents.roots.empty() && documents.problems.empty()) {
    out.problems.push_back({file.path,
                            "syntax",
                            {{}, "the file is empty", "Remove it, or write a resource into it."}});
  }
  for (Node& root : documents.roots) Envelope(file.path, std::move(root), out).read();
  return documents.nodes;
}

void refuse_twice(ParsedFiles& parsed) {
  std::map<ResourceKey, const Resource*> first;
  for (const Resource& resource : parsed.resources) {
    const auto [found, is_new] = first.emplace(resource.key, &resource);
    if (is_new) continue;
    parsed.problems.push_back({resource.file,
                               "twice",
                               {resource.place,
                                std::format("{} stands here and in {}:{}", text(resource.key),
                                            found->second->file, found->second->place.line),
                                "Keep one of the two, or give one another name."}});
  }
}

}  // namespace

std::string_view text(Kind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

std::optional<Kind> parse_kind(std::string_view text) {
  const auto found = std::ranges::find(kKinds, text);
  if (found == kKinds.end()) return std::nullopt;
  return static_cast<Kind>(found - kKinds.begin());
}

std::string text(const ResourceKey& key) {
  if (key.version == 0) return std::format("{} {}", text(key.kind), key.name);
  return std::format("{} {}@{}", text(key.kind), key.name, key.version);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known,
                         std::string otherwise) {
  const std::string near = config::nearest(word, known);
  return near.empty() ? otherwise : std::format("Did you mean '{}'?", near);
}

ParsedFiles parse_files(std::span<const FileText> files) {
  ParsedFiles parsed;
  std::size_t nodes = 0;
  for (const FileText& file : files) {
    nodes += parse_file(file, parsed);
    if (nodes <= kNodesMax) continue;
    parsed.problems.push_back(
        {printable(file.path),
         "size",
         {{},
          std::format("up to this file there are more than {} values", kNodesMax),
          "Apply the files in parts, or write out what their aliases (*) repeat."}});
    return parsed;
  }
  refuse_twice(parsed);
  return parsed;
}

}  // namespace millrace::twin
