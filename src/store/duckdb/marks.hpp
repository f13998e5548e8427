#pragma once
#include "duckdb.h"

namespace nightjar::duckdb_store {

/// Registers what figures of fingerprints are made of:
///   nightjar_marks(facts, window, port, class)  a number with a bit for each entry of the fingerprint catalogue whose rule a row meets,
///                                               then one for a TCP SYN (class scan), then one where no rule was met
///   nightjar_mark_sums(marks, packets)          an aggregate: packets by bit, as a struct s0, s1 ...
/// The rules in C++ cost a tenth of what they cost as SQL for each row, and one state for all sums a third of one for each.
bool register_marks(duckdb_connection connection);

}  // namespace nightjar::duckdb_store
