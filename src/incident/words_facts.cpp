#include "incident/words_facts.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

#include "base/text.hpp"
#include "payload/malware_url.hpp"

namespace nightjar {

const AttributeValue* value_in(const RisePart& part, std::string_view attribute) {
  const auto found = std::ranges::find(part.attributes, attribute, &AttributeValue::attribute);
  return found == part.attributes.end() ? nullptr : &*found;
}

std::vector<const RisePart*> parts_by(const Incident& incident, std::string_view attribute) {
  std::vector<const RisePart*> parts;
  for (const RisePart& part : incident.explanation)
    if (part.attributes.size() == 1 && part.attributes.front().attribute == attribute) parts.push_back(&part);
  std::ranges::stable_sort(parts, [](const RisePart* a, const RisePart* b) { return a->share_of_rise > b->share_of_rise; });
  return parts;
}

const RisePart* part_by(const Incident& incident, std::string_view attribute) {
  const auto parts = parts_by(incident, attribute);
  return parts.empty() ? nullptr : parts.front();
}

std::string port_name(std::uint8_t protocol, std::uint16_t port) {
  constexpr std::uint8_t icmp = 1, tcp = 6, udp = 17;
  const std::string name = protocol == icmp  ? "ICMP"
                           : protocol == tcp ? "TCP"
                           : protocol == udp ? "UDP"
                           : protocol == 0   ? ""
                                             : "protocol " + std::to_string(protocol);
  if (port == 0 || protocol == icmp) return name;
  return name.empty() ? std::to_string(port) : std::to_string(port) + "/" + name;
}

std::string port_name(const Incident& incident) { return port_name(incident.protocol, incident.port); }

bool is_ping(const Incident& incident) {
  constexpr std::uint8_t icmp = 1, icmp6 = 58;
  return incident.protocol == icmp || incident.protocol == icmp6;
}

std::string scanned_en(const Incident& incident) {
  const std::string port = port_name(incident);
  return is_ping(incident) ? "addresses by " + port : port.empty() ? "several ports" : port;
}

std::string country_with_article(std::string_view code, Language language) {
  static constexpr std::array<std::string_view, 23> kWithArticle = {"AE", "BS", "CD", "CF", "CG", "CK", "DO", "FK", "GB", "GM", "KM", "KY",
                                                                    "MH", "MP", "MV", "NL", "PH", "PS", "SB", "SC", "TC", "US", "VG"};
  std::string name = safe(country_name(code, language));
  if (language == Language::en && std::ranges::find(kWithArticle, code) != kWithArticle.end()) name.insert(0, "the ");
  return name;
}

namespace {

/// Whether the population's filter has this condition: "port=80", "port = 80", and not "port=8080".
bool has_condition(const Incident& incident, const std::string& name, const std::string& value) {
  for (const std::string& text : {name + "=" + value, name + " = " + value}) {
    const std::size_t at = incident.population.find(text);
    if (at == std::string::npos || (at > 0 && incident.population[at - 1] != ' ')) continue;
    if (at + text.size() == incident.population.size() || incident.population[at + text.size()] == ' ') return true;
  }
  return false;
}

/// A country and the part that holds most of it: never more than it carries.
struct OfCountry {
  std::string code;
  double share = 0, hosts = 0;
};
std::vector<OfCountry> countries_of(const Incident& incident) {
  std::vector<OfCountry> countries;
  for (const RisePart& part : incident.explanation) {
    const AttributeValue* value = value_in(part, "country");
    if (value == nullptr || value->value.empty() || !(part.share_of_rise > 0)) continue;
    // Hosts of a network or an address are not those of the country.
    const bool counts_hosts = std::ranges::all_of(
        part.attributes, [](const AttributeValue& each) { return each.attribute == "country" || each.attribute == "fingerprint"; });
    const OfCountry one = {value->value, part.share_of_rise, counts_hosts ? static_cast<double>(part.hosts) : 0};
    const auto known = std::ranges::find(countries, one.code, &OfCountry::code);
    if (known == countries.end())
      countries.push_back(one);
    else if (one.share > known->share)
      *known = one;
  }
  std::ranges::stable_sort(countries, std::greater(), &OfCountry::share);
  return countries;
}

}  // namespace

Place place_of(const Incident& incident) {
  constexpr double most = 0.5, worth_naming = 0.1;
  constexpr std::size_t most_countries = 3;
  const std::vector<OfCountry> countries = countries_of(incident);
  const bool given = !incident.country.empty() && (!is_about_scans(incident) || countries.empty() || is_explained_in_country(incident));
  if (given) return {{incident.country}, 1, 0};
  Place place;
  for (const OfCountry& one : countries) {
    if (place.countries.size() == most_countries || place.is_all()) break;
    if (!place.countries.empty() && one.share < worth_naming) break;
    place.hosts = place.countries.empty() || (place.hosts > 0 && one.hosts > 0) ? place.hosts + one.hosts : 0;
    place.countries.push_back(one.code);
    place.share += one.share;
  }
  // Where they do not carry all of it, one with most of it says more than a list.
  if (!place.is_all() && !countries.empty() && countries.front().share > most)
    return {{countries.front().code}, countries.front().share, countries.front().hosts};
  return place.share > most ? place : Place();
}

std::string country_of(const Incident& incident) {
  const Place place = place_of(incident);
  return place.is_all() && place.countries.size() == 1 ? place.countries.front() : std::string();
}

bool is_of_port_alone(const Incident& incident) { return has_condition(incident, "port", std::to_string(incident.port)); }

bool is_of_country(const Incident& incident) { return !incident.country.empty() && is_about_scans(incident); }

bool is_explained_in_country(const Incident& incident) {
  return is_of_country(incident) && has_condition(incident, "country", incident.country);
}

std::string network_name(const AttributeValue& asn) {
  const std::string number = "AS" + safe(asn.value);
  return asn.label.empty() ? number : safe(asn.label) + " (" + number + ")";
}

std::string network_of(const Incident& incident, double share) {
  const RisePart* part = part_by(incident, "asn");
  if (part == nullptr) {
    const auto with = std::ranges::find_if(incident.explanation, [](const RisePart& each) { return value_in(each, "asn") != nullptr; });
    if (with == incident.explanation.end()) return {};
    part = &*with;
  }
  return part->share_of_rise > share ? network_name(*value_in(*part, "asn")) : std::string();
}

std::string cves_of(const Incident& incident) {
  constexpr std::size_t most = 3;
  std::vector<std::string> cves;
  for (const IncidentPayload& payload : incident.payloads)
    for (const std::string& cve : payload.cves)
      if (cves.size() < most && std::ranges::find(cves, cve) == cves.end()) cves.push_back(cve);
  std::string text;
  for (const std::string& cve : cves) text += (text.empty() ? "" : ", ") + safe(cve);
  return text;
}

std::string tag_of(const Incident& incident) {
  for (const IncidentPayload& payload : incident.payloads)
    if (!payload.tags.empty()) return safe(payload.tags.front());
  return {};
}

std::vector<std::string> malware_files_of(const Incident& incident) {
  constexpr std::size_t most = 3;
  std::vector<std::string> files;
  // Beside an exploit other payloads tell of something else.
  const bool exploits = !cves_of(incident).empty();
  for (const IncidentPayload& payload : incident.payloads)
    for (const std::string& url : payload.urls) {
      if (exploits && payload.cves.empty()) continue;
      const std::string file = safe(file_of_url(url));
      if (!file.empty() && files.size() < most && std::ranges::find(files, file) == files.end()) files.push_back(file);
    }
  return files;
}

const RelatedPort* dropper_of(const Incident& incident) {
  // A dropper names the waves that followed it in the same way: that is no dropper of its own.
  if (incident.kind == IncidentKind::heavy_source || incident.kind == IncidentKind::packet_spike) return nullptr;
  const auto found = std::ranges::find(incident.related_ports, Relation::dropper, &RelatedPort::relation);
  return found == incident.related_ports.end() ? nullptr : &*found;
}

std::vector<const RelatedPort*> co_scanned_of(const Incident& incident) {
  std::vector<const RelatedPort*> ports;
  for (const RelatedPort& port : incident.related_ports)
    if (port.relation == Relation::co_scanned) ports.push_back(&port);
  return ports;
}

std::uint64_t addresses_of(const Incident& incident) { return incident.victims > 0 ? incident.victims : incident.hosts; }

Spread spread_of(const Incident& incident) {
  constexpr double nearly_one = 1.5, few = 10, even_of_hosts = 0.3, even_of_packets = 0.8, most_of_few = 0.5, loud = 0.1, thousands = 1000;
  if (!incident.effective_sources || !(*incident.effective_sources > 0) || incident.hosts < 2) return Spread::unknown;
  const double equal = *incident.effective_sources, hosts = static_cast<double>(incident.hosts);
  if (equal < nearly_one) return Spread::one;
  if (equal < few) return equal < most_of_few * hosts ? Spread::few : Spread::even;
  const bool one_is_loud = std::ranges::any_of(
      incident.explanation, [](const RisePart& part) { return value_in(part, "src") != nullptr && part.share_of_rise >= loud; });
  if (one_is_loud) return Spread::uneven;
  return equal >= (incident.metric == Metric::packets ? even_of_packets : even_of_hosts) * hosts || equal >= thousands ? Spread::even
                                                                                                                       : Spread::uneven;
}

double hosts_of(const Incident& incident) {
  if (incident.hosts > 0) return static_cast<double>(incident.hosts);
  return incident.metric == Metric::hosts && incident.observed > 0 ? incident.observed : 0;
}

bool looks_like_hajime(const Incident& incident) {
  static constexpr std::array<std::uint16_t, 7> kPorts = {23, 81, 2323, 5358, 5555, 7547, 23231};
  return incident.tool == "hajime-like" && std::ranges::find(kPorts, incident.port) != kPorts.end();
}

std::size_t ports_besides(const Incident& incident) { return co_scanned_of(incident).size(); }

bool was_nearly_none(const Incident& incident) { return incident.kind == IncidentKind::new_port || incident.expected < 1; }
double ratio_of(const Incident& incident) { return incident.expected > 0 ? incident.observed / incident.expected : 0; }

bool is_part_of_total(const Incident& incident) {
  return (incident.kind == IncidentKind::dos_victim || incident.kind == IncidentKind::carpet_bombing) &&
         incident.metric == Metric::packets && incident.packets > 0;
}

double told_attacks(const Incident& incident) {
  return incident.merged_attacks > 0 ? static_cast<double>(incident.merged_attacks) : incident.observed;
}

bool is_back(const Incident& incident) { return incident.level_now <= (incident.expected + incident.observed) / 2; }

bool tells_bots(const Incident& incident) {
  constexpr double more = 1.05;
  return incident.bots && incident.hosts > 0 && static_cast<double>(*incident.bots) >= more * static_cast<double>(incident.hosts);
}

std::string one_source_of(const Incident& incident) {
  constexpr double most = 0.5;
  for (const RisePart& part : incident.explanation)
    if (const AttributeValue* source = value_in(part, "src"); source != nullptr && part.share_of_rise > most) return safe(source->value);
  return {};
}

bool is_about_scans(const Incident& incident) {
  switch (incident.kind) {
    case IncidentKind::host_spike:
    case IncidentKind::packet_spike:
    case IncidentKind::new_port:
    case IncidentKind::heavy_source:
    case IncidentKind::scan_campaign: return incident.cause != Cause::dos_backscatter && incident.cause != Cause::carpet_backscatter;
    default: return false;
  }
}

bool wants_payload(const Incident& incident) {
  static constexpr std::array<std::uint16_t, 4> kPlain = {22, 23, 445, 2323};
  constexpr std::uint8_t tcp = 6;
  const bool open = incident.cause == Cause::unknown || incident.cause == Cause::infected_devices || incident.cause == Cause::new_hosts;
  return open && is_about_scans(incident) && incident.protocol == tcp && incident.port != 0 && incident.payloads.empty() &&
         dropper_of(incident) == nullptr && std::ranges::find(kPlain, incident.port) == kPlain.end();
}

std::string safe(std::string_view text) {
  constexpr std::size_t most = 80;
  if (text.size() > most) {
    text = text.substr(0, most);
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.remove_suffix(1);
    if (!text.empty()) text.remove_suffix(1);
  }
  return escape_for_terminal(text);
}

void label_networks(Incident& incident, const std::function<std::string_view(std::uint32_t)>& name_of_as) {
  for (RisePart& part : incident.explanation)
    for (AttributeValue& value : part.attributes) {
      if (value.attribute != "asn") continue;
      std::uint32_t number = 0;
      const char* end = value.value.data() + value.value.size();
      const auto [stop, bad] = std::from_chars(value.value.data(), end, number);
      if (bad == std::errc() && stop == end) value.label = name_of_as(number);
    }
}

}  // namespace nightjar
