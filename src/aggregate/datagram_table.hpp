#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "net/packet.hpp"

namespace nightjar {

/// A payload of UDP datagrams to dark addresses, as first seen in an hour by a sensor.
struct Datagram {
  std::vector<std::uint8_t> bytes;
  std::int64_t first_ns = 0, last_ns = 0;
  std::uint64_t src = 0, src_low = 0;  ///< of the first
  std::uint16_t port = 0;              ///< destination port of the first
  std::uint16_t sensor = 0;
  std::uint8_t ip_version = 0;
};

/// One worker's distinct UDP payloads: by hour and sensor at most `most_an_hour`. Of more, those are kept whose hash is smallest: the
/// choice depends on neither the order nor the worker that saw them, so any split of the traffic between workers keeps the same ones (a
/// table that is emptied within an hour begins anew).
class DatagramTable {
 public:
  static constexpr std::size_t kMostAnHour = 1000;

  explicit DatagramTable(std::size_t most_an_hour = kMostAnHour);
  ~DatagramTable();
  DatagramTable(DatagramTable&&) noexcept;
  DatagramTable& operator=(DatagramTable&&) noexcept;

  /// A UDP packet and its payload as captured. Nothing is kept of one without payload or that was captured in part.
  void add(const Packet& packet, std::span<const std::uint8_t> payload, std::uint16_t sensor);
  void merge(DatagramTable& other);
  /// By hour, sensor and hash; empties the table.
  std::vector<Datagram> take();
  std::uint64_t memory_bytes() const { return memory_bytes_; }

 private:
  struct Map;
  std::unique_ptr<Map> map_;
  std::size_t most_an_hour_;
  std::uint64_t memory_bytes_ = 0;
};

}  // namespace nightjar
