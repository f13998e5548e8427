#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "incident/words.hpp"

// What sentences of both languages ask of an incident.
namespace nightjar {

/// The part that this attribute alone makes, the largest; null where there is none.
const RisePart* part_by(const Incident& incident, std::string_view attribute);
/// All of them, by share of the rise.
std::vector<const RisePart*> parts_by(const Incident& incident, std::string_view attribute);
/// The value of an attribute of a part; null where it has none.
const AttributeValue* value_in(const RisePart& part, std::string_view attribute);
/// "23/TCP"; "TCP" where it is about no port, "" where it is about nothing.
std::string port_name(std::uint8_t protocol, std::uint16_t port);
std::string port_name(const Incident& incident);
/// Its hosts ask by ICMP: there is no port to scan.
bool is_ping(const Incident& incident);
/// What is scanned, in English: "23/TCP", "several ports", "addresses by ICMP".
std::string scanned_en(const Incident& incident);

/// "the United States", "Argentina" for sentences; 「米国」 goes without.
std::string country_with_article(std::string_view code, Language language);
/// What carries so much of a rise is said of all of it; of less, that it is most.
inline constexpr double kNearlyAllOfRise = 0.9;
/// Countries that the rise comes from, as far as a sentence may name them.
struct Place {
  std::vector<std::string> countries;  ///< codes; one, two that carry nearly all together, or the three largest; empty: none to name
  double share = 0;                    ///< of the rise, together: at least this much, since a part may hold less than its country
  double hosts = 0;                    ///< in these countries on the peak's day; 0: not counted
  bool is_all() const { return share >= kNearlyAllOfRise; }
};
/// Countries with more than half of the rise, at most three; none where no three of them have it.
Place place_of(const Incident& incident);
/// The one country that the incident is about, or that carries nearly all of the rise; else empty.
std::string country_of(const Incident& incident);
/// Whether the incident's packets all have the port as source, not only most of them.
bool is_of_port_alone(const Incident& incident);
/// Whether its levels are those of the one country that it names, not of the world.
bool is_of_country(const Incident& incident);
/// Whether its parts are those of the rise in one country, so that the country itself explains nothing.
bool is_explained_in_country(const Incident& incident);
/// "Example Telecom (AS64500)", "AS64500"; empty: no one network carries more than `share` of the rise.
std::string network_of(const Incident& incident, double share = 0.5);
std::string network_name(const AttributeValue& asn);

/// "CVE-2014-8361, CVE-2017-17215"; at most three; empty: none.
std::string cves_of(const Incident& incident);
/// The first tag of a payload that has one.
std::string tag_of(const Incident& incident);
/// Names of files that payloads load ("okiru.sh"); at most three.
std::vector<std::string> malware_files_of(const Incident& incident);
const RelatedPort* dropper_of(const Incident& incident);
std::vector<const RelatedPort*> co_scanned_of(const Incident& incident);

/// Hosts or addresses to speak of: victims where there are any.
std::uint64_t addresses_of(const Incident& incident);
/// How the packets spread over the sources of the peak's day.
enum class Spread : std::uint8_t {
  unknown,
  one,     ///< one of several sends nearly all
  few,     ///< fewer than ten equally loud ones would be as concentrated, and there are many more
  uneven,  ///< some are louder than the rest
  even,    ///< shared by all of them, or by thousands
};
Spread spread_of(const Incident& incident);
/// Hosts of the peak's day, or of what is measured where these were not counted.
double hosts_of(const Incident& incident);
/// Hajime is known for telnet and web interfaces, not for every port on which its window counts as a mark: 22/TCP is asked with it by
/// ordinary old machines.
bool looks_like_hajime(const Incident& incident);
/// How many other ports its hosts ask.
std::size_t ports_besides(const Incident& incident);

/// Its usual level is none or hardly any: no ratio is told.
bool was_nearly_none(const Incident& incident);
double ratio_of(const Incident& incident);
/// Its levels are those of all packets of its protocol, whoever sent them, and its own are counted beside: answers to a DoS attack.
bool is_part_of_total(const Incident& incident);

/// Of kind drdos: attacks with all sensors together where these were counted, else at each sensor by itself.
double told_attacks(const Incident& incident);

/// Its level is nearer to the usual one than to its peak.
bool is_back(const Incident& incident);
/// So many more devices than addresses that it is worth a sentence.
bool tells_bots(const Incident& incident);
/// The one address that carries most of the rise; empty: none.
std::string one_source_of(const Incident& incident);

/// It is about hosts that infect or look for others, so that words of infection and payloads make sense.
bool is_about_scans(const Incident& incident);
/// What the scanning hosts send is known or goes without saying (logins on telnet and SSH, the worm's port).
bool wants_payload(const Incident& incident);

/// Outside text for a sentence: escaped, on one line, at most 80 bytes.
std::string safe(std::string_view text);

}  // namespace nightjar
