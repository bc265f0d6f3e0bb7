#include "config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <optional>
#include <sstream>
#include <unordered_set>

namespace millrace::config {

const Node::Entry* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

Node scalar(std::string text, bool is_quoted) {
  Node node;
  node.kind = Node::Kind::kScalar;
  node.scalar = std::move(text);
  node.is_quoted = is_quoted;
  return node;
}

namespace {

Place place_of(const YAML::Mark& mark) {
  return mark.is_null() ? Place{} : Place{mark.line + 1, mark.column + 1};
}

std::size_t count_nodes(const Node& node) {
  std::size_t count = 1;
  for (const Node& item : node.items) count += count_nodes(item);
  for (const Node::Entry& entry : node.entries) count += 1 + count_nodes(entry.value);
  return count;
}

std::size_t depth_of(const Node& node) {
  std::size_t depth = 0;
  for (const Node& item : node.items) depth = std::max(depth, depth_of(item));
  for (const Node::Entry& entry : node.entries) depth = std::max(depth, depth_of(entry.value));
  return depth + 1;
}

/// Builds the tree from the parser's events. After a first limit is broken it ignores the rest.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(const YamlLimits& limits) : limits_(limits) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.place = place_of(mark);
    leaf(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      return problem(place_of(mark), "the alias refers to itself", "Write the value out here.");
    }
    leaf(found->second, YAML::NullAnchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (!tag.empty() && tag != "?" && tag != "!") {
      return problem(place_of(mark), "the tag " + tag + " is not supported", "Remove it.");
    }
    Node node = scalar(value, tag == "!");
    node.place = place_of(mark);
    leaf(std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::kList, mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::kMap, mark, anchor);
  }
  void OnMapEnd() override { close(); }

  /// The document that was just read, and room for the next one; anchors are of one document.
  std::optional<Node> take_document() {
    anchors_.clear();
    return std::exchange(root_, std::nullopt);
  }
  Problems take_problems() { return std::exchange(problems_, {}); }
  bool has_problems() const { return !problems_.empty(); }
  std::size_t nodes() const { return nodes_; }

 private:
  struct Frame {
    Node node;
    YAML::anchor_t anchor = YAML::NullAnchor;
    std::optional<Node> key;               // of a map: the key whose value comes next
    std::unordered_set<std::string> keys;  // of a map with many entries
  };

  void problem(Place place, std::string what, std::string hint = {}) {
    if (problems_.size() < kProblemsMax) {
      problems_.push_back({place, std::move(what), std::move(hint)});
    }
  }

  void leaf(Node node, YAML::anchor_t anchor) {
    if (is_over_) return;
    if (!has_room(node)) return;
    if (stack_.size() + depth_of(node) > limits_.depth_max + 1) return too_deep(node.place);
    if (anchor != YAML::NullAnchor && !keep(anchor, node)) return;
    put(std::move(node));
  }

  void open(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (is_over_) return;
    if (stack_.size() >= limits_.depth_max) return too_deep(place_of(mark));
    Frame frame;
    frame.node.kind = kind;
    frame.node.place = place_of(mark);
    frame.anchor = anchor;
    stack_.push_back(std::move(frame));
    ++nodes_;
  }

  void close() {
    if (is_over_) return;
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    if (frame.anchor != YAML::NullAnchor && !keep(frame.anchor, frame.node)) return;
    put(std::move(frame.node));
  }

  /// Counts what is about to be held in memory.
  bool has_room(const Node& node) {
    nodes_ += count_nodes(node);
    if (nodes_ <= limits_.nodes_max) return true;
    give_up(node.place, "the file has too many values",
            "Split it, or write out what its aliases (*) repeat.");
    return false;
  }

  /// The copy from which aliases are made counts like any other.
  bool keep(YAML::anchor_t anchor, const Node& node) {
    if (!has_room(node)) return false;
    anchors_[anchor] = node;
    return true;
  }

  void too_deep(Place place) {
    give_up(place, "the file is nested too deeply",
            std::format("At most {} levels can be read.", limits_.depth_max));
  }

  void give_up(Place place, std::string what, std::string hint) {
    problem(place, std::move(what), std::move(hint));
    is_over_ = true;
  }

  void put(Node node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = stack_.back();
    if (frame.node.kind == Node::Kind::kList) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.key) {
      frame.key = std::move(node);
    } else {
      put_entry(frame, std::move(node));
    }
  }

  void put_entry(Frame& frame, Node value) {
    const Node key = *std::exchange(frame.key, std::nullopt);
    if (key.kind != Node::Kind::kScalar) {
      return problem(key.place, "a key must be plain text", "Write a word before the colon.");
    }
    if (is_there(frame, key.scalar)) {
      return problem(key.place, "'" + key.scalar + "' stands here twice", "Keep one of them.");
    }
    frame.node.entries.push_back({key.scalar, key.place, std::move(value)});
  }

  /// Whether a map has a key; small ones are searched, large ones would take quadratic time.
  static bool is_there(Frame& frame, const std::string& key) {
    if (frame.node.entries.size() < kSearchedMax) return frame.node.find(key) != nullptr;
    if (frame.keys.empty()) {
      for (const Node::Entry& entry : frame.node.entries) frame.keys.insert(entry.key);
    }
    return !frame.keys.insert(key).second;
  }

  static constexpr std::size_t kProblemsMax = 100;
  static constexpr std::size_t kSearchedMax = 32;
  const YamlLimits limits_;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::optional<Node> root_;
  Problems problems_;
  std::size_t nodes_ = 0;
  bool is_over_ = false;
};

void emit(YAML::Emitter& out, const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      out << YAML::Null;
      break;
    case Node::Kind::kScalar:
      if (node.is_quoted) out << YAML::DoubleQuoted;
      out << node.scalar;
      break;
    case Node::Kind::kList:
      out << YAML::BeginSeq;
      for (const Node& item : node.items) emit(out, item);
      out << YAML::EndSeq;
      break;
    case Node::Kind::kMap:
      out << YAML::BeginMap;
      for (const Node::Entry& entry : node.entries) {
        out << YAML::Key << entry.key << YAML::Value;
        emit(out, entry.value);
      }
      out << YAML::EndMap;
      break;
  }
}

}  // namespace

YamlDocuments parse_yaml_documents(std::string_view text, const YamlLimits& limits) {
  YamlDocuments documents;
  if (text.size() > limits.bytes_max) {
    documents.problems.push_back(
        {{}, std::format("the file is larger than {} bytes", limits.bytes_max), "Split it."});
    return documents;
  }
  Builder builder(limits);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    while (!builder.has_problems() && parser.HandleNextDocument(builder)) {
      auto root = builder.take_document();
      const bool is_content = root && root->kind != Node::Kind::kNull && !builder.has_problems();
      if (is_content) documents.roots.push_back(*std::move(root));
    }
    documents.problems = builder.take_problems();
  } catch (const YAML::Exception& error) {
    documents.problems = builder.take_problems();
    documents.problems.push_back(
        {place_of(error.mark), "this is not YAML: " + error.msg,
         "Look at the indentation and the quotes there and in the line before."});
  }
  documents.nodes = builder.nodes();
  return documents;
}

std::expected<Node, Problems> parse_yaml(std::string_view text, const YamlLimits& limits) {
  YamlDocuments documents = parse_yaml_documents(text, limits);
  if (!documents.problems.empty()) return std::unexpected(std::move(documents.problems));
  if (documents.roots.empty())
    return std::unexpected(Problems{{{}, "the file is empty", "Write its options into it."}});
  if (documents.roots.size() > 1) {
    return std::unexpected(
        Problems{{documents.roots[1].place, "there is a second document after ---", "Remove it."}});
  }
  return std::move(documents.roots.front());
}

std::string to_yaml(const Node& node) {
  YAML::Emitter out;
  emit(out, node);
  return std::string(out.c_str(), out.size()) + "\n";
}

}  // namespace millrace::config
