#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/evidence_subject.hpp"
#include "ingest/row_keys.hpp"
#include "store/query.hpp"

namespace nightjar::cli {

/// What the rows of evidence are in one hour or minute.
struct EvidenceSlot {
  std::int64_t start_ns = 0;
  std::uint64_t rows = 0, packets = 0;
};
/// Those of the subject that have rows, in order of time.
Result<std::vector<EvidenceSlot>> evidence_slots(QuerySession& session, const EvidenceSubject& subject);

/// Gives the keys of all rows to `take`, at most about `most_keys` at a time; `sensors` names them by index. Of rows, 250,000 at most are
/// in memory at a time. Ends with the first error that `take` returns.
Result<void> each_row_keys(QuerySession& session, const EvidenceSubject& subject, const std::vector<EvidenceSlot>& slots,
                           const std::vector<std::string>& sensors, std::size_t most_keys,
                           const std::function<Result<void>(const RowKeys& keys)>& take);

}  // namespace nightjar::cli
