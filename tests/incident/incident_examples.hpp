#pragma once
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "incident/incident.hpp"
#include "incident/words.hpp"

// Incidents of the kind that NICTER's observation report 2017 tells of, as detection would describe them.
namespace nightjar::test {

inline constexpr std::int64_t kDayMs = kSecondsPerDay * 1000;

inline std::int64_t ms_of(int year, int month, int day, int hour = 0) {
  return (days_from_date(year, month, day) * kSecondsPerDay + hour * kSecondsPerHour) * 1000;
}

/// Keys of an incident's JSON that others rely on, in their order.
inline const std::vector<std::string>& contract_keys() {
  static const std::vector<std::string> keys = {"id",
                                                "kind",
                                                "protocol",
                                                "port",
                                                "country",
                                                "onset",
                                                "peak",
                                                "end",
                                                "metric",
                                                "expected",
                                                "observed",
                                                "level_now",
                                                "score",
                                                "cause",
                                                "confidence",
                                                "alternatives",
                                                "explanation",
                                                "effective_sources",
                                                "related_ports",
                                                "payloads",
                                                "evidence"};
  return keys;
}

inline RisePart part(std::vector<AttributeValue> attributes, double share, double usual, std::uint64_t hosts, std::uint64_t packets) {
  return {std::move(attributes), share, usual, hosts, packets};
}

inline Incident base_incident(const std::string& id, std::uint16_t port, std::int64_t onset, std::int64_t peak) {
  Incident incident;
  incident.id = id;
  incident.rules = "default";
  incident.protocol = 6;
  incident.port = port;
  incident.onset_ms = onset;
  incident.peak_ms = peak;
  incident.judged_to_ms = ms_of(2018, 1, 1);
  incident.population = "protocol = tcp and port = " + std::to_string(port);
  incident.query = "nightjar figure hosts --where '" + incident.population + "'";
  return incident;
}

inline Incident argentina() {
  Incident incident = base_incident("0011223344556677", 23, ms_of(2017, 11, 23), ms_of(2017, 11, 23));
  incident.expected = 330'000;
  incident.observed = 594'000;
  incident.level_now = 350'000;
  incident.score = 41;
  incident.trend = Trend::falling;
  incident.cause = Cause::infected_devices;
  incident.confidence = Confidence::probable;
  incident.tool = "mirai";
  incident.explanation = {part({{"fingerprint", "mirai"}}, 0.97, 0.6, 181'000, 900'000),
                          part({{"country", "AR"}}, 0.86, 0.02, 163'000, 800'000),
                          part({{"country", "AR"}, {"fingerprint", "mirai"}}, 0.85, 0.02, 160'000, 790'000)};
  incident.hosts = 190'000;
  incident.packets = 900'000;
  incident.effective_sources = 120'000;
  return incident;
}

inline Incident july() {
  Incident incident = base_incident("1122334455667788", 80, ms_of(2017, 7, 3), ms_of(2017, 7, 3));
  incident.kind = IncidentKind::dos_victim;
  incident.country = "US";
  incident.metric = Metric::packets;
  incident.expected = 4e8;
  incident.observed = 6e8;
  incident.level_now = 4e8;
  incident.trend = Trend::over;
  incident.end_ms = ms_of(2017, 7, 5);
  incident.cause = Cause::dos_backscatter;
  incident.confidence = Confidence::probable;
  incident.victims = 3;
  incident.explanation = {part({{"tcp_flags", "SYN+ACK"}, {"src_port", "80"}}, 0.98, 0.01, 3, 196'000'000),
                          part({{"asn", "64500", "Example Hosting"}}, 0.97, 0, 3, 195'000'000)};
  return incident;
}

inline Incident wannacry() {
  Incident incident = base_incident("2233445566778899", 445, ms_of(2017, 5, 12, 8), ms_of(2017, 12, 30));
  incident.expected = 18'000;
  incident.observed = 95'000;
  incident.level_now = 95'000;
  incident.trend = Trend::rising;
  incident.since_new_usual = false;
  incident.cause = Cause::infected_windows;
  incident.confidence = Confidence::probable;
  incident.tool = "windows-7";
  incident.explanation = {part({{"fingerprint", "windows-7"}}, 0.94, 0.4, 70'000, 300'000)};
  incident.hosts = 95'000;
  return incident;
}

inline Incident goahead_one() {
  Incident incident = base_incident("33445566778899aa", 81, ms_of(2017, 3, 5), ms_of(2017, 3, 8));
  incident.expected = 800;
  incident.observed = 26'000;
  incident.level_now = 3'000;
  incident.trend = Trend::falling;
  incident.cause = Cause::infected_devices;
  incident.confidence = Confidence::possible;
  incident.alternatives = {Cause::exploit_wave, Cause::new_hosts};
  incident.tool = "mirai";
  incident.explanation = {part({{"fingerprint", "mirai"}}, 0.95, 0.1, 24'000, 80'000), part({{"country", "MX"}}, 0.34, 0.01, 8'000, 30'000),
                          part({{"country", "VN"}}, 0.27, 0.02, 7'000, 20'000), part({{"country", "MY"}}, 0.18, 0, 4'000, 10'000)};
  incident.hosts = 26'000;
  incident.related_ports = {{6, 80, Relation::co_scanned, 9000, 20'000, 12},
                            {6, 88, Relation::co_scanned, 8000, 18'000, 30},
                            {6, 8000, Relation::co_scanned, 7800, 17'000, 25},
                            {6, 8080, Relation::co_scanned, 7700, 17'000, 11}};
  return incident;
}

inline Incident goahead_two() {
  Incident incident = base_incident("445566778899aabb", 81, ms_of(2017, 4, 16), ms_of(2017, 4, 20));
  incident.expected = 3'000;
  incident.observed = 31'000;
  incident.level_now = 12'000;
  incident.trend = Trend::falling;
  incident.cause = Cause::exploit_wave;
  incident.confidence = Confidence::confirmed;
  incident.explanation = {part({{"country", "CN"}}, 0.3, 0.1, 9'000, 40'000), part({{"country", "TH"}}, 0.2, 0.01, 6'000, 20'000),
                          part({{"country", "US"}}, 0.1, 0.1, 3'000, 10'000)};
  incident.hosts = 31'000;
  incident.payloads = {{std::string(64, 'a'), {"goahead-set-ftp"}, {"http://203.0.113.9/a.sh"}, {"CVE-2017-8225"}, 420}};
  return incident;
}

inline Incident hajime() {
  Incident incident = base_incident("5566778899aabbcc", 81, ms_of(2017, 5, 16), ms_of(2017, 5, 18));
  incident.expected = 12'000;
  incident.observed = 40'000;
  incident.level_now = 20'000;
  incident.cause = Cause::infected_devices;
  incident.confidence = Confidence::probable;
  incident.tool = "hajime-like";
  incident.explanation = {part({{"fingerprint", "hajime-like"}}, 0.92, 0.05, 26'000, 70'000),
                          part({{"window", "14600"}}, 0.92, 0.06, 26'000, 70'000)};
  incident.hosts = 40'000;
  return incident;
}

inline Incident mobile_routers() {
  Incident incident = base_incident("66778899aabbccdd", 22, ms_of(2017, 6, 11), ms_of(2017, 6, 20));
  incident.country = "JP";
  incident.population += " and country = JP";
  incident.expected = 150;
  incident.observed = 10'400;
  incident.level_now = 200;
  incident.trend = Trend::over;
  incident.end_ms = ms_of(2018, 2, 1);
  incident.judged_to_ms = ms_of(2018, 3, 1);
  incident.cause = Cause::infected_devices;
  incident.confidence = Confidence::probable;
  incident.explanation = {part({{"asn", "64510", "Example Mobile"}}, 0.96, 0.05, 10'000, 30'000),
                          part({{"window", "14600"}}, 0.95, 0.02, 9'900, 29'000)};
  incident.hosts = 10'400;
  incident.returning_hosts = 0.02;
  return incident;
}

inline Incident realtek() {
  Incident incident = base_incident("778899aabbccddee", 23, ms_of(2017, 10, 31), ms_of(2017, 11, 3));
  incident.country = "JP";
  incident.population += " and country = JP";
  incident.expected = 2'400;
  incident.observed = 16'000;
  incident.level_now = 5'000;
  incident.trend = Trend::falling;
  incident.surges_ms = {ms_of(2017, 11, 16)};
  incident.cause = Cause::dropper_wave;
  incident.confidence = Confidence::probable;
  incident.tool = "mirai";
  incident.explanation = {part({{"country", "JP"}}, 1, 1, 16'000, 40'000), part({{"fingerprint", "mirai"}}, 0.98, 0.5, 15'600, 39'000)};
  incident.hosts = 16'000;
  incident.related_ports = {{6, 2323, Relation::co_scanned, 8800, 9000, 6},
                            {6, 52869, Relation::dropper, 1, 320'000, 0, "NL", ms_of(2017, 10, 29)}};
  incident.not_seen = {{6, 52869, 16'000}};
  incident.payloads = {{std::string(64, 'b'), {"realtek-miniigd"}, {"http://198.51.100.7/okiru.sh"}, {"CVE-2014-8361"}, 900}};
  return incident;
}

inline Incident huawei() {
  Incident incident = base_incident("8899aabbccddeeff", 37215, ms_of(2017, 11, 23), ms_of(2017, 12, 5));
  incident.kind = IncidentKind::new_port;
  incident.expected = 40;
  incident.observed = 398'000;
  incident.level_now = 90'000;
  incident.trend = Trend::falling;
  incident.cause = Cause::exploit_wave;
  incident.confidence = Confidence::confirmed;
  incident.hosts = 398'000;
  incident.explanation = {part({{"country", "EG"}}, 0.4, 0, 150'000, 500'000)};
  incident.payloads = {{std::string(64, 'c'), {"huawei-hg532"}, {"http://198.51.100.8/bins/okiru.mips"}, {"CVE-2017-17215"}, 5'000}};
  return incident;
}

inline Incident drdos_japan() {
  Incident incident = base_incident("99aabbccddeeff00", 0, ms_of(2017, 11, 8), ms_of(2017, 11, 9));
  incident.kind = IncidentKind::drdos;
  incident.protocol = 17;
  incident.country = "JP";
  incident.metric = Metric::attacks;
  incident.expected = 168;
  incident.observed = 1'240;
  incident.level_now = 170;
  incident.trend = Trend::over;
  incident.end_ms = ms_of(2017, 11, 12);
  incident.cause = Cause::attacks_on_network;
  incident.confidence = Confidence::confirmed;
  incident.victims = 310;
  incident.explanation = {part({{"asn", "64520", "Example Net"}}, 0.81, 0.1, 280, 900'000)};
  return incident;
}

inline Incident silent_sensor() {
  Incident incident = base_incident("aabbccddeeff0011", 0, ms_of(2017, 8, 1, 3), ms_of(2017, 8, 1));
  incident.kind = IncidentKind::sensor;
  incident.protocol = 0;
  incident.sensor = "dark-1";
  incident.metric = Metric::minutes;
  incident.observed = 200;
  incident.end_ms = incident.onset_ms + 200 * 60'000;
  incident.trend = Trend::over;
  incident.cause = Cause::sensor_silent;
  incident.confidence = Confidence::confirmed;
  return incident;
}

/// In words already.
inline std::vector<Incident> all_examples() {
  std::vector<Incident> all = {argentina(),      july(),    wannacry(), goahead_one(), goahead_two(),  hajime(),
                               mobile_routers(), realtek(), huawei(),   drdos_japan(), silent_sensor()};
  for (Incident& incident : all) put_into_words(incident);
  return all;
}

}  // namespace nightjar::test
