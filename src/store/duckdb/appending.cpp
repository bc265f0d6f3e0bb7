#include "store/duckdb/appending.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace millrace::store::duckdb {
namespace {

constexpr std::size_t kColumns = 6;

constexpr std::array kValueTypes = {DUCKDB_TYPE_DOUBLE,  DUCKDB_TYPE_BIGINT,  DUCKDB_TYPE_UBIGINT,
                                    DUCKDB_TYPE_BOOLEAN, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_BLOB};

/// A data chunk with the columns of a sample table.
class SampleChunk {
 public:
  explicit SampleChunk(model::ValueType type) {
    const std::array<duckdb_type, kColumns> ids = {
        DUCKDB_TYPE_INTEGER,
        DUCKDB_TYPE_BIGINT,
        kValueTypes.at(static_cast<std::size_t>(type) - 1),
        DUCKDB_TYPE_UINTEGER,
        DUCKDB_TYPE_BIGINT,
        DUCKDB_TYPE_BIGINT};
    std::array<duckdb_logical_type, kColumns> types{};
    std::ranges::transform(ids, types.begin(), duckdb_create_logical_type);
    chunk_ = duckdb_create_data_chunk(types.data(), kColumns);
    for (duckdb_logical_type& one : types) duckdb_destroy_logical_type(&one);
  }
  SampleChunk(const SampleChunk&) = delete;
  SampleChunk& operator=(const SampleChunk&) = delete;
  ~SampleChunk() { duckdb_destroy_data_chunk(&chunk_); }

  duckdb_data_chunk handle() { return chunk_; }
  duckdb_vector vector(std::size_t column) { return duckdb_data_chunk_get_vector(chunk_, column); }
  void* data(std::size_t column) { return duckdb_vector_get_data(vector(column)); }

 private:
  duckdb_data_chunk chunk_ = nullptr;
};

/// Copies the values at `rows` side by side; one memcpy where the rows stand together.
template <class T>
void gather(const std::vector<T>& values, std::span<const std::uint32_t> rows, void* into) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (rows.back() - rows.front() + 1 == rows.size()) {
    std::memcpy(into, values.data() + rows.front(), rows.size() * sizeof(T));
    return;
  }
  T* at = static_cast<T*>(into);
  for (const std::uint32_t row : rows) *at++ = values[row];
}

void gather_texts(const std::vector<std::string>& values, std::span<const std::uint32_t> rows,
                  const std::vector<std::uint8_t>& present, duckdb_vector into) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!present[rows[i]]) continue;
    const std::string& value = values[rows[i]];
    duckdb_vector_assign_string_element_len(into, i, value.data(), value.size());
  }
}

void mark_absent(const std::vector<std::uint8_t>& present, std::span<const std::uint32_t> rows,
                 duckdb_vector vector) {
  const auto is_absent = [&](std::uint32_t row) { return present[row] == 0; };
  if (std::ranges::none_of(rows, is_absent)) return;
  duckdb_vector_ensure_validity_writable(vector);
  std::uint64_t* validity = duckdb_vector_get_validity(vector);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (is_absent(rows[i])) duckdb_validity_set_row_invalid(validity, i);
  }
}

template <class T>
void fill(SampleChunk& chunk, const PlacedColumns<T>& rows, std::span<const std::uint32_t> which,
          std::int64_t commit) {
  gather(rows.columns.series, which, chunk.data(0));
  gather(rows.columns.time, which, chunk.data(1));
  if constexpr (std::is_same_v<T, std::string>) {
    gather_texts(rows.columns.value, which, rows.present, chunk.vector(2));
  } else if constexpr (std::is_same_v<T, std::uint8_t>) {
    auto* into = static_cast<bool*>(chunk.data(2));
    for (const std::uint32_t row : which) *into++ = rows.columns.value[row] != 0;
  } else {
    gather(rows.columns.value, which, chunk.data(2));
  }
  mark_absent(rows.present, which, chunk.vector(2));
  gather(rows.quality, which, chunk.data(3));
  gather(rows.columns.received, which, chunk.data(4));
  std::fill_n(static_cast<std::int64_t*>(chunk.data(5)), which.size(), commit);
  duckdb_data_chunk_set_size(chunk.handle(), which.size());
}

}  // namespace

template <class T>
base::Result<void> append_samples(Connection& connection, const std::string& table,
                                  const PlacedColumns<T>& rows, std::int64_t commit) {
  MILLRACE_LET(auto appender, Appender::open(connection, table));
  SampleChunk chunk(rows.type);
  const std::size_t chunk_rows = duckdb_vector_size();
  std::vector<std::uint32_t> which;
  which.reserve(chunk_rows);
  for (std::size_t row = 0; row < rows.fates.size(); ++row) {
    if (rows.fates[row] != Fate::kOutOfRange) which.push_back(static_cast<std::uint32_t>(row));
    const bool is_last = row + 1 == rows.fates.size();
    if (which.empty() || (which.size() < chunk_rows && !is_last)) continue;
    duckdb_data_chunk_reset(chunk.handle());
    fill(chunk, rows, which, commit);
    MILLRACE_TRY(appender.chunk(chunk.handle()));
    which.clear();
  }
  return appender.close();
}

template base::Result<void> append_samples(Connection&, const std::string&,
                                           const PlacedColumns<double>&, std::int64_t);
template base::Result<void> append_samples(Connection&, const std::string&,
                                           const PlacedColumns<std::int64_t>&, std::int64_t);
template base::Result<void> append_samples(Connection&, const std::string&,
                                           const PlacedColumns<std::uint64_t>&, std::int64_t);
template base::Result<void> append_samples(Connection&, const std::string&,
                                           const PlacedColumns<std::uint8_t>&, std::int64_t);
template base::Result<void> append_samples(Connection&, const std::string&,
                                           const PlacedColumns<std::string>&, std::int64_t);

}  // namespace millrace::store::duckdb
