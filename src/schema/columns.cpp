#include "schema/columns.hpp"

#include <array>
#include <cstddef>
#include <vector>

#include "schema/derived_rows.hpp"
#include "schema/honeypot_rows.hpp"
#include "schema/rows.hpp"
#include "schema/tables.hpp"

namespace nightjar {
namespace {

using enum ColumnType;

const std::vector<Column>& flow_columns() {
  static const std::vector<Column> columns = {
      {"hour", hour, Merge::key, offsetof(FlowRow, hour), "start of the UTC hour"},
      {"sensor", name, Merge::key, offsetof(FlowRow, sensor), "name of the sensor"},
      {"ip_version", u8, Merge::key, offsetof(FlowRow, ip_version), "4 or 6"},
      {"src", u64, Merge::key, offsetof(FlowRow, src), "source: the IPv4 address, or the upper 64 bits of the IPv6 address"},
      {"src_low", u64, Merge::key, offsetof(FlowRow, src_low), "lower 64 bits of an IPv6 source, 0 for IPv4"},
      {"protocol", u8, Merge::key, offsetof(FlowRow, protocol), "IANA protocol number"},
      {"port", u16, Merge::key, offsetof(FlowRow, port),
       "destination port; of backscatter the source port (the victim's service); of ICMP type x 256 + code; 0 where there is none"},
      {"class", u8, Merge::key, offsetof(FlowRow, traffic_class), "1 scan, 2 backscatter, 3 request, 4 echo, 5 other"},
      {"facts", u32, Merge::key, offsetof(FlowRow, facts),
       "what was observed of TCP SYNs and of TCP backscatter, bit by bit (below); else 0"},
      {"window", u16, Merge::key, offsetof(FlowRow, window), "TCP window of SYNs, else 0"},
      {"packets", u64, Merge::sum, offsetof(FlowRow, packets), "packets"},
      {"bytes", u64, Merge::sum, offsetof(FlowRow, bytes), "sum of the IP lengths in bytes"},
      {"dst_bits", u64, Merge::bit_or, offsetof(FlowRow, dst_bits), "one bit per destination address: its index in the sensor modulo 64"},
      {"first", u16, Merge::min, offsetof(FlowRow, first), "seconds after hour of the first packet"},
      {"span", u16, Merge::span, offsetof(FlowRow, span), "seconds from the first packet to the last"},
      {"src_port", u16, Merge::equal_or_zero, offsetof(FlowRow, src_port),
       "source port that all packets of the row share (of backscatter the destination port), 0 where they differ"},
      {"ttl", u8, Merge::equal_or_zero, offsetof(FlowRow, ttl), "TTL that all packets of the row share, 0 where they differ"},
      {"ip_length", u16, Merge::equal_or_zero, offsetof(FlowRow, ip_length),
       "IP length in bytes that all packets of the row share, 0 where they differ or above 65,535"},
      {"country", country, Merge::max, offsetof(FlowRow, country), "ISO 3166-1 code of the source at ingest time, empty where unknown"},
      {"asn", u32, Merge::max, offsetof(FlowRow, asn), "autonomous system of the source at ingest time, 0 where unknown"},
      {"batch", u64, Merge::max, offsetof(FlowRow, batch), "number of the batch that wrote the row (of merged rows the highest)"},
  };
  return columns;
}

const std::vector<Column>& minute_columns() {
  static const std::vector<Column> columns = {
      {"minute", minute, Merge::key, offsetof(MinuteRow, minute), "start of the UTC minute"},
      {"sensor", name, Merge::key, offsetof(MinuteRow, sensor), "name of the sensor"},
      {"protocol", u8, Merge::key, offsetof(MinuteRow, protocol), "IANA protocol number"},
      {"class", u8, Merge::key, offsetof(MinuteRow, traffic_class), "1 scan, 2 backscatter, 3 request, 4 echo, 5 other"},
      {"packets", u64, Merge::sum, offsetof(MinuteRow, packets), "packets"},
      {"bytes", u64, Merge::sum, offsetof(MinuteRow, bytes), "sum of the IP lengths in bytes"},
      {"batch", u64, Merge::max, offsetof(MinuteRow, batch), "number of the batch that wrote the row"},
  };
  return columns;
}

const std::vector<Column>& backscatter_columns() {
  constexpr std::size_t bin = sizeof(std::uint64_t);
  static const std::vector<Column> columns = {
      {"minute", minute, Merge::key, offsetof(BackscatterRow, minute), "start of the UTC minute"},
      {"sensor", name, Merge::key, offsetof(BackscatterRow, sensor), "name of the sensor"},
      {"ip_version", u8, Merge::key, offsetof(BackscatterRow, ip_version), "4 or 6"},
      {"src", u64, Merge::key, offsetof(BackscatterRow, src),
       "the victim: source of the answer, or destination of the packet that an ICMP error quotes"},
      {"src_low", u64, Merge::key, offsetof(BackscatterRow, src_low), "lower 64 bits of an IPv6 victim, 0 for IPv4"},
      {"protocol", u8, Merge::key, offsetof(BackscatterRow, protocol), "IANA number of the attacked protocol"},
      {"port", u16, Merge::key, offsetof(BackscatterRow, port), "attacked service; 0 where there is none"},
      {"packets", u64, Merge::sum, offsetof(BackscatterRow, packets), "packets"},
      {"bytes", u64, Merge::sum, offsetof(BackscatterRow, bytes), "sum of the IP lengths in bytes"},
      {"p00", u64, Merge::sum, offsetof(BackscatterRow, bins) + 0 * bin, "packets in seconds 0 to 9"},
      {"p10", u64, Merge::sum, offsetof(BackscatterRow, bins) + 1 * bin, "packets in seconds 10 to 19"},
      {"p20", u64, Merge::sum, offsetof(BackscatterRow, bins) + 2 * bin, "packets in seconds 20 to 29"},
      {"p30", u64, Merge::sum, offsetof(BackscatterRow, bins) + 3 * bin, "packets in seconds 30 to 39"},
      {"p40", u64, Merge::sum, offsetof(BackscatterRow, bins) + 4 * bin, "packets in seconds 40 to 49"},
      {"p50", u64, Merge::sum, offsetof(BackscatterRow, bins) + 5 * bin, "packets in seconds 50 to 59"},
      {"dst_bits", u64, Merge::bit_or, offsetof(BackscatterRow, dst_bits),
       "one bit per destination address: its index in the sensor modulo 64"},
      {"mismatches", u64, Merge::sum, offsetof(BackscatterRow, mismatches), "ICMP errors whose destination is not the quoted source"},
      {"first_ms", u16, Merge::min, offsetof(BackscatterRow, first_ms), "milliseconds after minute of the first packet"},
      {"last_ms", u16, Merge::max, offsetof(BackscatterRow, last_ms), "milliseconds after minute of the last packet"},
      {"country", country, Merge::max, offsetof(BackscatterRow, country), "ISO 3166-1 code of the victim, empty where unknown"},
      {"asn", u32, Merge::max, offsetof(BackscatterRow, asn), "autonomous system of the victim, 0 where unknown"},
      {"batch", u64, Merge::max, offsetof(BackscatterRow, batch), "number of the batch that wrote the row"},
  };
  return columns;
}

const std::vector<Column>& sensor_day_columns() {
  static const std::vector<Column> columns = [] {
    std::vector<Column> list = {
        {"day", day, Merge::key, offsetof(SensorDayRow, day), "UTC day"},
        {"sensor", name, Merge::key, offsetof(SensorDayRow, sensor), "name of the sensor"},
        {"kind", sensor_kind, Merge::key, offsetof(SensorDayRow, kind), "darknet, honeypot or reflector"},
        {"addresses", u64, Merge::max, offsetof(SensorDayRow, addresses), "addresses observed that day, 0 where unknown"},
        {"packets", u64, Merge::sum, offsetof(SensorDayRow, packets), "observed IP packets that could be decoded"},
        {"bytes", u64, Merge::sum, offsetof(SensorDayRow, bytes), "sum of their IP lengths in bytes"},
        {"outbound", u64, Merge::sum, offsetof(SensorDayRow, outbound), "packets from the sensor's own prefixes, counted nowhere else"},
        {"outside", u64, Merge::sum, offsetof(SensorDayRow, outside), "packets neither from nor to them, counted nowhere else"},
        {"not_ip", u64, Merge::sum, offsetof(SensorDayRow, not_ip), "frames without an IP packet (ARP, 802.1X ...)"},
    };
    // One column a reason; the names outlive the program.
    static std::array<std::string, kUndecodableReasons> names, sentences;
    for (std::size_t reason = 1; reason < kUndecodableReasons; ++reason) {
      names[reason] = "undecodable_" + std::string(kUndecodableNames[reason]);
      sentences[reason] = "packets that could not be decoded: " + std::string(kUndecodableNames[reason]);
      list.push_back(
          {names[reason], u64, Merge::sum, offsetof(SensorDayRow, undecodable) + reason * sizeof(std::uint64_t), sentences[reason]});
    }
    list.insert(list.end(), {
                                {"kernel_drops", u64, Merge::sum, offsetof(SensorDayRow, kernel_drops),
                                 "packets that the kernel or the interface dropped"},
                                {"gaps", u64, Merge::sum, offsetof(SensorDayRow, gaps), "times the capture stood still"},
                                {"clock_steps", u64, Merge::sum, offsetof(SensorDayRow, clock_steps),
                                 "packets timed more than 60 s before the packet captured before them"},
                                {"batch", u64, Merge::max, offsetof(SensorDayRow, batch), "number of the batch that wrote the row"},
                            });
    return list;
  }();
  return columns;
}

const std::vector<Column>& count_columns() {
  static const std::vector<Column> columns = {
      {"step", text, Merge::key, kNoOffset, "hour or day"},
      {"time", hour, Merge::key, kNoOffset, "start of the UTC hour or day"},
      {"sensor", text, Merge::key, kNoOffset, "name of the sensor; empty: all sensors of kind darknet"},
      {"level", text, Merge::key, kNoOffset,
       "port (one protocol, port and class), protocol (all ports) or total (all protocols; protocol 0)"},
      {"protocol", u8, Merge::key, kNoOffset, "IANA protocol number; 0 at level total"},
      {"port", u16, Merge::key, kNoOffset, "as in flows; 0 at the levels protocol and total"},
      {"class", u8, Merge::key, kNoOffset, "as in flows; 0: scan and request together, the classes of a host count"},
      {"dimension", text, Merge::key, kNoOffset, "all, country, asn or fingerprint"},
      {"value", text, Merge::key, kNoOffset, "value of the dimension; empty for all"},
      {"packets", u64, Merge::sum, kNoOffset, "packets"},
      {"bytes", u64, Merge::sum, kNoOffset, "sum of the IP lengths in bytes"},
      {"hosts", u64, Merge::sum, kNoOffset, "distinct sources, exact (IPv6 as /64); not additive"},
  };
  return columns;
}

}  // namespace

std::span<const TableSchema> all_tables() {
  static const std::array<TableSchema, kTables> tables = {{
      {Table::flows, "flows", sizeof(FlowRow), "protocol, port, src, src_low, hour, class, sensor, facts, window",
       "one row per hour, sensor, source, protocol, port, class, facts and window", flow_columns()},
      {Table::minutes, "minutes", sizeof(MinuteRow), "sensor, protocol, class, minute",
       "the pulse: packets per minute, sensor, protocol and class", minute_columns()},
      {Table::backscatter, "backscatter", sizeof(BackscatterRow), "src, src_low, protocol, port, minute",
       "one row per minute, sensor, victim and attacked service", backscatter_columns()},
      {Table::sensor_days, "sensor_days", sizeof(SensorDayRow), "sensor, day",
       "per day and sensor: how many addresses watched, how far the numbers can be trusted", sensor_day_columns()},
      {Table::counts, "counts", 0, "level, dimension, step, sensor, protocol, port, class, value, time",
       "packets and exact hosts per hour and day, derived from flows; port cells below 3 hosts and 100 packets are left out",
       count_columns(), false, true},
      {Table::requests, "requests", sizeof(RequestRow), "src, src_low, port, sensor, minute",
       "what reflectors were asked: one row per minute, sensor, victim and service", request_columns()},
      {Table::sessions, "sessions", sizeof(SessionRow), "first, src, src_low, src_port, port, dst, dst_low, sensor",
       "one row per TCP conversation with a honeypot; the view shows each once, as far as it was seen", session_columns(), true},
      {Table::payloads, "payloads", sizeof(PayloadRow), "sha256",
       "what was sent, once per SHA-256: client bytes of conversations, and UDP datagrams to dark addresses (the first of each, bounded "
       "per "
       "hour)",
       payload_columns(), true},
      {Table::attacks, "attacks", sizeof(AttackRow), "definition, first, src, src_low, port, sensor",
       "attacks with the definition that made them, derived from requests by nightjar detect", attack_columns(), false, true},
      {Table::port_days, "port_days", sizeof(PortDayRow), "protocol, port, part, country, tool",
       "what detection compares: hosts and packets a UTC day by port, country and tool, of all darknets together; derived from flows",
       port_day_columns(), false, true},
      {Table::scans, "scans", 0, "protocol, port, src, src_low, first",
       "scan events by Merit's definition (docs/definitions.md), derived from flows by nightjar detect", scan_columns(), false, true},
      {Table::scanner_days, "scanner_days", 0, "src, src_low",
       "sources that asked more than 10 ports of the darknets in a UTC day; derived from flows by nightjar detect", scanner_day_columns(),
       false, true},
      {Table::incidents, "incidents", 0, "rules, onset, id", "what happened and why, with the rules that found it; made by nightjar detect",
       incident_columns(), false, true},
  }};
  return tables;
}

const TableSchema& schema_of(Table table) { return all_tables()[static_cast<std::size_t>(table)]; }

std::string_view duckdb_type(ColumnType type) {
  switch (type) {
    case u8: return "UTINYINT";
    case u16: return "USMALLINT";
    case u32: return "UINTEGER";
    case u64: return "UBIGINT";
    case hour:
    case minute:
    case time: return "TIMESTAMP";
    case day: return "DATE";
    case name:
    case country:
    case sensor_kind:
    case service:
    case text: return "VARCHAR";
    case blob: return "BLOB";
    case real: return "DOUBLE";
  }
  return "";
}

}  // namespace nightjar
