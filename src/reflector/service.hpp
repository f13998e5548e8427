#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "net/address.hpp"
#include "payload/udp_request.hpp"
#include "reflector/dns_zone.hpp"
#include "reflector/reply_packets.hpp"
#include "schema/services.hpp"

namespace nightjar::reflector {

/// What the emulated device says of itself. The same in all services, as they are one device.
struct Persona {
  std::string host_name = "gateway";                        ///< letters, digits, '-'; 1 to 15 (NetBIOS's limit)
  std::uint64_t device_id = 0x00e0fc3725252828;             ///< in UUIDs and engine names; should differ from sensor to sensor
  std::int64_t started_utc_ns = 1'500'000'000'000'000'000;  ///< when the device pretends to have been switched on
};

/// A request that may be answered, and all that an answer may be made of. Views live as long as the call.
struct Asked {
  const UdpRequest& request;
  std::span<const std::uint8_t> payload;
  Address source;
  std::uint16_t source_port = 0;
  Address destination;
  std::uint16_t port = 0;
  std::int64_t utc_ns = 0;
  const Persona& persona;
  const DnsZone& zone;

  /// Whether the request is of this kind (payload/request_kinds.hpp).
  bool is(std::uint8_t kind) const { return (request.kinds >> kind & 1u) != 0; }
};

/// A service that the reflector pretends to be. `reply` writes no packet where a real server would keep silent; it does not allocate, knows
/// no state but its arguments, and changes none: nothing that is sent to us is ever stored, forwarded or resolved (rules 6, 8).
struct OfferedService {
  Service service;
  std::span<const std::uint16_t> ports;
  void (*reply)(const Asked&, ReplyPackets&);
  std::string_view sentence;  ///< what it answers, for the operator
};

/// All of them, in the order of Service.
std::span<const OfferedService> offered_services();
/// The one at a port of ours; null where there is none.
const OfferedService* offered_at(std::uint16_t port);
const OfferedService* offered(Service service);

// One file each.
void reply_chargen(const Asked&, ReplyPackets&);
void reply_qotd(const Asked&, ReplyPackets&);
void reply_dns(const Asked&, ReplyPackets&);
void reply_ntp(const Asked&, ReplyPackets&);
void reply_ssdp(const Asked&, ReplyPackets&);
void reply_memcached(const Asked&, ReplyPackets&);
void reply_cldap(const Asked&, ReplyPackets&);
void reply_snmp(const Asked&, ReplyPackets&);
void reply_ws_discovery(const Asked&, ReplyPackets&);
void reply_coap(const Asked&, ReplyPackets&);
void reply_ard(const Asked&, ReplyPackets&);
void reply_mdns(const Asked&, ReplyPackets&);
void reply_stun(const Asked&, ReplyPackets&);
void reply_portmap(const Asked&, ReplyPackets&);
void reply_mssql(const Asked&, ReplyPackets&);

}  // namespace nightjar::reflector
