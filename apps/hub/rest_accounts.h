#pragma once

#include <memory>

#include "cli/http_client.h"
#include "service/account_book.h"

namespace millrace::apps {

/// The accounts of a hub that may be elsewhere, through its REST interface. One thread.
class RestAccounts final : public service::AccountBook {
 public:
  explicit RestAccounts(std::unique_ptr<cli::HttpClient> hub) : hub_(std::move(hub)) {}

  base::Result<std::vector<service::Account>> accounts() const override;
  base::Result<service::NewAccount> add(const service::Account& account) override;
  base::Result<service::NewAccount> renew(std::string_view name) override;
  base::Result<void> remove(std::string_view name) override;

 private:
  base::Result<service::NewAccount> post(const std::string& path, std::string body);

  const std::unique_ptr<cli::HttpClient> hub_;
};

}  // namespace millrace::apps
