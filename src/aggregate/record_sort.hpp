#pragma once
#include <cstddef>
#include <vector>

#include "aggregate/flow_record.hpp"

namespace nightjar {

/// Sorts records by (place, marks). `scratch` is working memory that may be reused between calls. A least-significant-digit
/// radix sort over the digits of `place` that differ: records of a bucket share most of them.
void sort_records(std::vector<FlowRecord>& records, std::vector<FlowRecord>& scratch);

}  // namespace nightjar
