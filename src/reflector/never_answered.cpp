#include "reflector/never_answered.hpp"

#include <algorithm>
#include <array>

#include "enrich/geolocation.hpp"

namespace nightjar::reflector {
namespace {

/// IANA's names of them; the services of ours are among them.
constexpr std::array<std::uint16_t, 41> kLoopPorts = {
    0,      // nobody's: an answer to it arrives nowhere
    7,      // echo
    13,     // daytime
    17,     // qotd
    19,     // chargen
    37,     // time
    53,     // domain
    67,     // bootps
    69,     // tftp
    111,    // sunrpc
    123,    // ntp
    137,    // netbios-ns
    138,    // netbios-dgm
    161,    // snmp
    162,    // snmptrap
    177,    // xdmcp
    389,    // ldap
    427,    // svrloc
    500,    // isakmp
    520,    // router (RIP)
    1194,   // openvpn
    1434,   // ms-sql-m
    1900,   // ssdp
    3283,   // net-assistant
    3389,   // rdp
    3478,   // stun
    3702,   // ws-discovery
    5060,   // sip
    5351,   // nat-pmp
    5353,   // mdns
    5683,   // coap
    8088,   // stun, where ZMap's probe looks for it
    10001,  // ubiquiti
    10074,  // tp240
    11211,  // memcached
    27015,  // Source engine
    27960,  // Quake
    30120,  // FiveM
    37810,  // dahua
    37833,  // stun, as 8088
    53413,  // netis
};

constexpr auto kIsLoopPort = [] {
  std::array<bool, 65'536> is{};
  for (const std::uint16_t port : kLoopPorts) is[port] = true;
  return is;
}();

/// The address after this one; false behind the last.
bool follows(const Address& before, const Address& after) {
  if (before.version == 4) return after.high == before.high + 1;
  return before.low == ~std::uint64_t{0} ? after.low == 0 && after.high == before.high + 1
                                         : after.high == before.high && after.low == before.low + 1;
}

}  // namespace

PrefixSet::PrefixSet(std::span<const Prefix> prefixes) {
  for (const Prefix& prefix : prefixes) ranges_.push_back({prefix.first, prefix.last()});
  std::sort(ranges_.begin(), ranges_.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
  std::vector<Range> apart;
  for (const Range& range : ranges_) {
    const bool joins = !apart.empty() && apart.back().first.version == range.first.version &&
                       (range.first <= apart.back().last || follows(apart.back().last, range.first));
    if (joins) {
      apart.back().last = std::max(apart.back().last, range.last);
    } else {
      apart.push_back(range);
    }
  }
  ranges_ = std::move(apart);
}

bool PrefixSet::contains(const Address& address) const {
  const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), address,
                                      [](const Address& sought, const Range& range) { return sought < range.first; });
  return after != ranges_.begin() && address <= std::prev(after)->last;
}

std::span<const std::uint16_t> loop_ports() { return kLoopPorts; }

NeverAnswered::NeverAnswered(const Lists& lists) : own_sensors_(lists.own_sensors), opted_out_(lists.opted_out) {}

Silence NeverAnswered::reason(const Address& source, std::uint16_t source_port) const {
  if (kIsLoopPort[source_port]) return Silence::loop_port;
  if (source.version != 4 && source.version != 6) return Silence::reserved_source;
  if (is_reserved(source.version, source.high, source.low)) return Silence::reserved_source;
  if (own_sensors_.contains(source)) return Silence::own_sensor;
  if (opted_out_.contains(source)) return Silence::opted_out;
  return Silence::none;
}

}  // namespace nightjar::reflector
