#pragma once

#include <expected>
#include <format>
#include <string>
#include <string_view>
#include <utility>

namespace millrace::base {

enum class ErrorCode {
#define MILLRACE_ERROR(enumerator, text, status, sentence) enumerator,
#include "base/error_codes.def"
#undef MILLRACE_ERROR
};

/// Whether the same call may succeed later without anybody changing anything.
enum class Retry { kNever, kLater };

/// What went wrong. `what` is for the engineer, `hint` is the operator's next step. Bad *data* is
/// never an Error: it is a Sample with a Quality.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  Retry retry = Retry::kNever;
  std::string what;
  std::string hint;

  bool operator==(const Error&) const = default;
};

template <class T>
using Result = std::expected<T, Error>;

/// The code as it stands in JSON and in UI text keys, e.g. "not_found".
std::string_view text(ErrorCode code);
/// The HTTP status a code maps to.
int http_status(ErrorCode code);
/// One sentence on the code, for the error catalogue.
std::string_view sentence(ErrorCode code);

/// An Error ready to return from a function that gives a Result.
inline std::unexpected<Error> fail(ErrorCode code, std::string what, std::string hint = {}) {
  return std::unexpected(Error{code, Retry::kNever, std::move(what), std::move(hint)});
}

/// As fail(), for what may succeed when tried again later.
inline std::unexpected<Error> fail_for_now(ErrorCode code, std::string what,
                                           std::string hint = {}) {
  return std::unexpected(Error{code, Retry::kLater, std::move(what), std::move(hint)});
}

/// "what (hint)" for a log line.
std::string describe(const Error& error);

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace millrace::base

/// For bugs only, never for input, network, disk or configuration: prints and aborts.
#define MILLRACE_CHECK(condition) \
  ((condition) ? void() : ::millrace::base::check_failed(#condition, __FILE__, __LINE__))

/// Returns the Error of a Result<void>-like expression from the enclosing function.
#define MILLRACE_TRY(expression)                            \
  do {                                                      \
    if (auto result_ = (expression); !result_) [[unlikely]] \
      return std::unexpected(std::move(result_).error());   \
  } while (false)

#define MILLRACE_CONCAT_(a, b) a##b
#define MILLRACE_CONCAT(a, b) MILLRACE_CONCAT_(a, b)
/// MILLRACE_LET(auto x, f()): x is the value of f(), or its Error is returned.
#define MILLRACE_LET(declaration, expression) \
  MILLRACE_LET_(MILLRACE_CONCAT(let_, __LINE__), declaration, expression)
#define MILLRACE_LET_(name, declaration, expression) \
  auto name = (expression);                          \
  if (!name) [[unlikely]]                            \
    return std::unexpected(std::move(name).error()); \
  declaration = std::move(*name)
