// login.
#include <termios.h>
#include <unistd.h>

#include <memory>

#include "cli/command.h"
#include "cli/pages.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

std::string read_line() {
  std::string line;
  for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) {
    line += static_cast<char>(c);
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

/// Asks on a terminal without echo; else takes a line of standard input.
std::string read_password(const Context& context) {
  if (!context.password.empty()) return context.password;
  if (::isatty(STDIN_FILENO) == 0) return read_line();
  termios shown{};
  ::tcgetattr(STDIN_FILENO, &shown);
  termios hidden = shown;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  std::fputs("Password: ", context.err);
  std::fflush(context.err);
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  std::string password = read_line();
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
  std::fputc('\n', context.err);
  return password;
}

base::Result<json> log_in(const Context& context, const std::string& user) {
  const std::string password = read_password(context);
  if (password.empty()) {
    return base::fail(base::ErrorCode::kInvalid, "no password was given",
                      "Set MILLRACE_PASSWORD, or write it to standard input.");
  }
  MILLRACE_LET(const Login login, find_login(context.tokens, context.hub));
  MILLRACE_LET(const auto hub, context.connect());
  const json body = {{"user", user}, {"password", password}};
  MILLRACE_LET(json session,
               send_json(*hub, {.method = "POST", .path = "/api/v1/login", .body = body}));
  if (!session.contains("token") || !session["token"].is_string()) {
    return base::fail(base::ErrorCode::kMalformed, "the hub's answer has no token",
                      "Is the address that of a Millrace hub?");
  }
  MILLRACE_TRY(save_token(context.tokens.saved_file, login.hub, session["token"]));
  session.erase("token");
  session["hub"] = login.hub;
  return session;
}

}  // namespace

RunCommand add_login(CLI::App& app, Context& context) {
  auto user = std::make_shared<std::string>("admin");
  app.add_option("--user", *user, "Who you are")->capture_default_str();
  app.footer(
      "The password comes from MILLRACE_PASSWORD, a prompt, or standard input. The token is "
      "kept in a file that only you can read.");
  return [user, &context] {
    const auto session = log_in(context, *user);
    if (!session) return context.fail(session.error());
    if (context.is_json()) {
      print_object(context, *session);
    } else {
      context.say(std::format(
          "logged in at {} as {} ({}) until {}", cell_text(session->value("hub", json())),
          cell_text(session->value("user", json())), cell_text(session->value("role", json())),
          cell_text(session->value("expires", json()))));
    }
    return ExitCode::kDone;
  };
}

}  // namespace millrace::cli
