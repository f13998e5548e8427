#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "net/packet.hpp"
#include "schema/rows.hpp"

namespace nightjar {

/// One worker's rows of `backscatter`.
class BackscatterTable {
 public:
  BackscatterTable();
  ~BackscatterTable();
  /// The other one is empty afterwards, and goes on.
  BackscatterTable(BackscatterTable&& other) noexcept;

  /// Counts a packet of class backscatter. The victim is its source and the attacked port its source port; of an ICMP error the
  /// destination of the quoted packet with that packet's protocol and destination port (definitions: Moore et al. as in Corsaro).
  void add(const Packet& packet, std::uint16_t sensor, std::uint8_t destination_index);
  void merge(BackscatterTable& other);
  /// All rows in the table's order; empties the table.
  std::vector<BackscatterRow> take();
  std::uint64_t memory_bytes() const;

 private:
  struct Map;
  std::unique_ptr<Map> map_;
};

}  // namespace nightjar
