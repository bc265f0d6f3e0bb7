#include "store/duckdb/sql_worker.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "store/duckdb/sql_statement.h"

namespace millrace::store::duckdb {
namespace {

void limit(decltype(RLIMIT_DATA) resource, rlim_t value) {
  const rlimit both{value, value};
  ::setrlimit(resource, &both);
}

/// Everything that follows is for the worst case: the guard and the engine's own limits come first.
void limit_this_process() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_DUMPABLE, 0);
  if (const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC); fd >= 0) {
    (void)!::write(fd, "1000", 4);
    ::close(fd);
  }
  ::setpriority(PRIO_PROCESS, 0, 10);
#if !__has_feature(address_sanitizer)  // whose shadow is data, too
  limit(RLIMIT_DATA, rlim_t{kSqlProcessMemoryMb} << 20);
#endif
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, 32);
}

/// Errors: malformed.
base::Result<std::vector<SandboxTable>> read_tables(WireReader& ask) {
  std::vector<SandboxTable> tables(ask.count(8));
  for (SandboxTable& table : tables) {
    table.name = ask.text();
    table.columns.resize(ask.count(5));
    for (SandboxTable::Column& column : table.columns) {
      column.name = ask.text();
      column.type = ask.get<SqlType>();
    }
  }
  if (!ask.is_broken() && ask.is_at_end()) return tables;
  return base::fail(base::ErrorCode::kMalformed, "what is asked is cut");
}

base::Result<void> answer(SqlPipe& pipe) {
  MILLRACE_LET(const SqlPipe::Message message, pipe.receive());
  WireReader ask(message.body);
  std::string sql(ask.text());
  const auto rows = static_cast<std::size_t>(ask.get<std::uint64_t>());
  MILLRACE_LET(auto given, read_tables(ask));
  SandboxTables tables(pipe, std::move(given));
  return SqlStatement(pipe, tables, std::move(sql), rows).run();
}

}  // namespace

int run_sql_worker(int fd) {
  limit_this_process();
  SqlPipe pipe(base::FileDescriptor(fd), [] { return true; });
  const auto done = answer(pipe);
  if (done) return 0;
  WireWriter body;
  body.put(static_cast<std::uint8_t>(done.error().code))
      .text(done.error().what)
      .text(done.error().hint);
  return pipe.send(SqlMessage::kError, body.take()) ? 0 : 1;
}

}  // namespace millrace::store::duckdb
