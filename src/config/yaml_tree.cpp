#include "config/yaml_tree.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <numeric>

namespace millrace::config {
namespace {

constexpr std::size_t kNodesMax = 100'000;
constexpr int kDepthMax = 64;  // an alias inside its own anchor would go on for ever

std::unexpected<base::Error> malformed(const YAML::Mark& mark, std::string_view what) {
  return base::fail(base::ErrorCode::kMalformed,
                    std::format("line {}, column {}: {}", mark.line + 1, mark.column + 1, what),
                    "Check the indentation and quotes of this line.");
}

/// Copies yaml-cpp's tree, counting nodes so that nested aliases cannot fill the memory.
class Copier {
 public:
  base::Result<YamlNode> copy(const YAML::Node& from, int depth = 0) {
    if (++nodes_ > kNodesMax || depth > kDepthMax) {
      return base::fail(base::ErrorCode::kTooLarge, "the YAML document is too large or too deep");
    }
    YamlNode node{.line = from.Mark().line + 1};
    if (from.IsScalar()) {
      node.kind = YamlNode::Kind::kScalar;
      node.scalar = from.Scalar();
    } else if (from.IsSequence()) {
      node.kind = YamlNode::Kind::kList;
      for (const auto& item : from) {
        MILLRACE_LET(YamlNode copied, copy(item, depth + 1));
        node.items.push_back(std::move(copied));
      }
    } else if (from.IsMap()) {
      node.kind = YamlNode::Kind::kMap;
      MILLRACE_TRY(copy_members(from, node, depth));
    }
    return node;
  }

 private:
  base::Result<void> copy_members(const YAML::Node& from, YamlNode& node, int depth) {
    for (const auto& member : from) {
      if (!member.first.IsScalar()) return malformed(member.first.Mark(), "a key must be a word");
      const std::string& key = member.first.Scalar();
      if (node.find(key)) {
        return malformed(member.first.Mark(), std::format("'{}' stands here twice", key));
      }
      MILLRACE_LET(YamlNode copied, copy(member.second, depth + 1));
      copied.line = member.first.Mark().line + 1;
      node.members.emplace_back(key, std::move(copied));
    }
    return {};
  }

  std::size_t nodes_ = 0;
};

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto it = std::ranges::find(members, key, &std::pair<std::string, YamlNode>::first);
  return it == members.end() ? nullptr : &it->second;
}

base::Result<YamlNode> parse_yaml(std::string_view text) {
  try {
    return Copier().copy(YAML::Load(std::string(text)));
  } catch (const YAML::Exception& e) {
    return malformed(e.mark, e.msg);
  }
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 2);
  for (const std::string_view candidate : known) {
    const std::size_t steps = distance(word, candidate);
    if (steps <= best_distance && (best.empty() || steps < best_distance)) {
      best = candidate;
      best_distance = steps;
    }
  }
  return best;
}

}  // namespace millrace::config
