#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "connector/file/field_table.h"

namespace millrace::connector::file {

/// Writes values into a JSON object and leaves out what has its default.
class JsonFields final : public FieldVisitor {
 public:
  explicit JsonFields(nlohmann::json& object) : object_(object) {}

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
  void put(const Field& field, std::string value);

  nlohmann::json& object_;
};

/// Writes one line of a Markdown table for each row.
class ReferenceFields final : public FieldVisitor {
 public:
  explicit ReferenceFields(std::string& page, std::string path = {})
      : page_(page), path_(std::move(path)) {}

  void section(const Field& field, const Rows& rows) override;
  void list(const Field& field, std::size_t count,
            const std::function<void(FieldVisitor&, std::size_t, int)>& entry) override;
  void text(const Field& field, std::string&) override { row(field, "text"); }
  void texts(const Field& field, std::vector<std::string>&) override { row(field, "texts"); }
  void flag(const Field& field, bool&) override { row(field, "true or false"); }
  void number(const Field& field, std::int64_t&) override { row(field, "whole number"); }
  void holes(const Field& field, NameTemplate&) override { row(field, "template"); }
  void choice(const Field& field, const std::vector<std::string_view>& words,
              std::size_t&) override;
  void time(const Field& field, std::optional<base::Time>&) override { row(field, "time"); }
  void duration(const Field& field, base::Duration&) override { row(field, "duration"); }
  void character(const Field& field, char&) override { row(field, "character"); }

 private:
  void row(const Field& field, std::string_view type);

  std::string& page_;
  std::string path_;
};

}  // namespace millrace::connector::file
