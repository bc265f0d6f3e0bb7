#include "twin/model_tree.h"

#include <algorithm>
#include <array>
#include <format>

#include "model/name.h"
#include "twin/plain_texts.h"
#include "twin/tree.h"

namespace millrace::twin {

using config::Node;

namespace {

constexpr std::size_t kReferencesMax = 32;  // models that refer to each other in a row
constexpr std::size_t kDepthMax = 64;       // of a tree with refs replaced
constexpr std::size_t kModelNodesMax = 20'000;
constexpr std::size_t kAllNodesMax = 400'000;
constexpr std::array<std::string_view, 3> kAffordances = {"properties", "actions", "events"};
constexpr std::array<std::string_view, 5> kInherited = {"properties", "actions", "events",
                                                        "schemaDefinitions", "uriVariables"};

/// The texts of `from` that `into` has not, in their order.
void unite_list(Node& tree, std::string_view key, const Node& from) {
  if (from.kind != Node::Kind::kList) return;
  Node list = value_of(tree, key) ? *value_of(tree, key) : Node{};
  list.kind = Node::Kind::kList;
  if (list.place.line == 0) list.place = from.place;
  for (const Node& item : from.items) {
    const bool is_there = std::ranges::contains(list.items, item.scalar, &Node::scalar);
    if (!is_there) list.items.push_back(item);
  }
  put(tree, key, std::move(list));
}

bool is_resolved_link(const Node& link) {
  const std::string rel = text_of(link, "rel");
  return rel == "tm:extends" || rel == "tm:submodel";
}

Node other_links(const Node& links) {
  Node kept = links;
  std::erase_if(kept.items, is_resolved_link);
  return kept;
}

}  // namespace

/// The resolution of one model.
class ModelResolver::Work {
 public:
  Work(ModelResolver& resolver, const Resource& resource, ModelTree& result)
      : resolver_(resolver), report_(resource, resolver.problems_), result_(result) {}

  void run() {
    const Node& spec = report_.resource().spec;
    const std::size_t before = report_.count();
    base_ = map_node();
    base_.place = spec.place;
    follow_links(spec);
    root_ = base_;
    Node own = without_links(spec);
    merge_patch(root_, own);
    for (const std::string_view section : kInherited) {
      if (Node* node = value_of(own, section)) *node = expanded(*node, 0);
    }
    merge_patch(base_, own);
    if (const Node* list = value_of(spec, "tm:optional")) unite_list(base_, "tm:optional", *list);
    if (const Node* list = value_of(spec, "mr:tags")) unite_list(base_, "mr:tags", *list);
    if (const Node* links = value_of(spec, "links"); links && links->kind == Node::Kind::kList) {
      if (Node kept = other_links(*links); !kept.items.empty()) put(base_, "links", kept);
    }
    result_.tree = std::move(base_);
    result_.is_whole = is_whole_ && report_.count() == before;
  }

 private:
  static Node without_links(const Node& spec) {
    Node own = spec;
    for (const std::string_view key : {"links", "tm:optional", "mr:tags"}) erase(own, key);
    return own;
  }

  void follow_links(const Node& spec) {
    const Node* links = value_of(spec, "links");
    if (!links || links->kind != Node::Kind::kList) return;  // the reader reports its shape
    for (const Node& link : links->items) {
      if (text_of(link, "rel") == "tm:extends") extend(link);
    }
    for (const Node& link : links->items) {
      if (text_of(link, "rel") == "tm:submodel") include(link);
    }
  }

  /// The tree of a model that is referred to; nullptr when that is not possible.
  const ModelTree* refer(std::string_view href, config::Place place, const std::string& how) {
    const auto ref = parse_model_ref(href);
    if (!ref || !resolver_.models_.contains(*ref)) {
      resolver_.report_unknown(report_, place, href);
      is_whole_ = false;
      return nullptr;
    }
    resolver_.path_.back().second = how;
    const auto slot = resolver_.slots_.find(*ref);
    if (slot != resolver_.slots_.end() && slot->second.state == State::kResolving) {
      resolver_.report_cycle(report_, place, *ref);
      is_whole_ = false;
      return nullptr;
    }
    if (resolver_.path_.size() >= kReferencesMax && slot == resolver_.slots_.end()) {
      report_.add(
          "size", place,
          std::format("more than {} thing models refer to each other in a row", kReferencesMax),
          "Join some of them.");
      is_whole_ = false;
      return nullptr;
    }
    const ModelTree* tree = resolver_.resolve(*ref);
    result_.imports.emplace_back(place, *ref);
    is_whole_ = is_whole_ && tree->is_whole;
    return tree;
  }

  void extend(const Node& link) {
    const ModelTree* base = refer(text_of(link, "href"), link.place, "extends");
    if (!base || !has_room(size_of(base->tree), link.place)) return;
    for (const std::string_view section : kInherited) {
      const Node* theirs = value_of(base->tree, section);
      if (!theirs) continue;
      Node copy = *theirs;
      move_to(copy, link.place);
      if (!value_of(base_, section)) put(base_, section, map_node());
      merge_patch(*value_of(base_, section), copy);
    }
    for (const std::string_view list : {"tm:optional", "mr:tags"}) {
      const Node* theirs = value_of(base->tree, list);
      if (!theirs) continue;
      Node copy = *theirs;
      move_to(copy, link.place);
      unite_list(base_, list, copy);
    }
  }

  void include(const Node& link) {
    const std::string instance = text_of(link, "instanceName");
    if (!model::is_name(instance)) {
      report_.add("name", link.place,
                  instance.empty() ? "a tm:submodel link has no instanceName"
                                   : std::format("instanceName '{}' is not a name", instance),
                  std::format("Write a name such as '{}'.",
                              instance.empty() ? "motor" : model::nearest_name(instance)));
      return;
    }
    if (!instances_.insert(instance).second) {
      report_.add("twice", link.place, std::format("two submodels are called '{}'", instance),
                  "Give each submodel an instanceName of its own.");
      return;
    }
    const ModelTree* part =
        refer(text_of(link, "href"), link.place, "has as submodel '" + instance + "'");
    if (!part || !has_room(size_of(part->tree), link.place)) return;
    for (const std::string_view section : kAffordances) add_part(link, instance, section, *part);
    if (const Node* optional = value_of(part->tree, "tm:optional")) {
      Node renamed = *optional;
      move_to(renamed, link.place);
      for (Node& item : renamed.items) {
        const auto tokens = pointer_tokens(item.scalar);
        if (tokens.size() != 2) continue;
        item.scalar = std::format("/{}/{}.{}", tokens[0], instance, pointer_escape(tokens[1]));
      }
      unite_list(base_, "tm:optional", renamed);
    }
  }

  void add_part(const Node& link, const std::string& instance, std::string_view section,
                const ModelTree& part) {
    const Node* theirs = value_of(part.tree, section);
    if (!theirs || theirs->kind != Node::Kind::kMap) return;
    const Node* own = value_of(report_.resource().spec, section);
    if (!value_of(base_, section)) put(base_, section, map_node());
    for (const Node::Entry& entry : theirs->entries) {
      const std::string name = instance + "." + entry.key;
      if ((own && value_of(*own, name)) || value_of(*value_of(base_, section), name)) {
        report_.add("twice", link.place,
                    std::format("{}.{} comes from submodel {} and from elsewhere", section, name,
                                text(part.ref)),
                    "Give the submodel another instanceName, or remove the other one.");
        continue;
      }
      Node copy = entry.value;
      move_to(copy, link.place);
      rename_siblings(copy, instance);
      put(*value_of(base_, section), name, std::move(copy));
    }
  }

  /// Properties that a part compares with each other have the part's name before theirs here;
  /// "thing/property" stays as it is.
  static void rename_siblings(Node& affordance, const std::string& instance) {
    Node* quality = value_of(affordance, "mr:quality");
    Node* siblings = quality ? value_of(*quality, "siblings") : nullptr;
    if (!siblings) return;
    for (Node& sibling : siblings->items) {
      if (!sibling.scalar.contains('/')) sibling.scalar = instance + "." + sibling.scalar;
    }
  }

  bool has_room(std::size_t nodes, config::Place place) {
    nodes_ += nodes;
    resolver_.nodes_ += nodes;
    if (nodes_ <= kModelNodesMax && resolver_.nodes_ <= kAllNodesMax) return true;
    if (!is_full_) {
      report_.add("size", place, "the thing model grows too large by what it refers to",
                  "Remove references that multiply, or split the model.");
    }
    is_full_ = true;
    is_whole_ = false;
    return false;
  }

  Node expanded(const Node& node, std::size_t depth) {
    if (is_full_) return {};
    if (depth > kDepthMax) {
      has_room(kModelNodesMax + 1, node.place);
      return {};
    }
    if (value_of(node, "tm:ref")) return referred(node, depth);
    Node copy = node;
    for (Node& item : copy.items) item = expanded(item, depth + 1);
    for (Node::Entry& entry : copy.entries) entry.value = expanded(entry.value, depth + 1);
    return copy;
  }

  Node referred(const Node& node, std::size_t depth) {
    Node siblings = node;
    erase(siblings, "tm:ref");
    for (Node::Entry& entry : siblings.entries) entry.value = expanded(entry.value, depth + 1);
    Node target = target_of(*value_of(node, "tm:ref"), depth);
    move_to(target, node.place);
    merge_patch(target, siblings);
    return target;
  }

  /// What a tm:ref points at, itself expanded; a null node when that is not possible.
  Node target_of(const Node& ref, std::size_t depth) {
    const std::size_t hash = ref.scalar.find('#');
    const auto tokens = hash == std::string::npos
                            ? std::vector<std::string>{}
                            : pointer_tokens(std::string_view(ref.scalar).substr(hash + 1));
    if (ref.kind != Node::Kind::kScalar || tokens.empty()) {
      report_.add("unknown_reference", ref.place, "a tm:ref is 'name@version#/properties/…'",
                  "Write the model, '#' and a JSON pointer; without a model it is this one.");
      return {};
    }
    if (hash == 0) return own_target(ref, tokens, depth);
    const ModelTree* other = refer(ref.scalar.substr(0, hash), ref.place, "has a tm:ref to");
    if (!other || !other->is_whole) return {};
    const Node* target = find(other->tree, tokens);
    if (!target) {
      report_nowhere(other->tree, ref, tokens, text(other->ref));
      return {};
    }
    return has_room(size_of(*target), ref.place) ? *target : Node{};
  }

  Node own_target(const Node& ref, const std::vector<std::string>& tokens, std::size_t depth) {
    if (std::ranges::contains(refs_, ref.scalar)) {
      std::string way;
      for (const std::string& step : refs_) way += step + " → ";
      report_.add("cycle", ref.place, std::format("tm:ref goes in a circle: {}{}", way, ref.scalar),
                  "Remove one of these references.");
      return {};
    }
    const Node* target = find(root_, tokens);
    if (!target) {
      report_nowhere(root_, ref, tokens, "this model");
      return {};
    }
    if (!has_room(size_of(*target), ref.place)) return {};
    refs_.push_back(ref.scalar);
    Node result = expanded(*target, depth + 1);
    refs_.pop_back();
    return result;
  }

  void report_nowhere(const Node& root, const Node& ref, std::vector<std::string> tokens,
                      const std::string& where) const {
    std::string last = tokens.back();
    tokens.pop_back();
    while (!find(root, tokens)) {
      last = tokens.back();
      tokens.pop_back();
    }
    report_.add(
        "unknown_reference", ref.place,
        std::format("tm:ref '{}' leads nowhere: {} has no '{}' there", ref.scalar, where, last),
        did_you_mean(last, keys_of(*find(root, tokens)), "Look at the names in that model."));
  }

  ModelResolver& resolver_;
  Report report_;
  ModelTree& result_;
  Node base_;  // what is inherited; at the end the whole tree
  Node root_;  // the document laid over it, refs not yet replaced
  std::set<std::string> instances_;
  std::vector<std::string> refs_;  // being replaced
  std::size_t nodes_ = 0;
  bool is_whole_ = true;
  bool is_full_ = false;
};

void ModelResolver::add(Resource resource) {
  const ModelRef ref{resource.key.name, resource.key.version};
  Resource& added = models_.emplace(ref, std::move(resource)).first->second;
  make_texts_plain(added.spec, Report(added, problems_));
}

const ModelTree* ModelResolver::resolve(const ModelRef& ref) {
  const auto model = models_.find(ref);
  if (model == models_.end()) return nullptr;
  const auto [slot, is_new] = slots_.try_emplace(ref);
  ModelTree& tree = slot->second.tree;
  if (!is_new) return &tree;
  tree.ref = ref;
  tree.resource = &model->second;
  path_.emplace_back(ref, "");
  Work(*this, model->second, tree).run();
  path_.pop_back();
  slot->second.state = State::kDone;
  return &tree;
}

void ModelResolver::report_unknown(const Report& report, config::Place place,
                                   std::string_view href) const {
  const auto ref = parse_model_ref(href);
  std::vector<std::string> names;
  std::string versions;
  for (const auto& [known, resource] : models_) {
    names.push_back(text(known));
    if (ref && known.name == ref->name) {
      versions += std::format("{}{}", versions.empty() ? "" : ", ", text(known));
    }
  }
  std::string hint = !versions.empty()
                         ? std::format("There is {}.", versions)
                         : did_you_mean(href, names, "Add the thing model, or correct the name.");
  if (!ref) {
    report.add("unknown_reference", place,
               std::format("'{}' names no thing model as name@version", href), std::move(hint));
    return;
  }
  report.add("unknown_reference", place, std::format("there is no thing model {}", href),
             std::move(hint));
}

void ModelResolver::report_cycle(const Report& report, config::Place place,
                                 const ModelRef& to) const {
  const auto first = std::ranges::find(path_, to, &std::pair<ModelRef, std::string>::first);
  std::string way;
  for (auto step = first; step != path_.end(); ++step) {
    way += std::format("{} {} ", text(step->first), step->second);
  }
  report.add("cycle", place, std::format("thing models go in a circle: {}{}", way, text(to)),
             "Remove one of these references: a model must not stand on itself.");
}

}  // namespace millrace::twin
