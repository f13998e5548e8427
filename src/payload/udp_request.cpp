#include "payload/udp_request.hpp"

#include <array>

#include "payload/request_parsers.hpp"

namespace nightjar {
namespace {

using namespace requests;
using Reader = void (*)(Bytes, UdpRequest&);

void read_nothing(Bytes, UdpRequest&) {}

/// By number of service.
constexpr std::array<Reader, kServices> kReaders = {
    read_nothing,      read_datagram, read_datagram, read_dns,  read_ntp,      read_ssdp,    read_memcached, read_cldap, read_snmp,
    read_ws_discovery, read_coap,     read_ard,      read_mdns, read_stun,     read_portmap, read_netbios,   read_mssql, read_rdp,
    read_dahua,        read_xdmcp,    read_tftp,     read_slp,  read_ubiquiti, read_netis,   read_openvpn,   read_dtls,  read_quake};

struct OwnPort {
  std::uint16_t port;
  Service service;
};

// As IANA registered them, and where the devices in question listen. 443/udp is QUIC's far more often than DTLS's.
constexpr std::array kOwnPorts = {OwnPort{17, Service::qotd},         OwnPort{19, Service::chargen},  OwnPort{53, Service::dns},
                                  OwnPort{69, Service::tftp},         OwnPort{111, Service::portmap}, OwnPort{123, Service::ntp},
                                  OwnPort{137, Service::netbios},     OwnPort{161, Service::snmp},    OwnPort{177, Service::xdmcp},
                                  OwnPort{389, Service::cldap},       OwnPort{427, Service::slp},     OwnPort{1194, Service::openvpn},
                                  OwnPort{1434, Service::mssql},      OwnPort{1900, Service::ssdp},   OwnPort{3283, Service::ard},
                                  OwnPort{3389, Service::rdp},        OwnPort{3478, Service::stun},   OwnPort{3702, Service::ws_discovery},
                                  OwnPort{5353, Service::mdns},       OwnPort{5683, Service::coap},   OwnPort{10001, Service::ubiquiti},
                                  OwnPort{11211, Service::memcached}, OwnPort{27015, Service::quake}, OwnPort{27960, Service::quake},
                                  OwnPort{37810, Service::dahua},     OwnPort{53413, Service::netis}};

/// The service by port, one load a packet.
constexpr std::array<std::uint8_t, 65'536> kServiceOfPort = [] {
  std::array<std::uint8_t, 65'536> services{};
  for (const OwnPort& own : kOwnPorts) services[own.port] = static_cast<std::uint8_t>(own.service);
  return services;
}();

struct Look {
  bool (*is)(Bytes);
  Service service;
};

// Those with the most telling bytes first.
constexpr std::array kLooks = {Look{is_quake, Service::quake},     Look{is_stun, Service::stun},
                               Look{is_ssdp, Service::ssdp},       Look{is_ws_discovery, Service::ws_discovery},
                               Look{is_dtls, Service::dtls},       Look{is_dahua, Service::dahua},
                               Look{is_netis, Service::netis},     Look{is_memcached, Service::memcached},
                               Look{is_cldap, Service::cldap},     Look{is_snmp, Service::snmp},
                               Look{is_coap, Service::coap},       Look{is_portmap, Service::portmap},
                               Look{is_tftp, Service::tftp},       Look{is_xdmcp, Service::xdmcp},
                               Look{is_netbios, Service::netbios}, Look{is_dns, Service::dns},
                               Look{is_ntp, Service::ntp}};

Service recognise(Bytes bytes) {
  for (const Look& look : kLooks) {
    if (look.is(bytes)) return look.service;
  }
  return Service::unknown;
}

/// What SSDP devices answer, at any port.
bool is_http_answer(Bytes bytes) { return begins_with(bytes, "HTTP/1.1 200"); }

}  // namespace

std::optional<Service> service_of_port(std::uint16_t port) {
  const auto service = static_cast<Service>(kServiceOfPort[port]);
  if (service == Service::unknown) return std::nullopt;
  return service;
}

UdpRequest read_request(Bytes payload, std::uint16_t port) {
  UdpRequest request;
  request.service = static_cast<Service>(kServiceOfPort[port]);
  if (is_http_answer(payload)) {
    if (request.service == Service::unknown) request.service = Service::ssdp;
    request.answer = true;
    return request;
  }
  if (request.service == Service::unknown) request.service = recognise(payload);
  kReaders[static_cast<std::size_t>(request.service)](payload, request);
  if (request.kinds == 0 && !request.answer) request.kinds = kOtherRequest;
  return request;
}

}  // namespace nightjar
