#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "enrich/geolocation.hpp"
#include "schema/rows.hpp"

namespace nightjar {

/// Country and AS for rows, looked up once per source. Sources come back port after port, so answers of the last half a million
/// sources are kept, per thread. Safe for several threads.
class Origins {
 public:
  explicit Origins(std::shared_ptr<const Geolocation> data);
  ~Origins();

  void fill(std::span<FlowRow> rows);
  void fill(std::span<BackscatterRow> rows);

 private:
  struct Cache;
  Origin lookup(Cache& cache, std::uint8_t ip_version, std::uint64_t src, std::uint64_t src_low) const;
  template <class Row>
  void fill_rows(std::span<Row> rows);

  std::shared_ptr<const Geolocation> data_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Cache>> idle_;  ///< caches that no thread uses at the moment
};

}  // namespace nightjar
