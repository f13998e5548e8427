#include "payload/request_kinds.hpp"

#include <array>
#include <cstddef>

namespace nightjar {
namespace {

using enum Service;

// Where reply_bytes are from. "Measured": in a capture of a real server. "Computed": from the protocol's own sizes. "Reported": somebody
// published it. "TA14-017A": the amplification that this alert of US-CERT (2014, added to later) is known for, from memory, times the size
// of the request. "Plausible": of the right order, from memory.
constexpr std::array kKinds = {
    RequestKind{chargen, chargen_kind::datagram, "datagram", 512, "any datagram; RFC 864: one reply of up to 512 characters"},

    RequestKind{qotd, qotd_kind::datagram, "datagram", 140,
                "any datagram; RFC 865: one quotation of up to 512 characters; TA14-017A: 140 times one byte"},

    RequestKind{dns, dns_kind::a, "a", 120, "type A; plausible: a name with a few addresses"},
    RequestKind{dns, dns_kind::aaaa, "aaaa", 150, "type AAAA; plausible"},
    RequestKind{dns, dns_kind::any, "any", 4096,
                "type ANY of a name chosen for its size: as much as the request allows and servers gave (4096; without EDNS 512)"},
    RequestKind{dns, dns_kind::txt, "txt", 2000, "type TXT of a name chosen for its size, within what the request allows; plausible"},
    RequestKind{dns, dns_kind::dnskey, "dnskey", 1700, "type DNSKEY, within what the request allows; plausible: RSA keys with signatures"},
    RequestKind{dns, dns_kind::rrsig, "rrsig", 3000, "type RRSIG, within what the request allows; plausible"},
    RequestKind{dns, dns_kind::mx, "mx", 200, "type MX; plausible"},
    RequestKind{dns, dns_kind::ns, "ns", 500, "type NS; plausible: that of the root with addresses"},
    RequestKind{dns, dns_kind::soa, "soa", 110, "type SOA; plausible"},
    RequestKind{dns, dns_kind::ptr, "ptr", 90, "type PTR; plausible"},
    RequestKind{dns, dns_kind::srv, "srv", 250, "type SRV; plausible"},
    RequestKind{dns, dns_kind::ds, "ds", 360, "type DS; plausible"},
    RequestKind{dns, dns_kind::other_type, "other-type", 100, "another type; plausible"},
    RequestKind{dns, dns_kind::version_bind, "version.bind", 70, "VERSION.BIND, TXT, class CHAOS: which server is it; plausible"},
    RequestKind{dns, dns_kind::recursion, "recursion", 0, "RD is set"},
    RequestKind{dns, dns_kind::edns, "edns", 0, "has an OPT record (RFC 6891) that allows less than 4096 bytes"},
    RequestKind{dns, dns_kind::edns_4096, "edns-4096", 0, "has an OPT record that allows 4096 bytes or more"},
    RequestKind{dns, dns_kind::dnssec, "dnssec", 0, "DO is set: signatures are wanted"},
    RequestKind{dns, dns_kind::several, "several", 0, "more than one question; the first is what counts"},
    RequestKind{dns, dns_kind::opcode, "opcode", 12, "no query: notify, update, status ...; computed: a header with an error"},

    RequestKind{ntp, ntp_kind::client, "client", 48, "mode 3, at least 48 bytes: the time; computed: RFC 5905"},
    RequestKind{ntp, ntp_kind::symmetric, "symmetric", 48, "mode 1, at least 48 bytes: the time between servers; computed: RFC 5905"},
    RequestKind{ntp, ntp_kind::readvar, "readvar", 480,
                "mode 6, opcode 2: variables; computed: one fragment of 468 bytes behind a header of 12 (RFC 9327)"},
    RequestKind{ntp, ntp_kind::readstat, "readstat", 28, "mode 6, opcode 1: status; plausible: four associations"},
    RequestKind{ntp, ntp_kind::control, "control", 12, "mode 6, another opcode; computed: a header with an error"},
    RequestKind{ntp, ntp_kind::monlist, "monlist", 44'000,
                "mode 7, implementation 3 or 0, code 42: who asked last; computed: a full list, 100 packets of 6 x 72 + 8 bytes"},
    RequestKind{ntp, ntp_kind::monlist_short, "monlist-20", 29'280,
                "mode 7, implementation 3 or 0, code 20, the list before it; plausible: 60 packets of 10 x 48 + 8 bytes"},
    RequestKind{ntp, ntp_kind::monlist_old, "monlist-old", 19'520,
                "mode 7, implementation 2, code 20 or 42: the list without IPv6; plausible: 40 packets of 15 x 32 + 8 bytes"},
    RequestKind{ntp, ntp_kind::peer_list, "peer-list", 200, "mode 7, code 0: servers it asks; computed: 6 x 32 + 8 bytes"},
    RequestKind{ntp, ntp_kind::peer_list_sum, "peer-list-sum", 440, "mode 7, code 1: the same with states; measured: 6 x 72 + 8 bytes"},
    RequestKind{ntp, ntp_kind::get_restrict, "get-restrict", 456, "mode 7, code 16: who may ask; plausible: 8 x 56 + 8 bytes"},
    RequestKind{ntp, ntp_kind::private_other, "private", 44, "mode 7, another code; measured: 32, 44 and 68 bytes for three of them"},
    RequestKind{ntp, ntp_kind::version_1, "version-1", 0, "says that it speaks version 1"},
    RequestKind{ntp, ntp_kind::version_2, "version-2", 0, "says that it speaks version 2"},
    RequestKind{ntp, ntp_kind::version_3, "version-3", 0, "says that it speaks version 3"},
    RequestKind{ntp, ntp_kind::version_4, "version-4", 0, "says that it speaks version 4"},

    RequestKind{ssdp, ssdp_kind::search, "m-search", 0, "M-SEARCH with a target (ST)"},
    RequestKind{ssdp, ssdp_kind::all, "ssdp:all", 2900, "target ssdp:all; TA14-017A: 30.8 times 94 bytes, about nine answers"},
    RequestKind{ssdp, ssdp_kind::root_device, "rootdevice", 320, "target upnp:rootdevice; plausible: one answer"},
    RequestKind{ssdp, ssdp_kind::upnp_all, "upnp:all", 320, "target upnp:all, which no standard knows; plausible: one answer"},
    RequestKind{ssdp, ssdp_kind::upnp_discover, "upnp:discover", 320, "target upnp:discover; plausible, as upnp:all"},
    RequestKind{ssdp, ssdp_kind::urn, "urn", 350, "target urn:..., a sort of device or service; plausible: one answer"},
    RequestKind{ssdp, ssdp_kind::uuid, "uuid", 350, "target uuid:..., one device; plausible: one answer"},
    RequestKind{ssdp, ssdp_kind::other_target, "other-target", 0, "another target: devices keep silent"},
    RequestKind{ssdp, ssdp_kind::no_mx, "no-mx", 0, "a search without MX"},
    RequestKind{ssdp, ssdp_kind::line_feeds, "line-feeds", 0, "a search whose lines end in LF alone"},
    RequestKind{ssdp, ssdp_kind::notify, "notify", 0, "NOTIFY: a device tells of itself; no reply"},

    RequestKind{memcached, memcached_kind::stats, "stats", 1036, "stats; measured: 1028 bytes over TCP, and a frame of 8"},
    RequestKind{memcached, memcached_kind::stats_of, "stats-of", 1400, "stats with a word (items, slabs ...); plausible: one full packet"},
    RequestKind{memcached, memcached_kind::get, "get", 150'000,
                "get, gets, gat, gats: values that the attacker put there before; TA14-017A: 10,000 times 15 bytes, its lower bound"},
    RequestKind{memcached, memcached_kind::store, "store", 16, "set, add, replace, append, prepend, cas; computed: STORED in a frame"},
    RequestKind{memcached, memcached_kind::version, "version", 23, "version; computed: VERSION 1.5.6 in a frame"},
    RequestKind{memcached, memcached_kind::flush, "flush", 12, "flush_all; computed: OK in a frame"},
    RequestKind{memcached, memcached_kind::command, "command", 15, "another command; computed: ERROR in a frame"},
    RequestKind{memcached, memcached_kind::framed, "framed", 0, "a command behind the 8-byte frame of UDP"},
    RequestKind{memcached, memcached_kind::bare, "bare", 0, "a command without it, which a server does not answer"},
    RequestKind{memcached, memcached_kind::binary, "binary", 32, "the binary protocol; computed: a header of 24 in a frame"},

    RequestKind{cldap, cldap_kind::search, "search", 160, "SearchRequest; plausible: an answer about one name"},
    RequestKind{cldap, cldap_kind::object_class, "objectclass", 3000,
                "SearchRequest for whatever has an objectclass: the root's entry; TA14-017A: 56 to 70 times 52 bytes"},
    RequestKind{cldap, cldap_kind::long_lengths, "long-lengths", 0, "lengths in the long form, as Windows writes them"},

    RequestKind{snmp, snmp_kind::get, "get", 90, "get-request; plausible: the system's description"},
    RequestKind{snmp, snmp_kind::get_next, "getnext", 90, "get-next-request; plausible, as get"},
    RequestKind{snmp, snmp_kind::get_bulk, "getbulk", 1400,
                "get-bulk-request; plausible: 30 + 40 bytes a repetition asked for, at most one packet of 1400"},
    RequestKind{snmp, snmp_kind::set, "set", 45, "set-request; plausible: an error"},
    RequestKind{snmp, snmp_kind::v1, "v1", 0, "SNMP version 1"},
    RequestKind{snmp, snmp_kind::v2c, "v2c", 0, "SNMP version 2c"},
    RequestKind{snmp, snmp_kind::v3, "v3", 105, "SNMP version 3; plausible: a report with the engine's name"},
    RequestKind{snmp, snmp_kind::community_public, "public", 0, "community public"},

    RequestKind{ws_discovery, ws_discovery_kind::probe, "probe", 1500, "XML with a Probe; plausible: one ProbeMatches"},
    RequestKind{ws_discovery, ws_discovery_kind::resolve, "resolve", 0, "XML with a Resolve: who is asked by name keeps silent mostly"},
    RequestKind{ws_discovery, ws_discovery_kind::xml, "xml", 750,
                "begins as XML does, <:/> is enough; plausible: an error of 150 times 5 bytes"},
    RequestKind{ws_discovery, ws_discovery_kind::up_to_15, "up-to-15", 0, "at most 15 bytes"},
    RequestKind{ws_discovery, ws_discovery_kind::up_to_255, "up-to-255", 0, "16 to 255 bytes"},
    RequestKind{ws_discovery, ws_discovery_kind::up_to_1023, "up-to-1023", 0, "256 to 1023 bytes"},
    RequestKind{ws_discovery, ws_discovery_kind::longer, "longer", 0, "1024 bytes and more"},

    RequestKind{coap, coap_kind::core, "core", 990, "GET of /.well-known/core: all that it has; reported: 989 and 991 bytes"},
    RequestKind{coap, coap_kind::get, "get", 100, "GET of another path; plausible"},
    RequestKind{coap, coap_kind::method, "method", 12, "POST, PUT, DELETE ...; plausible: an error"},
    RequestKind{coap, coap_kind::ping, "ping", 4, "an empty message; computed: a reset (RFC 7252)"},

    RequestKind{ard, ard_kind::discovery, "discovery", 1006,
                "Apple Remote Desktop: what are you (00 14); plausible: the larger of its two packets"},

    RequestKind{mdns, mdns_kind::services, "services", 320, "PTR of _services._dns-sd._udp.local; plausible: 7 times 46 bytes"},
    RequestKind{mdns, mdns_kind::question, "question", 150, "another question; plausible"},
    RequestKind{mdns, mdns_kind::unicast, "unicast", 0, "asks for the answer by unicast"},

    RequestKind{stun, stun_kind::binding, "binding", 60, "binding request with the magic cookie; plausible: 3 times 20 bytes"},
    RequestKind{stun, stun_kind::other_method, "method", 60, "another request with the magic cookie (TURN's allocate ...); plausible"},
    RequestKind{stun, stun_kind::classic, "classic", 68, "binding request of RFC 3489, without the cookie; computed: four addresses"},

    RequestKind{portmap, portmap_kind::dump, "dump", 600, "DUMP: all programs; plausible: 15 times 40 bytes, about thirty"},
    RequestKind{portmap, portmap_kind::get_port, "getport", 28, "GETPORT: one program; computed: RFC 1833"},
    RequestKind{portmap, portmap_kind::call_it, "callit", 28, "CALLIT: asks a program through it; plausible: an error"},
    RequestKind{portmap, portmap_kind::null, "null", 24, "procedure 0; computed: an empty reply (RFC 5531)"},
    RequestKind{portmap, portmap_kind::procedure, "procedure", 28, "another procedure; plausible"},

    RequestKind{netbios, netbios_kind::status, "status", 190, "NBSTAT: its table of names; TA14-017A: 3.8 times 50 bytes"},
    RequestKind{netbios, netbios_kind::name, "name", 62, "NB: who has this name; computed: RFC 1002"},
    RequestKind{netbios, netbios_kind::registration, "registration", 62, "registration, release, refresh; computed: RFC 1002"},

    RequestKind{mssql, mssql_kind::broadcast, "broadcast", 200, "CLNT_BCAST_EX (02): all instances; plausible: one or two"},
    RequestKind{mssql, mssql_kind::unicast, "unicast", 200, "CLNT_UCAST_EX (03): all instances; plausible: one or two"},
    RequestKind{mssql, mssql_kind::instance, "instance", 110, "CLNT_UCAST_INST (04): one instance; plausible"},
    RequestKind{mssql, mssql_kind::admin, "admin", 6, "CLNT_UCAST_DAC (0f): port for administrators; computed: MC-SQLR"},

    RequestKind{rdp, rdp_kind::syn, "syn", 1260, "the first packet of MS-RDPEUDP; plausible: 1260 bytes, 79 times 16"},

    RequestKind{dahua, dahua_kind::dhip, "dhip", 690, "DHIP: discovery of recorders and cameras; plausible: 30 times 23 bytes"},
    RequestKind{dahua, dahua_kind::byte_ff, "ff", 690, "begins with ff; plausible, as dhip"},

    RequestKind{xdmcp, xdmcp_kind::query, "query", 50, "query; plausible: willing, with a host's name and status"},
    RequestKind{xdmcp, xdmcp_kind::broadcast, "broadcast", 50, "broadcast query; plausible, as query"},
    RequestKind{xdmcp, xdmcp_kind::indirect, "indirect", 50, "indirect query; plausible, as query"},

    RequestKind{tftp, tftp_kind::read, "read", 516, "read request; computed: the first block (RFC 1350), not counting repetitions"},
    RequestKind{tftp, tftp_kind::write, "write", 4, "write request; computed: an acknowledgement (RFC 1350)"},

    RequestKind{slp, slp_kind::service, "service", 100, "service request; plausible"},
    RequestKind{slp, slp_kind::attributes, "attributes", 350, "attribute request; plausible: 12 times 29 bytes"},
    RequestKind{slp, slp_kind::types, "types", 350, "request for the types of services; plausible, as attributes"},
    RequestKind{slp, slp_kind::registration, "registration", 18, "registers a service, which makes later replies large; plausible"},

    RequestKind{ubiquiti, ubiquiti_kind::v1, "v1", 140, "discovery, version 1 (01 00 00 00); plausible: 35 times 4 bytes"},
    RequestKind{ubiquiti, ubiquiti_kind::v2, "v2", 140, "discovery, version 2 (02 .. 00 00); plausible, as v1"},

    RequestKind{netis, netis_kind::probe, "probe", 16, "blank lines, which Netis routers answer; plausible"},
    RequestKind{netis, netis_kind::command, "command", 16, "a command to the back door of Netis routers; plausible"},

    RequestKind{openvpn, openvpn_kind::reset, "reset", 130, "a client's hard reset; plausible: the server's of 26 bytes, sent five times"},

    RequestKind{dtls, dtls_kind::client_hello, "client-hello", 60, "ClientHello; plausible: HelloVerifyRequest with a cookie of 32"},

    RequestKind{quake, quake_kind::source_info, "source-info", 150, "Source Engine Query; plausible"},
    RequestKind{quake, quake_kind::source_query, "source-query", 9, "players, rules, challenge of Source; computed: a challenge"},
    RequestKind{quake, quake_kind::get_status, "getstatus", 900, "getstatus, status; TA14-017A: 63.9 times 14 bytes"},
    RequestKind{quake, quake_kind::get_info, "getinfo", 200, "getinfo; plausible"},
    RequestKind{quake, quake_kind::get_servers, "getservers", 1400, "getservers of a master server; plausible: one full packet"},
    RequestKind{quake, quake_kind::command, "command", 40, "another command (rcon, connect ...); plausible"},
};

using Replies = std::array<std::array<std::uint32_t, 32>, kServices>;
constexpr Replies kReplies = [] {
  Replies replies{};
  for (const RequestKind& kind : kKinds) replies[static_cast<std::size_t>(kind.service)][kind.bit] = kind.reply_bytes;
  return replies;
}();

std::string_view kind_name(Service service, unsigned bit) {
  if (bit == 0) return "other";
  for (const RequestKind& kind : kKinds) {
    if (kind.service == service && kind.bit == bit) return kind.name;
  }
  return {};
}

}  // namespace

std::span<const RequestKind> request_kinds() { return kKinds; }

std::uint32_t usual_reply(Service service, std::uint8_t bit) { return kReplies[static_cast<std::size_t>(service)][bit & 31]; }

std::string kinds_text(Service service, std::uint32_t bits) {
  std::string text;
  for (unsigned bit = 0; bit < 32; ++bit) {
    if (!(bits >> bit & 1)) continue;
    if (!text.empty()) text += ' ';
    const std::string_view name = kind_name(service, bit);
    text += name.empty() ? "bit-" + std::to_string(bit) : std::string(name);
  }
  return text;
}

}  // namespace nightjar
