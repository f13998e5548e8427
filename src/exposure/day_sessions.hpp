#pragma once
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "store/query.hpp"

namespace nightjar {

/// Opens sessions that see some days only: a question over a few days of a lake of years then opens their files alone, which is nearly all
/// that it costs in a small one.
class DaySessions {
 public:
  DaySessions(std::shared_ptr<const Snapshot> snapshot, int threads) : snapshot_(std::move(snapshot)), threads_(threads) {}

  /// `days`: UTC days since 1970, in any order, some twice; not empty.
  Result<std::unique_ptr<QuerySession>> open(std::vector<std::int64_t> days) const {
    QueryOptions options;
    options.threads = threads_;
    options.only_days = std::move(days);
    return QuerySession::open(snapshot_, options);
  }

 private:
  std::shared_ptr<const Snapshot> snapshot_;
  int threads_;
};

}  // namespace nightjar
