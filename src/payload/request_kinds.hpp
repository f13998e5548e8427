#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "schema/services.hpp"

namespace nightjar {

/// A kind of request to a service: a bit of `requests.kinds`. FROZEN: bits are stored; append only.
struct RequestKind {
  Service service;
  std::uint8_t bit;           ///< 1 to 31, once a service; bit 0 of every service means "not a request that is known"
  std::string_view name;      ///< lower case, without blanks
  std::uint32_t reply_bytes;  ///< UDP payloads of all packets that an ordinary open server sends back; 0: this kind says nothing of it
  std::string_view sentence;  ///< what it is, and where the number is from
};

/// All kinds, in order of service and bit.
std::span<const RequestKind> request_kinds();

/// The reply_bytes of a kind; 0 for a bit that is none.
std::uint32_t usual_reply(Service service, std::uint8_t bit);

/// "monlist version-2" for people: the names of the bits that are set in order; "other" for bit 0, "bit-9" for one without a name.
std::string kinds_text(Service service, std::uint32_t bits);

inline constexpr std::uint32_t kOtherRequest = 1;  ///< bit 0

// Bits by their names; request_kinds.cpp says what they are.
namespace chargen_kind {
enum Bit : std::uint8_t { datagram = 1 };
}
namespace qotd_kind {
enum Bit : std::uint8_t { datagram = 1 };
}
namespace dns_kind {
enum Bit : std::uint8_t {
  a = 1,
  aaaa,
  any,
  txt,
  dnskey,
  rrsig,
  mx,
  ns,
  soa,
  ptr,
  srv,
  ds,
  other_type,
  version_bind,
  recursion,
  edns,
  edns_4096,
  dnssec,
  several,
  opcode,
};
}
namespace ntp_kind {
enum Bit : std::uint8_t {
  client = 1,
  symmetric,
  readvar,
  readstat,
  control,
  monlist,
  monlist_short,
  monlist_old,
  peer_list,
  peer_list_sum,
  get_restrict,
  private_other,
  version_1,
  version_2,
  version_3,
  version_4,
};
}
namespace ssdp_kind {
enum Bit : std::uint8_t {
  search = 1,
  all,
  root_device,
  upnp_all,
  upnp_discover,
  urn,
  uuid,
  other_target,
  no_mx,
  line_feeds,
  notify,
};
}
namespace memcached_kind {
enum Bit : std::uint8_t { stats = 1, stats_of, get, store, version, flush, command, framed, bare, binary };
}
namespace cldap_kind {
enum Bit : std::uint8_t { search = 1, object_class, long_lengths };
}
namespace snmp_kind {
enum Bit : std::uint8_t { get = 1, get_next, get_bulk, set, v1, v2c, v3, community_public };
}
namespace ws_discovery_kind {
enum Bit : std::uint8_t { probe = 1, resolve, xml, up_to_15, up_to_255, up_to_1023, longer };
}
namespace coap_kind {
enum Bit : std::uint8_t { core = 1, get, method, ping };
}
namespace ard_kind {
enum Bit : std::uint8_t { discovery = 1 };
}
namespace mdns_kind {
enum Bit : std::uint8_t { services = 1, question, unicast };
}
namespace stun_kind {
enum Bit : std::uint8_t { binding = 1, other_method, classic };
}
namespace portmap_kind {
enum Bit : std::uint8_t { dump = 1, get_port, call_it, null, procedure };
}
namespace netbios_kind {
enum Bit : std::uint8_t { status = 1, name, registration };
}
namespace mssql_kind {
enum Bit : std::uint8_t { broadcast = 1, unicast, instance, admin };
}
namespace rdp_kind {
enum Bit : std::uint8_t { syn = 1 };
}
namespace dahua_kind {
enum Bit : std::uint8_t { dhip = 1, byte_ff };
}
namespace xdmcp_kind {
enum Bit : std::uint8_t { query = 1, broadcast, indirect };
}
namespace tftp_kind {
enum Bit : std::uint8_t { read = 1, write };
}
namespace slp_kind {
enum Bit : std::uint8_t { service = 1, attributes, types, registration };
}
namespace ubiquiti_kind {
enum Bit : std::uint8_t { v1 = 1, v2 };
}
namespace netis_kind {
enum Bit : std::uint8_t { probe = 1, command };
}
namespace openvpn_kind {
enum Bit : std::uint8_t { reset = 1 };
}
namespace dtls_kind {
enum Bit : std::uint8_t { client_hello = 1 };
}
namespace quake_kind {
enum Bit : std::uint8_t { source_info = 1, source_query, get_status, get_info, get_servers, command };
}

}  // namespace nightjar
