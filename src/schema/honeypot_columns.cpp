#include <cstddef>

#include "schema/honeypot_rows.hpp"
#include "schema/tables.hpp"

namespace nightjar {

using enum ColumnType;

const std::vector<Column>& request_columns() {
  static const std::vector<Column> columns = {
      {"minute", minute, Merge::key, offsetof(RequestRow, minute), "start of the UTC minute"},
      {"sensor", name, Merge::key, offsetof(RequestRow, sensor), "name of the sensor"},
      {"ip_version", u8, Merge::key, offsetof(RequestRow, ip_version), "4 or 6"},
      {"src", u64, Merge::key, offsetof(RequestRow, src), "the victim: whom the request pretends to come from, so who would get the reply"},
      {"src_low", u64, Merge::key, offsetof(RequestRow, src_low), "lower 64 bits of an IPv6 victim, 0 for IPv4"},
      {"port", u16, Merge::key, offsetof(RequestRow, port), "UDP port that was asked"},
      {"service", service, Merge::key, offsetof(RequestRow, service),
       "what was asked: by the port where it is a service's own, else by the bytes; unknown for the rest"},
      {"packets", u64, Merge::sum, offsetof(RequestRow, packets), "requests"},
      {"bytes_in", u64, Merge::sum, offsetof(RequestRow, bytes_in), "sum of their IP lengths in bytes"},
      {"bytes_out", u64, Merge::sum, offsetof(RequestRow, bytes_out), "sum of the IP lengths of what the sensor sent back"},
      {"replies", u64, Merge::sum, offsetof(RequestRow, replies), "packets that the sensor sent back"},
      {"request_bytes", u64, Merge::sum, offsetof(RequestRow, request_bytes), "sum of the requests' UDP payloads in bytes"},
      {"reply_bytes", u64, Merge::sum, offsetof(RequestRow, reply_bytes),
       "sum of the UDP payloads that an open server would have sent back: the amplification is reply_bytes / request_bytes"},
      {"kinds", u32, Merge::bit_or, offsetof(RequestRow, kinds),
       "kinds of requests, a bit each, by service (docs/definitions.md); bit 0: not a request that is known"},
      {"query", text, Merge::equal_or_empty, offsetof(RequestRow, query),
       "what all requests of the row asked (example.com ANY), empty where they differ or the service asks nothing"},
      {"first_ms", u16, Merge::min, offsetof(RequestRow, first_ms), "milliseconds after minute of the first request"},
      {"last_ms", u16, Merge::max, offsetof(RequestRow, last_ms), "milliseconds after minute of the last request"},
      {"country", country, Merge::max, offsetof(RequestRow, country), "ISO 3166-1 code of the victim, empty where unknown"},
      {"asn", u32, Merge::max, offsetof(RequestRow, asn), "autonomous system of the victim, 0 where unknown"},
      {"batch", u64, Merge::max, offsetof(RequestRow, batch), "number of the batch that wrote the row"},
  };
  return columns;
}

const std::vector<Column>& session_columns() {
  static const std::vector<Column> columns = {
      {"first", time, Merge::key, offsetof(SessionRow, first), "time of the first packet, UTC, in microseconds"},
      {"sensor", name, Merge::key, offsetof(SessionRow, sensor), "name of the sensor"},
      {"ip_version", u8, Merge::key, offsetof(SessionRow, ip_version), "4 or 6"},
      {"src", u64, Merge::key, offsetof(SessionRow, src), "the client: the IPv4 address, or the upper 64 bits of the IPv6 address"},
      {"src_low", u64, Merge::key, offsetof(SessionRow, src_low), "lower 64 bits of an IPv6 client, 0 for IPv4"},
      {"src_port", u16, Merge::key, offsetof(SessionRow, src_port), "port of the client"},
      {"dst", u64, Merge::key, offsetof(SessionRow, dst), "the address of the honeypot that was called, as src"},
      {"dst_low", u64, Merge::key, offsetof(SessionRow, dst_low), "lower 64 bits of an IPv6 address, 0 for IPv4"},
      {"port", u16, Merge::key, offsetof(SessionRow, port), "port that was called"},
      {"last", time, Merge::fullest, offsetof(SessionRow, last), "time of the last packet, UTC"},
      {"packets", u64, Merge::max, offsetof(SessionRow, packets), "packets of both sides"},
      {"handshake", u8, Merge::fullest, offsetof(SessionRow, handshake), "1: SYN, SYN-ACK and its acknowledgement were seen, else 0"},
      {"segments", u64, Merge::fullest, offsetof(SessionRow, segments), "packets of the client that carried bytes"},
      {"bytes", u64, Merge::fullest, offsetof(SessionRow, bytes),
       "bytes that the client sent, put together, also those that were not kept"},
      {"server_bytes", u64, Merge::fullest, offsetof(SessionRow, server_bytes), "bytes that the honeypot sent"},
      {"cut", u8, Merge::fullest, offsetof(SessionRow, cut),
       "1: the payload is not all that the client sent (more than 64 KiB, a gap, a short capture), else 0"},
      {"payload", text, Merge::fullest, offsetof(SessionRow, payload),
       "SHA-256 of the client's bytes as kept, in payloads; empty where it sent none"},
      {"logins", text, Merge::fullest, offsetof(SessionRow, logins),
       "login attempts, one a line: user, tab, password, tab, 1 accepted or 0; \\t \\n \\r \\\\ and \\xHH stand for such bytes"},
      {"commands", text, Merge::fullest, offsetof(SessionRow, commands),
       "commands typed, one a line, escaped in the same way; like logins as many whole lines as 16 KiB hold"},
      {"tags", text, Merge::fullest, offsetof(SessionRow, tags), "ids of the signatures that its bytes match, separated by blanks"},
      {"urls", text, Merge::fullest, offsetof(SessionRow, urls),
       "addresses that its commands would load from, separated by blanks, at most 16 KiB"},
      {"injections", text, Merge::fullest, offsetof(SessionRow, injections),
       "fields in which a command was hidden, one a line: action, tab, field, tab, 1 where a signature of its own knows it, else 0"},
      {"facts", u32, Merge::fullest, offsetof(SessionRow, facts),
       "facts (below) of another SYN of this source to this address and port at most 30 s before; 0 without one"},
      {"window", u16, Merge::fullest, offsetof(SessionRow, window), "TCP window of that SYN"},
      {"country", country, Merge::max, offsetof(SessionRow, country), "ISO 3166-1 code of the client, empty where unknown"},
      {"asn", u32, Merge::max, offsetof(SessionRow, asn), "autonomous system of the client, 0 where unknown"},
      {"batch", u64, Merge::max, offsetof(SessionRow, batch), "number of the batch that wrote the row"},
  };
  return columns;
}

const std::vector<Column>& payload_columns() {
  static const std::vector<Column> columns = {
      {"sha256", text, Merge::key, offsetof(PayloadRow, sha256), "SHA-256 of the bytes, 64 hexadecimal digits"},
      {"bytes", blob, Merge::max, offsetof(PayloadRow, bytes), "the bytes as received, at most 64 KiB; never executed, never fetched"},
      {"size", u64, Merge::max, offsetof(PayloadRow, size), "how many of them"},
      {"first", time, Merge::min, offsetof(PayloadRow, first), "first seen, UTC"},
      {"last", time, Merge::max, offsetof(PayloadRow, last), "last seen, UTC (of a datagram to dark addresses the last hour's first)"},
      {"protocol", u8, Merge::earliest, offsetof(PayloadRow, protocol), "6 TCP conversation or 17 UDP datagram, when first seen"},
      {"port", u16, Merge::earliest, offsetof(PayloadRow, port), "destination port when first seen"},
      {"sensor", name, Merge::earliest, offsetof(PayloadRow, sensor), "name of the sensor that saw it first"},
      {"ip_version", u8, Merge::earliest, offsetof(PayloadRow, ip_version), "4 or 6"},
      {"src", u64, Merge::earliest, offsetof(PayloadRow, src), "who sent it first: the IPv4 address, or the upper 64 bits"},
      {"src_low", u64, Merge::earliest, offsetof(PayloadRow, src_low), "lower 64 bits of an IPv6 source, 0 for IPv4"},
      {"tags", text, Merge::max, offsetof(PayloadRow, tags), "ids of the signatures that it matches, separated by blanks"},
      {"urls", text, Merge::max, offsetof(PayloadRow, urls),
       "addresses that its commands would load from, separated by blanks, at most 16 KiB"},
      {"batch", u64, Merge::max, offsetof(PayloadRow, batch), "number of the batch that wrote the row"},
  };
  return columns;
}

const std::vector<Column>& attack_columns() {
  static const std::vector<Column> columns = {
      {"id", text, Merge::key, offsetof(AttackRow, id), "16 hexadecimal digits, the same whenever the same attack is found"},
      {"definition", text, Merge::key, offsetof(AttackRow, definition), "name of the definition that made it: amppot, merged ..."},
      {"parameters", text, Merge::max, offsetof(AttackRow, parameters), "its key, minimum, gap and way of counting, as used"},
      {"kind", text, Merge::max, offsetof(AttackRow, kind), "single, multi-service or carpet (many addresses of one prefix)"},
      {"level", u8, Merge::max, offsetof(AttackRow, level), "1: an attack that counts; 2: several of level 1 seen as one"},
      {"parent", text, Merge::max, offsetof(AttackRow, parent), "id of the attack of level 2 that it is part of, else empty"},
      {"sensor", text, Merge::max, offsetof(AttackRow, sensor), "name of the sensor, empty where several are counted as one"},
      {"sensors", u64, Merge::max, offsetof(AttackRow, sensors), "sensors that saw it"},
      {"ip_version", u8, Merge::max, offsetof(AttackRow, ip_version), "4 or 6"},
      {"src", u64, Merge::max, offsetof(AttackRow, src), "the victim, or the first address of the attacked prefix"},
      {"src_low", u64, Merge::max, offsetof(AttackRow, src_low), "lower 64 bits of an IPv6 victim, 0 for IPv4"},
      {"prefix_length", u8, Merge::max, offsetof(AttackRow, prefix_length), "32 or 128 for one address, 24 or 48 for a carpet"},
      {"victims", u64, Merge::max, offsetof(AttackRow, victims), "addresses that were attacked"},
      {"service", text, Merge::max, offsetof(AttackRow, service), "abused services, separated by blanks"},
      {"port", u16, Merge::max, offsetof(AttackRow, port), "abused port, 0 for several"},
      {"first", time, Merge::min, offsetof(AttackRow, first), "time of the first request, UTC, in milliseconds"},
      {"last", time, Merge::max, offsetof(AttackRow, last), "time of the last request, UTC; the duration is last - first"},
      {"packets", u64, Merge::max, offsetof(AttackRow, packets), "requests"},
      {"bytes_in", u64, Merge::max, offsetof(AttackRow, bytes_in), "sum of their IP lengths in bytes"},
      {"bytes_out", u64, Merge::max, offsetof(AttackRow, bytes_out), "sum of the IP lengths of what the sensors sent back"},
      {"country", country, Merge::max, offsetof(AttackRow, country), "ISO 3166-1 code of the victim, empty where unknown"},
      {"asn", u32, Merge::max, offsetof(AttackRow, asn), "autonomous system of the victim, 0 where unknown"},
      {"protocol", u8, Merge::max, offsetof(AttackRow, protocol), "IANA number of the attacked or abused protocol"},
      {"ports", u64, Merge::max, offsetof(AttackRow, ports), "of attacks seen as backscatter: distinct attacked ports"},
      {"peak_per_minute", u64, Merge::max, offsetof(AttackRow, peak_per_minute),
       "of attacks seen as backscatter: most packets in 60 seconds, in windows that slide by 10 s"},
      {"destinations", u64, Merge::max, offsetof(AttackRow, destinations),
       "of attacks seen as backscatter: distinct dark addresses that got packets, exact for sensors of up to 64, else an estimate"},
      {"mismatches", u64, Merge::max, offsetof(AttackRow, mismatches),
       "of attacks seen as backscatter: ICMP errors whose destination is not the quoted source"},
  };
  return columns;
}

}  // namespace nightjar
