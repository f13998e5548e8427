#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "aggregate/flow_table.hpp"
#include "schema/row_stream.hpp"

namespace nightjar {

/// The rows of `flows` of one day, made from the tables of all workers when they are asked for: a bucket is brought
/// together, sorted and merged, then handed to `finish` (country, AS, batch), then read.
class FlowStream final : public RowStream {
 public:
  /// Fills what the packets do not say. Called from several threads at once, for different rows, sorted by source within a port.
  using Finish = std::function<void(std::span<FlowRow>)>;

  /// `tables` must outlive the stream and take no packet meanwhile.
  FlowStream(const std::vector<FlowTable*>& tables, std::int64_t day, Finish finish);

  std::size_t row_size() const override { return sizeof(FlowRow); }
  std::size_t parts() const override { return parts_.size(); }
  std::size_t rows_at_most() const override;
  std::span<const std::byte> open(std::size_t part) override;
  void close(std::size_t part) override;

  /// Whether no two rows of all parts have one key; to be asked once all have been read. IPv4 packets are in the narrow parts, except
  /// those that are too long for a FlowRecord: a key can then have a row here and one there.
  bool keys_come_once() const { return !ipv4_twice_; }

 private:
  /// A bucket of every worker (narrow), or a wide bucket of every worker.
  struct Part {
    std::vector<const RecordList*> lists;
    std::vector<std::vector<FlowRow>*> wide;
    std::vector<FlowRow> rows;
  };
  void merge_records(Part& part) const;
  void merge_wide(Part& part);

  std::int64_t day_;
  Finish finish_;
  std::vector<Part> parts_;
  std::atomic<bool> ipv4_twice_{false};
};

/// All days that any of the tables has packets of, ascending.
std::vector<std::int64_t> days_of(const std::vector<FlowTable*>& tables);

}  // namespace nightjar
