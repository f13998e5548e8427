#pragma once
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
  std::span<const std::byte> open(std::size_t part) override;
  void close(std::size_t part) override;

 private:
  /// A bucket of every worker (narrow), or a wide bucket of every worker.
  struct Part {
    std::vector<const RecordList*> lists;
    std::vector<std::vector<FlowRow>*> wide;
    std::vector<FlowRow> rows;
  };
  void merge_records(Part& part) const;
  static void merge_wide(Part& part);

  std::int64_t day_;
  Finish finish_;
  std::vector<Part> parts_;
};

/// All days that any of the tables has packets of, ascending.
std::vector<std::int64_t> days_of(const std::vector<FlowTable*>& tables);

}  // namespace nightjar
