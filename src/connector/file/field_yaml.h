#pragma once

#include <vector>

#include "config/yaml_tree.h"
#include "connector/file/field_table.h"
#include "connector/file/problem.h"

namespace millrace::connector::file {

/// Fills values from a YAML map; what is not there gets its default. Wrong values and unknown keys
/// are reported with their line, and reading goes on.
class YamlFields final : public FieldVisitor {
 public:
  YamlFields(const config::YamlNode& map, const ProblemSink& problems);

  /// Reports the keys that no row has asked for. Call once after the last row.
  void report_unknown() const;

  void section(const Field& field, const Rows& rows) override;
  void list(const Field& field, std::size_t count,
            const std::function<void(FieldVisitor&, std::size_t, int)>& entry) override;
  void text(const Field& field, std::string& value) override;
  void texts(const Field& field, std::vector<std::string>& value) override;
  void flag(const Field& field, bool& value) override;
  void number(const Field& field, std::int64_t& value) override;
  void holes(const Field& field, NameTemplate& value) override;
  void choice(const Field& field, const std::vector<std::string_view>& words,
              std::size_t& value) override;
  void time(const Field& field, std::optional<base::Time>& value) override;
  void duration(const Field& field, base::Duration& value) override;
  void character(const Field& field, char& value) override;

 private:
  const config::YamlNode* find(const Field& field);
  /// The scalar of the key, or its default.
  std::string scalar(const Field& field);
  void report(int line, std::string what, std::string hint = {}) const;
  int line_of(const Field& field) const;

  const config::YamlNode& map_;
  const ProblemSink& problems_;
  std::vector<std::string_view> known_;
};

/// "tab", "space", "none" or the character itself.
std::string character_word(char c);

}  // namespace millrace::connector::file
