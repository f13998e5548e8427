#pragma once
#include <atomic>
#include <cstdint>

#include "duckdb.h"

namespace nightjar::duckdb_store {

/// Memory of all sets that count distinct hosts in one connection at the moment.
struct DistinctHostsMemory {
  std::uint64_t limit_bytes = 0;
  std::atomic<std::uint64_t> used_bytes{0};
  std::atomic<bool> exceeded{false};  ///< set when a query failed for it; the caller clears it
};

/// Registers the aggregate nightjar_hosts(UBIGINT): what count(DISTINCT x) gives, faster (docs/performance.md), but held in
/// memory. Fails a query that would exceed the limit, so that it can be asked again with count(DISTINCT), which spills.
/// `memory` must outlive the connection.
bool register_distinct_hosts(duckdb_connection connection, DistinctHostsMemory& memory);

}  // namespace nightjar::duckdb_store
