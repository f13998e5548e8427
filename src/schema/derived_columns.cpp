#include <cstddef>
#include <vector>

#include "schema/derived_rows.hpp"
#include "schema/tables.hpp"

// Tables that detection derives from others. Those without places in a row are written by SQL.

namespace nightjar {

using enum ColumnType;

const std::vector<Column>& port_day_columns() {
  static const std::vector<Column> columns = {
      {"day", day, Merge::key, offsetof(PortDayRow, day), "UTC day"},
      {"protocol", u8, Merge::key, offsetof(PortDayRow, protocol), "IANA protocol number"},
      {"port", u16, Merge::key, offsetof(PortDayRow, port), "as in flows"},
      {"part", text, Merge::key, offsetof(PortDayRow, part),
       "port: all of it; cell: one country and tool. Scans, requests and echoes only; left out below 2 hosts and 20 packets"},
      {"country", country, Merge::key, offsetof(PortDayRow, country), "ISO 3166-1 code, empty where unknown and of a whole port"},
      {"tool", text, Merge::key, offsetof(PortDayRow, tool),
       "the first fingerprint of the catalogue, irregular-syn left aside, that any of the source's packets to the port match; else empty"},
      {"hosts", u64, Merge::sum, offsetof(PortDayRow, hosts), "distinct sources (IPv6 as /64)"},
      {"packets", u64, Merge::sum, offsetof(PortDayRow, packets), "packets"},
      {"largest", u64, Merge::max, offsetof(PortDayRow, largest), "packets of the source that sent most"},
      {"squares", real, Merge::sum, offsetof(PortDayRow, squares),
       "sum over sources of packets x packets: packets x packets / squares are the effective sources"},
  };
  return columns;
}

const std::vector<Column>& scan_columns() {
  static const std::vector<Column> columns = {
      {"first", time, Merge::key, kNoOffset, "time of the first packet, UTC, in seconds"},
      {"sensor", text, Merge::key, kNoOffset, "name of the sensor"},
      {"ip_version", u8, Merge::key, kNoOffset, "4: only IPv4 sources have events"},
      {"src", u64, Merge::key, kNoOffset, "source, as in flows"},
      {"src_low", u64, Merge::key, kNoOffset, "0"},
      {"protocol", u8, Merge::key, kNoOffset, "IANA protocol number"},
      {"port", u16, Merge::key, kNoOffset, "as in flows"},
      {"class", u8, Merge::key, kNoOffset, "as in flows"},
      {"last", time, Merge::max, kNoOffset, "time of the last packet, UTC, in seconds"},
      {"packets", u64, Merge::sum, kNoOffset, "packets"},
      {"bytes", u64, Merge::sum, kNoOffset, "sum of the IP lengths in bytes"},
      {"dst_bits", u64, Merge::bit_or, kNoOffset, "one bit per destination address: its index in the sensor modulo 64"},
      {"facts", u32, Merge::bit_or, kNoOffset, "facts of all its SYNs together"},
      {"addresses", u64, Merge::max, kNoOffset, "addresses that the sensor observed, of several days the most"},
      {"timeout", u32, Merge::max, kNoOffset, "seconds of silence that end it: 624 x 475136 / addresses of its last day, at least 3600"},
      {"rate", real, Merge::max, kNoOffset, "packets a second over the whole IPv4 space; 0 where first and last are one time: undefined"},
      {"kept", u8, Merge::max, kNoOffset,
       "1: an event by the definition; 0: too small so far, carried because it is open and began before the timeout"},
      {"open", u8, Merge::max, kNoOffset, "1: the data end before the silence that would end it"},
      {"country", text, Merge::max, kNoOffset, "ISO 3166-1 code of the source, empty where unknown"},
      {"asn", u32, Merge::max, kNoOffset, "autonomous system of the source, 0 where unknown"},
  };
  return columns;
}

const std::vector<Column>& scanner_day_columns() {
  static const std::vector<Column> columns = {
      {"day", day, Merge::key, kNoOffset, "UTC day"},
      {"ip_version", u8, Merge::key, kNoOffset, "4 or 6"},
      {"src", u64, Merge::key, kNoOffset, "source, as in flows"},
      {"src_low", u64, Merge::key, kNoOffset, "0: an IPv6 source is its /64"},
      {"ports", u64, Merge::max, kNoOffset, "distinct destination ports of TCP SYNs and of UDP that asks (80/TCP and 80/UDP are two)"},
      {"packets", u64, Merge::max, kNoOffset, "packets of these"},
      {"survey", u8, Merge::max, kNoOffset,
       "1: a survey scanner (docs/definitions.md) by the addresses that the darknets observed that day"},
      {"country", text, Merge::max, kNoOffset, "ISO 3166-1 code of the source, empty where unknown"},
      {"asn", u32, Merge::max, kNoOffset, "autonomous system of the source, 0 where unknown"},
  };
  return columns;
}

const std::vector<Column>& incident_columns() {
  static const std::vector<Column> columns = {
      {"id", text, Merge::key, kNoOffset, "16 hexadecimal digits, the same whenever the same incident is found"},
      {"rules", text, Merge::key, kNoOffset, "name of the rules that found it: default, or how they differ"},
      {"kind", text, Merge::max, kNoOffset,
       "host-spike, packet-spike, new-port, heavy-source, scan-campaign, dos-victim, carpet-bombing, new-payload, drdos or sensor"},
      {"protocol", u8, Merge::max, kNoOffset, "IANA protocol number, 0 where it is about none"},
      {"port", u16, Merge::max, kNoOffset, "destination port, of backscatter the attacked one; 0 where it is about none or several"},
      {"country", text, Merge::max, kNoOffset, "ISO 3166-1 code of the country that carries the rise, empty where there are several"},
      {"sensor", text, Merge::max, kNoOffset, "of kind sensor: its name; else empty"},
      {"onset", time, Merge::max, kNoOffset, "when it began, UTC"},
      {"peak", time, Merge::max, kNoOffset, "the hour or day of its largest size, UTC"},
      {"end", time, Merge::max, kNoOffset, "when it was over, UTC; of one that goes on the end of what was judged"},
      {"ended", u8, Merge::max, kNoOffset, "1: over; 0: goes on"},
      {"metric", text, Merge::max, kNoOffset, "what is measured a day: hosts, packets, attacks, sessions or minutes"},
      {"expected", real, Merge::max, kNoOffset, "usual level of the metric at its peak"},
      {"observed", real, Merge::max, kNoOffset, "level at its peak"},
      {"level_now", real, Merge::max, kNoOffset, "level on the last day that was judged"},
      {"score", real, Merge::max, kNoOffset, "how far out of the usual range at its peak, in standard deviations (docs/definitions.md)"},
      {"confidence", text, Merge::max, kNoOffset, "of the cause: confirmed, probable or possible"},
      {"cause_en", text, Merge::max, kNoOffset, "likely cause in one sentence"},
      {"cause_ja", text, Merge::max, kNoOffset, "the same in Japanese"},
      {"population", text, Merge::max, kNoOffset, "filter (--where) of the packets that it is about"},
      {"details", text, Merge::max, kNoOffset, "JSON: all else that is known, as nightjar incidents ID --format json prints it"},
  };
  return columns;
}

}  // namespace nightjar
