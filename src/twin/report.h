#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "twin/resource.h"

namespace millrace::twin {

/// Collects what is wrong in one resource. Of a resource without a file (it came from the hub's
/// store) the sentence names the resource, since no line can.
class Report {
 public:
  Report(const Resource& resource, ResourceProblems& problems)
      : resource_(resource), problems_(problems) {}

  void add(std::string_view rule, config::Place place, std::string what, std::string hint) const {
    if (resource_.file.empty()) what = text(resource_.key) + ": " + what;
    if (place.line == 0) place = resource_.place;
    problems_.push_back({resource_.file, std::string(rule),
                         config::Problem{place, std::move(what), std::move(hint)}});
  }
  void add(std::string_view rule, config::Place place, const base::Error& error) const {
    add(rule, place, error.what, error.hint);
  }
  void add_all(std::string_view rule, config::Problems found) const {
    for (config::Problem& problem : found) {
      add(rule, problem.place, std::move(problem.what), std::move(problem.hint));
    }
  }

  const Resource& resource() const { return resource_; }
  std::size_t count() const { return problems_.size(); }

 private:
  const Resource& resource_;
  ResourceProblems& problems_;
};

/// "Did you mean 'x'?", or what else to do when nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known,
                         std::string otherwise);

}  // namespace millrace::twin
