#include "codec/json_path.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "base/time_text.h"
#include "codec/internal/json_node.h"

namespace millrace::codec {
namespace {

using base::ErrorCode;
using base::Result;
using nlohmann::json;
using Step = JsonPath::Step;

constexpr std::size_t kStepsMax = 32;

std::unexpected<base::Error> wrong(std::string_view path, std::string_view why) {
  return base::fail(ErrorCode::kInvalid,
                    std::format("'{}' is no path into JSON: {}", path.substr(0, 80), why),
                    "Write a pointer like /motor/0/temp, or $.motor[0].temp; $.list[*].value "
                    "takes every item, $.list[?(@.id=='T1')].value one by a member.");
}

std::optional<std::size_t> parse_index(std::string_view text) {
  if (text.empty() || text.size() > 9 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  std::size_t index = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return index;
}

/// One token of a pointer with "~1" and "~0" undone; empty when a '~' stands alone.
std::optional<std::string> unescape(std::string_view token) {
  std::string plain;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      plain += token[i];
      continue;
    }
    const char next = i + 1 < token.size() ? token[i + 1] : '\0';
    if (next != '0' && next != '1') return std::nullopt;
    plain += next == '0' ? '~' : '/';
    ++i;
  }
  return plain;
}

Result<std::vector<Step>> parse_pointer(std::string_view text) {
  std::vector<Step> steps;
  std::string_view rest = text;
  while (!rest.empty()) {
    rest.remove_prefix(1);  // '/'
    const std::size_t end = std::min(rest.find('/'), rest.size());
    auto name = unescape(rest.substr(0, end));
    if (!name) return wrong(text, "'~' must be written ~0, and '/' in a name ~1");
    const auto index = parse_index(*name);
    steps.push_back({Step::Kind::kName, std::move(*name), index.value_or(0), index.has_value()});
    rest.remove_prefix(end);
  }
  return steps;
}

/// The name in quotes at the front of `rest`, which loses it; no escapes.
std::optional<std::string> take_quoted(std::string_view& rest) {
  const char quote = rest.front();
  const std::size_t end = rest.find(quote, 1);
  if (end == rest.npos) return std::nullopt;
  std::string name(rest.substr(1, end - 1));
  rest.remove_prefix(end + 1);
  return name;
}

/// The text, number, true or false at the front of `rest`, which loses it.
std::optional<model::Value> take_literal(std::string_view& rest) {
  if (rest.starts_with('\'') || rest.starts_with('"')) {
    auto text = take_quoted(rest);
    if (!text || text->contains('\\')) return std::nullopt;
    return model::Value(*std::move(text));
  }
  const std::size_t end = std::min(rest.find_first_of(")] "), rest.size());
  const json literal = json::parse(rest.substr(0, end), nullptr, false);
  rest.remove_prefix(end);
  if (!literal.is_number() && !literal.is_boolean()) return std::nullopt;
  return scalar_value(literal);
}

/// "?(@.member == literal)]" at the front of `rest`, which loses it; the parentheses may be
/// missing.
std::optional<Step> take_selection(std::string_view& rest) {
  const auto skip = [&](std::string_view wanted) {
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    if (!rest.starts_with(wanted)) return false;
    rest.remove_prefix(wanted.size());
    return true;
  };
  Step step{.kind = Step::Kind::kWhere, .name = {}};
  skip("?");
  const bool has_parentheses = skip("(");
  if (!skip("@")) return std::nullopt;
  if (skip(".")) {
    const std::size_t end = std::min(rest.find_first_of(" =.[]()!<>&|"), rest.size());
    step.name = rest.substr(0, end);
    rest.remove_prefix(end);
    if (step.name.empty()) return std::nullopt;
  } else {
    const bool is_quoted = skip("[") && (rest.starts_with('\'') || rest.starts_with('"'));
    auto name = is_quoted ? take_quoted(rest) : std::nullopt;
    if (!name || !skip("]")) return std::nullopt;
    step.name = *std::move(name);
  }
  if (!skip("==")) return std::nullopt;
  skip("");
  auto literal = take_literal(rest);
  if (!literal || (has_parentheses && !skip(")")) || !skip("]")) return std::nullopt;
  step.equals = *std::move(literal);
  return step;
}

/// "[…]" at the front of `rest`, which loses it.
std::optional<Step> take_bracket(std::string_view& rest) {
  rest.remove_prefix(1);
  if (rest.empty()) return std::nullopt;
  Step step;
  if (rest.front() == '\'' || rest.front() == '"') {
    auto name = take_quoted(rest);
    if (!name || !rest.starts_with(']')) return std::nullopt;
    step.name = std::move(*name);
    rest.remove_prefix(1);
    return step;
  }
  if (rest.front() == '?') return take_selection(rest);
  const std::size_t end = rest.find(']');
  if (end == rest.npos) return std::nullopt;
  const std::string_view inside = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  if (inside == "*") return Step{Step::Kind::kAll, {}, 0, false};
  const auto index = parse_index(inside);
  if (!index) return std::nullopt;
  return Step{Step::Kind::kIndex, {}, *index, true};
}

Result<std::vector<Step>> parse_jsonpath(std::string_view text) {
  std::vector<Step> steps;
  std::string_view rest = text.substr(1);
  while (!rest.empty()) {
    if (rest.front() == '[') {
      auto step = take_bracket(rest);
      if (!step)
        return wrong(text, "brackets hold a number, a name in quotes, * or ?(@.member=='text')");
      steps.push_back(std::move(*step));
      continue;
    }
    if (rest.front() != '.') return wrong(text, "after $ comes .name or [0]");
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find_first_of(".["), rest.size());
    if (end == 0) return wrong(text, "a name is missing after the dot");
    const std::string_view name = rest.substr(0, end);
    const auto kind = name == "*" ? Step::Kind::kAll : Step::Kind::kName;
    steps.push_back({kind, std::string(name), 0, false});
    rest.remove_prefix(end);
  }
  return steps;
}

bool is_equal(const model::Value& left, const model::Value& right) {
  const auto number = [](const model::Value& value) -> std::optional<double> {
    if (const auto* f = std::get_if<double>(&value)) return *f;
    if (const auto* i = std::get_if<std::int64_t>(&value)) return static_cast<double>(*i);
    return std::nullopt;
  };
  if (left.index() == right.index()) return left == right;
  const auto one = number(left), other = number(right);
  return one && other && *one == *other;
}

/// Whether a step over several takes this one of them.
bool is_meant(const json& item, const Step& step) {
  if (step.kind == Step::Kind::kAll) return true;
  if (!item.is_object()) return false;
  const auto member = item.find(step.name);
  return member != item.end() && !member->is_structured() &&
         is_equal(scalar_value(*member), step.equals);
}

/// What holds nothing: taken out, or empty from the start. No path finds it.
bool is_nothing(const json& node) { return node.is_object() && node.empty(); }

json* child(json& node, const Step& step) {
  if (node.is_object() && step.kind == Step::Kind::kName) {
    const auto found = node.find(step.name);
    return found == node.end() ? nullptr : &*found;
  }
  const bool is_index = step.kind == Step::Kind::kIndex || step.may_be_index;
  if (node.is_array() && is_index && step.index < node.size()) return &node[step.index];
  return nullptr;
}

/// Steps without a wildcard; nullptr where they lead nowhere.
json* walk(json* node, std::span<const Step> steps) {
  for (const Step& step : steps) {
    node = child(*node, step);
    if (!node) return nullptr;
  }
  return node;
}

struct FoundNode {
  std::size_t place = 0;
  json* node = nullptr;
};

/// In the order of the document.
std::vector<FoundNode> nodes_of(json& root, const JsonPath& path) {
  std::vector<FoundNode> found;
  const auto add = [&](std::size_t place, json* node) {
    if (node && !is_nothing(*node)) found.push_back({place, node});
  };
  const std::span<const Step> steps = path.steps();
  const auto wildcard = std::ranges::find_if(steps, &Step::is_over_several);
  const auto before = static_cast<std::size_t>(wildcard - steps.begin());
  json* node = walk(&root, steps.first(before));
  if (before == steps.size()) {
    add(0, node);
    return found;
  }
  if (!node || !node->is_structured()) return found;
  std::size_t place = 0;
  for (json& item : *node) {
    if (place == JsonDocument::kMatchesMax) break;
    if (is_meant(item, *wildcard)) add(place, walk(&item, steps.subspan(before + 1)));
    ++place;
  }
  return found;
}

JsonMatch match_of(const FoundNode& found) {
  const json& node = is_kept(*found.node) ? found.node->front() : *found.node;
  const bool is_compound = node.is_structured();
  model::Value value = scalar_value(node);
  if (is_compound) value = whole(node).dump(-1, ' ', false, json::error_handler_t::replace);
  return {found.place, std::move(value), is_compound};
}

/// Members that hold nothing; items of arrays stay, as their places are addresses.
void drop_nothings(json& node) {
  if (!node.is_structured()) return;
  for (json& item : node) drop_nothings(item);
  if (!node.is_object()) return;
  for (auto it = node.begin(); it != node.end();) {
    it = is_nothing(*it) ? node.erase(it) : std::next(it);
  }
}

}  // namespace

Result<JsonPath> JsonPath::parse(std::string_view text) {
  if (text.size() > kTextMax) return wrong(text, "it is too long");
  JsonPath path;
  path.text_ = text;
  if (text.starts_with('$')) {
    MILLRACE_LET(path.steps_, parse_jsonpath(text));
  } else if (text.empty() || text.starts_with('/')) {
    MILLRACE_LET(path.steps_, parse_pointer(text));
  } else {
    return wrong(text, "it begins with / or $");
  }
  if (path.steps_.size() > kStepsMax) return wrong(text, "it has too many steps");
  if (std::ranges::count_if(path.steps_, &Step::is_over_several) > 1) {
    return wrong(text, "one * or selection is the most");
  }
  return path;
}

bool JsonPath::has_wildcard() const { return std::ranges::any_of(steps_, &Step::is_over_several); }

std::optional<JsonPath> JsonPath::naming_member() const {
  const auto selection = std::ranges::find(steps_, Step::Kind::kWhere, &Step::kind);
  if (selection == steps_.end()) return std::nullopt;
  JsonPath path;
  path.steps_.assign(steps_.begin(), std::next(selection));
  path.steps_.push_back({.name = selection->name});
  return path;
}

std::vector<std::string> JsonPath::words() const {
  std::vector<std::string> words;
  for (const Step& step : steps_) {
    if (step.kind == Step::Kind::kName) words.push_back(step.name);
    if (step.kind == Step::Kind::kIndex) words.push_back(std::to_string(step.index));
    const auto* equals = std::get_if<std::string>(&step.equals);
    if (equals) words.push_back(*equals);
  }
  return words;
}

struct JsonDocument::State {
  json root;
};

JsonDocument::JsonDocument(std::unique_ptr<State> state) : state_(std::move(state)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Result<JsonDocument> JsonDocument::parse(std::string_view text) {
  auto state = std::make_unique<State>();
  // Deep nesting would make every walk over it deep, too.
  constexpr int kDepthMax = 64;
  bool is_too_deep = false;
  const auto guard = [&](int depth, json::parse_event_t, json&) {
    is_too_deep = is_too_deep || depth > kDepthMax;
    return !is_too_deep;
  };
  state->root = json::parse(text, guard, false);
  if (is_too_deep || state->root.is_discarded()) {
    return base::fail(ErrorCode::kMalformed,
                      is_too_deep ? "the JSON is nested too deeply" : "the payload is no JSON");
  }
  return JsonDocument(std::move(state));
}

std::vector<JsonMatch> JsonDocument::find(const JsonPath& path, Kept kept) const {
  std::vector<JsonMatch> found;
  for (const FoundNode& one : nodes_of(state_->root, path)) {
    if (kept == Kept::kToo || has_own(*one.node)) found.push_back(match_of(one));
  }
  return found;
}

void JsonDocument::take_out(const std::vector<const JsonPath*>& paths,
                            const std::vector<const JsonPath*>& kept) {
  Staying stay;
  for (const JsonPath* path : kept) {
    for (const FoundNode& one : nodes_of(state_->root, *path)) stay.insert(one.node);
  }
  for (const JsonPath* path : paths) {
    for (const FoundNode& one : nodes_of(state_->root, *path)) take_out_node(*one.node, stay);
  }
  drop_nothings(state_->root);
}

std::string JsonDocument::text() const {
  return state_->root.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::vector<JsonDocument::Leaf> JsonDocument::leaves(std::size_t limit) const {
  std::vector<Leaf> found;
  add_leaves(state_->root, limit, found);
  return found;
}

std::optional<base::Time> json_time(const model::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    const auto parsed = base::parse_time(*text);
    if (!parsed) return std::nullopt;
    return *parsed;
  }
  double number = 0;
  if (const auto* f = std::get_if<double>(&value)) {
    number = *f;
  } else if (const auto* i = std::get_if<std::int64_t>(&value)) {
    number = static_cast<double>(*i);
  } else {
    return std::nullopt;
  }
  if (!(number > 0) || number > 9.2e18) return std::nullopt;
  const double per_unit = number < 1e11 ? 1e6 : number < 1e14 ? 1e3 : number < 1e17 ? 1 : 1e-3;
  return base::Time(base::Duration(std::llround(number * per_unit)));
}

}  // namespace millrace::codec
