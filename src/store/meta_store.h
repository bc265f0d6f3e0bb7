#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "store/configuration.h"

namespace millrace::store {

/// A person who may log in. The role is kept as text; identity knows what it means.
struct User {
  std::string name;
  std::string title;
  std::string role;
  std::string password_hash;  // libsodium's crypto_pwhash_str
  bool is_active = true;
  base::Time created;
  base::Time changed;
  bool operator==(const User&) const = default;
};

/// A session comes from a login, an API token from an administrator.
enum class TokenKind { kSession, kApi };

/// A bearer token; its secret is never kept.
struct Token {
  std::string id;
  TokenKind kind = TokenKind::kSession;
  std::string hash;  // BLAKE2b-256 of the secret, hex
  std::string name;  // of an API token; the user's of a session
  std::string role;
  std::string created_by;
  base::Time created;
  std::optional<base::Time> expires;
  std::optional<base::Time> last_used;
  bool operator==(const Token&) const = default;
};

struct Setting {
  std::string key;
  std::string value;
  base::Time changed;
};

/// What a person calls a thing, site, area or line; names never change, titles do.
struct Title {
  std::string kind;  // "thing", "site", "area", "line"
  std::string name;
  std::string title;
};

/// A file whose rows are or were imported: what its client announced. How far it has come stands
/// in the series store beside the samples (ImportMark).
struct ImportRecord {
  std::int64_t number = 0;  // given by the store, rising
  std::string id;
  std::string file_name;
  std::string file_hash;  // SHA-256 of the content, hex
  std::uint64_t file_bytes = 0;
  std::uint64_t rows_total = 0;
  std::string mapping;  // JSON object with sorted keys
  std::string targets;  // JSON array
  std::uint32_t target_count = 0;
  base::Time created;
};

/// Who did or tried what. Never changed, never deleted.
struct AuditEntry {
  std::int64_t id = 0;  // given by the store
  base::Time time;
  std::string actor;  // name of the user or token; "system"; "file": of the broker's accounts
  std::string actor_role;
  std::string action;   // noun and verb: "token.created", "login.refused"
  std::string subject;  // what it was done to
  std::string address;  // where the call came from; empty for none
  std::string body;     // JSON object
};

/// Everything that becomes durable together, or not at all.
struct MetaChange {
  std::vector<User> users;                     // new ones, and replacements by name
  std::vector<Token> tokens;                   // new ones
  std::vector<std::string> tokens_ended;       // ids; unknown ones are ignored
  std::vector<Token> tokens_used;              // only id and last_used matter
  std::optional<base::Time> drop_expired;      // sessions that had expired at this time go
  std::vector<Setting> settings;               // replace by key
  std::vector<Title> titles;                   // replace by (kind, name)
  std::vector<ImportRecord> imports;           // new ones
  std::vector<ResourceRow> resources;          // new ones, and replacements by name
  std::vector<ResourceName> resources_gone;    // each leaves a tombstone
  std::optional<Revision> revision;            // of these; its number must be the next one
  std::vector<DescriptionRow> descriptions;    // new ones, and replacements by id
  std::vector<std::string> descriptions_gone;  // ids; unknown ones are ignored
  std::vector<AuditEntry> audit;
};

struct MetaStats {
  std::string engine;  // "SQLite 3.46.1"
  std::uint64_t bytes_on_disk = 0;
  int schema_version = 0;
};

/// Where everything lives that is neither a series nor a sample: people, tokens, settings, the
/// announcements of imports, what is configured (resources), and the audit book.
///
/// Threads: any; calls wait for each other. Failure: a change that fails leaves the store as it
/// was. Errors: conflict (a name is taken), no_space, unavailable, corrupt.
class MetaStore {
 public:
  virtual ~MetaStore() = default;

  /// Opens or makes the store and brings its schema up to this program's version. Errors besides
  /// the above: unsupported, when a newer program has written it.
  virtual base::Result<void> start() = 0;
  virtual base::Result<void> stop() = 0;

  virtual base::Result<void> apply(const MetaChange& change) = 0;

  virtual base::Result<std::vector<User>> users() const = 0;
  virtual base::Result<std::optional<User>> user(std::string_view name) const = 0;
  virtual base::Result<std::optional<Token>> token_by_hash(std::string_view hash) const = 0;
  /// Newest first.
  virtual base::Result<std::vector<Token>> tokens(TokenKind kind) const = 0;
  virtual base::Result<std::optional<std::string>> setting(std::string_view key) const = 0;
  virtual base::Result<std::vector<Title>> titles() const = 0;
  /// Newest first, numbers below `before` (0: from the newest).
  virtual base::Result<std::vector<ImportRecord>> imports(std::int64_t before,
                                                          std::size_t limit) const = 0;
  virtual base::Result<std::optional<ImportRecord>> import(std::string_view id) const = 0;
  /// By kind, name and version.
  virtual base::Result<std::vector<ResourceRow>> resources() const = 0;
  /// Everything that was ever deleted, whether or not it has come back.
  virtual base::Result<std::vector<ResourceName>> tombstones() const = 0;
  /// Newest first, numbers below `before` (0: from the newest).
  virtual base::Result<std::vector<Revision>> revisions(std::int64_t before,
                                                        std::size_t limit) const = 0;
  /// Of registered Thing Descriptions, sorted byte by byte.
  virtual base::Result<std::vector<std::string>> description_ids() const = 0;
  virtual base::Result<std::optional<DescriptionRow>> description(std::string_view id) const = 0;
  /// Newest first, ids below `before` (0: from the newest).
  virtual base::Result<std::vector<AuditEntry>> audit(std::int64_t before,
                                                      std::size_t limit) const = 0;

  virtual base::Result<MetaStats> stats() const = 0;
  /// A consistent copy in a new file, which start() opens like any other store.
  virtual base::Result<void> backup(const std::filesystem::path& file) = 0;
};

}  // namespace millrace::store
