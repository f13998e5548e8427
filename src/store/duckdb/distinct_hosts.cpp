#include "store/duckdb/distinct_hosts.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

namespace nightjar::duckdb_store {
namespace {

/// A set of 64-bit numbers, as DuckDB moves it about: trivially copyable, all zero bytes are an empty set. A few values live
/// inside, since most groups (ports) have a handful of hosts; more go to an open-addressing table. 0 marks a free slot, so
/// the value 0 has a flag of its own.
struct HostSet {
  static constexpr std::uint32_t kInside = 4;
  static constexpr std::uint32_t kFirstLog = 4;

  std::uint64_t* slots;
  std::uint64_t last;  ///< value of the last insertion: rows are sorted by source, so the same often comes again
  std::uint32_t size;
  std::uint32_t log;
  bool has_zero;
  std::array<std::uint64_t, kInside> inside;

  std::uint64_t capacity() const { return slots == nullptr ? 0 : std::uint64_t{1} << log; }
};

/// Hash by multiplication; the upper bits choose the slot.
std::uint64_t slot_of(std::uint64_t value, std::uint32_t log) { return value * 0x9e3779b97f4a7c15ULL >> (64 - log); }

bool take(DistinctHostsMemory& memory, std::uint64_t bytes) {
  if (memory.used_bytes.fetch_add(bytes) + bytes <= memory.limit_bytes) return true;
  memory.used_bytes -= bytes;
  memory.exceeded = true;
  return false;
}

void put(std::uint64_t* slots, std::uint32_t log, std::uint64_t value) {
  const std::uint64_t mask = (std::uint64_t{1} << log) - 1;
  std::uint64_t at = slot_of(value, log);
  while (slots[at] != 0) at = (at + 1) & mask;
  slots[at] = value;
}

/// Makes a table of 2^log slots and moves the values there.
bool rehash(HostSet& set, std::uint32_t log, DistinctHostsMemory& memory) {
  const std::uint64_t bytes = sizeof(std::uint64_t) << log;
  if (!take(memory, bytes)) return false;
  auto* slots = static_cast<std::uint64_t*>(std::calloc(std::size_t{1} << log, sizeof(std::uint64_t)));
  if (slots == nullptr) {
    memory.used_bytes -= bytes;
    memory.exceeded = true;
    return false;
  }
  if (set.slots == nullptr) {
    for (std::uint32_t i = 0; i < set.size; ++i) put(slots, log, set.inside[i]);
  } else {
    for (std::uint64_t i = 0; i < set.capacity(); ++i) {
      if (set.slots[i] != 0) put(slots, log, set.slots[i]);
    }
    memory.used_bytes -= set.capacity() * sizeof(std::uint64_t);
    std::free(set.slots);
  }
  set.slots = slots;
  set.log = log;
  return true;
}

bool insert_into_table(HostSet& set, std::uint64_t value, DistinctHostsMemory& memory) {
  const std::uint64_t mask = set.capacity() - 1;
  std::uint64_t at = slot_of(value, set.log);
  while (set.slots[at] != 0) {
    if (set.slots[at] == value) return true;
    at = (at + 1) & mask;
  }
  set.slots[at] = value;
  ++set.size;
  // At most two thirds full: probes stay short.
  return std::uint64_t{set.size} * 3 <= set.capacity() * 2 || rehash(set, set.log + 1, memory);
}

bool insert(HostSet& set, std::uint64_t value, DistinctHostsMemory& memory) {
  if (value == 0) {
    set.has_zero = true;
    return true;
  }
  if (value == set.last) return true;
  set.last = value;
  if (set.slots != nullptr) return insert_into_table(set, value, memory);
  const auto end = set.inside.begin() + set.size;
  if (std::find(set.inside.begin(), end, value) != end) return true;
  if (set.size < HostSet::kInside) {
    set.inside[set.size++] = value;
    return true;
  }
  return rehash(set, HostSet::kFirstLog, memory) && insert_into_table(set, value, memory);
}

/// The table of `source` for a target that has none: DuckDB brings each thread's sets together in empty ones first.
bool copy_table(const HostSet& source, HostSet& target, DistinctHostsMemory& memory) {
  const std::uint64_t bytes = source.capacity() * sizeof(std::uint64_t);
  if (!take(memory, bytes)) return false;
  target.slots = static_cast<std::uint64_t*>(std::malloc(bytes));
  if (target.slots == nullptr) {
    memory.used_bytes -= bytes;
    memory.exceeded = true;
    return false;
  }
  std::memcpy(target.slots, source.slots, bytes);
  target.size = source.size;
  target.log = source.log;
  return true;
}

/// Adds what `source` holds; `source` stays as it is.
bool merge(const HostSet& source, HostSet& target, DistinctHostsMemory& memory) {
  target.has_zero |= source.has_zero;
  if (source.slots == nullptr) {
    for (std::uint32_t i = 0; i < source.size; ++i) {
      if (!insert(target, source.inside[i], memory)) return false;
    }
    return true;
  }
  if (target.size == 0 && target.slots == nullptr) return copy_table(source, target, memory);
  if (target.slots == nullptr || target.log < source.log) {
    if (!rehash(target, source.log, memory)) return false;
  }
  for (std::uint64_t i = 0; i < source.capacity(); ++i) {
    if (source.slots[i] != 0 && !insert_into_table(target, source.slots[i], memory)) return false;
  }
  return true;
}

DistinctHostsMemory& memory_of(duckdb_function_info info) {
  return *static_cast<DistinctHostsMemory*>(duckdb_aggregate_function_get_extra_info(info));
}

HostSet& set_of(duckdb_aggregate_state state) { return *reinterpret_cast<HostSet*>(state); }

void fail(duckdb_function_info info) {
  duckdb_aggregate_function_set_error(info, "Out of Memory Error: the sets of distinct hosts do not fit the query's memory");
}

idx_t state_size(duckdb_function_info) { return sizeof(HostSet); }

void state_init(duckdb_function_info, duckdb_aggregate_state state) { std::memset(static_cast<void*>(state), 0, sizeof(HostSet)); }

void update(duckdb_function_info info, duckdb_data_chunk input, duckdb_aggregate_state* states) {
  DistinctHostsMemory& memory = memory_of(info);
  const idx_t rows = duckdb_data_chunk_get_size(input);
  duckdb_vector vector = duckdb_data_chunk_get_vector(input, 0);
  const auto* values = static_cast<const std::uint64_t*>(duckdb_vector_get_data(vector));
  std::uint64_t* valid = duckdb_vector_get_validity(vector);
  constexpr idx_t kAhead = 8;
  for (idx_t row = 0; row < rows; ++row) {
    if (row + kAhead < rows) {
      const HostSet& later = set_of(states[row + kAhead]);
      if (later.slots != nullptr) __builtin_prefetch(&later.slots[slot_of(values[row + kAhead], later.log)]);
    }
    if (valid != nullptr && !duckdb_validity_row_is_valid(valid, row)) continue;
    if (!insert(set_of(states[row]), values[row], memory)) return fail(info);
  }
}

void combine(duckdb_function_info info, duckdb_aggregate_state* sources, duckdb_aggregate_state* targets, idx_t count) {
  for (idx_t i = 0; i < count; ++i) {
    if (!merge(set_of(sources[i]), set_of(targets[i]), memory_of(info))) return fail(info);
  }
}

void finalize(duckdb_function_info, duckdb_aggregate_state* sources, duckdb_vector result, idx_t count, idx_t offset) {
  auto* answers = static_cast<std::int64_t*>(duckdb_vector_get_data(result));
  for (idx_t i = 0; i < count; ++i) {
    const HostSet& set = set_of(sources[i]);
    answers[offset + i] = static_cast<std::int64_t>(set.size) + (set.has_zero ? 1 : 0);
  }
}

/// DuckDB does not say whose memory it is that goes, so each table carries no owner: the counter is reset by the session
/// before each query instead.
void destroy(duckdb_aggregate_state* states, idx_t count) {
  for (idx_t i = 0; i < count; ++i) std::free(set_of(states[i]).slots);
}

}  // namespace

bool register_distinct_hosts(duckdb_connection connection, DistinctHostsMemory& memory) {
  duckdb_aggregate_function function = duckdb_create_aggregate_function();
  duckdb_aggregate_function_set_name(function, "nightjar_hosts");
  duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_UBIGINT);
  duckdb_logical_type count = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
  duckdb_aggregate_function_add_parameter(function, number);
  duckdb_aggregate_function_set_return_type(function, count);
  duckdb_aggregate_function_set_functions(function, state_size, state_init, update, combine, finalize);
  duckdb_aggregate_function_set_destructor(function, destroy);
  // NULL must not drop the row of a group: it counts 0 hosts, and the group stays.
  duckdb_aggregate_function_set_special_handling(function);
  duckdb_aggregate_function_set_extra_info(function, &memory, nullptr);
  const bool registered = duckdb_register_aggregate_function(connection, function) == DuckDBSuccess;
  duckdb_destroy_logical_type(&number);
  duckdb_destroy_logical_type(&count);
  duckdb_destroy_aggregate_function(&function);
  return registered;
}

}  // namespace nightjar::duckdb_store
