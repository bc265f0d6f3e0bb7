#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <span>

#include "store/meta_store.h"
#include "store/migrations/migrations.h"
#include "store/older_format.h"

namespace millrace::store {

struct SqliteOptions {
  std::filesystem::path file;  // made, readable by its owner alone, when it is not there
  std::span<const Migration> migrations = store::migrations();
  OlderFormat older_format = OlderFormat::kUpgrade;  // of a file with an older schema
};

/// MetaStore in one SQLite file through SOCI: write-ahead log, one connection, every change synced
/// to disk before apply() returns. Any thread; a mutex orders them.
class SqliteMetaStore final : public MetaStore {
 public:
  explicit SqliteMetaStore(SqliteOptions options);
  ~SqliteMetaStore() override;

  base::Result<void> start() override;
  base::Result<void> stop() override;
  base::Result<void> apply(const MetaChange& change) override;
  base::Result<std::vector<User>> users() const override;
  base::Result<std::optional<User>> user(std::string_view name) const override;
  base::Result<std::optional<Token>> token_by_hash(std::string_view hash) const override;
  base::Result<std::vector<Token>> tokens(TokenKind kind) const override;
  base::Result<std::optional<std::string>> setting(std::string_view key) const override;
  base::Result<std::vector<Title>> titles() const override;
  base::Result<std::vector<ImportRecord>> imports(std::int64_t before,
                                                  std::size_t limit) const override;
  base::Result<std::optional<ImportRecord>> import(std::string_view id) const override;
  base::Result<std::vector<ResourceRow>> resources() const override;
  base::Result<std::vector<ResourceName>> tombstones() const override;
  base::Result<std::vector<Revision>> revisions(std::int64_t before,
                                                std::size_t limit) const override;
  base::Result<std::vector<std::string>> description_ids() const override;
  base::Result<std::optional<DescriptionRow>> description(std::string_view id) const override;
  base::Result<std::vector<AuditEntry>> audit(std::int64_t before,
                                              std::size_t limit) const override;
  base::Result<MetaStats> stats() const override;
  base::Result<void> backup(const std::filesystem::path& file) override;

 private:
  struct Connection;

  template <class Work>
  auto locked(std::string_view doing, Work work) const;

  SqliteOptions options_;
  mutable std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace millrace::store
