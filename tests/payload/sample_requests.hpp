#pragma once
#include <string_view>
#include <vector>

#include "payload/udp_request.hpp"
#include "support/packet_builder.hpp"

namespace nightjar::test {

/// A request as scanners and attackers send it, and what must be read out of it.
struct SampleRequest {
  std::string_view what;
  std::uint16_t port;
  ByteVector bytes;
  Service service;
  std::string_view kinds;  ///< as kinds_text has them
  std::string_view query;
  std::uint64_t reply;
};

inline ByteVector text_bytes(std::string_view text) { return {text.begin(), text.end()}; }

/// The requests of the known probes of scanners (ZMap's among them) and attacks, written down byte by byte; standards say what they mean,
/// and tshark 4.0.17 reads the names, types and codes out of them that stand here (it has no dissector for the makers' own).
inline std::vector<SampleRequest> sample_requests() {
  using namespace std::string_view_literals;
  const auto zeros = [](std::size_t count) { return ByteVector(count, 0); };
  const ByteVector any =
      hex("1234 0100 0001 0000 0000 0000 07") + text_bytes("example") + hex("03") + text_bytes("com") + hex("00 00ff 0001");
  ByteVector any_edns = any + hex("00 0029 1000 0000 8000 0000");
  any_edns[11] = 1;
  const ByteVector object_class = text_bytes("objectclass");
  return {
      {"CharGen", 19, hex("01"), Service::chargen, "datagram", "", 512},
      {"CharGen, nothing at all", 19, {}, Service::chargen, "datagram", "", 512},
      {"QOTD, a line", 17, hex("0d0a"), Service::qotd, "datagram", "", 140},
      {"QOTD, a line feed", 17, hex("0a"), Service::qotd, "datagram", "", 140},
      {"DNS ANY", 53, any, Service::dns, "any recursion", "example.com ANY", 512},
      {"DNS ANY with EDNS", 53, any_edns, Service::dns, "any recursion edns-4096 dnssec", "example.com ANY", 4096},
      {"DNS version", 53, hex("34ef0100000100000000000007 56455253494f4e 0442494e44 00 0010 0003"), Service::dns, "version.bind recursion",
       "VERSION.BIND TXT CH", 70},
      {"NTP monlist", 123, hex("17 00 03 2a 00000000"), Service::ntp, "monlist version-2", "", 44'000},
      {"NTP monlist, padded", 123, hex("17 00 03 2a") + zeros(188), Service::ntp, "monlist version-2", "", 44'000},
      {"NTP monlist of implementation 2", 123, hex("17 00 02 2a 00000000"), Service::ntp, "monlist-old version-2", "", 19'520},
      {"NTP monlist of implementation 2, code 20", 123, hex("17 00 02 14 00000000"), Service::ntp, "monlist-old version-2", "", 19'520},
      {"NTP monlist, code 20", 123, hex("17 00 03 14 00000000"), Service::ntp, "monlist-20 version-2", "", 29'280},
      {"NTP peers", 123, hex("17 00 03 00 00000000"), Service::ntp, "peer-list version-2", "", 200},
      {"NTP peers and their states", 123, hex("17 00 03 01 00000000"), Service::ntp, "peer-list-sum version-2", "", 440},
      {"NTP restrictions", 123, hex("1f 00 03 10 00000000"), Service::ntp, "get-restrict version-3", "", 456},
      {"NTP readvar", 123, hex("16 02 0001 0000 0000 0000 0000"), Service::ntp, "readvar version-2", "", 480},
      {"NTP readstat", 123, hex("16 01 0001 0000 0000 0000 0000"), Service::ntp, "readstat version-2", "", 28},
      {"NTP client", 123, hex("e30004fa 00010000") + zeros(40), Service::ntp, "client version-4", "", 48},
      {"SSDP by the book", 1900,
       text_bytes("M-SEARCH * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\nMan: \"ssdp:discover\"\r\nMX: 3\r\nST: ssdp:all\r\n\r\n"),
       Service::ssdp, "m-search ssdp:all", "ssdp:all", 2900},
      {"SSDP without MX", 1900,
       text_bytes("M-SEARCH * HTTP/1.1\r\nHost:239.255.255.250:1900\r\nST:ssdp:all\r\nMan:\"ssdp:discover\"\r\n\r\n"), Service::ssdp,
       "m-search ssdp:all no-mx", "ssdp:all", 2900},
      {"SSDP with line feeds", 1900,
       text_bytes("M-SEARCH * HTTP/1.1\nHost: 239.255.255.250:1900\nMan: \"ssdp:discover\"\nMX: 3\nST: ssdp:all\n\n"), Service::ssdp,
       "m-search ssdp:all line-feeds", "ssdp:all", 2900},
      {"SSDP in 41 bytes", 1900, text_bytes("M-SEARCH\nST:ssdp:all\nMAN:\"ssdp:discover\"\n"), Service::ssdp,
       "m-search ssdp:all no-mx line-feeds", "ssdp:all", 2900},
      {"SSDP in other letters", 1900, text_bytes("m-search * HTTP/1.1\r\nst : SSDP:All\r\nmx: 1\r\n\r\n"), Service::ssdp,
       "m-search ssdp:all", "ssdp:all", 2900},
      {"SSDP rootdevice", 1900, text_bytes("M-SEARCH * HTTP/1.1\r\nST: upnp:rootdevice\r\nMX: 3\r\n\r\n"), Service::ssdp,
       "m-search rootdevice", "upnp:rootdevice", 320},
      {"memcached stats items", 11211, hex("0001 0000 0001 0000") + text_bytes("stats items\r\n"), Service::memcached, "stats-of framed",
       "stats items", 1400},
      {"memcached stats", 11211, hex("5a4d 0000 0001 0000") + text_bytes("stats\r\n"), Service::memcached, "stats framed", "stats", 1036},
      {"memcached gets", 11211, hex("0000 0000 0001 0000") + text_bytes("gets a b c\r\n"), Service::memcached, "get framed", "gets a b c",
       150'000},
      {"memcached set", 11211, hex("0000 0000 0001 0000") + text_bytes("set a 0 3600 5\r\nabcde\r\n"), Service::memcached, "store framed",
       "set a", 16},
      {"memcached version", 11211, hex("0000 0000 0001 0000") + text_bytes("version\r\n"), Service::memcached, "version framed", "version",
       23},
      {"memcached without a frame", 11211, text_bytes("stats\r\n"), Service::memcached, "stats bare", "stats", 0},
      {"CLDAP, long lengths", 389,
       hex("3084 0000002d 020101 63 84 00000024 0400 0a0100 0a0100 020100 020100 010100 870b") + object_class + hex("3084 00000000 0a"),
       Service::cldap, "search objectclass long-lengths", "objectclass", 3000},
      {"CLDAP, short lengths", 389, hex("3025 020101 6320 0400 0a0100 0a0100 020100 020100 010100 870b") + object_class + hex("3000"),
       Service::cldap, "search objectclass", "objectclass", 3000},
      {"SNMP getBulk", 161, hex("3020 020101 0406 7075626c6963 a513 02020001 020100 020146 3007 3005 0601 28 0500"), Service::snmp,
       "getbulk v2c public", "public 1.0", 1400},
      {"SNMP get", 161, hex("3026 020100 0406 7075626c6963 a019 020101 020100 020100 300e 300c 0608 2b06010201010100 0500"), Service::snmp,
       "get v1 public", "public 1.3.6.1.2.1.1.1.0", 90},
      {"SNMP getNext", 161, hex("301f 020101 0404 61646d69 a114 020101 020100 020100 3009 3007 0603 2b0601 0500"), Service::snmp,
       "getnext v2c", "admi 1.3.6.1", 90},
      {"WS-Discovery in 5 bytes", 3702, text_bytes("<:/>\n"), Service::ws_discovery, "xml up-to-15", "", 750},
      {"WS-Discovery Probe", 3702,
       text_bytes("<?xml version=\"1.0\"?><e:Envelope "
                  "xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\"><e:Body><d:Probe/></e:Body></e:Envelope>"),
       Service::ws_discovery, "probe up-to-255", "", 1500},
      {"CoAP", 5683, hex("4001 7d70 bb 2e77656c6c2d6b6e6f776e 04 636f7265"), Service::coap, "core", "/.well-known/core", 990},
      {"CoAP, another path", 5683, hex("4001 0001 b3") + text_bytes("foo") + hex("03") + text_bytes("bar"), Service::coap, "get",
       "/foo/bar", 100},
      {"ARD", 3283, hex("0014 0001 03"), Service::ard, "discovery", "", 1006},
      {"ARD, four bytes", 3283, hex("00140000"), Service::ard, "discovery", "", 1006},
      {"mDNS", 5353,
       hex("0000 0000 0001 0000 0000 0000 09") + text_bytes("_services") + hex("07") + text_bytes("_dns-sd") + hex("04") +
           text_bytes("_udp") + hex("05") + text_bytes("local") + hex("00 000c 0001"),
       Service::mdns, "services", "_services._dns-sd._udp.local PTR", 320},
      {"STUN", 3478, hex("0001 0000 2112a442") + zeros(12), Service::stun, "binding", "", 60},
      {"STUN at a port of others", 37833, hex("0001 0000 2112a442") + zeros(12), Service::stun, "binding", "", 60},
      {"STUN at 8088", 8088, hex("0001 0000 2112a442") + zeros(12), Service::stun, "binding", "", 60},
      {"portmap DUMP", 111, hex("65720a37 00000000 00000002 000186a0 00000002 00000004") + zeros(16), Service::portmap, "dump", "", 600},
      {"NetBIOS status", 137,
       hex("e5d8 0000 0001 0000 0000 0000 20") + text_bytes("CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") + hex("00 0021 0001"), Service::netbios,
       "status", "* NBSTAT", 190},
      {"MSSQL, all", 1434, hex("02"), Service::mssql, "broadcast", "", 200},
      {"MSSQL, one server", 1434, hex("03"), Service::mssql, "unicast", "", 200},
      {"RDP", 3389, hex("00000000 000000ff 00000000 00000000"), Service::rdp, "syn", "", 1260},
      {"Dahua", 37810, hex("20000000") + text_bytes("DHIP") + zeros(24), Service::dahua, "dhip", "", 690},
      {"Dahua, the name alone", 37810, text_bytes("DHIP"), Service::dahua, "dhip", "", 690},
      {"Dahua, ff", 37810, hex("ff"), Service::dahua, "ff", "", 690},
      {"XDMCP", 177, hex("0001 0002 0001 00"), Service::xdmcp, "query", "", 50},
      {"TFTP", 69, hex("0001 2f61 00") + text_bytes("netascii\0"sv), Service::tftp, "read", "/a", 516},
      {"SLP", 427, hex("02 09 00001d 0000 000000 c35f 0002 656e 0000 ffff 0007") + text_bytes("default"), Service::slp, "types", "", 350},
      {"Ubiquiti", 10001, hex("01000000"), Service::ubiquiti, "v1", "", 140},
      {"Ubiquiti, version 2", 10001, hex("02080000"), Service::ubiquiti, "v2", "", 140},
      {"Netis", 53413, hex("0a"), Service::netis, "probe", "", 16},
      {"Netis, a command", 53413, text_bytes("AA\0\0AAAAcd /tmp; wget x\0"sv), Service::netis, "command", "cd /tmp; wget x", 16},
      {"OpenVPN", 1194, hex("38 0102030405060708 00 00000000"), Service::openvpn, "reset", "", 130},
      {"DTLS", 443, hex("16 feff 0000 000000000000 0036 01 00002a 0000 000000 00002a fefd") + zeros(40), Service::dtls, "client-hello", "",
       60},
      {"Source engine", 27015, hex("ffffffff54536f7572636520456e67696e6520517565727900"), Service::quake, "source-info", "", 150},
      {"Quake", 27960, hex("ffffffff") + text_bytes("getstatus\n"), Service::quake, "getstatus", "", 900},
  };
}

}  // namespace nightjar::test
