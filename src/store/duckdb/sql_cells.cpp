#include "store/duckdb/sql_cells.h"

#include <array>
#include <cmath>
#include <format>
#include <memory>
#include <nlohmann/json.hpp>

namespace millrace::store::duckdb {
namespace {

using nlohmann::json;

constexpr std::int64_t kExactMax = (1LL << 53) - 1;

struct FreeType {
  void operator()(duckdb_logical_type type) const { duckdb_destroy_logical_type(&type); }
};
using Type = std::unique_ptr<std::remove_pointer_t<duckdb_logical_type>, FreeType>;

std::string take(char* text) {
  std::string copy(text ? text : "");
  duckdb_free(text);
  return copy;
}

/// The engine's own text of a value, which is destroyed.
std::string text_of(duckdb_value value) {
  std::string text = take(duckdb_get_varchar(value));
  duckdb_destroy_value(&value);
  return text;
}

template <class T>
const T& at(duckdb_vector vector, std::size_t row) {
  return static_cast<const T*>(duckdb_vector_get_data(vector))[row];
}

bool is_null(duckdb_vector vector, std::size_t row) {
  std::uint64_t* validity = duckdb_vector_get_validity(vector);
  return validity && !duckdb_validity_row_is_valid(validity, row);
}

std::string string_at(duckdb_vector vector, std::size_t row) {
  auto* strings = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector));
  return {duckdb_string_t_data(&strings[row]), duckdb_string_t_length(strings[row])};
}

/// Whole numbers of any width.
std::int64_t signed_at(duckdb_vector vector, duckdb_type type, std::size_t row) {
  switch (type) {
    case DUCKDB_TYPE_TINYINT:
      return at<std::int8_t>(vector, row);
    case DUCKDB_TYPE_SMALLINT:
      return at<std::int16_t>(vector, row);
    case DUCKDB_TYPE_INTEGER:
      return at<std::int32_t>(vector, row);
    default:
      return at<std::int64_t>(vector, row);
  }
}

std::uint64_t unsigned_at(duckdb_vector vector, duckdb_type type, std::size_t row) {
  switch (type) {
    case DUCKDB_TYPE_UTINYINT:
      return at<std::uint8_t>(vector, row);
    case DUCKDB_TYPE_USMALLINT:
      return at<std::uint16_t>(vector, row);
    case DUCKDB_TYPE_UINTEGER:
      return at<std::uint32_t>(vector, row);
    default:
      return at<std::uint64_t>(vector, row);
  }
}

std::string decimal_at(duckdb_vector vector, duckdb_logical_type type, std::size_t row) {
  duckdb_decimal decimal{duckdb_decimal_width(type), duckdb_decimal_scale(type), {}};
  const duckdb_type inside = duckdb_decimal_internal_type(type);
  if (inside == DUCKDB_TYPE_HUGEINT) {
    decimal.value = at<duckdb_hugeint>(vector, row);
  } else {
    const std::int64_t value = signed_at(vector, inside, row);
    decimal.value = {static_cast<std::uint64_t>(value), value < 0 ? -1 : 0};
  }
  return text_of(duckdb_create_decimal(decimal));
}

std::string uuid_at(duckdb_vector vector, std::size_t row) {
  const auto& stored = at<duckdb_hugeint>(vector, row);
  const auto upper = static_cast<std::uint64_t>(stored.upper) ^ (1ULL << 63U);
  return text_of(duckdb_create_uuid({stored.lower, upper}));
}

std::string enum_at(duckdb_vector vector, duckdb_logical_type type, std::size_t row) {
  const duckdb_type inside = duckdb_enum_internal_type(type);
  return take(duckdb_enum_dictionary_value(type, unsigned_at(vector, inside, row)));
}

/// Times, dates and everything else that has a text.
std::string plain_text(duckdb_vector vector, duckdb_logical_type type, std::size_t row) {
  switch (duckdb_get_type_id(type)) {
    case DUCKDB_TYPE_HUGEINT:
      return text_of(duckdb_create_hugeint(at<duckdb_hugeint>(vector, row)));
    case DUCKDB_TYPE_UHUGEINT:
      return text_of(duckdb_create_uhugeint(at<duckdb_uhugeint>(vector, row)));
    case DUCKDB_TYPE_DATE:
      return text_of(duckdb_create_date(at<duckdb_date>(vector, row)));
    case DUCKDB_TYPE_TIME:
      return text_of(duckdb_create_time(at<duckdb_time>(vector, row)));
    case DUCKDB_TYPE_TIME_NS:
      return text_of(duckdb_create_time_ns(at<duckdb_time_ns>(vector, row)));
    case DUCKDB_TYPE_TIME_TZ:
      return text_of(duckdb_create_time_tz_value(at<duckdb_time_tz>(vector, row)));
    case DUCKDB_TYPE_TIMESTAMP:
      return text_of(duckdb_create_timestamp(at<duckdb_timestamp>(vector, row)));
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return text_of(duckdb_create_timestamp_tz(at<duckdb_timestamp>(vector, row)));
    case DUCKDB_TYPE_TIMESTAMP_S:
      return text_of(duckdb_create_timestamp_s(at<duckdb_timestamp_s>(vector, row)));
    case DUCKDB_TYPE_TIMESTAMP_MS:
      return text_of(duckdb_create_timestamp_ms(at<duckdb_timestamp_ms>(vector, row)));
    case DUCKDB_TYPE_TIMESTAMP_NS:
      return text_of(duckdb_create_timestamp_ns(at<duckdb_timestamp_ns>(vector, row)));
    case DUCKDB_TYPE_INTERVAL:
      return text_of(duckdb_create_interval(at<duckdb_interval>(vector, row)));
    case DUCKDB_TYPE_UUID:
      return uuid_at(vector, row);
    case DUCKDB_TYPE_ENUM:
      return enum_at(vector, type, row);
    case DUCKDB_TYPE_VARCHAR:
      return string_at(vector, row);
    default:
      return "(cast it to VARCHAR)";
  }
}

json json_of(duckdb_vector vector, duckdb_logical_type type, std::size_t row);

json list_of(duckdb_vector child, const Type& type, std::size_t from, std::size_t count) {
  json list = json::array();
  for (std::size_t i = 0; i < count; ++i) list.push_back(json_of(child, type.get(), from + i));
  return list;
}

/// The members of a struct; of a map's entry key and value.
json struct_of(duckdb_vector vector, duckdb_logical_type type, std::size_t row) {
  json members = json::object();
  const idx_t count = duckdb_struct_type_child_count(type);
  for (idx_t i = 0; i < count; ++i) {
    const Type child(duckdb_struct_type_child_type(type, i));
    members[take(duckdb_struct_type_child_name(type, i))] =
        json_of(duckdb_struct_vector_get_child(vector, i), child.get(), row);
  }
  return members;
}

json map_of(duckdb_vector vector, duckdb_logical_type type, std::size_t row) {
  const auto& entry = at<duckdb_list_entry>(vector, row);
  duckdb_vector pairs = duckdb_list_vector_get_child(vector);
  const Type key(duckdb_map_type_key_type(type));
  const Type value(duckdb_map_type_value_type(type));
  json map = json::object();
  for (std::uint64_t i = entry.offset; i < entry.offset + entry.length; ++i) {
    const json name = json_of(duckdb_struct_vector_get_child(pairs, 0), key.get(), i);
    map[name.is_string() ? name.get<std::string>() : name.dump()] =
        json_of(duckdb_struct_vector_get_child(pairs, 1), value.get(), i);
  }
  return map;
}

bool is_signed(duckdb_type id) {
  return id == DUCKDB_TYPE_TINYINT || id == DUCKDB_TYPE_SMALLINT || id == DUCKDB_TYPE_INTEGER ||
         id == DUCKDB_TYPE_BIGINT;
}
bool is_unsigned(duckdb_type id) {
  return id == DUCKDB_TYPE_UTINYINT || id == DUCKDB_TYPE_USMALLINT || id == DUCKDB_TYPE_UINTEGER ||
         id == DUCKDB_TYPE_UBIGINT;
}

/// Numbers of at most 64 bits and truth values; NULL for everything else.
SqlCell number_at(duckdb_vector vector, duckdb_type id, std::size_t row) {
  if (is_signed(id)) return signed_at(vector, id, row);
  if (is_unsigned(id)) return unsigned_at(vector, id, row);
  if (id == DUCKDB_TYPE_BOOLEAN) return at<bool>(vector, row);
  if (id == DUCKDB_TYPE_FLOAT) return static_cast<double>(at<float>(vector, row));
  if (id == DUCKDB_TYPE_DOUBLE) return at<double>(vector, row);
  if (id != DUCKDB_TYPE_HUGEINT) return {};
  const auto& value = at<duckdb_hugeint>(vector, row);
  const auto low = static_cast<std::int64_t>(value.lower);
  return value.upper == (low < 0 ? -1 : 0) ? SqlCell(low) : SqlCell();
}

/// Inside lists and structs; whole numbers that a reader of JSON would round are text.
json json_number(const SqlCell& cell) {
  if (const auto* f64 = std::get_if<double>(&cell)) {
    return std::isfinite(*f64) ? json(*f64) : json(nullptr);
  }
  if (const auto* i64 = std::get_if<std::int64_t>(&cell)) {
    const bool is_exact = *i64 <= kExactMax && *i64 >= -kExactMax;
    return is_exact ? json(*i64) : json(std::to_string(*i64));
  }
  if (const auto* u64 = std::get_if<std::uint64_t>(&cell)) {
    const bool is_exact = *u64 <= static_cast<std::uint64_t>(kExactMax);
    return is_exact ? json(*u64) : json(std::to_string(*u64));
  }
  return std::get<bool>(cell);
}

json json_of(duckdb_vector vector, duckdb_logical_type type, std::size_t row) {
  if (is_null(vector, row)) return nullptr;
  const duckdb_type id = duckdb_get_type_id(type);
  const SqlCell number = number_at(vector, id, row);
  if (!std::holds_alternative<std::monostate>(number)) return json_number(number);
  switch (id) {
    case DUCKDB_TYPE_DECIMAL:
      return json::parse(decimal_at(vector, type, row), nullptr, false);
    case DUCKDB_TYPE_LIST: {
      const auto& entry = at<duckdb_list_entry>(vector, row);
      return list_of(duckdb_list_vector_get_child(vector), Type(duckdb_list_type_child_type(type)),
                     entry.offset, entry.length);
    }
    case DUCKDB_TYPE_ARRAY: {
      const idx_t size = duckdb_array_type_array_size(type);
      return list_of(duckdb_array_vector_get_child(vector),
                     Type(duckdb_array_type_child_type(type)), row * size, size);
    }
    case DUCKDB_TYPE_STRUCT:
      return struct_of(vector, type, row);
    case DUCKDB_TYPE_MAP:
      return map_of(vector, type, row);
    default:
      return plain_text(vector, type, row);
  }
}

void put_number(WireWriter& out, const SqlCell& cell) {
  if (const auto* f64 = std::get_if<double>(&cell)) out.put(CellTag::kF64).put(*f64);
  if (const auto* i64 = std::get_if<std::int64_t>(&cell)) out.put(CellTag::kI64).put(*i64);
  if (const auto* u64 = std::get_if<std::uint64_t>(&cell)) out.put(CellTag::kU64).put(*u64);
  if (const auto* flag = std::get_if<bool>(&cell)) {
    out.put(CellTag::kBool).put(static_cast<std::uint8_t>(*flag ? 1 : 0));
  }
}

void put_json(WireWriter& out, std::string_view text) { out.put(CellTag::kJson).text(text); }

void put_text(WireWriter& out, const std::string& text, duckdb_logical_type type) {
  const std::string alias = take(duckdb_logical_type_get_alias(type));
  const bool is_json = alias == "JSON" && json::accept(text);
  out.put(is_json ? CellTag::kJson : CellTag::kText).text(text);
}

void put_time(WireWriter& out, duckdb_vector vector, duckdb_logical_type type, std::size_t row) {
  const auto& time = at<duckdb_timestamp>(vector, row);
  if (duckdb_is_finite_timestamp(time)) {
    out.put(CellTag::kTime).put(time.micros);
  } else {
    out.put(CellTag::kText).text(plain_text(vector, type, row));
  }
}

constexpr std::array<std::pair<duckdb_type, const char*>, 31> kNames = {{
    {DUCKDB_TYPE_BOOLEAN, "bool"},
    {DUCKDB_TYPE_TINYINT, "i64"},
    {DUCKDB_TYPE_SMALLINT, "i64"},
    {DUCKDB_TYPE_INTEGER, "i64"},
    {DUCKDB_TYPE_BIGINT, "i64"},
    {DUCKDB_TYPE_UTINYINT, "u64"},
    {DUCKDB_TYPE_USMALLINT, "u64"},
    {DUCKDB_TYPE_UINTEGER, "u64"},
    {DUCKDB_TYPE_UBIGINT, "u64"},
    {DUCKDB_TYPE_FLOAT, "f64"},
    {DUCKDB_TYPE_DOUBLE, "f64"},
    {DUCKDB_TYPE_VARCHAR, "text"},
    {DUCKDB_TYPE_BLOB, "bytes"},
    {DUCKDB_TYPE_TIMESTAMP_TZ, "timestamp"},
    {DUCKDB_TYPE_TIMESTAMP, "TIMESTAMP"},
    {DUCKDB_TYPE_DATE, "DATE"},
    {DUCKDB_TYPE_TIME, "TIME"},
    {DUCKDB_TYPE_INTERVAL, "INTERVAL"},
    {DUCKDB_TYPE_HUGEINT, "HUGEINT"},
    {DUCKDB_TYPE_UHUGEINT, "UHUGEINT"},
    {DUCKDB_TYPE_TIMESTAMP_S, "TIMESTAMP"},
    {DUCKDB_TYPE_TIMESTAMP_MS, "TIMESTAMP"},
    {DUCKDB_TYPE_TIMESTAMP_NS, "TIMESTAMP"},
    {DUCKDB_TYPE_ENUM, "ENUM"},
    {DUCKDB_TYPE_STRUCT, "STRUCT"},
    {DUCKDB_TYPE_MAP, "MAP"},
    {DUCKDB_TYPE_UUID, "UUID"},
    {DUCKDB_TYPE_UNION, "UNION"},
    {DUCKDB_TYPE_BIT, "BIT"},
    {DUCKDB_TYPE_TIME_TZ, "TIME WITH TIME ZONE"},
    {DUCKDB_TYPE_SQLNULL, "NULL"},
}};

}  // namespace

std::string sql_type_name(duckdb_logical_type type) {
  const duckdb_type id = duckdb_get_type_id(type);
  if (id == DUCKDB_TYPE_DECIMAL) {
    return std::format("DECIMAL({},{})", duckdb_decimal_width(type), duckdb_decimal_scale(type));
  }
  if (id == DUCKDB_TYPE_LIST) {
    return sql_type_name(Type(duckdb_list_type_child_type(type)).get()) + "[]";
  }
  if (id == DUCKDB_TYPE_ARRAY) {
    return sql_type_name(Type(duckdb_array_type_child_type(type)).get()) + "[]";
  }
  for (const auto& [one, name] : kNames) {
    if (one == id) return name;
  }
  return "OTHER";
}

void write_cell(WireWriter& out, duckdb_vector vector, duckdb_logical_type type, std::size_t row) {
  if (is_null(vector, row)) {
    out.put(CellTag::kNull);
    return;
  }
  const duckdb_type id = duckdb_get_type_id(type);
  const SqlCell number = number_at(vector, id, row);
  if (!std::holds_alternative<std::monostate>(number)) return put_number(out, number);
  switch (id) {
    case DUCKDB_TYPE_VARCHAR:
      return put_text(out, string_at(vector, row), type);
    case DUCKDB_TYPE_BLOB:
      out.put(CellTag::kBytes).text(string_at(vector, row));
      return;
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return put_time(out, vector, type, row);
    case DUCKDB_TYPE_DECIMAL:
      return put_json(out, decimal_at(vector, type, row));
    case DUCKDB_TYPE_LIST:
    case DUCKDB_TYPE_ARRAY:
    case DUCKDB_TYPE_STRUCT:
    case DUCKDB_TYPE_MAP:
      return put_json(
          out, json_of(vector, type, row).dump(-1, ' ', false, json::error_handler_t::replace));
    default:
      out.put(CellTag::kText).text(plain_text(vector, type, row));
  }
}

SqlCell read_cell(WireReader& in) {
  switch (in.get<CellTag>()) {
    case CellTag::kF64:
      return in.get<double>();
    case CellTag::kI64:
      return in.get<std::int64_t>();
    case CellTag::kU64:
      return in.get<std::uint64_t>();
    case CellTag::kBool:
      return in.get<std::uint8_t>() != 0;
    case CellTag::kText:
      return std::string(in.text());
    case CellTag::kBytes:
      return model::Bytes{std::string(in.text())};
    case CellTag::kTime:
      return base::Time(base::Duration(in.get<std::int64_t>()));
    case CellTag::kJson:
      return SqlJson{std::string(in.text())};
    default:
      return {};
  }
}

}  // namespace millrace::store::duckdb
