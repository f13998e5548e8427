#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "net/undecodable.hpp"

namespace nightjar {

/// Rows as the program holds them before they are stored. columns.cpp says of every field what column it becomes
/// and how two rows of the same key merge. Texts are indices into a `Names`.

/// Texts that rows name by index: sensors. Index 0 is the first name added.
using Names = std::vector<std::string>;

/// Two capital letters as a number, first letter in the low byte (as it lies in memory); 0 = unknown.
using CountryCode = std::uint16_t;
constexpr CountryCode country_code(char a, char b) {
  return static_cast<CountryCode>(static_cast<unsigned char>(a) | static_cast<unsigned char>(b) << 8);
}

/// Of two countries the later in the alphabet: what Merge::max means, here as in SQL over their letters.
constexpr CountryCode later_country(CountryCode a, CountryCode b) {
  const auto letters = [](CountryCode code) { return (code & 0xff) << 8 | code >> 8; };
  return letters(a) < letters(b) ? b : a;
}

/// A row of `flows`.
struct FlowRow {
  std::int64_t hour = 0;  ///< hours since 1970
  std::uint64_t src = 0, src_low = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;     ///< sum of IP lengths
  std::uint64_t dst_bits = 0;  ///< bit (index of the destination in the sensor) mod 64
  std::uint64_t batch = 0;
  std::uint32_t facts = 0;
  std::uint32_t asn = 0;
  std::uint16_t sensor = 0;  ///< index into Names
  std::uint16_t port = 0;
  std::uint16_t window = 0;
  std::uint16_t first = 0;  ///< seconds after `hour`
  std::uint16_t span = 0;   ///< seconds from the first packet to the last
  std::uint16_t src_port = 0;
  std::uint16_t ip_length = 0;
  CountryCode country = 0;
  std::uint8_t ip_version = 0;
  std::uint8_t protocol = 0;
  std::uint8_t traffic_class = 0;
  std::uint8_t ttl = 0;
};

/// A row of `minutes`.
struct MinuteRow {
  std::int64_t minute = 0;  ///< minutes since 1970
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t batch = 0;
  std::uint16_t sensor = 0;
  std::uint8_t protocol = 0;
  std::uint8_t traffic_class = 0;
};

/// A row of `backscatter`: one victim and one attacked service in one minute.
struct BackscatterRow {
  std::int64_t minute = 0;
  std::uint64_t src = 0, src_low = 0;  ///< the victim
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::array<std::uint64_t, 6> bins{};  ///< packets per 10 seconds of the minute
  std::uint64_t dst_bits = 0;
  std::uint64_t mismatches = 0;  ///< ICMP errors whose outer destination is not the quoted source
  std::uint64_t batch = 0;
  std::uint32_t asn = 0;
  std::uint16_t first_ms = 0;  ///< milliseconds after `minute`
  std::uint16_t last_ms = 0;
  std::uint16_t sensor = 0;
  std::uint16_t port = 0;  ///< the attacked service: source port, or destination port of the quoted packet
  CountryCode country = 0;
  std::uint8_t ip_version = 0;
  std::uint8_t protocol = 0;
};

/// A row of `sensor_days`.
struct SensorDayRow {
  std::int64_t day = 0;         ///< days since 1970
  std::uint64_t addresses = 0;  ///< observed that day; 0 = unknown
  std::uint64_t packets = 0;    ///< observed, decoded IP packets
  std::uint64_t bytes = 0;      ///< their IP lengths
  std::uint64_t outbound = 0;   ///< from the sensor's own prefixes
  std::uint64_t outside = 0;    ///< neither from nor to them
  std::uint64_t not_ip = 0;
  std::array<std::uint64_t, kUndecodableReasons> undecodable{};  ///< by reason; [0] is unused
  std::uint64_t kernel_drops = 0;
  std::uint64_t gaps = 0;         ///< stretches without any packet that were longer than the sensor's rule allows
  std::uint64_t clock_steps = 0;  ///< packets whose time is more than a minute before the one captured before them
  std::uint64_t batch = 0;
  std::uint16_t sensor = 0;
  std::uint8_t kind = 0;  ///< SensorKind
};

/// Kind of a sensor. FROZEN: the numbers are stored (as the names).
enum class SensorKind : std::uint8_t { darknet = 0, honeypot = 1, reflector = 2 };
inline constexpr std::array<const char*, 3> kSensorKindNames = {"darknet", "honeypot", "reflector"};

}  // namespace nightjar
