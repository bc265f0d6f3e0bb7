#include "connector/file/target_maker.h"

#include "model/name.h"

namespace millrace::connector::file {
namespace {

/// A template with what is known of the file; the rest of its holes are columns.
base::Result<RowTemplate> bind_text(const MapperInput& input, const std::string& text,
                                    std::string_view column) {
  MILLRACE_LET(const NameTemplate parsed, NameTemplate::parse(text));
  const FileNames& names = input.names;
  const NameTemplate filled =
      parsed.filled("file", names.file).filled("folder", names.folder).filled("column", column);
  return RowTemplate::bind(filled, input.columns);
}

std::string place(const RowTemplate& text, std::span<const std::string_view> fields) {
  const std::string rendered = text.render(fields);
  return rendered.empty() ? rendered : model::nearest_name(rendered);
}

}  // namespace

base::Result<TargetMaker> TargetMaker::bind(const MapperInput& input, const PropertyRule& rule,
                                            std::string_view column) {
  const auto bind_one = [&](const std::string& text) { return bind_text(input, text, column); };
  const Mapping& mapping = input.mapping;
  TargetMaker made;
  MILLRACE_LET(made.thing_, bind_one(rule.thing.empty() ? mapping.thing : rule.thing));
  MILLRACE_LET(made.thing_title_, bind_one(mapping.thing_title));
  MILLRACE_LET(made.site_, bind_one(mapping.site));
  MILLRACE_LET(made.area_, bind_one(mapping.area));
  MILLRACE_LET(made.line_, bind_one(mapping.line));
  MILLRACE_LET(const RowTemplate name, bind_one(rule.name));
  made.property_ = rule.name.empty() ? std::string(column) : name.render({});
  made.base_.type = rule.type;
  made.base_.unit = rule.unit;
  made.base_.title = rule.title.empty() ? std::string(column) : rule.title;
  return made;
}

base::Result<std::uint32_t> TargetMaker::make(std::span<const std::string_view> fields,
                                              TargetTable& targets) const {
  model::ImportTarget target = base_;
  const std::string thing = thing_.render(fields);
  target.thing_title = thing_title_.render(fields);
  if (target.thing_title.empty() && !model::is_name(thing)) target.thing_title = thing;
  target.site = place(site_, fields);
  target.area = place(area_, fields);
  target.line = place(line_, fields);
  return targets.add(thing, property_, std::move(target));
}

std::vector<std::size_t> TargetMaker::columns() const {
  std::vector<std::size_t> all;
  for (const RowTemplate* text : {&thing_, &thing_title_, &site_, &area_, &line_}) {
    const auto some = text->columns();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

base::Result<RowTemplate> bind_rows_thing(const MapperInput& input) {
  return bind_text(input, input.mapping.thing, "");
}

std::uint32_t ThingSlots::slot(std::span<const std::string_view> fields) {
  if (thing_.is_static()) return 0;
  thing_.render(fields, text_);
  if (text_ == last_ && !slots_.empty()) return last_slot_;
  last_ = text_;
  last_slot_ = slots_.try_emplace(text_, static_cast<std::uint32_t>(slots_.size())).first->second;
  return last_slot_;
}

}  // namespace millrace::connector::file
