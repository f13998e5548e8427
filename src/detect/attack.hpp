#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/rows.hpp"

namespace nightjar {

/// Requests of one victim and service in one minute at one sensor, as the lake has them (schema/honeypot_rows.hpp). One minute may come in
/// several of them.
struct RequestsSeen {
  std::uint64_t src = 0, src_low = 0;      ///< the victim
  std::int64_t minute_ms = 0;              ///< milliseconds since 1970
  std::int64_t first_ms = 0, last_ms = 0;  ///< of the requests, milliseconds since 1970; meaningless where `only_replies`
  std::uint64_t packets = 0, bytes_in = 0, bytes_out = 0;
  std::uint32_t asn = 0;
  std::uint16_t sensor = 0;  ///< index into the names of RequestsWalk
  std::uint16_t port = 0;
  CountryCode country = 0;
  std::uint8_t ip_version = 0;
  std::uint8_t service = 0;   ///< Service
  bool only_replies = false;  ///< what the sensor sent after the minute's last request: it neither begins nor lengthens an attack
};

/// FROZEN: the names are stored.
enum class AttackKind : std::uint8_t { single, multi_service, carpet };
std::string_view name_of(AttackKind kind);

/// A stream of requests, or several taken together.
struct Attack {
  std::uint64_t id = 0, parent = 0;        ///< 0: none
  std::int64_t first_ms = 0, last_ms = 0;  ///< milliseconds since 1970
  std::uint64_t src = 0, src_low = 0;      ///< the victim, or the first address of the prefix
  std::uint64_t victims = 1;
  std::uint64_t packets = 0, bytes_in = 0, bytes_out = 0;
  // Of attacks seen as backscatter; 0 of others.
  std::uint64_t ports = 0;            ///< distinct attacked ports
  std::uint64_t peak_per_minute = 0;  ///< most packets in 60 seconds, in windows that slide by 10 s
  std::uint64_t destinations = 0;     ///< dark addresses that got packets, as far as `dst_bits` tell
  std::uint64_t mismatches = 0;       ///< ICMP errors whose destination is not the quoted source
  std::uint64_t dst_bits = 0;         ///< a bit per dark address: its index in the sensor modulo 64
  std::uint32_t services = 0;         ///< bit N: Service N
  std::uint32_t asn = 0;
  std::uint16_t port = 0;
  bool several_ports = false;
  CountryCode country = 0;
  AttackKind kind = AttackKind::single;
  std::uint8_t level = 1;
  std::uint8_t ip_version = 0;
  std::uint8_t protocol = 17;  ///< IANA number: attacked, or abused
  std::uint8_t prefix_length = 0;
  std::vector<std::uint16_t> sensors;  ///< ascending

  /// The port that the lake names: 0 for several.
  std::uint16_t stored_port() const { return several_ports ? 0 : port; }
  /// Whether it abuses several services; unknown ones are told apart by their ports, from one another and from a known one. Known only as
  /// "one port or several": of one known service on two ports what is unknown counts as another, on whichever it was.
  bool has_several_services() const;
};

/// An attack on the victim of a row (RequestsSeen, BackscatterSeen) at its time, with nothing of it counted yet.
template <class Seen>
Attack begun_by(const Seen& seen) {
  Attack attack;
  attack.first_ms = seen.first_ms;
  attack.last_ms = seen.last_ms;
  attack.src = seen.src;
  attack.src_low = seen.src_low;
  attack.ip_version = seen.ip_version;
  attack.prefix_length = seen.ip_version == 6 ? 128 : 32;
  return attack;
}
/// Takes in what rows of both kinds, and attacks, have in common: time, packets and where the victim stands.
template <class Seen>
void note_packets(Attack& attack, const Seen& seen) {
  attack.first_ms = std::min(attack.first_ms, seen.first_ms);
  attack.last_ms = std::max(attack.last_ms, seen.last_ms);
  attack.packets += seen.packets;
  attack.country = later_country(attack.country, seen.country);
  attack.asn = std::max(attack.asn, seen.asn);
}

/// A stream that begins with these requests.
Attack attack_of(const RequestsSeen& seen);
/// Takes in later requests of the stream.
void extend(Attack& attack, const RequestsSeen& seen);
/// Takes another attack in. Victims and kind are left to the caller.
void absorb(Attack& attack, const Attack& other);

/// The number by which an attack is known: the same whenever the same is found, in whatever pieces its requests came. `definition` is the
/// name, `key` what else its requests share (port, sensor ...). The beginning is part of it: an attack that turns out to be longer keeps
/// its number, one that turns out to have begun earlier gets another.
std::uint64_t identify(const Attack& attack, std::string_view definition, std::string_view key);
/// 16 hexadecimal digits, empty for 0.
std::string id_text(std::uint64_t id);
/// "dns ntp", in the order of the enum.
std::string services_text(std::uint32_t services);

/// Takes attacks in order of their beginning together as long as no more than `gap_ms` lie between the end of what is there and the next
/// beginning: calls `group(first, last)` with each stretch of the list that belongs together.
template <class Each, class Group>
void each_touching(std::vector<Each>& list, std::int64_t gap_ms, Group group) {
  for (std::size_t begin = 0, end = 0; begin < list.size(); begin = end) {
    std::int64_t last = list[begin].last_ms;
    for (end = begin + 1; end < list.size() && list[end].first_ms - last <= gap_ms; ++end) last = std::max(last, list[end].last_ms);
    group(begin, end);
  }
}

}  // namespace nightjar
