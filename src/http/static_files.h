#pragma once

#include <filesystem>

#include "http/message.h"

namespace millrace::http {

/// The web application's files. Paths without an extension of the web's own (.js, .css, …) are
/// pages of the application and get its index.html: names of things may hold dots. Files under
/// /assets/ carry a hash in their name and are kept for ever; the rest is revalidated by ETag. A
/// file.br or file.gz beside a file is sent to who accepts it. Any thread.
class StaticFiles {
 public:
  explicit StaticFiles(std::filesystem::path root) : root_(std::move(root)) {}

  /// Errors: not_found, unavailable.
  base::Result<Response> serve(const Request& request) const;

 private:
  const std::filesystem::path root_;
};

}  // namespace millrace::http
