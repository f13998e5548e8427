#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/time.hpp"
#include "incident/words_cause.hpp"
#include "incident/words_facts.hpp"
#include "incident/words_numbers.hpp"
#include "incident/words_story.hpp"

namespace nightjar {
namespace {

constexpr Language kEn = Language::en;
constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000;

std::string day(std::int64_t ms) { return day_in_words(ms, kEn); }
bool same_day(std::int64_t a, std::int64_t b) { return floor_div(a, kMsPerDay) == floor_div(b, kMsPerDay); }

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

/// "about 190,000", "9,240", "three".
std::string some(double number) {
  static constexpr std::array kSmall = {"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"};
  if (number >= 0 && number < kSmall.size() && number == static_cast<double>(static_cast<int>(number)))
    return kSmall.at(static_cast<std::size_t>(number));
  return (is_rounded(number) ? "about " : "") + number_in_words(number, kEn);
}
std::string some(double number, const std::string& one, const std::string& others) {
  return some(number) + " " + std::string(plural(number, one, others));
}
std::string some(double number, const std::string& thing) { return some(number, thing, thing + "s"); }

std::string some_addresses(double number) { return some(number, "address", "addresses"); }

std::string unit_of(const Incident& incident) {
  switch (incident.metric) {
    case Metric::hosts: return "hosts";
    case Metric::packets: return "packets";
    case Metric::attacks: return "attacks";
    case Metric::sessions: return "conversations";
    case Metric::minutes: return "minutes";
  }
  return {};
}
std::string level(const Incident& incident, double number) {
  std::string unit = unit_of(incident);
  const std::string size = number_in_words(number, kEn);
  if (size == "1") unit.pop_back();
  return (is_rounded(number) ? "about " : "") + size + " " + unit + " a day";
}

std::string in_country(const Incident& incident, const char* preposition) {
  return is_of_country(incident) ? std::string(preposition) + country_with_article(incident.country, kEn) : std::string();
}

std::string rise_of_scans(const Incident& incident) {
  const bool hosts = incident.metric == Metric::hosts, one_day = same_day(incident.onset_ms, incident.peak_ms);
  const std::string port = port_name(incident);
  if (hosts && incident.kind == IncidentKind::new_port && !port.empty()) {
    const std::string from = in_country(incident, " in ");
    if (one_day)
      return "On " + day(incident.peak_ms) + " " + some(incident.observed, "host") + from + " scanned " + port +
             ", which was hardly ever asked before.";
    return "From " + day(incident.onset_ms) + " on hosts" + from + " scanned " + port + ", which was hardly ever asked before; on " +
           day(incident.peak_ms) + " there were " + some(incident.observed) + ".";
  }
  std::string what = hosts ? "the hosts" + in_country(incident, " in ") + " scanning " + scanned_en(incident)
                     : incident.port == 0 && !port.empty()
                         ? (is_ping(incident) ? "the echo requests by " : "all packets over ") + port + in_country(incident, " from ")
                         : "the packets to " + (port.empty() ? "several ports" : port) + in_country(incident, " from ");
  const std::string size = was_nearly_none(incident)
                               ? "from nearly none to " + (hosts ? some(incident.observed) + " a day" : level(incident, incident.observed))
                               : "to " + times_in_words(ratio_of(incident)) + " times the usual";
  const std::string also = hosts || was_nearly_none(incident) ? "" : ", " + level(incident, incident.observed);
  if (one_day) return "On " + day(incident.peak_ms) + " " + what + " rose " + size + also + ".";
  return "From " + day(incident.onset_ms) + " on " + what + " rose, " + size + also + " on " + day(incident.peak_ms) + ".";
}

std::string rise_of_answers(const Incident& incident) {
  const std::string protocol = port_name(incident.protocol, 0);
  const std::string times = was_nearly_none(incident) ? "" : ", " + times_in_words(ratio_of(incident)) + " times the usual";
  const std::string total = protocol.empty() ? "the darknet" : protocol;
  if (!is_part_of_total(incident))
    return "On " + day(incident.peak_ms) + " " + total + " reached " + level(incident, incident.observed) + times + ".";
  const auto own = static_cast<double>(incident.packets);
  return "On " + day(incident.peak_ms) + " this attack brought " + some(own, "packet") + "; all " + total + " together reached " +
         level(incident, incident.observed) + times + ".";
}

std::string span_of_sensor(const Incident& incident) {
  const std::string name = incident.sensor.empty() ? "a sensor" : "the sensor " + safe(incident.sensor);
  const std::string began = "From " + day(incident.onset_ms) + " on ";
  const std::string lasted =
      incident.end_ms ? " for " + duration_in_words(*incident.end_ms - incident.onset_ms, kEn) : std::string(", and still does");
  switch (incident.cause) {
    case Cause::sensor_silent:
      return "From " + day(incident.onset_ms) + " on " + name + " received nothing" + (incident.end_ms ? lasted : "") + ".";
    case Cause::sensor_size:
      return began + name + " watched another number of addresses" +
             (incident.expected > 0 && incident.observed > 0 ? ": " + some(incident.observed) + " instead of " + some(incident.expected)
                                                             : std::string()) +
             ".";
    case Cause::sensor_drops: return began + name + " lost packets" + lasted + ".";
    case Cause::sensor_clock: return began + "the clock of " + name + " was wrong" + (incident.end_ms ? lasted : "") + ".";
    default: return "On " + day(incident.onset_ms) + " packets of " + name + " came twice.";
  }
}

std::string first_sentence(const Incident& incident) {
  switch (incident.kind) {
    case IncidentKind::sensor: return span_of_sensor(incident);
    case IncidentKind::drdos: {
      const std::string country = country_of(incident);
      const double attacks = told_attacks(incident);
      return "On " + day(incident.peak_ms) + " " + some(attacks, "DRDoS attack") +
             (country.empty() ? "" : " on " + country_with_article(country, kEn)) + (attacks == 1 ? " was seen" : " were seen") +
             (attacks == incident.observed ? "" : " (" + some(incident.observed) + " counted at each sensor by itself)") +
             (was_nearly_none(incident) ? ", where there were nearly none."
                                        : ", " + times_in_words(ratio_of(incident)) + " times the usual.");
    }
    case IncidentKind::new_payload:
      return "On " + day(incident.onset_ms) + " honeypots" + (incident.port == 0 ? "" : " on " + port_name(incident)) +
             " got for the first time what they had not been sent before" +
             (incident.observed > 0 && incident.metric == Metric::sessions
                  ? ", in " + some(incident.observed, "conversation") + " on the busiest day"
                  : "") +
             ".";
    default: return is_about_scans(incident) ? rise_of_scans(incident) : rise_of_answers(incident);
  }
}

std::string unwatched_sentence(const Incident& incident) {
  return "The darknet had received nothing for " + duration_in_words(incident.unwatched_to_ms - incident.unwatched_from_ms, kEn) +
         " when it was first seen, so it may have begun earlier.";
}

/// What packets of a part have in common, after "86% of the rise ".
std::string predicate(const AttributeValue& value, bool victims, bool hajime) {
  const std::string text = safe(value.value);
  const bool unknown = value.attribute == "country" ? text.empty() : text == "0";
  if (victims && value.attribute == "country")
    return unknown ? "is on addresses of unknown countries" : "is on addresses in " + country_with_article(value.value, kEn);
  if (victims && value.attribute == "asn") return unknown ? "is on unknown networks" : "is on the network of " + network_name(value);
  if (victims && value.attribute == "src") return "is on the address " + text;
  if (value.attribute == "country")
    return unknown ? "comes from addresses of unknown countries" : "comes from addresses in " + country_with_article(value.value, kEn);
  if (value.attribute == "asn") return unknown ? "comes from unknown networks" : "comes from the network of " + network_name(value);
  if (value.attribute == "src") return "comes from the address " + text;
  if (value.attribute == "sensor") return "was seen by the sensor " + text;
  if (value.attribute == "window") return "has the TCP window " + text;
  if (value.attribute == "src_port") return "comes from source port " + text;
  if (value.attribute == "tcp_flags") return "consists of " + text + " packets";
  if (value.attribute == "class") return "is of the class " + text;
  if (value.attribute == "ttl_band") return "arrives with a TTL of " + text;
  if (value.attribute != "fingerprint") return "has " + safe(value.attribute) + " " + text;
  if (text == "mirai") return "carries the mark of Mirai (TCP sequence number = destination address)";
  if (text == "hajime-like") return hajime ? "looks like Hajime (window 14600 without Mirai's mark)" : "has the TCP window 14600";
  if (text == "windows-7") return "has window 8192, as Windows 7 sends it";
  if (text == "irregular-syn") return "looks like the first packets of a two-phase scanner";
  return text.empty() || text == "none" ? "carries no known mark" : "carries the mark of " + tool_name(value.value, kEn);
}

std::string parts_sentence(const Incident& incident) {
  const ToldRise told = told_rise(incident);
  const bool victims = incident.kind == IncidentKind::drdos, hajime = looks_like_hajime(incident);
  const std::string of_the_rise = told.of_more_than_level ? " of the whole rise " : " of the rise ";
  std::string text;
  for (const ToldPart& part : told.countries) {
    const AttributeValue& country = part.values.front();
    const bool first = text.empty();
    text += (first ? "" : ", ") + share_in_words(part.share) +
            (first ? of_the_rise + predicate(country, victims, false)
                   : " " + (country.value.empty() ? "in unknown countries" : "in " + country_with_article(country.value, kEn)));
  }
  for (const ToldPart& part : told.others) {
    if (is_one_more_network(told.others, part)) {
      text += ", " + share_in_words(part.share) + " of " + network_name(part.values.front());
      continue;
    }
    const std::string of = text.empty() ? of_the_rise : " of the rise ";
    text += (text.empty() ? "" : "; ") + share_in_words(part.share) + of;
    for (std::size_t i = 0; i < part.values.size(); ++i) text += (i == 0 ? "" : " and ") + predicate(part.values[i], victims, hajime);
  }
  return text.empty() ? text : text + ".";
}

std::string answers_sentence(const Incident& incident) {
  constexpr double few = 10;
  const ToldBackscatter told = told_backscatter(incident);
  const auto addresses = static_cast<double>(told.share > 0 ? told.hosts : addresses_of(incident));
  const std::string whose = addresses == 0 ? "" : std::string(" of ") + (addresses <= few ? "only " : "") + some_addresses(addresses);
  const std::string packets =
      (told.flags.empty() ? std::string("answers") : told.flags + " packets") + (told.port.empty() ? "" : " from source port " + told.port);
  if (!(told.share > 0)) return "They are " + packets + whose + ".";
  std::string text = share_in_words(told.share) + " of the rise are " + packets + whose;
  if (told.port_share > 0) text += "; " + share_in_words(told.port_share) + " come from source port " + std::to_string(incident.port);
  if (!told.source.empty()) text += "; " + share_in_words(told.source_share) + " come from the address " + told.source;
  return text + ".";
}

std::string other_total_sentence(const OtherTotal& other) {
  const bool usual = other.expected >= 1;
  return "The same attacks moved " + port_name(other.protocol, 0) + ", to " + (is_rounded(other.observed) ? "about " : "") +
         number_in_words(other.observed, kEn) + " packets on " + day(other.day * kMsPerDay) +
         (usual ? ", " + times_in_words(other.observed / other.expected) + " times the usual" : std::string()) + ": " +
         some(static_cast<double>(other.packets), "answer") +
         (other.port == 0 ? "" : ", most of them from source port " + std::to_string(other.port)) + ".";
}

void tell_sources(const Incident& incident, Story& story) {
  const auto hosts = static_cast<double>(incident.hosts);
  constexpr double few = 10;
  switch (spread_of(incident)) {
    case Spread::one: story.push_back("Of " + some_addresses(hosts) + " one sends nearly all of it."); break;
    case Spread::few:
      story.push_back("Of " + some_addresses(hosts) + " a few send most of it: as concentrated as if " +
                      times_in_words(*incident.effective_sources) + " equally loud ones sent it all.");
      break;
    case Spread::uneven:
      story.push_back(capital(some_addresses(hosts)) + " took part on the busiest day, some louder than others: as concentrated as if " +
                      number_in_words(std::round(*incident.effective_sources), kEn) + " equally loud ones sent it all.");
      break;
    case Spread::even:
      story.push_back(hosts < few ? "It comes from only " + some_addresses(hosts) + ", none much louder than the others."
                                  : "It is spread over " + some_addresses(hosts) + ", not a few loud ones.");
      break;
    case Spread::unknown:
      if (hosts > 1) story.push_back(capital(some_addresses(hosts)) + " took part on the busiest day.");
  }
  if (incident.returning_hosts && hosts > 1) {
    const std::string news = share_in_words(1 - *incident.returning_hosts);
    story.push_back((news == "0%"     ? std::string("All of the rising hosts had been seen")
                     : news == "100%" ? std::string("None of the rising hosts had been seen")
                                      : news + " of the rising hosts had not been seen") +
                    " in the 28 days before.");
  }
  if (tells_bots(incident))
    story.push_back("Behind them are " + some(static_cast<double>(*incident.bots), "device") +
                    " at least: source ports and windows tell apart what shares an address.");
}

/// Of a list of CVEs.
const char* exploits_of(const std::string& cves) { return cves.find(',') == std::string::npos ? "the exploit " : "exploits of "; }

void tell_payloads(const Incident& incident, Story& story) {
  const RelatedPort* dropper = dropper_of(incident);
  if (dropper != nullptr) {
    const std::string port = port_name(dropper->protocol, dropper->port);
    const std::string from = dropper->country.empty() ? "" : " in " + country_with_article(dropper->country, kEn);
    const std::string when = dropper->since_ms == 0 ? "Shortly before" : "Since " + day(dropper->since_ms);
    const auto hosts = static_cast<double>(dropper->hosts);
    story.push_back(when + ", " + (hosts > 0 ? some_addresses(hosts) : std::string("few addresses")) + from + " sent " +
                    (dropper->packets > 0 ? some(static_cast<double>(dropper->packets), "packet") : std::string("packets")) + " to " +
                    port + ".");
  }
  const std::string name = cves_of(incident).empty() ? tag_of(incident) : cves_of(incident);
  const auto files = malware_files_of(incident);
  if (incident.payloads.empty() || (name.empty() && files.empty())) return;
  const std::string port = dropper != nullptr ? port_name(dropper->protocol, dropper->port) : port_name(incident);
  story.push_back("Honeypots" + (port.empty() ? "" : " on " + port) + " got " +
                  (name.empty() ? std::string("a payload") : (cves_of(incident).empty() ? "" : exploits_of(name)) + name) +
                  (files.empty() ? "" : ", which loads " + enumerated(files, kEn)) + ".");
}

void tell_cause(const Incident& incident, Story& story) {
  const bool dos = incident.cause == Cause::dos_backscatter || incident.cause == Cause::carpet_backscatter;
  if (dos) {
    const std::string sure = incident.confidence == Confidence::confirmed  ? ""
                             : incident.confidence == Confidence::probable ? "probably "
                                                                           : "possibly ";
    const ToldBackscatter told = told_backscatter(incident);
    const std::string whose = incident.cause != Cause::dos_backscatter ? "of addresses all over a network"
                              : told.is_one                            ? "of a server"
                                                                       : "of servers";
    story.push_back("This is no scan: it is " + sure + "the answer " + whose + " under a DoS attack with spoofed sources.");
    const auto addresses = static_cast<double>(told.victims);
    story.push_back(addresses == 0   ? "The addresses are victims, not attackers."
                    : addresses == 1 ? "The address is a victim, not an attacker."
                                     : "The " + (is_rounded(addresses) ? number_in_words(addresses, kEn) : some(addresses)) +
                                           " addresses are victims, not attackers.");
  } else {
    story.push_back(cause_sentence(incident, kEn, told_rise(incident).names_one_country));
  }
  std::vector<std::string> others;
  for (const Cause cause : incident.alternatives) others.push_back(phrase_of(cause, kEn));
  if (!others.empty()) {
    std::string list;
    for (const std::string& other : others) list += (list.empty() ? "" : "; ") + other;
    story.push_back("The data leave open: " + list + ".");
  }
  if (wants_payload(incident)) story.emplace_back("What these hosts send is not judged: no payload was seen on this port.");
}

void tell_ports(const Incident& incident, Story& story) {
  constexpr std::size_t most = 5;
  std::vector<std::string> ports;
  for (const RelatedPort* port : co_scanned_of(incident))
    if (ports.size() < most) ports.push_back(port_name(port->protocol, port->port));
  if (!ports.empty()) story.push_back("The same hosts also scan " + enumerated(ports, kEn) + ".");
  for (const NotSeen& none : incident.not_seen)
    story.push_back("The rising hosts do not ask " + port_name(none.protocol, none.port) + " themselves" +
                    (none.hosts_looked_at == 0 ? "." : " (" + some(static_cast<double>(none.hosts_looked_at), "host") + " looked at)."));
}

void tell_what_became(const Incident& incident, Story& story) {
  std::vector<std::string> days;
  for (const std::int64_t surge : incident.surges_ms) days.push_back(day(surge));
  if (!days.empty()) story.push_back("It rose again on " + enumerated(days, kEn) + ".");
  const std::string total = is_part_of_total(incident) ? "all " + port_name(incident.protocol, 0) + " " : "";
  const std::string size = level(incident, incident.level_now), now = total.empty() ? size : total + "at " + size;
  const std::string on = incident.judged_to_ms > 0 ? " on " + day(incident.judged_to_ms - kMsPerDay) : "";
  const bool none = number_in_words(incident.level_now, kEn) == "0";
  if (incident.since_new_usual)
    story.push_back("It stayed for so long that its level counts as the usual one now (" + now + on + ").");
  else if (incident.trend == Trend::over || incident.end_ms)
    story.push_back("It is over" + (incident.end_ms ? " since " + day(*incident.end_ms) : std::string()) +
                    (is_back(incident) ? ", " + total + "back to " + size + "." : "."));
  else if (incident.trend == Trend::rising)
    story.push_back("It was still rising" + on + ": " + now + ".");
  else
    story.push_back(incident.trend == Trend::falling && none ? "It had fallen to " + now + on + "."
                    : incident.trend == Trend::falling       ? "It was falling" + on + ": " + now + "."
                                                             : "It goes on: " + now + on + ".");
}

std::string unexplained_sentence(double share) { return share_in_words(share) + " of the rise is left unexplained."; }

}  // namespace

const Teller& english_teller() {
  static constexpr Teller teller = {first_sentence, unwatched_sentence,   answers_sentence, other_total_sentence,
                                    parts_sentence, tell_sources,         tell_payloads,    tell_cause,
                                    tell_ports,     unexplained_sentence, tell_what_became};
  return teller;
}

}  // namespace nightjar
