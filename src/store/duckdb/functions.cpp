#include "store/duckdb/functions.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/address.hpp"
#include "schema/traffic.hpp"

namespace nightjar::duckdb_store {
namespace {

/// The address that two columns hold: IPv4 exactly if below 2^32 and without a lower half.
Address address_of(std::uint64_t src, std::uint64_t src_low) {
  const bool ipv4 = src < (1ULL << 32) && src_low == 0;
  return {static_cast<std::uint8_t>(ipv4 ? 4 : 6), src, src_low};
}

template <class T>
const T* column(duckdb_data_chunk input, idx_t index) {
  return static_cast<const T*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, index)));
}

std::string_view text_at(const duckdb_string_t* texts, idx_t row) {
  duckdb_string_t text = texts[row];
  // A short text lies inside the value, so the view must point into the column, not into the copy.
  if (duckdb_string_is_inlined(text)) return {texts[row].value.inlined.inlined, texts[row].value.inlined.length};
  return {text.value.pointer.ptr, text.value.pointer.length};
}

void assign(duckdb_vector output, idx_t row, const std::string& text) {
  duckdb_vector_assign_string_element_len(output, row, text.data(), text.size());
}

// NULL arguments give NULL without a call (DuckDB's default), but their rows still come by in the chunk.
bool is_null(duckdb_data_chunk input, idx_t row) {
  for (idx_t i = 0; i < duckdb_data_chunk_get_column_count(input); ++i) {
    std::uint64_t* valid = duckdb_vector_get_validity(duckdb_data_chunk_get_vector(input, i));
    if (valid != nullptr && !duckdb_validity_row_is_valid(valid, row)) return true;
  }
  return false;
}

void set_null(duckdb_vector output, idx_t row) {
  duckdb_vector_ensure_validity_writable(output);
  duckdb_validity_set_row_invalid(duckdb_vector_get_validity(output), row);
}

void ip(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
  const auto *src = column<std::uint64_t>(input, 0), *src_low = column<std::uint64_t>(input, 1);
  for (idx_t row = 0; row < duckdb_data_chunk_get_size(input); ++row) {
    if (is_null(input, row)) {
      set_null(output, row);
    } else {
      assign(output, row, format(address_of(src[row], src_low[row])));
    }
  }
}

void in_prefix(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const auto *src = column<std::uint64_t>(input, 0), *src_low = column<std::uint64_t>(input, 1);
  const auto* texts = column<duckdb_string_t>(input, 2);
  auto* answers = static_cast<bool*>(duckdb_vector_get_data(output));
  std::string last;
  Prefix prefix;
  for (idx_t row = 0; row < duckdb_data_chunk_get_size(input); ++row) {
    if (is_null(input, row)) {
      set_null(output, row);
      continue;
    }
    const std::string_view text = text_at(texts, row);
    if (row == 0 || text != last) {
      const auto parsed = parse_prefix(text);
      if (!parsed) return duckdb_scalar_function_set_error(info, parsed.error().sentence.c_str());
      prefix = *parsed;
      last = text;
    }
    answers[row] = prefix.contains(address_of(src[row], src_low[row]));
  }
}

void class_name(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
  const auto* classes = column<std::uint8_t>(input, 0);
  for (idx_t row = 0; row < duckdb_data_chunk_get_size(input); ++row) {
    const bool known = !is_null(input, row) && classes[row] < kClassNames.size();
    known ? assign(output, row, std::string(kClassNames[classes[row]])) : set_null(output, row);
  }
}

void protocol_text(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
  const auto* protocols = column<std::uint8_t>(input, 0);
  for (idx_t row = 0; row < duckdb_data_chunk_get_size(input); ++row) {
    is_null(input, row) ? set_null(output, row) : assign(output, row, protocol_name(protocols[row]));
  }
}

struct Function {
  const char* name;
  std::array<DUCKDB_TYPE, 3> parameters;
  std::size_t count;
  DUCKDB_TYPE result;
  duckdb_scalar_function_t call;
};

constexpr std::array<Function, 4> kFunctions = {{
    {"ip", {DUCKDB_TYPE_UBIGINT, DUCKDB_TYPE_UBIGINT}, 2, DUCKDB_TYPE_VARCHAR, ip},
    {"in_prefix", {DUCKDB_TYPE_UBIGINT, DUCKDB_TYPE_UBIGINT, DUCKDB_TYPE_VARCHAR}, 3, DUCKDB_TYPE_BOOLEAN, in_prefix},
    {"class_name", {DUCKDB_TYPE_UTINYINT}, 1, DUCKDB_TYPE_VARCHAR, class_name},
    {"protocol_name", {DUCKDB_TYPE_UTINYINT}, 1, DUCKDB_TYPE_VARCHAR, protocol_text},
}};

}  // namespace

bool register_functions(duckdb_connection connection) {
  for (const Function& entry : kFunctions) {
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(function, entry.name);
    for (std::size_t i = 0; i < entry.count; ++i) {
      duckdb_logical_type type = duckdb_create_logical_type(entry.parameters[i]);
      duckdb_scalar_function_add_parameter(function, type);
      duckdb_destroy_logical_type(&type);
    }
    duckdb_logical_type type = duckdb_create_logical_type(entry.result);
    duckdb_scalar_function_set_return_type(function, type);
    duckdb_destroy_logical_type(&type);
    duckdb_scalar_function_set_function(function, entry.call);
    const bool registered = duckdb_register_scalar_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_scalar_function(&function);
    if (!registered) return false;
  }
  return true;
}

}  // namespace nightjar::duckdb_store
