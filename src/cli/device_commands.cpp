// property write and action invoke: commands to devices through their bindings.
#include <memory>

#include "cli/command.h"
#include "cli/pages.h"

namespace millrace::cli {
namespace {

struct Target {
  std::string thing, name, value;

  std::string path(const char* what) const {
    return std::format("/api/v1/wot/t/{}/{}/{}", url_encoded(thing), what, url_encoded(name));
  }
};

}  // namespace

RunCommand add_property(CLI::App& app, Context& context) {
  auto target = std::make_shared<Target>();
  CLI::App* write = add_verb(app, "write", "Write a property through its binding");
  write->add_option("thing", target->thing, "Name of the thing")->required();
  write->add_option("property", target->name, "Name of its property")->required();
  write->add_option("value", target->value, "JSON, or a text without quotes; in the model's unit")
      ->required();
  app.footer("Ends with 0 when the device has taken it.");
  const auto writing = [target, &context] {
    const JsonCall call{
        .method = "PUT", .path = target->path("properties"), .body = value_of(target->value)};
    return print_call(context, call, std::format("{}/{} is written", target->thing, target->name));
  };
  return run_verb(app, {{write, writing}});
}

RunCommand add_action(CLI::App& app, Context& context) {
  auto target = std::make_shared<Target>();
  CLI::App* invoke = add_verb(app, "invoke", "Invoke an action through its binding");
  invoke->add_option("thing", target->thing, "Name of the thing")->required();
  invoke->add_option("action", target->name, "Name of its action")->required();
  invoke->add_option("input", target->value, "JSON, or a text without quotes; none by default");
  app.footer("Ends with 0 when the device has taken it.");
  const auto invoking = [target, &context] {
    JsonCall call{.method = "POST", .path = target->path("actions")};
    if (!target->value.empty()) call.body = value_of(target->value);
    return print_call(context, call, std::format("{}/{} is invoked", target->thing, target->name));
  };
  return run_verb(app, {{invoke, invoking}});
}

}  // namespace millrace::cli
