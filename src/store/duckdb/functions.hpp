#pragma once
#include "duckdb.h"

namespace nightjar::duckdb_store {

/// Registers ip(src, src_low), in_prefix(src, src_low, prefix), class_name(class) and protocol_name(protocol): the same code as
/// the rest of the program (net/address.hpp, schema/traffic.hpp) says them with.
bool register_functions(duckdb_connection connection);

}  // namespace nightjar::duckdb_store
