#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "incident/basis.hpp"

namespace nightjar {

/// FROZEN: the names are stored and are keys of the answers.
enum class IncidentKind : std::uint8_t {
  host_spike,
  packet_spike,
  new_port,       ///< a port that was never or hardly seen
  heavy_source,   ///< one address carries most of it
  scan_campaign,  ///< a few hosts ask the same several ports
  dos_victim,
  carpet_bombing,
  new_payload,
  drdos,
  sensor,
};
inline constexpr std::size_t kIncidentKinds = 10;
/// "host-spike" ...
std::string_view name_of(IncidentKind kind);
std::optional<IncidentKind> incident_kind(std::string_view name);

/// What is measured, a day: distinct sources, packets, attacks of level 1, conversations with honeypots, minutes without packets.
enum class Metric : std::uint8_t { hosts, packets, attacks, sessions, minutes };
std::string_view name_of(Metric metric);

/// How sure the cause is. The words are fixed: confirmed 確認, probably とみられる, possibly 可能性がある.
enum class Confidence : std::uint8_t { possible, probable, confirmed };
std::string_view name_of(Confidence confidence);

/// What it has done since its peak, by the last day that was judged.
enum class Trend : std::uint8_t { rising, steady, falling, over };
std::string_view name_of(Trend trend);

/// Likely causes, and the alternatives that the data leave open. The sentences are made in `words.hpp`.
enum class Cause : std::uint8_t {
  unknown,           ///< hosts or packets rose, and nothing tells why
  infected_devices,  ///< a botnet's fingerprint (tool), many hosts
  infected_windows,  ///< worm on 445/TCP: tool windows-7
  exploit_wave,      ///< many hosts on a port whose honeypots got an exploit (payloads)
  dropper_wave,      ///< many hosts, after one or few sources sent an exploit to another port (related ports of relation dropper)
  scanning_tool,     ///< masscan, ZMap: somebody surveys or looks for targets
  one_source,        ///< one address
  campaign,          ///< a few hosts of one operator that ask the same ports
  louder_hosts,      ///< not more hosts, each sends more
  new_hosts,         ///< more hosts without a known tool
  dos_backscatter,   ///< answers of victims of a denial of service with forged sources
  carpet_backscatter,
  new_exploit,         ///< a payload that honeypots had not got before
  attacks_on_network,  ///< DRDoS attacks on one country or network
  sensor_silent,
  sensor_drops,
  sensor_clock,
  sensor_size,
  sensor_repeated,  ///< a day that was delivered twice
};
std::string_view name_of(Cause cause);
std::optional<Cause> cause_named(std::string_view name);

/// A value of an attribute. Attributes: country, asn, fingerprint, window, ttl_band, class, src_port, src, sensor, tcp_flags.
struct AttributeValue {
  std::string attribute, value;
  std::string label = {};  ///< what people call it (the AS's name); empty: not known
  friend bool operator==(const AttributeValue&, const AttributeValue&) = default;
};

/// What carries a part of the rise: one attribute or a pair (sometimes more, where one value of each carries all of it).
struct RisePart {
  std::vector<AttributeValue> attributes;
  double share_of_rise = 0;              ///< 0 to 1
  double usual_share = 0;                ///< of the port's usual level, 0 to 1
  std::uint64_t hosts = 0, packets = 0;  ///< in the explained days
  std::string rows = {};                 ///< condition, as those of Basis, of the rows that lie in it; empty: not said
  friend bool operator==(const RisePart&, const RisePart&) = default;
};

enum class Relation : std::uint8_t { co_scanned, dropper };
std::string_view name_of(Relation relation);
struct RelatedPort {
  std::uint8_t protocol = 6;
  std::uint16_t port = 0;
  Relation relation = Relation::co_scanned;
  std::uint64_t hosts = 0, packets = 0;  ///< of the incident's hosts there; of a dropper its sources and their packets
  double lift = 0;                       ///< times as often as other hosts of the day ask that port; 0: not known
  std::string country = {};              ///< of a dropper: of its sources, where they are of one; else empty
  std::int64_t since_ms = 0;             ///< of a dropper: when it rose; 0: not known
  std::string table = {}, rows = {};     ///< where hosts and packets were counted that are not the incident's own: a condition with days
  bool equal_sources = false;            ///< its hosts are as many equally loud sources as would be as concentrated
  friend bool operator==(const RelatedPort&, const RelatedPort&) = default;
};

struct IncidentPayload {
  std::string sha256;
  std::vector<std::string> tags, urls;
  std::vector<std::string> cves;  ///< of the tags' signatures
  std::uint64_t sessions = 0;     ///< conversations that brought it, in the incident's time
  std::string rows = {};          ///< condition of these rows of sessions, times included; empty: not said
  friend bool operator==(const IncidentPayload&, const IncidentPayload&) = default;
};

/// A daily total of another protocol that the same flood moved.
struct OtherTotal {
  std::uint8_t protocol = 6;
  std::uint16_t port = 0;                ///< that most of its answers have; 0: none
  std::int64_t day = 0;                  ///< UTC day of the numbers
  double expected = 0, observed = 0;     ///< packets of the total
  std::uint64_t hosts = 0, packets = 0;  ///< victims that answered, and their packets
  std::string level = {}, rows = {};     ///< conditions, as those of Basis: rows of minutes and of backscatter
  std::vector<std::int64_t> level_days;  ///< UTC days of which its usual level was made
  friend bool operator==(const OtherTotal&, const OtherTotal&) = default;
};

/// A stretch of a capture that holds packets of the incident.
struct EvidenceSpan {
  std::string capture;
  std::int64_t from_ms = 0, to_ms = 0;  ///< milliseconds since 1970
  friend bool operator==(const EvidenceSpan&, const EvidenceSpan&) = default;
};

/// A negative finding that matters: the rising hosts do not ask this port themselves.
struct NotSeen {
  std::uint8_t protocol = 6;
  std::uint16_t port = 0;
  std::uint64_t hosts_looked_at = 0;  ///< of the rise
  friend bool operator==(const NotSeen&, const NotSeen&) = default;
};

/// A day of the series that the page draws.
struct IncidentDay {
  std::int64_t day = 0;  ///< UTC day
  double observed = 0;   ///< the metric
  double expected = 0;   ///< its usual level, scaled to what was observed that day
  double upper = 0;      ///< above it lies what counts as a rise
  bool trouble = false;  ///< the sensors were in trouble: not compared
  friend bool operator==(const IncidentDay&, const IncidentDay&) = default;
};

/// Everything known of an incident. Numbers come from the tables of the lake; what the data cannot support is absent (nullopt, empty).
/// Times are milliseconds since 1970, UTC.
struct Incident {
  std::string id;     ///< 16 hexadecimal digits
  std::string rules;  ///< Rules::name()
  IncidentKind kind = IncidentKind::host_spike;
  std::uint8_t protocol = 0;  ///< IANA number, 0: none
  std::uint16_t port = 0;     ///< 0: none or several
  std::string country;        ///< of the one country that carries it, else empty
  std::string sensor;         ///< of kind sensor
  std::int64_t onset_ms = 0, peak_ms = 0;
  std::optional<std::int64_t> end_ms;  ///< none: it goes on
  std::int64_t judged_to_ms = 0;       ///< the end of the last day that was judged
  Metric metric = Metric::hosts;
  double expected = 0, observed = 0;  ///< at the peak, of the metric, a day
  double level_now = 0;               ///< on the last judged day
  double score = 0;
  Trend trend = Trend::steady;
  bool since_new_usual = false;  ///< it stayed so long that its level is the usual one now

  Cause cause = Cause::unknown;
  Confidence confidence = Confidence::possible;
  std::vector<Cause> alternatives;
  std::string cause_en, cause_ja;  ///< one sentence, made by words.hpp

  std::vector<RisePart> explanation;                 ///< at most 5, by share of the rise
  double unexplained = 0;                            ///< share of the rise that they leave, 0 to 1
  std::string tool;                                  ///< fingerprint that carries most of it; empty: none
  std::uint64_t hosts = 0, packets = 0;              ///< of the population, in its peak's UTC day
  std::uint64_t total_hosts = 0, total_packets = 0;  ///< from onset to end (or now); hosts 0: not counted
  std::optional<double> effective_sources;           ///< packets x packets / sum of squares, at the peak
  std::optional<double> returning_hosts;  ///< share of the peak's hosts that were seen in the 28 days before; absent: not knowable
  std::optional<std::uint64_t> bots;      ///< distinct (source, source port, window): absent where NAT cannot be told
  std::vector<RelatedPort> related_ports;
  std::vector<NotSeen> not_seen;
  std::vector<IncidentPayload> payloads;
  std::uint64_t victims = 0;             ///< of kinds dos-victim, carpet-bombing, drdos
  std::vector<std::string> attacks;      ///< ids in `attacks`, at most 20
  std::uint64_t merged_attacks = 0;      ///< of kind drdos: `observed` with all sensors together, of which `attacks` are; 0: not judged so
  std::vector<OtherTotal> other_totals;  ///< of kinds dos-victim and carpet-bombing
  std::vector<EvidenceSpan> evidence;
  std::uint64_t evidence_more = 0;  ///< stretches that are not listed: `evidence` are the nearest to the peak
  /// No darknet received anything from then to then, just before or around the onset: it may have begun earlier. 0: they did.
  std::int64_t unwatched_from_ms = 0, unwatched_to_ms = 0;
  std::vector<std::int64_t> surges_ms;  ///< later rises of the same incident
  std::vector<IncidentDay> days;        ///< what the page draws; at most 120
  std::string population;               ///< filter (--where) of the packets that it is about
  std::string query;                    ///< command that counts them
  Basis basis;                          ///< what the numbers were counted over
  bool modelled = false;
};

/// JSON of one incident: the keys of the contract (id, kind, protocol, port, country, onset, peak, end, metric, expected, observed,
/// level_now, score, cause, confidence, alternatives, explanation, effective_sources, related_ports, payloads, evidence) and the rest.
/// Absent values are null. `cause` is English; `cause_ja` besides.
std::string incident_json(const Incident& incident);
/// Reads what `incident_json` wrote; nothing for a text that is none.
std::optional<Incident> incident_of(std::string_view json);

}  // namespace nightjar
