#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace nightjar {

/// A row of `flows` as far as counting needs it.
struct CountedRow {
  std::uint64_t src = 0, packets = 0, bytes = 0;
  std::uint32_t asn = 0;
  std::uint16_t sensor = 0;   ///< index into the day's sensors
  std::uint16_t country = 0;  ///< CountryCode
  std::uint16_t port = 0;
  std::uint32_t fingerprints = 0;  ///< one bit an entry of the catalogue
  std::uint8_t hour = 0;           ///< 0 to 23
  std::uint8_t protocol = 0;
  std::uint8_t traffic_class = 0;
};

/// By what a cell of counts is divided. Numbers are those of the names' alphabetical order.
enum class Dimension : std::uint8_t { all = 0, asn = 1, country = 2, fingerprint = 3 };

inline constexpr std::uint8_t kWholeDay = 24;          ///< instead of an hour
inline constexpr std::uint16_t kAllDarknets = 0xffff;  ///< instead of a sensor
inline constexpr std::uint8_t kScanOrRequest = 0;      ///< instead of a class

/// One cell: where it lies, and what is in it.
struct CountCell {
  Dimension dimension;
  std::uint8_t hour;           ///< or kWholeDay
  std::uint8_t traffic_class;  ///< or kScanOrRequest
  std::uint16_t sensor;        ///< or kAllDarknets
  std::uint32_t value;         ///< AS number, CountryCode, index of the fingerprint; 0 for `all`
  std::uint64_t packets, bytes, hosts;
};

/// Counts packets and distinct hosts per cell, for rows that come in order of their source: a cell meets the rows of one host
/// one after the other, so remembering the last host is enough to count each once. Memory grows with the cells only.
class CellCounter {
 public:
  /// `darknet[i]`: sensor i belongs to "all darknets". `one_asking_class`: of scan and request only one can come, as within one
  /// protocol (scans are TCP, requests UDP); cells of both together are copies then, which saves half of the work.
  CellCounter(const std::vector<bool>& darknet, bool one_asking_class);

  void add(const CountedRow& row);

  /// Cells so far in no order, those of "all darknets" and "scan or request" included; the counter is empty afterwards.
  template <class Emit>
  void drain(Emit emit) {
    for (const Cell& cell : cells_) {
      index_[cell.slot] = 0;
      emit_copies(cell, emit);
    }
    cells_.clear();
  }

 private:
  struct Cell {
    std::uint64_t key, last_src, packets, bytes, hosts;
    std::size_t slot;  ///< in index_
  };

  void touch(std::uint64_t key, const CountedRow& row);
  void grow();
  static CountCell unpack(const Cell& cell);

  template <class Emit>
  void emit_copies(const Cell& cell, Emit& emit) const {
    CountCell out = unpack(cell);
    const std::uint16_t sensor = out.sensor;
    const bool also_together = one_asking_class_ && (out.traffic_class == 1 || out.traffic_class == 3);
    const bool also_all = lone_darknet_ == sensor;
    const std::uint8_t traffic_class = out.traffic_class;
    for (int copy = 0; copy < 4; ++copy) {
      if (((copy & 1) != 0 && !also_together) || ((copy & 2) != 0 && !also_all)) continue;
      out.traffic_class = (copy & 1) != 0 ? kScanOrRequest : traffic_class;
      out.sensor = (copy & 2) != 0 ? kAllDarknets : sensor;
      emit(out);
    }
  }

  std::vector<bool> darknet_;
  std::optional<std::uint16_t> lone_darknet_;  ///< the only darknet: "all darknets" is a copy of it
  bool one_asking_class_;
  std::vector<Cell> cells_;
  std::vector<std::uint32_t> index_;  ///< 1 + place in cells_, 0: free
};

}  // namespace nightjar
