#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "explain/cause.hpp"
#include "explain/relations.hpp"
#include "explain/signature_facts.hpp"

namespace nightjar {
namespace {

/// Of the rise: one address that sends so much is its cause; one that sends less leaves something else.
constexpr double kByItself = 0.9;
/// Of the rise: another address that sends so much is a second cause.
constexpr double kAnother = 0.1;
/// Of the rise: known tools that carry so much together name it, or leave too much for hosts without one.
constexpr double kNamesIt = 0.7, kMarked = 0.5;
/// Times what would have come usually if each packet had been another host's.
constexpr double kMoreHosts = 2;

bool asks_for_passwords(const Incident& incident) { return incident.port == 22 || incident.port == 23 || incident.port == 2323; }

const AttributeValue* value_of(const RisePart& part, std::string_view attribute) {
  const auto found = std::ranges::find(part.attributes, attribute, &AttributeValue::attribute);
  return found == part.attributes.end() ? nullptr : &*found;
}

/// Values of an attribute and what each carries of the rise.
std::map<std::string, double> shares_of(const Incident& incident, std::string_view attribute) {
  std::map<std::string, double> shares;
  for (const RisePart& part : incident.explanation) {
    const AttributeValue* value = value_of(part, attribute);
    if (value == nullptr) continue;
    double& share = shares[value->value];
    share = std::max(share, part.share_of_rise);
  }
  return shares;
}

/// Hosts of what is measured in packets rose too: more came than packets usually do. The level may be that of one country while the hosts
/// are everybody's: then only those of a part in that country count. False says nothing: usual hosts are fewer than their packets.
bool surely_more_hosts(const Incident& incident) {
  std::uint64_t hosts = incident.hosts;
  if (!incident.country.empty() && incident.population.find("country=" + incident.country) == std::string::npos) {
    hosts = 0;
    for (const RisePart& part : incident.explanation) {
      const AttributeValue* country = value_of(part, "country");
      if (country != nullptr && country->value == incident.country) hosts = std::max(hosts, part.hosts);
    }
  }
  return incident.metric == Metric::packets && static_cast<double>(hosts) > kMoreHosts * std::max(1.0, incident.expected);
}

/// What honeypots got at the incident's own port; payloads of a dropper are of another one.
bool is_of_its_port(const IncidentPayload& payload, const Incident& incident) {
  return payload.rows.starts_with("port = " + std::to_string(incident.port) + " ");
}

/// "h:80" of "http://h:80/x".
std::string_view server_of(std::string_view url) {
  const std::size_t at = url.find("://");
  if (at == std::string_view::npos) return {};
  url.remove_prefix(at + 3);
  return url.substr(0, url.find('/'));
}

/// The wave's hosts were seen to send what the dropper sent, or to load from its server: more than that one came before the other.
bool shares_with_dropper(const Incident& incident) {
  for (const IncidentPayload& own : incident.payloads) {
    if (!is_of_its_port(own, incident)) continue;
    for (const IncidentPayload& other : incident.payloads) {
      if (other.rows.empty() || is_of_its_port(other, incident)) continue;
      if (own.sha256 == other.sha256) return true;
      for (const std::string& url : own.urls) {
        const std::string_view server = server_of(url);
        if (!server.empty() && std::ranges::any_of(other.urls, [&](const std::string& one) { return server_of(one) == server; }))
          return true;
      }
    }
  }
  return false;
}

class Judgement {
 public:
  explicit Judgement(Incident& incident) : incident_(incident) {}

  void of_packets(Confidence confidence) {
    if (surely_more_hosts(incident_)) return of_newcomers(Cause::campaign);
    if (incident_.returning_hosts && *incident_.returning_hosts < 0.5) return of_newcomers(Cause::campaign);
    if (incident_.returning_hosts) return set(Cause::louder_hosts, confidence, {Cause::scanning_tool});
    set(Cause::louder_hosts, Confidence::possible, {Cause::new_hosts, Cause::scanning_tool});
  }

  void of_one_source() {
    double largest = 0, second = 0;
    for (const auto& [source, share] : shares_of(incident_, "src")) {
      second = std::max(second, std::min(largest, share));
      largest = std::max(largest, share);
    }
    if (largest >= kByItself) return set(Cause::one_source, Confidence::confirmed, {});
    if (second >= kAnother) return of_packets(Confidence::possible);
    set(Cause::one_source, Confidence::possible, {Cause::louder_hosts});
  }

  void of_hosts() {
    const bool telnet = incident_.port == 23 || incident_.port == 2323, devices = of_devices();
    const bool dropper =
        std::ranges::find(incident_.related_ports, Relation::dropper, &RelatedPort::relation) != incident_.related_ports.end();
    if (incident_.tool == "windows-7" && incident_.port == 445)
      return set(Cause::infected_windows, has_exploit(incident_) ? Confidence::confirmed : Confidence::probable, {});
    if (dropper)
      return set(Cause::dropper_wave, shares_with_dropper(incident_) ? Confidence::probable : Confidence::possible,
                 {Cause::infected_devices});
    if (has_exploit(incident_) && !telnet) return set(Cause::exploit_wave, devices ? Confidence::confirmed : Confidence::probable, {});
    // A hole without a number is one too: a program that is loaded, or commands that are taken from anybody.
    if (spreads_itself(incident_) && (devices || incident_.tool.empty()))
      return set(Cause::exploit_wave, devices ? Confidence::probable : Confidence::possible,
                 devices ? std::vector<Cause>{} : std::vector<Cause>{Cause::scanning_tool});
    // Without a payload the way into the devices is not known; for Telnet it is: guessed passwords.
    if (devices)
      return set(Cause::infected_devices, telnet ? Confidence::probable : Confidence::possible,
                 telnet ? std::vector<Cause>{} : std::vector<Cause>{Cause::exploit_wave, Cause::dropper_wave});
    of_newcomers(Cause::exploit_wave);
  }

  void set(Cause cause, Confidence confidence, std::vector<Cause> alternatives) {
    incident_.cause = cause;
    incident_.confidence = confidence;
    incident_.alternatives = std::move(alternatives);
  }

 private:
  /// Two tools of infected devices may share a rise: then no one is named, but what they do is known.
  bool of_devices() const {
    if (!incident_.tool.empty()) return is_tool_of_devices(incident_.tool);
    double share = 0;
    for (const auto& [tool, carried] : shares_of(incident_, "fingerprint"))
      if (is_tool_of_devices(tool)) share += carried;
    return share >= kNamesIt;
  }

  void of_newcomers(Cause besides) {
    if (!incident_.tool.empty()) return set(Cause::scanning_tool, Confidence::probable, {Cause::campaign});
    double marked = 0, of_devices = 0;
    for (const auto& [tool, carried] : shares_of(incident_, "fingerprint")) {
      marked += carried;
      if (is_tool_of_devices(tool)) of_devices += carried;
    }
    // Half of them have the mark of a tool: neither they nor the others are the whole of it.
    if (marked >= kMarked)
      return set(Cause::unknown, Confidence::possible,
                 {2 * of_devices >= marked ? Cause::infected_devices : Cause::scanning_tool, Cause::new_hosts});
    set(Cause::new_hosts, Confidence::possible, {besides, Cause::scanning_tool});
  }

  Incident& incident_;
};

}  // namespace

bool is_tool_of_devices(std::string_view tool) { return tool == "mirai" || tool == "hajime-like"; }

bool has_exploit(const Incident& incident) {
  return std::ranges::any_of(incident.payloads, [](const IncidentPayload& payload) { return !payload.cves.empty(); });
}

bool spreads_itself(const Incident& incident) {
  if (asks_for_passwords(incident)) return false;
  return std::ranges::any_of(incident.payloads, [&](const IncidentPayload& payload) {
    return is_of_its_port(payload, incident) && (!payload.urls.empty() || std::ranges::any_of(payload.tags, is_exploit));
  });
}

void judge_cause(Incident& incident) {
  Judgement judgement(incident);
  switch (incident.kind) {
    case IncidentKind::heavy_source: return judgement.of_one_source();
    case IncidentKind::packet_spike: return judgement.of_packets(Confidence::probable);
    case IncidentKind::scan_campaign: return judgement.set(Cause::campaign, Confidence::probable, {Cause::scanning_tool});
    case IncidentKind::host_spike:
    case IncidentKind::new_port: return judgement.of_hosts();
    default: return;  // whoever found the others said why
  }
}

}  // namespace nightjar
