#include "http/encode.h"

namespace millrace::http {
namespace {

void write_token_members(JsonWriter& json, const store::Token& token) {
  json.member("id", token.id)
      .member("name", token.name)
      .member("role", token.role)
      .member("created", token.created)
      .member("created_by", token.created_by)
      .member("expires", token.expires)
      .member("last_used", token.last_used);
}

void write_account_members(JsonWriter& json, const service::Account& account) {
  json.member("kind", service::text(account.kind)).member("name", account.name).key("site");
  if (account.site.empty()) json.null();
  if (!account.site.empty()) json.value(account.site);
  json.key("topics").begin_array();
  for (const std::string& topic : account.topics) json.value(topic);
  json.end_array().member("may_command", account.may_command);
}

double seconds_of(base::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

/// The body that creates it.
void write_account_request(JsonWriter& json, const service::Account& account) {
  json.begin_object().member("kind", service::text(account.kind)).member("name", account.name);
  if (!account.site.empty()) json.member("site", account.site);
  if (!account.topics.empty()) {
    json.key("topics").begin_array();
    for (const std::string& topic : account.topics) json.value(topic);
    json.end_array();
  }
  if (account.may_command) json.member("may_command", true);
  json.end_object();
}

void write_token_request(JsonWriter& json, const identity::TokenRequest& token) {
  json.begin_object()
      .member("name", token.name)
      .member("role", identity::text(token.role))
      .member("expires", token.expires)
      .end_object();
}

void write_access_change(JsonWriter& json, const service::AccessChange& change) {
  json.begin_object()
      .member("action", service::text(change.action))
      .member("of", change.is_token ? "token" : "account")
      .member("name", change.name)
      .member("about", change.about)
      .key("account");
  change.account ? write_account_request(json, *change.account) : (void)json.null();
  json.key("token");
  change.token ? write_token_request(json, *change.token) : (void)json.null();
  json.key("token_id");
  change.token_id.empty() ? json.null() : json.value(change.token_id);
  json.end_object();
}

}  // namespace

void write(JsonWriter& json, const service::Edge& edge) {
  const pipeline::OriginSnapshot& origin = edge.origin;
  const bool is_millrace = origin.kind == pipeline::OriginKind::kMillrace;
  json.begin_object()
      .member("name", origin.name)
      .member("kind", is_millrace ? "millrace" : "third_party")
      .member("site", origin.site)
      .member("group", origin.group)
      .member("node", origin.node)
      .member("connected", origin.is_connected)
      .member("since", origin.since)
      .member("delivery", is_millrace ? "exactly_once" : "at_most_once")
      .key("note");
  is_millrace ? json.null()
              : json.value(
                    "What this node sends while the hub or the broker is away is not sent "
                    "again.");
  json.member("things", edge.things)
      .member("last_sample", origin.last_received)
      .member("samples_per_second", origin.samples_per_second)
      .key("spool");
  if (const auto& spool = origin.spool) {
    json.begin_object()
        .member("batches", spool->batches)
        .member("bytes", spool->bytes)
        .member("evicted_batches", spool->evicted_batches)
        .member("reported", spool->reported)
        .end_object();
  } else {
    json.null();
  }
  json.key("clock_offset_ms");
  origin.clock_offset ? json.value(1000 * seconds_of(*origin.clock_offset)) : json.null();
  json.key("epoch");
  origin.epoch ? json.value(base::to_text(*origin.epoch)) : json.null();
  json.member("acked_to", origin.acked_to).key("committed_above");
  origin.acked_to ? json.value(origin.committed_above) : json.null();
  json.key("losses")
      .begin_object()
      .member("intervals", origin.losses.intervals)
      .member("batches", origin.losses.batches)
      .member("samples", origin.losses.samples)
      .end_object()
      .end_object();
}

void write(JsonWriter& json, const store::LossInterval& loss) {
  const std::uint64_t first = number(loss.range.from);
  const std::uint64_t last = number(loss.range.to);
  const bool has_times = loss.time_from != loss.time_to || loss.samples == 1;
  json.begin_object()
      .member("epoch", base::to_text(loss.epoch))
      .member("first_sequence", first)
      .member("last_sequence", last)
      .member("batches", last - first + 1)
      .key("samples");
  loss.samples > 0 ? json.value(loss.samples) : json.null();
  json.key("start");
  has_times ? json.value(loss.time_from) : json.null();
  json.key("end");
  has_times ? json.value(loss.time_to) : json.null();
  json.member("reason", loss.reason).member("recorded", loss.recorded).key("thing");
  loss.thing.empty() ? json.null() : json.value(loss.thing);
  json.key("property");
  loss.property.empty() ? json.null() : json.value(loss.property);
  json.end_object();
}

void write(JsonWriter& json, const store::Event& event) {
  json.begin_object()
      .member("id", event.id)
      .member("time", event.time)
      .member("kind", event.kind)
      .member("subject", event.subject)
      .member("actor_role", event.actor_role)
      .key("body")
      .raw(event.body.empty() ? "{}" : event.body)
      .end_object();
}

void write(JsonWriter& json, const store::Token& token) {
  json.begin_object();
  write_token_members(json, token);
  json.end_object();
}

void write(JsonWriter& json, const service::AccountItem& item) {
  json.begin_object();
  write_account_members(json, item.account);
  json.member("connected", item.is_connected).end_object();
}

void write(JsonWriter& json, const service::Import& import) {
  const store::ImportRecord& record = import.record;
  const store::ImportMark& mark = import.mark;
  json.begin_object()
      .member("id", record.id)
      .member("state", mark.is_complete ? "complete" : "open")
      .member("file_name", record.file_name)
      .member("file_hash", record.file_hash)
      .member("file_bytes", record.file_bytes)
      .member("rows_total", record.rows_total)
      .member("next_row", mark.rows_done)
      .member("samples", mark.samples)
      .member("samples_uncertain", mark.samples_uncertain)
      .member("samples_bad", mark.samples_bad)
      .member("targets", record.target_count)
      .member("created", record.created)
      .member("updated", mark.updated)
      .end_object();
}

std::string encode(const identity::Session& session) {
  JsonWriter json;
  json.begin_object()
      .member("token", session.secret)
      .member("user", session.user)
      .member("role", identity::text(session.role))
      .member("expires", session.expires)
      .end_object();
  return json.take();
}

std::string encode(const identity::Caller& caller) {
  JsonWriter json;
  json.begin_object()
      .member("user", caller.name)
      .member("role", identity::text(caller.role))
      .member("via", caller.via == store::TokenKind::kSession ? "session" : "token")
      .member("expires", caller.expires)
      .end_object();
  return json.take();
}

std::string encode(const identity::NewToken& made) {
  JsonWriter json;
  json.begin_object();
  write_token_members(json, made.token);
  json.member("token", made.secret).end_object();
  return json.take();
}

std::string encode(const service::NewAccount& made) {
  JsonWriter json;
  json.begin_object();
  write_account_members(json, made.account);
  json.member("password", made.password).end_object();
  return json.take();
}

std::string encode(const service::AccessPlan& plan) {
  JsonWriter json;
  json.begin_object().key("problems").begin_array();
  for (const config::Problem& one : plan.problems) {
    json.begin_object()
        .member("line", one.place.line)
        .member("what", one.what)
        .member("hint", one.hint)
        .end_object();
  }
  json.end_array().key("changes").begin_array();
  for (const service::AccessChange& change : plan.changes) write_access_change(json, change);
  json.end_array()
      .member("unchanged", plan.unchanged)
      .member("own_token", plan.own_token)
      .end_object();
  return json.take();
}

std::string encode(const service::Health& health) {
  JsonWriter json;
  json.begin_object()
      .member("status", health.failing.empty() ? "ok" : "unavailable")
      .member("version", health.version)
      .member("uptime_seconds", health.uptime_seconds);
  if (!health.failing.empty()) {
    json.key("failing").begin_array();
    for (const std::string& part : health.failing) json.value(part);
    json.end_array();
  }
  json.end_object();
  return json.take();
}

std::string encode_store(const store::StoreStats& stats, std::size_t series,
                         std::string_view engine) {
  JsonWriter json;
  json.begin_object()
      .member("engine", engine)
      .member("commit", number(stats.commit))
      .member("series", series)
      .member("hot_rows", stats.hot_rows)
      .member("sealed_rows", stats.sealed_rows)
      .member("out_of_range_rows", stats.out_of_range_rows)
      .member("partitions", stats.partitions.size())
      .member("bytes", stats.bytes_on_disk)
      .end_object();
  return json.take();
}

std::string encode(const service::SystemInfo& info) {
  JsonWriter json;
  json.begin_object()
      .member("version", info.facts.version)
      .member("hub", info.facts.hub)
      .member("started", info.started)
      .member("uptime_seconds", info.uptime_seconds)
      .member("time", info.now);
  if (!info.facts.time_zone.empty()) json.member("time_zone", info.facts.time_zone);
  json.key("store")
      .raw(encode_store(info.store, info.series, info.facts.series_engine))
      .key("metadata")
      .begin_object()
      .member("engine", info.metadata.engine)
      .member("bytes", info.metadata.bytes_on_disk)
      .end_object()
      .key("configuration")
      .begin_object()
      .member("revision", info.configuration->revision)
      .member("resources", info.configuration->about.size())
      .member("set_aside", info.configuration->set_aside.size())
      .end_object()
      .key("broker")
      .begin_object()
      .member("kind", info.broker.is_embedded ? "embedded" : "external")
      .member("connected", info.broker.is_connected)
      .member("address", info.broker.address)
      .member("listen", info.broker.listens)
      .end_object()
      .key("ingest")
      .begin_object()
      .member("samples_per_second", info.ingest.samples_per_second)
      .member("queue", info.ingest.queue_bytes)
      .member("queue_max", info.ingest.queue_bytes_max)
      .member("dropped_messages", info.ingest.refused_messages)
      .end_object()
      .end_object();
  return json.take();
}

std::string encode(const service::Backup& backup) {
  JsonWriter json;
  json.begin_object()
      .member("name", backup.name)
      .member("path", backup.path.native())
      .member("commit", number(backup.commit))
      .member("bytes", backup.bytes)
      .member("checksum", backup.checksum)
      .member("started", backup.started)
      .member("finished", backup.finished)
      .end_object();
  return json.take();
}

std::string encode(std::string_view backup, const service::BackupCheck& check) {
  JsonWriter json;
  json.begin_object()
      .member("name", backup)
      .member("valid", check.is_valid())
      .member("checksum", check.checksum)
      .member("files", check.files)
      .member("bytes", check.bytes)
      .key("problems")
      .begin_array();
  for (const std::string& problem : check.problems) json.value(problem);
  json.end_array().end_object();
  return json.take();
}

}  // namespace millrace::http
