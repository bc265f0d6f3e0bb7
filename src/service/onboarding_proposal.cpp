#include "service/onboarding_proposal.h"

#include <algorithm>
#include <ranges>

#include "model/name.h"
#include "service/page.h"
#include "service/proposal_files.h"
#include "service/resources.h"

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;
using twin::Kind;
using twin::ModelRef;
using twin::ThingModel;

constexpr double kFits = 0.5;    // a model's score from which it is proposed
constexpr double kShown = 0.15;  // and listed
constexpr std::size_t kModelsShown = 10;
constexpr std::size_t kThingsRanked = 3;    // of many, these decide which model fits
constexpr std::size_t kValuesRanked = 300;  // and of each so many of its values
constexpr double kNamedAlike = 0.02;        // for a model that is called like the thing

std::unexpected<base::Error> invalid(std::string what, std::string hint) {
  return base::fail(ErrorCode::kInvalid, std::move(what), std::move(hint));
}

Result<void> check_request(const ProposalRequest& request) {
  const bool has_connection = !request.connection.name.empty() || !request.connection.type.empty();
  if (has_connection == !request.candidate.empty()) {
    return invalid("the source of the proposal is not clear",
                   "Give either a candidate, or a connection with addresses.");
  }
  if (has_connection && request.addresses.empty()) {
    return invalid("addresses is empty", "Name the nodes that are to be bound.");
  }
  const twin::Place& place = request.place;
  if (place.site.empty() && !(place.area + place.line + place.cell).empty()) {
    return invalid("the place has no site", "An area, line or cell is one of a site: name it.");
  }
  std::map<std::string, std::string> fed;  // property → address
  for (const auto& [address, property] : request.decided) {
    if (!property) continue;
    if (!model::is_name(*property)) {
      return invalid(std::format("'{}' is no name for a property", *property),
                     std::format("Nearest: '{}'.", model::nearest_name(*property)));
    }
    const auto [by, is_new] = fed.emplace(*property, address);
    if (!is_new) {
      return invalid(std::format("{} and {} would both feed {}", by->second, address, *property),
                     "A property has one source: leave one of them out.");
    }
  }
  return {};
}

/// The nearest name of a text in any writing: "kuehlturm-2" of Kühlturm 2, "pump-3" of 泵3. Without
/// its numbers where it names a kind of thing.
std::string name_after(const std::string& text, bool has_numbers) {
  const bool is_latin = std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; });
  if (is_latin && has_numbers) return model::nearest_name(text);
  std::string name;
  for (const twin::TagWord& word : twin::tag_words(text)) {
    if (!has_numbers && word.weight == twin::TagWord::Weight::kNumber) continue;
    const bool is_latin_word = static_cast<unsigned char>(word.text.front()) < 0x80;
    name += (name.empty() ? "" : "-") + (is_latin_word ? word.text : word.meaning);
  }
  return model::nearest_name(name);
}

/// Values of a model that only things with placeholders can have.
bool has_placeholders(const ThingModel& model) { return model.resolved.contains("{{"); }

std::vector<std::shared_ptr<const ThingModel>> latest_models(const twin::Catalog& catalog) {
  std::vector<std::shared_ptr<const ThingModel>> latest;
  for (const auto& [ref, model] : catalog.models()) {
    const bool is_newer = !latest.empty() && latest.back()->ref.name == ref.name;
    if (is_newer) latest.pop_back();
    latest.push_back(model);
  }
  std::erase_if(latest, [](const auto& model) { return has_placeholders(*model); });
  return latest;
}

/// A proposal while it is made.
class ProposalDraft {
 public:
  ProposalDraft(const Deps& deps, const ProposalRequest& request, TakenNames taken,
                std::vector<OfferedThing> things)
      : deps_(deps),
        request_(request),
        present_(deps.catalogs.configuration()),
        taken_(std::move(taken)),
        things_(std::move(things)),
        matcher_(deps.units) {}

  Result<Proposal> make(const std::optional<Candidate>& candidate) {
    MILLRACE_TRY(check_thing());
    rank();
    MILLRACE_TRY(choose_model());
    add_site();
    const config::Node::Entry source =
        candidate ? source_entry(*candidate) : source_entry(connection());
    for (std::size_t i = 0; i < things_.size(); ++i) add_thing(things_[i], i == 0, source);
    return std::move(proposal_);
  }

 private:
  const twin::Catalog& catalog() const { return *present_->catalog; }

  Result<void> check_thing() const {
    if (request_.thing.empty()) return {};
    MILLRACE_TRY(model::Name::parse(request_.thing));
    if (taken_.is_retired(Kind::kThing, request_.thing)) {
      return invalid(
          std::format("'{}' was deleted, and names are never given again", request_.thing),
          "Take another name; its title may be the old one.");
    }
    const twin::Thing* thing = catalog().thing(request_.thing);
    if (thing && request_.model && *request_.model != thing->model_ref) {
      return invalid(std::format("{} is a {}, not a {}", request_.thing, text(thing->model_ref),
                                 text(*request_.model)),
                     "Leave the model out, or change the thing's model first.");
    }
    return {};
  }

  /// How well each model fits the first things.
  void rank() {
    for (const auto& model : latest_models(catalog())) {
      double sum = 0;
      const std::size_t count = std::min(things_.size(), kThingsRanked);
      for (const OfferedThing& thing : things_ | std::views::take(count)) {
        const auto values =
            std::span(thing.values).first(std::min(thing.values.size(), kValuesRanked));
        sum += matcher_.match(values, *model, request_.decided).score;
      }
      double score = sum / static_cast<double>(count);
      const double alike =
          twin::likeness(twin::tag_words(model->ref.name), twin::tag_words(things_.front().name));
      if (score >= kShown) score = std::min(1.0, score + kNamedAlike * alike);
      if (score >= kShown) {
        proposal_.models.push_back({model->ref, title_of(model->titles), score});
      }
    }
    std::ranges::stable_sort(proposal_.models, std::greater(), &ProposedModel::score);
    if (proposal_.models.size() > kModelsShown) proposal_.models.resize(kModelsShown);
  }

  Result<void> choose_model() {
    if (const twin::Thing* thing = catalog().thing(request_.thing)) {
      model_ = thing->model;
      proposal_.model = thing->model_ref;
      return {};
    }
    if (request_.model) return take_model(*request_.model);
    if (!proposal_.models.empty() && proposal_.models.front().score >= kFits) {
      return take_model(proposal_.models.front().ref);
    }
    return draft(taken_.take(Kind::kThingModel, model_name()));
  }

  Result<void> take_model(const ModelRef& ref) {
    const auto found = catalog().models().find(ref);
    if (found != catalog().models().end()) {
      if (has_placeholders(*found->second)) {
        return invalid(std::format("{} has placeholders, which each thing fills in", text(ref)),
                       "Write the Thing with its placeholders as a file, and name it here.");
      }
      model_ = found->second;
      proposal_.model = ref;
      return {};
    }
    if (ref.version == 1 && !taken_.has(Kind::kThingModel, ref.name)) return draft(ref.name);
    std::vector<std::string> known;
    for (const auto& [one, model] : catalog().models()) known.push_back(text(one));
    std::string hint = did_you_mean(text(ref), known);
    if (hint.empty()) hint = "Leave it out for the best fitting one, or give a new name with @1.";
    return base::fail(ErrorCode::kNotFound, std::format("there is no thing model {}", text(ref)),
                      std::move(hint));
  }

  /// "pump" for the folder Pump_1.
  std::string model_name() const {
    const std::string name = name_after(things_.front().name, false);
    return name == "x" ? "thing" : name;
  }

  /// A new model of the thing with the most values.
  Result<void> draft(std::string name) {
    const auto& most = *std::ranges::max_element(
        things_, {}, [](const OfferedThing& thing) { return thing.values.size(); });
    twin::ModelDraft draft =
        twin::draft_model(std::move(name), most.title.empty() ? most.name : most.title, most.values,
                          request_.decided, matcher_);
    if (std::ranges::none_of(draft.addresses,
                             [](const auto& one) { return one.second.has_value(); })) {
      return invalid("every address is left out", "Keep one at least.");
    }
    proposal_.files.push_back(model_file(draft.resource));
    const ModelRef ref{draft.resource.key.name, 1};
    auto built = twin::Catalog::build({draft.resource}, deps_.units, {});
    if (!built) {
      const config::Problem& first = built.error().front().problem;
      return invalid("no model can be made of this source: " + first.what, first.hint);
    }
    model_ = (*built)->models().at(ref);
    proposal_.model = ref;
    drafted_ = std::move(draft);
    return {};
  }

  void add_site() {
    place_ = request_.place;
    const auto& sites = catalog().sites();
    if (place_.site.empty() && sites.size() == 1) place_.site = sites.begin()->first;
    if (place_.site.empty() || sites.contains(place_.site)) return;
    proposal_.files.push_back(site_file(place_.site));
  }

  /// The name of the connection, with a file for a typed one.
  std::string connection() {
    const ConnectionChoice& choice = request_.connection;
    if (!choice.name.empty()) return choice.name;
    std::string where = choice.type;
    for (const char* key : {"url", "host"}) {
      const auto* entry = choice.options.find(key);
      if (!entry) continue;
      const std::string& text = entry->value.scalar;
      const std::size_t scheme = text.find("://");
      where += "-" + (scheme == std::string::npos ? text : text.substr(scheme + 3));
    }
    const std::string name = taken_.take(Kind::kConnection, where);
    const auto kinds = deps_.catalogs.connectors();
    const auto kind = std::ranges::find(kinds, choice.type, &pipeline::ConnectorKind::name);
    proposal_.files.push_back(
        connection_file(name, edge(), choice, kind == kinds.end() ? nullptr : kind->options));
    return name;
  }

  /// The first edge that is known; "edge-1" where there is none yet.
  std::string edge() const {
    for (const auto& origin : deps_.origins.origins()) {
      if (origin.kind == pipeline::OriginKind::kMillrace && model::is_name(origin.node)) {
        return origin.node;
      }
    }
    const auto& connections = catalog().connections();
    return connections.empty() ? "edge-1" : connections.begin()->second.edge;
  }

  std::vector<ProposedMatch> matches_of(const OfferedThing& thing) {
    twin::Decisions decided = request_.decided;
    if (drafted_) {
      for (const auto& one : thing.values) {
        const auto made = drafted_->addresses.find(one.address);
        if (made != drafted_->addresses.end()) decided.insert_or_assign(one.address, made->second);
      }
    }
    twin::ModelMatch found = matcher_.match(thing.values, *model_, decided);
    std::vector<ProposedMatch> matches;
    for (std::size_t i = 0; i < thing.values.size(); ++i) {
      ProposedMatch match{thing.values[i].address, std::move(found.values[i])};
      explain_draft(thing.values[i], match.match);
      matches.push_back(std::move(match));
    }
    return matches;
  }

  void explain_draft(const twin::OfferedValue& value, twin::ValueMatch& match) const {
    if (!drafted_ || !match.property || request_.decided.contains(value.address)) return;
    if (!drafted_->addresses.contains(value.address)) return;
    match.reason = match.unit.empty() ? "a new property" : "a new property in " + match.unit;
    const auto remark = drafted_->remarks.find(value.address);
    if (remark != drafted_->remarks.end()) match.reason += "; " + remark->second;
  }

  /// Whether the hub holds samples under this name whose units the model contradicts.
  bool has_clash(const std::string& name) const {
    return std::ranges::any_of(deps_.index.of_thing(name), [&](const model::Series& series) {
      const twin::PropertySpec* property = model_->property(series.property);
      if (!property || series.unit.empty() || series.unit == property->contract.unit) return false;
      if (property->contract.unit.empty()) return true;
      const auto same = deps_.units.convert(series.unit, property->contract.unit);
      return deps_.units.check(series.unit) && !(same && same->factor == 1 && same->offset == 0);
    });
  }

  bool is_any_fed(const std::string& thing, const std::vector<ProposedMatch>& matches) const {
    return std::ranges::any_of(matches, [&](const ProposedMatch& one) {
      return one.match.property && catalog().feeding(thing, *one.match.property).first;
    });
  }

  /// The thing after the source's name: one that waits for its binding, or a new one.
  std::string thing_name(const OfferedThing& offered, const std::vector<ProposedMatch>& matches) {
    const std::string name = name_after(offered.name, true);
    const twin::Thing* present = catalog().thing(name);
    const bool is_waiting =
        present && present->model_ref == proposal_.model && !is_any_fed(name, matches);
    if (is_waiting && !used_.contains(name)) return name;
    std::string free = taken_.take(Kind::kThing, name);
    while (has_clash(free)) free = taken_.take(Kind::kThing, name);
    return free;
  }

  void add_thing(const OfferedThing& offered, bool is_first, const config::Node::Entry& source) {
    std::vector<ProposedMatch> matches = matches_of(offered);
    const bool is_named = is_first && !request_.thing.empty();
    const std::string name = is_named ? request_.thing : thing_name(offered, matches);
    if (is_named && !catalog().thing(name)) taken_.take(Kind::kThing, name);
    used_.insert(name);
    if (is_first) proposal_.thing = name;
    if (catalog().thing(name)) {
      for (ProposedMatch& one : matches) leave_fed(name, one.match);
    } else {
      proposal_.files.push_back(thing_file(
          name, offered.title.empty() ? offered.name : offered.title, proposal_.model, place_));
    }
    if (std::ranges::any_of(matches,
                            [](const auto& one) { return one.match.property.has_value(); })) {
      const std::string binding = taken_.take(Kind::kBinding, name);
      proposal_.files.push_back(binding_file(binding, name, source, matches));
    }
    std::ranges::move(matches, std::back_inserter(proposal_.matches));
  }

  /// What is fed keeps its binding.
  void leave_fed(const std::string& thing, twin::ValueMatch& match) const {
    if (!match.property) return;
    const auto [binding, row] = catalog().feeding(thing, *match.property);
    if (!binding) return;
    match.reason = std::format("{} is fed by {} of binding {}: remove its row there first",
                               *match.property, row->address, binding->name);
    match.property.reset();
    match.score = 0;
  }

  const Deps& deps_;
  const ProposalRequest& request_;
  const std::shared_ptr<const Configuration> present_;
  TakenNames taken_;
  const std::vector<OfferedThing> things_;
  twin::Matcher matcher_;
  std::shared_ptr<const ThingModel> model_;
  std::optional<twin::ModelDraft> drafted_;
  twin::Place place_;
  std::set<std::string> used_;
  Proposal proposal_;
};

}  // namespace

Result<std::vector<OfferedThing>> Proposals::offered(const identity::Caller& caller,
                                                     const ProposalRequest& request,
                                                     std::optional<Candidate>& candidate) const {
  if (request.candidate.empty()) {
    MILLRACE_LET(const auto nodes,
                 browsing_.nodes_of(caller, request.connection, request.addresses));
    const std::string& named = request.connection.name;
    return offered_things(nodes, request.addresses, named.empty() ? "thing" : named);
  }
  if (!candidate_) {
    return base::fail(ErrorCode::kNotFound,
                      std::format("no source '{}' waits", request.candidate.substr(0, 80)),
                      "The list of what waits is empty.");
  }
  MILLRACE_LET(candidate, candidate_(request.candidate));
  return std::vector{offered_thing(*candidate)};
}

Result<Proposal> Proposals::propose(const identity::Caller& caller,
                                    const ProposalRequest& request) const {
  MILLRACE_TRY(allow(caller, Permission::kConfigure));
  MILLRACE_TRY(check_request(request));
  std::optional<Candidate> candidate;
  MILLRACE_LET(auto things, offered(caller, request, candidate));
  std::erase_if(things, [](const OfferedThing& thing) { return thing.values.empty(); });
  if (things.empty()) {
    return invalid("none of the addresses is a variable", "Pick variables, or folders with some.");
  }
  for (const auto& [address, property] : request.decided) {
    const bool is_offered = std::ranges::any_of(things, [&](const OfferedThing& thing) {
      return std::ranges::contains(thing.values, address, &twin::OfferedValue::address);
    });
    if (!is_offered) {
      return invalid(std::format("matches: {} is not among the addresses", address),
                     "Pick it, too, or leave it out of matches.");
    }
  }
  MILLRACE_LET(const auto deleted, deps_.meta.tombstones());
  TakenNames taken(*deps_.catalogs.configuration(), deleted);
  return ProposalDraft(deps_, request, std::move(taken), std::move(things)).make(candidate);
}

}  // namespace millrace::service
