#pragma once
#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "net/address.hpp"
#include "net/packet.hpp"
#include "schema/rows.hpp"
#include "sensor/sensors.hpp"

namespace nightjar {

/// Directions for honeypots and reflectors whose addresses nobody wrote down, learned from the packets: who sends a bare SYN
/// is a client, whom it reaches is the pot. For reflectors the first UDP packet between two addresses says the same. The first
/// role that an address is seen in stays. Ask in the order of the capture, every packet once; the answers depend on nothing else.
class LearnedPot {
 public:
  /// Beyond so many addresses no new ones are learned (about 64 MB).
  static constexpr std::size_t kMostAddresses = 1U << 20;

  /// `kind` is honeypot or reflector.
  explicit LearnedPot(SensorKind kind, std::size_t most_addresses = kMostAddresses);

  /// Packets from a known address of the pot are outbound, all others observed. `destination_index` as in DayView
  /// for sensors without prefixes.
  Direction direction(const Packet& packet, std::uint8_t& destination_index);

 private:
  enum class Role : std::uint8_t { client, pot };
  struct Hash {
    std::uint64_t seed;  ///< drawn anew, as outsiders choose the addresses
    std::size_t operator()(const Address& address) const;
  };
  bool opens(const Packet& packet) const;
  void learn(const Address& address, Role role);

  SensorKind kind_;
  std::size_t most_addresses_;
  std::unordered_map<Address, Role, Hash> roles_;
};

}  // namespace nightjar
