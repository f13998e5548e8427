#include "store/duckdb/rows_function.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "schema/services.hpp"

namespace nightjar::duckdb_store {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

/// One thread's place in the stream.
struct Reader {
  std::size_t home = 0;  ///< its stretch
  std::size_t part = 0;
  bool open = false;
  const std::byte* at = nullptr;
  const std::byte* end = nullptr;
};

template <class T>
T load(const std::byte* row, std::size_t offset) {
  T value;
  std::memcpy(&value, row + offset, sizeof value);
  return value;
}

template <class In, class Out, class Convert>
void fill(const std::byte* row, std::size_t stride, std::size_t offset, std::size_t count, void* out, Convert convert) {
  Out* to = static_cast<Out*>(out);
  for (std::size_t i = 0; i < count; ++i, row += stride) to[i] = convert(load<In>(row, offset));
}

/// Texts of few values go to DuckDB as an enumeration: its Parquet writer then needs to hash none of them, and the file holds
/// plain text all the same (docs/performance.md). Values of a country: none, then AA to ZZ.
constexpr unsigned kLetters = 26;
const std::vector<std::string>& country_values() {
  static const std::vector<std::string> values = [] {
    std::vector<std::string> list{""};
    for (char a = 'A'; a <= 'Z'; ++a) {
      for (char b = 'A'; b <= 'Z'; ++b) list.push_back({a, b});
    }
    return list;
  }();
  return values;
}

std::uint16_t country_index(CountryCode code) {
  const unsigned a = (code & 0xffu) - 'A', b = (code >> 8) - 'A';
  return a < kLetters && b < kLetters ? static_cast<std::uint16_t>(1 + a * kLetters + b) : std::uint16_t{0};
}

const std::vector<std::string>& kind_values() {
  static const std::vector<std::string> values(kSensorKindNames.begin(), kSensorKindNames.end());
  return values;
}

/// DuckDB keeps an enumeration's numbers in one byte up to 255 values, in two above.
template <class In, class Convert>
void fill_enumeration(const std::byte* row, std::size_t stride, std::size_t offset, std::size_t count, void* out, std::size_t values,
                      Convert convert) {
  if (values <= 255)
    fill<In, std::uint8_t>(row, stride, offset, count, out, [&](In value) { return static_cast<std::uint8_t>(convert(value)); });
  else
    fill<In, std::uint16_t>(row, stride, offset, count, out, [&](In value) { return static_cast<std::uint16_t>(convert(value)); });
}

duckdb_logical_type enumeration(const std::vector<std::string>& values) {
  std::vector<const char*> names;
  for (const std::string& value : values) names.push_back(value.c_str());
  return duckdb_create_enum_type(names.data(), names.size());
}

const std::vector<std::string>& service_values() {
  static const std::vector<std::string> values(kServiceNames.begin(), kServiceNames.end());
  return values;
}

/// DuckDB copies the characters; what is no UTF-8 becomes NULL, which a caller that keeps to the contract never sees.
void fill_texts(const std::byte* row, std::size_t stride, std::size_t offset, std::size_t count, duckdb_vector out) {
  for (std::size_t i = 0; i < count; ++i, row += stride) {
    const auto text = load<std::string_view>(row, offset);
    duckdb_vector_assign_string_element_len(out, i, text.data(), text.size());
  }
}

void fill_column(const Column& column, const RowsSource& source, const std::byte* row, std::size_t count, duckdb_vector vector) {
  void* out = duckdb_vector_get_data(vector);
  const std::size_t stride = source.schema->row_size, offset = column.offset;
  const auto same = [](auto value) { return value; };
  switch (column.type) {
    case ColumnType::u8: fill<std::uint8_t, std::uint8_t>(row, stride, offset, count, out, same); break;
    case ColumnType::u16: fill<std::uint16_t, std::uint16_t>(row, stride, offset, count, out, same); break;
    case ColumnType::u32: fill<std::uint32_t, std::uint32_t>(row, stride, offset, count, out, same); break;
    case ColumnType::u64: fill<std::uint64_t, std::uint64_t>(row, stride, offset, count, out, same); break;
    case ColumnType::hour:
      fill<std::int64_t, std::int64_t>(row, stride, offset, count, out,
                                       [](std::int64_t h) { return h * kSecondsPerHour * kMicrosPerSecond; });
      break;
    case ColumnType::minute:
      fill<std::int64_t, std::int64_t>(row, stride, offset, count, out,
                                       [](std::int64_t m) { return m * kSecondsPerMinute * kMicrosPerSecond; });
      break;
    case ColumnType::day:
      fill<std::int64_t, std::int32_t>(row, stride, offset, count, out, [](std::int64_t d) { return static_cast<std::int32_t>(d); });
      break;
    case ColumnType::country: fill_enumeration<CountryCode>(row, stride, offset, count, out, country_values().size(), country_index); break;
    case ColumnType::sensor_kind: fill_enumeration<std::uint8_t>(row, stride, offset, count, out, kind_values().size(), same); break;
    case ColumnType::service: fill_enumeration<std::uint8_t>(row, stride, offset, count, out, service_values().size(), same); break;
    case ColumnType::name: fill_enumeration<std::uint16_t>(row, stride, offset, count, out, source.names->size(), same); break;
    case ColumnType::time: fill<std::int64_t, std::int64_t>(row, stride, offset, count, out, same); break;
    case ColumnType::text:
    case ColumnType::blob: fill_texts(row, stride, offset, count, vector); break;
    case ColumnType::real: fill<double, double>(row, stride, offset, count, out, same); break;
  }
}

RowsSource& source_of(void* extra) { return *static_cast<RowsSource*>(extra); }

duckdb_logical_type type_of(ColumnType type, const Names& names) {
  switch (type) {
    case ColumnType::u8: return duckdb_create_logical_type(DUCKDB_TYPE_UTINYINT);
    case ColumnType::u16: return duckdb_create_logical_type(DUCKDB_TYPE_USMALLINT);
    case ColumnType::u32: return duckdb_create_logical_type(DUCKDB_TYPE_UINTEGER);
    case ColumnType::u64: return duckdb_create_logical_type(DUCKDB_TYPE_UBIGINT);
    case ColumnType::hour:
    case ColumnType::minute:
    case ColumnType::time: return duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP);
    case ColumnType::day: return duckdb_create_logical_type(DUCKDB_TYPE_DATE);
    case ColumnType::name: return enumeration(names);
    case ColumnType::country: return enumeration(country_values());
    case ColumnType::sensor_kind: return enumeration(kind_values());
    case ColumnType::service: return enumeration(service_values());
    case ColumnType::blob: return duckdb_create_logical_type(DUCKDB_TYPE_BLOB);
    case ColumnType::real: return duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    case ColumnType::text: break;
  }
  return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
}

void bind(duckdb_bind_info info) {
  const RowsSource& source = source_of(duckdb_bind_get_extra_info(info));
  for (const Column& column : source.schema->columns) {
    duckdb_logical_type type = type_of(column.type, *source.names);
    duckdb_bind_add_result_column(info, std::string(column.name).c_str(), type);
    duckdb_destroy_logical_type(&type);
  }
}

void start(duckdb_init_info info) {
  duckdb_init_set_max_threads(info, static_cast<idx_t>(source_of(duckdb_init_get_extra_info(info)).threads));
}

void start_thread(duckdb_init_info info) {
  RowsSource& source = source_of(duckdb_init_get_extra_info(info));
  auto reader = std::make_unique<Reader>();
  reader->home = source.next_thread.fetch_add(1) % source.stretches.size();
  duckdb_init_set_init_data(info, reader.release(), [](void* data) { delete static_cast<Reader*>(data); });
}

/// The next part for a thread: of its own stretch, else of another; false when all are taken.
bool take_part(RowsSource& source, Reader& reader) {
  for (std::size_t i = 0; i < source.stretches.size(); ++i) {
    RowsSource::Stretch& stretch = source.stretches[(reader.home + i) % source.stretches.size()];
    const std::size_t part = stretch.next.fetch_add(1);
    if (part < stretch.end) {
      reader.part = part;
      return true;
    }
  }
  return false;
}

void read(duckdb_function_info info, duckdb_data_chunk chunk) {
  RowsSource& source = source_of(duckdb_function_get_extra_info(info));
  Reader& reader = *static_cast<Reader*>(duckdb_function_get_local_init_data(info));
  while (reader.at == reader.end) {
    if (reader.open) source.rows->close(reader.part);
    reader.open = false;
    if (!take_part(source, reader)) {
      duckdb_data_chunk_set_size(chunk, 0);
      return;
    }
    const std::span<const std::byte> rows = source.rows->open(reader.part);
    reader.open = true;
    reader.at = rows.data();
    reader.end = rows.data() + rows.size();
  }
  const std::size_t stride = source.schema->row_size;
  const std::size_t count = std::min<std::size_t>(static_cast<std::size_t>(reader.end - reader.at) / stride, duckdb_vector_size());
  idx_t index = 0;
  for (const Column& column : source.schema->columns) {
    fill_column(column, source, reader.at, count, duckdb_data_chunk_get_vector(chunk, index++));
  }
  reader.at += count * stride;
  source.rows_read += count;
  duckdb_data_chunk_set_size(chunk, count);
}

}  // namespace

void RowsSource::begin(const TableSchema& table, RowStream& stream, const Names& texts, int thread_count) {
  assert(stream.row_size() == table.row_size);
  schema = &table;
  rows = &stream;
  names = &texts;
  const std::size_t parts = stream.parts();
  threads = static_cast<int>(std::clamp<std::size_t>(parts, 1, static_cast<std::size_t>(std::max(thread_count, 1))));
  stretches = std::vector<Stretch>(static_cast<std::size_t>(threads));
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    stretches[i].next = parts * i / stretches.size();
    stretches[i].end = parts * (i + 1) / stretches.size();
  }
  next_thread = 0;
  rows_read = 0;
}

bool register_rows_function(duckdb_connection connection, const std::string& name, RowsSource& source) {
  duckdb_table_function function = duckdb_create_table_function();
  duckdb_table_function_set_name(function, name.c_str());
  duckdb_table_function_set_extra_info(function, &source, nullptr);
  duckdb_table_function_set_bind(function, bind);
  duckdb_table_function_set_init(function, start);
  duckdb_table_function_set_local_init(function, start_thread);
  duckdb_table_function_set_function(function, read);
  const bool done = duckdb_register_table_function(connection, function) == DuckDBSuccess;
  duckdb_destroy_table_function(&function);
  return done;
}

}  // namespace nightjar::duckdb_store
