#pragma once
#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

#include "payload/request_kinds.hpp"
#include "payload/udp_request.hpp"

/// Readers of one service's requests each, called by read_request alone. They get a request whose service is set and add kinds, reply and
/// query; whatever they cannot read they leave, so that kind 0 remains. `is_X` tell a request of the service at a port that is not its own:
/// they are strict, as any bytes come there.
namespace nightjar::requests {

using Bytes = std::span<const std::uint8_t>;

/// Adds a kind, and the reply it draws where that is larger than what is known already (the kinds of one request are sides of one reply).
inline void mark(UdpRequest& request, std::uint8_t kind) {
  request.kinds |= 1u << kind;
  request.reply_bytes = std::max<std::uint64_t>(request.reply_bytes, usual_reply(request.service, kind));
}

inline std::string_view text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
inline bool begins_with(Bytes bytes, std::string_view text) { return text_of(bytes).starts_with(text); }

void read_datagram(Bytes bytes, UdpRequest& request);  ///< CharGen and quote of the day take any
void read_dns(Bytes bytes, UdpRequest& request);
void read_mdns(Bytes bytes, UdpRequest& request);
void read_netbios(Bytes bytes, UdpRequest& request);
void read_ntp(Bytes bytes, UdpRequest& request);
void read_ssdp(Bytes bytes, UdpRequest& request);
void read_ws_discovery(Bytes bytes, UdpRequest& request);
void read_memcached(Bytes bytes, UdpRequest& request);
void read_cldap(Bytes bytes, UdpRequest& request);
void read_snmp(Bytes bytes, UdpRequest& request);
void read_coap(Bytes bytes, UdpRequest& request);
void read_portmap(Bytes bytes, UdpRequest& request);
void read_tftp(Bytes bytes, UdpRequest& request);
void read_mssql(Bytes bytes, UdpRequest& request);
void read_dahua(Bytes bytes, UdpRequest& request);
void read_slp(Bytes bytes, UdpRequest& request);
void read_ubiquiti(Bytes bytes, UdpRequest& request);
void read_netis(Bytes bytes, UdpRequest& request);
void read_ard(Bytes bytes, UdpRequest& request);
void read_rdp(Bytes bytes, UdpRequest& request);
void read_xdmcp(Bytes bytes, UdpRequest& request);
void read_stun(Bytes bytes, UdpRequest& request);
void read_openvpn(Bytes bytes, UdpRequest& request);
void read_dtls(Bytes bytes, UdpRequest& request);
void read_quake(Bytes bytes, UdpRequest& request);

bool is_dns(Bytes bytes);
bool is_netbios(Bytes bytes);
bool is_ntp(Bytes bytes);
bool is_ssdp(Bytes bytes);
bool is_ws_discovery(Bytes bytes);
bool is_memcached(Bytes bytes);
bool is_cldap(Bytes bytes);
bool is_snmp(Bytes bytes);
bool is_coap(Bytes bytes);
bool is_portmap(Bytes bytes);
bool is_tftp(Bytes bytes);
bool is_dahua(Bytes bytes);
bool is_netis(Bytes bytes);
bool is_xdmcp(Bytes bytes);
bool is_stun(Bytes bytes);
bool is_dtls(Bytes bytes);
bool is_quake(Bytes bytes);

}  // namespace nightjar::requests
