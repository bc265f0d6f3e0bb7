#include "cli/command.h"

namespace millrace::cli {

CLI::App* add_verb(CLI::App& noun, const char* name, const char* sentence) {
  CLI::App* verb = noun.add_subcommand(name, sentence);
  verb->fallthrough();
  return verb;
}

RunCommand run_verb(CLI::App& noun, std::vector<Verb> verbs, RunCommand otherwise) {
  noun.require_subcommand(otherwise ? 0 : 1, 1);
  return [verbs = std::move(verbs), otherwise = std::move(otherwise)] {
    for (const Verb& verb : verbs) {
      if (verb.app->parsed()) return verb.run();
    }
    return otherwise();
  };
}

}  // namespace millrace::cli
