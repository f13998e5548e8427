#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "net/packet.hpp"
#include "schema/columns.hpp"

namespace nightjar {

/// Keys of rows of `flows`, `backscatter` or `requests`, and whether a packet belongs to one of them: the way back from a table to the
/// packets that it counted. Keys are kept as 64 bits each, about 20 bytes of memory: of n keys and m packets n x m / 2^64 are taken
/// wrongly.
class RowKeys {
 public:
  /// A key as its row says it. Fields that the table lacks stay 0.
  struct Key {
    std::int64_t minute = 0;  ///< minutes since 1970: of flows the first of the hour
    std::uint64_t src = 0, src_low = 0;
    std::uint32_t facts = 0;
    std::uint16_t sensor = 0;  ///< as the packets that are asked about name it
    std::uint16_t port = 0;
    std::uint16_t window = 0;
    std::uint8_t ip_version = 4;
    std::uint8_t protocol = 0;
    std::uint8_t traffic_class = 0;
    std::uint8_t service = 0;
  };

  /// `table`: one of the three.
  explicit RowKeys(Table table);
  ~RowKeys();
  RowKeys(RowKeys&&) noexcept;
  RowKeys& operator=(RowKeys&&) noexcept;

  void add(const Key& key);
  std::size_t size() const;

  /// Whether any key is of this sensor and of the hour or minute that this minute lies in.
  bool wants(std::uint16_t sensor, std::int64_t minute) const;
  /// Whether the row that counted this packet has one of the keys. `packet`: decoded, an observed IP packet as ingest counts it; `payload`:
  /// what it carries. Says nothing of whether the packet was observed: that is for who knows the sensor's addresses.
  bool holds(const Packet& packet, std::span<const std::uint8_t> payload, std::uint16_t sensor) const;

 private:
  std::optional<Key> key_of(const Packet& packet, std::span<const std::uint8_t> payload) const;

  struct Sets;
  Table table_;
  std::unique_ptr<Sets> sets_;
};

}  // namespace nightjar
