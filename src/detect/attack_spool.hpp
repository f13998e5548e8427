#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "detect/attack.hpp"
#include "schema/honeypot_rows.hpp"

namespace nightjar {

/// Attacks by the UTC day of their beginning: they are found victim by victim and stored day by day. What is more than kMostHeld lies in a
/// file without a name, which is gone with the process.
class AttackSpool {
 public:
  static constexpr std::size_t kMostHeld = 200'000;  // some 20 MB

  /// `folder`: where the file is made if it is needed; it must exist then.
  explicit AttackSpool(std::filesystem::path folder) : folder_(std::move(folder)) {}
  ~AttackSpool();
  AttackSpool(const AttackSpool&) = delete;
  AttackSpool& operator=(const AttackSpool&) = delete;

  Result<void> add(const Attack& attack);

  /// What a day holds, flattened: of its sensors one and how many.
  struct Entry {
    std::uint64_t id, parent;
    std::int64_t first_ms, last_ms;
    std::uint64_t src, src_low, victims, packets, bytes_in, bytes_out, ports, peak_per_minute, destinations, mismatches;
    std::uint32_t services, asn, sensors;
    std::uint16_t port, sensor;
    CountryCode country;
    AttackKind kind;
    std::uint8_t level, ip_version, prefix_length, protocol;
  };
  /// Days since 1970, ascending.
  std::vector<std::int64_t> days() const;
  /// By first, victim and id.
  Result<std::vector<Entry>> day(std::int64_t day);

 private:
  Result<void> spill();

  struct Block {
    std::uint64_t offset;
    std::size_t entries;
  };
  std::filesystem::path folder_;
  std::map<std::int64_t, std::vector<Entry>> held_;
  std::size_t entries_held_ = 0;
  std::map<std::int64_t, std::vector<Block>> spilled_;
  int file_ = -1;
  std::uint64_t end_ = 0;
};

}  // namespace nightjar
