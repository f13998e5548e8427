#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nightjar::reflector {

/// Why a datagram is not answered, or not with all that would be said. Every one is counted; the first reason in this order of looking is
/// the one that counts, so that a flood costs little.
enum class Silence : std::uint8_t {
  none = 0,           ///< it is answered
  bad_checksum,       ///< rule 7: of the datagram; who knows where it came from
  loop_port,          ///< rule 7: from a port where something answers answers
  to_group,           ///< came to a multicast or broadcast address: an answer would come from nobody, and from many
  reserved_source,    ///< rule 7: multicast, broadcast, private or else nobody's address
  own_sensor,         ///< rule 7: one of our own, or the very address that it came to
  opted_out,          ///< rule 7: on the operator's list
  not_offered,        ///< no service of ours at that port
  is_answer,          ///< it answers something itself
  not_understood,     ///< no request of the service
  listening,          ///< the service's mode is listen
  overloaded,         ///< rule 12: recording comes first
  listen_only,        ///< rules 9, 15: after a restart without a good budget file, or the interface sent more than the ledger knows
  attack,             ///< rule 3: the source is an attack's victim, until an hour after the last packet
  suspected,          ///< so many requests by the sketch that it may be an attack
  prefix_attack,      ///< the same for the /24 (/48) around it
  table_full,         ///< rule 12: its history could not be kept
  host_budget,        ///< rules 1, 2: replies to the address (IPv6: /64) in the last hour
  prefix_budget,      ///< to its /24 (/48)
  sensor_budget,      ///< of this sensor in the last second
  deployment_budget,  ///< of this sensor's share of what all sensors may send
  byte_budget,        ///< rule 5: after the free replies not more bytes than came
  too_large,          ///< rule 5: above the cap; a mistake of ours or of a canned answer
  ledger_full,        ///< rule 10: what cannot be accounted for is not sent
  nothing_to_say,     ///< the service itself keeps silent, as a real one would
};
inline constexpr std::array<std::string_view, 25> kSilenceNames = {
    "answered",    "bad_checksum",  "loop_port",      "to_group",      "reserved_source", "own_sensor",    "opted_out",
    "not_offered", "is_answer",     "not_understood", "listening",     "overloaded",      "listen_only",   "attack",
    "suspected",   "prefix_attack", "table_full",     "host_budget",   "prefix_budget",   "sensor_budget", "deployment_budget",
    "byte_budget", "too_large",     "ledger_full",    "nothing_to_say"};
inline constexpr std::size_t kSilences = kSilenceNames.size();
static_assert(static_cast<std::size_t>(Silence::nothing_to_say) + 1 == kSilences);

/// For counters and logs: "host_budget".
constexpr std::string_view name_of(Silence silence) { return kSilenceNames[static_cast<std::size_t>(silence)]; }

}  // namespace nightjar::reflector
