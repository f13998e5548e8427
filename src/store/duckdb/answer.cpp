#include "store/duckdb/answer.hpp"

#include <cmath>
#include <limits>

#include "base/time.hpp"

namespace nightjar::duckdb_store {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

/// "2017-11-23T05:00:00Z", with as many decimals as are needed; years beyond four digits as DuckDB counts them.
std::string time_text(std::int64_t units, std::int64_t units_per_second) {
  const std::int64_t seconds = floor_div(units, units_per_second);
  std::string text = format_second(seconds);
  const std::int64_t rest = units - seconds * units_per_second;
  if (rest == 0) return text;
  std::string decimals = std::to_string(rest + units_per_second).substr(1);
  while (decimals.back() == '0') decimals.pop_back();
  text.pop_back();
  return text + "." + decimals + "Z";
}

Value huge(std::uint64_t lower, std::int64_t upper) {
  if (upper == 0) return lower;
  if (upper == -1 && lower > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return static_cast<std::int64_t>(lower);
  return std::ldexp(static_cast<double>(upper), 64) + static_cast<double>(lower);
}

template <class T>
T at(const void* data, idx_t row) {
  return static_cast<const T*>(data)[row];
}

Value value_at(DUCKDB_TYPE type, const void* data, idx_t row) {
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN: return at<bool>(data, row);
    case DUCKDB_TYPE_TINYINT: return std::int64_t{at<std::int8_t>(data, row)};
    case DUCKDB_TYPE_SMALLINT: return std::int64_t{at<std::int16_t>(data, row)};
    case DUCKDB_TYPE_INTEGER: return std::int64_t{at<std::int32_t>(data, row)};
    case DUCKDB_TYPE_BIGINT: return at<std::int64_t>(data, row);
    case DUCKDB_TYPE_UTINYINT: return std::uint64_t{at<std::uint8_t>(data, row)};
    case DUCKDB_TYPE_USMALLINT: return std::uint64_t{at<std::uint16_t>(data, row)};
    case DUCKDB_TYPE_UINTEGER: return std::uint64_t{at<std::uint32_t>(data, row)};
    case DUCKDB_TYPE_UBIGINT: return at<std::uint64_t>(data, row);
    case DUCKDB_TYPE_HUGEINT: return huge(at<duckdb_hugeint>(data, row).lower, at<duckdb_hugeint>(data, row).upper);
    case DUCKDB_TYPE_FLOAT: return double{at<float>(data, row)};
    case DUCKDB_TYPE_DOUBLE: return at<double>(data, row);
    case DUCKDB_TYPE_DATE: return format_day(at<std::int32_t>(data, row));
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ: return time_text(at<std::int64_t>(data, row), kMicrosPerSecond);
    case DUCKDB_TYPE_TIMESTAMP_S: return time_text(at<std::int64_t>(data, row), 1);
    case DUCKDB_TYPE_TIMESTAMP_MS: return time_text(at<std::int64_t>(data, row), 1000);
    case DUCKDB_TYPE_TIMESTAMP_NS: return time_text(at<std::int64_t>(data, row), kNanosPerSecond);
    case DUCKDB_TYPE_VARCHAR: {
      duckdb_string_t text = at<duckdb_string_t>(data, row);
      return std::string(duckdb_string_t_data(&text), duckdb_string_t_length(text));
    }
    default: return std::monostate();
  }
}

}  // namespace

bool is_plain(DUCKDB_TYPE type) {
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DATE:
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS:
    case DUCKDB_TYPE_VARCHAR: return true;
    default: return false;
  }
}

void append_chunk(duckdb_data_chunk chunk, Answer& answer) {
  const idx_t columns = duckdb_data_chunk_get_column_count(chunk), rows = duckdb_data_chunk_get_size(chunk);
  const std::size_t begin = answer.rows.size();
  answer.rows.resize(begin + rows, std::vector<Value>(columns));
  for (idx_t column = 0; column < columns; ++column) {
    duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, column);
    const LogicalType type(duckdb_vector_get_column_type(vector));
    const DUCKDB_TYPE id = duckdb_get_type_id(type.get());
    const void* data = duckdb_vector_get_data(vector);
    std::uint64_t* valid = duckdb_vector_get_validity(vector);
    for (idx_t row = 0; row < rows; ++row) {
      if (valid != nullptr && !duckdb_validity_row_is_valid(valid, row)) continue;
      answer.rows[begin + row][column] = value_at(id, data, row);
    }
  }
}

}  // namespace nightjar::duckdb_store
