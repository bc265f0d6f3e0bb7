#include "service/backfills.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/log.h"
#include "base/time_text.h"
#include "codec/sha256.h"
#include "service/backfill_time.h"
#include "service/bound_sources.h"

namespace millrace::service {
namespace {

using base::Result;
using model::CommitId;
using pipeline::BindingReplay;
using pipeline::HubBinding;
using pipeline::HubBindingRow;
using store::ImportMark;

constexpr std::size_t kRowsFirst = 5'000;
constexpr std::size_t kPayloadsFirst = 64;  // of up to 256 KB each
constexpr std::size_t kRowsMax = 20'000;
constexpr std::size_t kPartBytes = 4U << 20;
constexpr std::size_t kPartSamples = 50'000;

std::string key_of(const model::Series& source, const HubBindingRow& row) {
  return codec::sha256_hex(std::format("backfill\n{}\n{}\n{}\n{}", number(source.id),
                                       row.contract.thing, row.contract.property, row.address));
}

std::string name_of(CommitId after, CommitId to) {
  return std::format("backfill {}-{}", number(after), number(to));
}

/// The commits of a mark's name. Errors: corrupt.
Result<std::pair<CommitId, CommitId>> commits_of(const ImportMark& mark) {
  std::int64_t after = 0, to = 0;
  constexpr std::string_view kWord = "backfill ";
  const std::string_view text = mark.name;
  const char* end = text.data() + text.size();
  if (text.starts_with(kWord)) {
    const auto first = std::from_chars(text.data() + kWord.size(), end, after);
    const bool has_two = first.ec == std::errc() && first.ptr != end && *first.ptr == '-';
    if (has_two && std::from_chars(first.ptr + 1, end, to).ptr == end) {
      return std::pair(CommitId(after), CommitId(to));
    }
  }
  return base::fail(base::ErrorCode::kCorrupt,
                    std::format("'{}' is not how far a backfill has come", mark.name));
}

bool is_large(model::ValueType type) {
  return type == model::ValueType::kText || type == model::ValueType::kBytes;
}

std::size_t bytes_of(const std::vector<model::Sample>& samples) {
  std::size_t bytes = 0;
  for (const model::Sample& one : samples) {
    const auto* text = std::get_if<std::string>(&one.value);
    bytes += sizeof one + (text ? text->size() : 0);
  }
  return bytes;
}

std::uint64_t samples_of(const std::vector<ImportMark>& marks) {
  std::uint64_t samples = 0;
  for (const ImportMark& mark : marks) samples += mark.samples;
  return samples;
}

/// What fed itself would never end.
bool feeds_itself(const model::Series& source, const HubBindingRow& row) {
  return source.thing == row.contract.thing && source.property == row.contract.property;
}

/// The ids of the series that a part feeds; those that are not there yet come with its commit.
class FedSeries {
 public:
  FedSeries(const Deps& deps, const model::Series& source, const HubBinding& binding,
            store::Commit& commit)
      : deps_(deps), source_(source), binding_(binding), commit_(commit) {}

  model::SeriesId of(std::size_t row) {
    const auto [known, is_new] = ids_.try_emplace(row);
    if (is_new) known->second = find_or_add(binding_.rows[row].contract);
    return known->second;
  }
  std::vector<model::SeriesId> all() const {
    std::vector<model::SeriesId> all;
    for (const auto& [row, id] : ids_) all.push_back(id);
    return all;
  }

 private:
  model::SeriesId find_or_add(const model::PropertyContract& contract) {
    if (const auto known = deps_.index.find(contract.thing, contract.property, contract.type)) {
      return *known;
    }
    const auto first = number(deps_.series.next_series_id());
    const auto id = model::SeriesId(first + static_cast<std::int32_t>(commit_.series.size()));
    commit_.series.push_back({.id = id,
                              .thing = contract.thing,
                              .property = contract.property,
                              .type = contract.type,
                              .unit = contract.unit,
                              .site = binding_.site,
                              .source = source_.source});
    return id;
  }

  const Deps& deps_;
  const model::Series& source_;
  const HubBinding& binding_;
  store::Commit& commit_;
  std::map<std::size_t, model::SeriesId> ids_;  // by row
};

/// `until`, `since`: what is between these times was left out.
store::Event event_of(const char* kind, const HubBinding& binding, const model::Series& source,
                      const std::vector<ImportMark>& marks, base::Time until, base::Time since,
                      base::Time now) {
  std::uint64_t bad = 0;
  for (const ImportMark& mark : marks) bad += mark.samples_bad;
  std::set<std::string> properties;
  for (const HubBindingRow& row : binding.rows) properties.insert(row.contract.property);
  nlohmann::json body = {{"binding", binding.name},
                         {"source", source.thing},
                         {"properties", properties},
                         {"samples", samples_of(marks)},
                         {"bad", bad}};
  if (until != kEnd) body["until"] = base::to_text(until);
  if (since != kEnd) body["since"] = base::to_text(since);
  return {.time = now,
          .kind = kind,
          .subject = binding.rows.front().contract.thing,
          .actor_role = "system",
          .body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

}  // namespace

void Backfills::plan(const std::vector<HubBinding>& bindings) {
  planned_.clear();
  jobs_.clear();
  std::vector<std::shared_ptr<const HubBinding>> topics;
  for (const HubBinding& binding : bindings) {
    if (binding.thing.empty()) topics.push_back(std::make_shared<const HubBinding>(binding));
    if (!binding.thing.empty()) plan_metrics(binding);
  }
  if (!topics.empty()) plan_topics(topics);
}

void Backfills::plan_metrics(const HubBinding& binding) {
  for (model::Series& series : deps_.index.of_thing(binding.thing)) {
    HubBinding reading = binding;
    std::erase_if(reading.rows, [&](const HubBindingRow& row) {
      return row.address != address_of(series) || feeds_itself(series, row);
    });
    if (reading.rows.empty()) continue;
    planned_.push_back({std::move(series), std::make_shared<const HubBinding>(std::move(reading))});
  }
}

void Backfills::plan_topics(const std::vector<std::shared_ptr<const HubBinding>>& bindings) {
  deps_.index.each_thing([&](const std::string&, const auto& all) {
    for (const model::Series* series : all) {
      const bool is_payload = series->source == pipeline::kTopicOrigin &&
                              series->property == pipeline::kPayloadProperty;
      if (!is_payload || series->type != model::ValueType::kText) continue;
      for (const auto& binding : bindings) {
        if (!pipeline::fits_topic_filter(binding->topic, series->title)) continue;
        planned_.push_back({*series, binding});
      }
    }
  });
}

bool Backfills::is_left_out(const Range& range, base::Time time) {
  return time >= range.until && time <= range.since;
}

Result<bool> Backfills::step() {
  if (!jobs_.empty()) {
    Job& job = jobs_.front();
    if (!job.part) {
      MILLRACE_LET(job.part, read(job));
      for (const model::Sample& one : job.part->stored) job.replay->take(one, job.part->made);
      std::erase_if(job.part->made,
                    [&](const auto& one) { return is_left_out(job.range, one.sample.time); });
    }
    MILLRACE_TRY(deps_.on_writer([&] { return commit(job); }));
    const bool is_last = job.part->is_last;
    go_on(job);
    if (is_last) {
      if (job.is_resumed) planned_.push_back(std::move(job.source));
      jobs_.pop_front();
    }
  } else if (!planned_.empty()) {
    MILLRACE_TRY(open(planned_.front()));
    planned_.pop_front();
  }
  return !jobs_.empty() || !planned_.empty();
}

/// Makes a job of the rows that have come equally far, for each of those that are owed anything.
Result<void> Backfills::open(Source source) {
  MILLRACE_LET(
      const auto now,
      deps_.series.raw({.series = source.series.id, .start = kFirst, .end = kEnd, .limit = 0}));
  struct Rows {
    std::vector<std::size_t> rows;
    std::vector<ImportMark> marks;
  };
  std::map<Range, Rows> together;
  for (std::size_t i = 0; i < source.binding->rows.size(); ++i) {
    const std::string key = key_of(source.series, source.binding->rows[i]);
    MILLRACE_LET(auto mark, deps_.series.import_mark(key));
    MILLRACE_LET(auto range, owed(source.series, now.commit, mark));
    if (!range) continue;
    const auto limits = feeds_.limits(source.binding->rows[i].contract, range->after);
    range->until = limits.until;
    range->since = limits.since;
    if (!mark) mark = ImportMark{.file_hash = key};
    together[*range].rows.push_back(i);
    together[*range].marks.push_back(std::move(*mark));
  }
  std::deque<Job> jobs;
  for (auto& [range, rows] : together) {
    MILLRACE_LET(Job job, make_job(source, range, rows.rows, std::move(rows.marks)));
    job.is_resumed = range.to != now.commit;
    jobs.push_back(std::move(job));
  }
  std::ranges::move(jobs, std::back_inserter(jobs_));
  return {};
}

Result<std::optional<Backfills::Range>> Backfills::owed(
    const model::Series& series, CommitId now, const std::optional<ImportMark>& mark) const {
  if (!mark) return Range{CommitId{}, now, kFirst, kEnd, kEnd};
  MILLRACE_LET(const auto commits, commits_of(*mark));
  const auto [after, to] = commits;
  if (!mark->is_complete) return Range{after, to, time_of(mark->rows_done), kEnd, kEnd};
  MILLRACE_LET(const auto later, deps_.series.raw({.series = series.id,
                                                   .start = kFirst,
                                                   .end = kEnd,
                                                   .limit = 1,
                                                   .corrections = store::Corrections::kLeftOut,
                                                   .as_of = now,
                                                   .since = to}));
  if (later.samples.empty()) return std::optional<Range>();
  return Range{to, now, kFirst, kEnd, kEnd};
}

Result<Backfills::Job> Backfills::make_job(const Source& source, const Range& range,
                                           const std::vector<std::size_t>& rows,
                                           std::vector<ImportMark> marks) const {
  HubBinding binding = *source.binding;
  binding.rows.clear();
  for (const std::size_t row : rows) binding.rows.push_back(source.binding->rows[row]);
  MILLRACE_LET(auto replay, BindingReplay::create(binding, source.series.unit,
                                                  pipeline::compare_units(deps_.units)));
  const bool has_made = range.next != kFirst && samples_of(marks) > 0;
  return Job{.source = {source.series, std::make_shared<const HubBinding>(std::move(binding))},
             .range = range,
             .marks = std::move(marks),
             .replay = std::move(replay),
             .rows_wanted = is_large(source.series.type) ? kPayloadsFirst : kRowsFirst,
             .has_made = has_made};
}

Result<Backfills::Part> Backfills::read(const Job& job) const {
  // Payloads may name the times of their values.
  const bool is_bounded = job.source.binding->time_path.empty() && job.range.since == kEnd;
  store::RawQuery query{.series = job.source.series.id,
                        .start = job.range.next,
                        .end = is_bounded ? job.range.until : kEnd,
                        .limit = job.rows_wanted,
                        .corrections = store::Corrections::kLeftOut,
                        .as_of = job.range.to,
                        .since = job.range.after};
  Part part{.next = kEnd, .is_last = query.start >= query.end};
  if (part.is_last) return part;
  do {
    MILLRACE_LET(store::RawResult page, deps_.series.raw(query));
    std::ranges::move(page.samples, std::back_inserter(part.stored));
    part.is_last = !page.next;
    if (part.is_last) return part;
    part.next = page.next->first;
    query.after = page.next;
  } while (part.stored.empty() || part.stored.front().time == part.next);
  while (part.stored.back().time == part.next) part.stored.pop_back();
  return part;
}

void Backfills::go_on(Job& job) {
  const Part& part = *job.part;
  const bool is_small = bytes_of(part.stored) < kPartBytes && part.made.size() < kPartSamples;
  job.rows_wanted = is_small ? std::min(job.rows_wanted * 2, kRowsMax)
                             : std::max<std::size_t>(job.rows_wanted / 2, 1);
  job.range.next = part.next;
  job.part.reset();
}

/// What there is to say of the part at hand; nothing of what brings nothing and leaves nothing out.
std::vector<store::Event> Backfills::events_of(const Job& job, const std::vector<ImportMark>& marks,
                                               base::Time now) {
  const Part& part = *job.part;
  const auto event = [&](const char* kind, const std::vector<ImportMark>& so_far) {
    return event_of(kind, *job.source.binding, job.source.series, so_far, job.range.until,
                    job.range.since, now);
  };
  const bool is_cut = job.range.until != kEnd;
  const bool has_made = job.has_made || !part.made.empty();
  if (part.is_last && (has_made || is_cut)) return {event("backfill.completed", marks)};
  const bool is_first = has_made && !job.has_made && !part.is_last;
  return is_first ? std::vector{event("backfill.started", job.marks)} : std::vector<store::Event>();
}

/// On the writer's thread: samples, how far it has come and what there is to say of it, together.
Result<void> Backfills::commit(Job& job) const {
  const Part& part = *job.part;
  const HubBinding& binding = *job.source.binding;
  const base::Time now = deps_.clock.now();
  store::Commit commit;
  FedSeries fed(deps_, job.source.series, binding, commit);
  std::vector<ImportMark> marks = job.marks;
  for (const BindingReplay::Made& one : part.made) {
    commit.samples.push(fed.of(one.row), binding.rows[one.row].contract.type, one.sample,
                        std::min(one.arrived, now));
    ImportMark& mark = marks[one.row];
    ++mark.samples;
    mark.samples_bad += one.sample.quality.is_bad() ? 1U : 0U;
    mark.samples_uncertain +=
        one.sample.quality.severity() == model::Severity::kUncertain ? 1U : 0U;
  }
  for (ImportMark& mark : marks) {
    mark.name = name_of(job.range.after, job.range.to);
    mark.rows_done = bits_of(part.next);
    mark.is_complete = part.is_last;
    mark.updated = now;
  }
  commit.events = events_of(job, marks, now);
  commit.imports = marks;
  MILLRACE_TRY(deps_.series.commit(commit));
  for (const model::Series& series : commit.series) deps_.index.put(series);
  deps_.live.publish(fed.all());
  job.marks = std::move(marks);
  job.has_made = job.has_made || !part.made.empty();
  return {};
}

}  // namespace millrace::service
