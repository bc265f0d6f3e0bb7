#include "codec/sparkplug_complex.h"

#include "codec/internal/pbf.h"

namespace millrace::codec::sparkplug {
namespace {

using base::ErrorCode;

namespace set_field {
enum : std::uint32_t { kColumnCount = 1, kColumns = 2, kTypes = 3, kRows = 4, kElements = 1 };
}
namespace cell_field {
enum : std::uint32_t { kInt = 1, kLong = 2, kFloat = 3, kDouble = 4, kBoolean = 5, kString = 6 };
}
namespace template_field {
enum : std::uint32_t {
  kVersion = 1, kMetrics = 2, kParameters = 3, kReference = 4, kIsDefinition = 5,
};
}
namespace parameter_field {
enum : std::uint32_t {
  kName = 1, kType = 2,
};
// What lies between a value's number in a cell and in a parameter.
constexpr std::uint32_t kShift = 2;
}

// A cell and a parameter have the same six kinds of value, the latter two numbers higher.
bool read_plain(protozero::pbf_reader& reader, std::uint32_t shift, WireValue& value) {
  using namespace cell_field;
  const std::uint32_t field = static_cast<std::uint32_t>(reader.tag()) - shift;
  const std::uint32_t seen = reader.tag_and_type() - (shift << 3U);
  if (field < kInt || field > kString) return false;
  switch (seen) {
    case pbf::varint(kInt): value = WireValue::of_int(reader.get_uint32()); return true;
    case pbf::varint(kLong): value = WireValue::of_long(reader.get_uint64()); return true;
    case pbf::fixed32(kFloat): value = WireValue::of_float(reader.get_float()); return true;
    case pbf::fixed64(kDouble): value = WireValue::of_double(reader.get_double()); return true;
    case pbf::varint(kBoolean): value = WireValue::of_bool(reader.get_bool()); return true;
    case pbf::bytes(kString):
      value = WireValue::of_view(WireKind::kString, pbf::view(reader));
      return true;
    default: return false;
  }
}

void write_plain(const WireValue& value, std::uint32_t shift, protozero::pbf_writer& writer) {
  using namespace cell_field;
  switch (value.kind) {
    case WireKind::kInt:
      writer.add_uint32(kInt + shift, static_cast<std::uint32_t>(value.bits));
      break;
    case WireKind::kLong: writer.add_uint64(kLong + shift, value.bits); break;
    case WireKind::kFloat: writer.add_float(kFloat + shift, value.as_float()); break;
    case WireKind::kDouble: writer.add_double(kDouble + shift, value.as_double()); break;
    case WireKind::kBoolean: writer.add_bool(kBoolean + shift, value.bits != 0); break;
    case WireKind::kString:
      writer.add_bytes(kString + shift, value.bytes.data(), value.bytes.size());
      break;
    default: break;
  }
}

WireValue read_cell(std::string_view message) {
  WireValue value;
  auto reader = pbf::reader(message);
  while (reader.next()) {
    if (!read_plain(reader, 0, value)) reader.skip();
  }
  return value;
}

base::Result<void> read_row(std::string_view message, DataSet& set) {
  const std::size_t before = set.cells.size();
  auto reader = pbf::reader(message);
  while (reader.next()) {
    if (reader.tag_and_type() != pbf::bytes(set_field::kElements)) {
      reader.skip();
      continue;
    }
    if (set.cells.size() >= kDataSetCellsMax) {
      return base::fail(ErrorCode::kTooLarge,
                        std::format("a DataSet of more than {} cells", kDataSetCellsMax));
    }
    set.cells.push_back(read_cell(pbf::view(reader)));
  }
  ++set.rows;
  if (set.cells.size() - before != set.columns.size()) {
    return base::fail(ErrorCode::kMalformed,
                      std::format("DataSet row {} has {} cells for {} columns", set.rows,
                                  set.cells.size() - before, set.columns.size()));
  }
  return {};
}

base::Result<void> read_types(protozero::pbf_reader& reader, DataSet& set) {
  if (reader.tag_and_type() == pbf::varint(set_field::kTypes)) {
    set.types.push_back(DataType(reader.get_uint32()));
  } else {
    for (const std::uint32_t type : reader.get_packed_uint32()) {
      set.types.push_back(DataType(type));
      if (set.types.size() > kDataSetColumnsMax) break;
    }
  }
  return {};
}

// Columns and types; rows follow in a second pass, for a row may stand before its columns.
base::Result<void> read_head(std::string_view message, DataSet& set) {
  using namespace set_field;
  auto reader = pbf::reader(message);
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case pbf::bytes(kColumns): set.columns.push_back(pbf::view(reader)); break;
      case pbf::varint(kTypes):
      case pbf::bytes(kTypes): MILLRACE_TRY(read_types(reader, set)); break;
      default: reader.skip();
    }
    if (std::max(set.columns.size(), set.types.size()) > kDataSetColumnsMax) {
      return base::fail(ErrorCode::kTooLarge,
                        std::format("a DataSet of more than {} columns", kDataSetColumnsMax));
    }
  }
  if (set.columns.size() != set.types.size()) {
    return base::fail(ErrorCode::kMalformed,
                      std::format("a DataSet with {} columns and {} types", set.columns.size(),
                                  set.types.size()));
  }
  return {};
}

base::Result<void> read_rows(std::string_view message, DataSet& set) {
  auto reader = pbf::reader(message);
  while (reader.next()) {
    if (reader.tag_and_type() != pbf::bytes(set_field::kRows)) {
      reader.skip();
      continue;
    }
    if (set.rows >= kDataSetCellsMax) {
      return base::fail(ErrorCode::kTooLarge,
                        std::format("a DataSet of more than {} rows", kDataSetCellsMax));
    }
    MILLRACE_TRY(read_row(pbf::view(reader), set));
  }
  return {};
}

TemplateParameter read_parameter(std::string_view message) {
  using namespace parameter_field;
  TemplateParameter parameter;
  auto reader = pbf::reader(message);
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case pbf::bytes(kName): parameter.name = pbf::view(reader); break;
      case pbf::varint(kType): parameter.type = DataType(reader.get_uint32()); break;
      default:
        if (!read_plain(reader, kShift, parameter.value)) reader.skip();
    }
  }
  return parameter;
}

base::Result<Template> read_template(std::string_view message) {
  using namespace template_field;
  Template result;
  auto reader = pbf::reader(message);
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case pbf::bytes(kVersion): result.version = pbf::view(reader); break;
      case pbf::bytes(kReference): result.reference = pbf::view(reader); break;
      case pbf::varint(kIsDefinition): result.is_definition = reader.get_bool(); break;
      case pbf::bytes(kParameters):
        result.parameters.push_back(read_parameter(pbf::view(reader)));
        break;
      case pbf::bytes(kMetrics): {
        MILLRACE_LET(Metric metric, decode_metric(pbf::view(reader)));
        result.metrics.push_back(std::move(metric));
        break;
      }
      default: reader.skip();
    }
    if (std::max(result.metrics.size(), result.parameters.size()) > kMetricsMax) {
      return base::fail(ErrorCode::kTooLarge, "a Template with too many members");
    }
  }
  return result;
}

// Collects plain values, depth first.
class Flattener {
 public:
  Flattener(std::size_t limit, std::vector<FlatValue>& out) : limit_(limit), out_(out) {}

  base::Result<void> add(const std::string& path, const Metric& metric, DataType type, int depth) {
    if (type == DataType::kDataSet && metric.value.kind == WireKind::kDataSet) {
      return add_data_set(path, metric.value.bytes);
    }
    if (type == DataType::kTemplate && metric.value.kind == WireKind::kTemplate) {
      return add_template(path, metric.value.bytes, depth);
    }
    return push({path, type, metric.value, metric.is_null});
  }

 private:
  base::Result<void> push(FlatValue value) {
    if (out_.size() >= limit_ || value.path.size() > kMetricNameBytesMax) {
      return base::fail(ErrorCode::kTooLarge,
                        std::format("a metric of more than {} values, or with a path of more "
                                    "than {} bytes",
                                    limit_, kMetricNameBytesMax));
    }
    out_.push_back(std::move(value));
    return {};
  }

  base::Result<void> add_data_set(const std::string& path, std::string_view message) {
    MILLRACE_LET(const DataSet set, decode_data_set(message));
    for (std::size_t i = 0; i < set.cells.size(); ++i) {
      const std::size_t column = i % set.columns.size(), row = i / set.columns.size();
      std::string cell = path;
      if (set.rows > 1) cell += std::format("/{}", row);
      cell += std::format("/{}", set.columns[column]);
      const bool is_null = set.cells[i].kind == WireKind::kNone;
      MILLRACE_TRY(push({std::move(cell), set.types[column], set.cells[i], is_null}));
    }
    return {};
  }

  base::Result<void> add_template(const std::string& path, std::string_view message, int depth) {
    if (depth >= kTemplateDepthMax) {
      return base::fail(ErrorCode::kTooLarge,
                        std::format("Templates nested deeper than {}", kTemplateDepthMax));
    }
    MILLRACE_LET(const Template members, decode_template(message));
    for (const Metric& member : members.metrics) {
      const DataType type = member.datatype.value_or(DataType::kUnknown);
      MILLRACE_TRY(add(std::format("{}/{}", path, member.name), member, type, depth + 1));
    }
    return {};
  }

  const std::size_t limit_;
  std::vector<FlatValue>& out_;
};

}  // namespace

base::Result<DataSet> decode_data_set(std::string_view message) {
  return pbf::guarded("DataSet", [&]() -> base::Result<DataSet> {
    DataSet set;
    MILLRACE_TRY(read_head(message, set));
    MILLRACE_TRY(read_rows(message, set));
    return set;
  });
}

std::string encode_data_set(const DataSet& set) {
  std::string out;
  protozero::pbf_writer writer(out);
  writer.add_uint64(set_field::kColumnCount, set.columns.size());
  for (const auto column : set.columns) {
    writer.add_bytes(set_field::kColumns, column.data(), column.size());
  }
  for (const DataType type : set.types) {
    writer.add_uint32(set_field::kTypes, static_cast<std::uint32_t>(type));
  }
  for (std::size_t row = 0; row < set.rows; ++row) {
    std::string elements;
    protozero::pbf_writer row_writer(elements);
    for (std::size_t column = 0; column < set.columns.size(); ++column) {
      std::string cell;
      protozero::pbf_writer cell_writer(cell);
      write_plain(set.cells[row * set.columns.size() + column], 0, cell_writer);
      row_writer.add_bytes(set_field::kElements, cell);
    }
    writer.add_bytes(set_field::kRows, elements);
  }
  return out;
}

base::Result<Template> decode_template(std::string_view message) {
  return pbf::guarded("Template", [&] { return read_template(message); });
}

std::string encode_template(const Template& definition) {
  using namespace template_field;
  std::string out;
  protozero::pbf_writer writer(out);
  const auto write_text = [&](std::uint32_t field, std::string_view text) {
    if (!text.empty()) writer.add_bytes(field, text.data(), text.size());
  };
  write_text(kVersion, definition.version);
  for (const Metric& metric : definition.metrics) {
    std::string bytes;
    encode_metric(metric, bytes);
    writer.add_bytes(kMetrics, bytes);
  }
  for (const TemplateParameter& parameter : definition.parameters) {
    std::string bytes;
    protozero::pbf_writer nested(bytes);
    nested.add_bytes(parameter_field::kName, parameter.name.data(), parameter.name.size());
    nested.add_uint32(parameter_field::kType, static_cast<std::uint32_t>(parameter.type));
    write_plain(parameter.value, parameter_field::kShift, nested);
    writer.add_bytes(kParameters, bytes);
  }
  write_text(kReference, definition.reference);
  writer.add_bool(kIsDefinition, definition.is_definition);
  return out;
}

base::Result<std::vector<FlatValue>> flatten(const Metric& metric, DataType datatype,
                                             std::size_t limit) {
  std::vector<FlatValue> values;
  Flattener flattener(limit, values);
  MILLRACE_TRY(flattener.add(std::string(metric.name), metric, datatype, 0));
  return values;
}

}  // namespace millrace::codec::sparkplug
