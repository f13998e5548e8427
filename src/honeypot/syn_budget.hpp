#pragma once
#include <cstddef>
#include <cstdint>

#include "budget/keyed_limit.hpp"
#include "budget/keyed_table.hpp"
#include "budget/rolling_limit.hpp"
#include "net/address.hpp"

namespace nightjar {

/// How many SYN-ACKs may leave, and to whom. Whoever sends a SYN may have forged its source, which then gets the SYN-ACK; who has finished
/// a handshake has not. One per sensor, owned by one thread; memory is taken once.
class SynBudget {
 public:
  struct Settings {
    std::uint16_t host_per_minute = 10;       ///< to an unproven address (IPv6: its /64)
    std::uint16_t prefix_per_minute = 100;    ///< to an unproven /24 (/48)
    std::uint32_t per_second = 1'000;         ///< to all unproven sources together
    std::uint16_t proven_per_minute = 1'000;  ///< to a proven address: one that was itself is no licence to flood it for ever
    std::size_t most_hosts = 131'072, most_prefixes = 65'536, most_proven = 65'536;  ///< about 28 bytes each
  };
  SynBudget(const Settings& settings, budget::Secret secret);

  /// Whether a SYN-ACK may go to the source, counted if so. Full tables allow nothing more. Monotonic nanoseconds.
  bool take(const Address& source, std::int64_t now_ns);
  /// The source has finished a handshake: what it sends comes from where it says, for an hour. A full table of such sources learns no more.
  void prove(const Address& source, std::int64_t now_ns);
  bool is_proven(const Address& source, std::int64_t now_ns);

 private:
  /// Seconds since any moment when the source was proven, plus 1; 0: never. 136 years in 32 bits.
  struct Proven {
    std::uint32_t second = 0;
  };
  budget::KeyedLimit hosts_, prefixes_, proven_hosts_;
  budget::RollingLimit all_;
  budget::KeyedTable<Proven> proven_;
};

}  // namespace nightjar
