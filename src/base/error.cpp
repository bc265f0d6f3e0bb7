#include "base/error.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace millrace::base {
namespace {

struct Row {
  std::string_view text;
  int status;
  std::string_view sentence;
};

constexpr std::array kRows = {
#define MILLRACE_ERROR(enumerator, text, status, sentence) Row{text, status, sentence},
#include "base/error_codes.def"
#undef MILLRACE_ERROR
};

const Row& row(ErrorCode code) { return kRows.at(static_cast<std::size_t>(code)); }

}  // namespace

std::string_view text(ErrorCode code) { return row(code).text; }
int http_status(ErrorCode code) { return row(code).status; }
std::string_view sentence(ErrorCode code) { return row(code).sentence; }

std::string describe(const Error& error) {
  return error.hint.empty() ? std::format("{}: {}", text(error.code), error.what)
                            : std::format("{}: {} ({})", text(error.code), error.what, error.hint);
}

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: this must hold and does not: %s\n", file, line, condition);
  std::abort();
}

}  // namespace millrace::base
