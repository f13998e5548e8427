#include <algorithm>
#include <array>

#include "reflector/service.hpp"

namespace nightjar::reflector {
namespace {

constexpr std::array<std::uint16_t, 1> kChargen = {19}, kQotd = {17}, kDns = {53}, kNtp = {123}, kSsdp = {1900}, kMemcached = {11211},
                                       kCldap = {389}, kSnmp = {161}, kWsDiscovery = {3702}, kCoap = {5683}, kArd = {3283}, kMdns = {5353},
                                       kPortmap = {111}, kMssql = {1434};
constexpr std::array<std::uint16_t, 3> kStun = {3478, 8088, 37833};

constexpr std::array kServices = {
    OfferedService{Service::chargen, kChargen, reply_chargen, "512 characters of the pattern of RFC 864"},
    OfferedService{Service::qotd, kQotd, reply_qotd, "a proverb"},
    OfferedService{Service::dns, kDns, reply_dns,
                   "what the zone holds, version.bind, HINFO for ANY of other names (RFC 8482); resolves nothing"},
    OfferedService{Service::ntp, kNtp, reply_ntp, "the time, variables (mode 6), a list of clients of its own network (monlist)"},
    OfferedService{Service::ssdp, kSsdp, reply_ssdp, "an Internet gateway with its services"},
    OfferedService{Service::memcached, kMemcached, reply_memcached, "statistics of an empty store; acknowledges, stores nothing"},
    OfferedService{Service::cldap, kCldap, reply_cldap, "the root entry of a directory"},
    OfferedService{Service::snmp, kSnmp, reply_snmp, "the system's group and two interfaces, community public, read only"},
    OfferedService{Service::ws_discovery, kWsDiscovery, reply_ws_discovery, "a camera that matches every probe"},
    OfferedService{Service::coap, kCoap, reply_coap, "the list of its resources"},
    OfferedService{Service::ard, kArd, reply_ard, "a Mac's name; form from memory"},
    OfferedService{Service::mdns, kMdns, reply_mdns, "three services by unicast"},
    OfferedService{Service::stun, kStun, reply_stun, "the address that it was asked from"},
    OfferedService{Service::portmap, kPortmap, reply_portmap, "six programs; calls none"},
    OfferedService{Service::mssql, kMssql, reply_mssql, "one instance of SQL Server"},
};

/// Place in kServices + 1 by port, one load a packet.
constexpr auto kAtPort = [] {
  std::array<std::uint8_t, 65'536> places{};
  for (std::size_t i = 0; i < kServices.size(); ++i) {
    for (const std::uint16_t port : kServices[i].ports) places[port] = static_cast<std::uint8_t>(i + 1);
  }
  return places;
}();

}  // namespace

std::span<const OfferedService> offered_services() { return kServices; }

const OfferedService* offered_at(std::uint16_t port) { return kAtPort[port] == 0 ? nullptr : &kServices[kAtPort[port] - 1u]; }

const OfferedService* offered(Service service) {
  const auto* found = std::ranges::find(kServices, service, &OfferedService::service);
  return found == kServices.end() ? nullptr : found;
}

}  // namespace nightjar::reflector
