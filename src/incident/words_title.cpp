#include <algorithm>

#include "incident/words.hpp"
#include "incident/words_cause.hpp"
#include "incident/words_facts.hpp"
#include "incident/words_numbers.hpp"

namespace nightjar {
namespace {

std::string number_en(double number) { return (is_rounded(number) ? "About " : "") + number_in_words(number, Language::en); }

/// Who does it, before the verb: "About 50,900 hosts in Vietnam and Indonesia", "522 hosts, most of them in Jordan,".
struct Subject {
  std::string text;
  bool one = false;  ///< of the verb
};

/// Of how many hosts and which countries a title tells, so that the number is that of hosts in these countries.
struct HostsInPlace {
  double hosts = 0;  ///< 0: not known
  bool names_place = false;
  bool most = false;  ///< not all of the hosts are there
};
HostsInPlace hosts_in_place(const Incident& incident, bool of_network) {
  constexpr std::size_t most_countries = 2;
  constexpr double most = 0.5;
  const Place place = place_of(incident);
  HostsInPlace told = {hosts_of(incident), true, !place.is_all()};
  const double share = told.hosts > 0 && place.hosts > 0 ? place.hosts / told.hosts : place.share;
  if (place.countries.empty() || place.countries.size() > (place.is_all() ? most_countries : 1)) {
    told.names_place = false;
  } else if (share < kNearlyAllOfRise) {
    // The rise is theirs, and others were there already: then their own number is told.
    const bool own_number = share <= most || place.countries.size() > 1;
    told.most = !own_number;
    if (own_number && (of_network || place.hosts == 0)) told.names_place = false;
    if (own_number && told.names_place) told.hosts = place.hosts;
  }
  return told;
}

Subject hosts_en(const Incident& incident, const std::string& network = {}) {
  const HostsInPlace told = hosts_in_place(incident, !network.empty());
  Subject subject;
  subject.one = told.hosts == 1;
  subject.text =
      told.hosts == 0 ? "Hosts" : (subject.one ? "One" : number_en(told.hosts)) + std::string(plural(told.hosts, " host", " hosts"));
  if (!network.empty()) subject.text += " of " + network;
  const std::string countries = told.names_place ? countries_told(incident, Language::en) : std::string();
  if (!countries.empty()) subject.text += told.most ? ", most of them in " + countries + "," : " in " + countries;
  return subject;
}
std::string hosts_ja(const Incident& incident, const std::string& network = {}) {
  const HostsInPlace told = hosts_in_place(incident, !network.empty());
  const std::string number =
      told.hosts == 0 ? "ホスト" : (is_rounded(told.hosts) ? "約" : "") + number_in_words(told.hosts, Language::ja) + "ホスト";
  const std::string countries = told.names_place ? countries_told(incident, Language::ja) : std::string(),
                    of = network.empty() ? "" : network + "の";
  if (countries.empty()) return of + number;
  return told.most ? of + number + "（大半は" + countries + "）" : countries + "の" + of + number;
}

/// Where packets are from, whose senders are not counted: "{in} Japan", ", mostly {in} Japan,".
std::string packets_en(const Incident& incident, const std::string& preposition, const std::string& end) {
  const Place place = place_of(incident);
  if (place.countries.empty() || place.countries.size() > 2) return {};
  const std::string where = preposition + " " + countries_told(incident, Language::en);
  return place.is_all() ? " " + where : ", mostly " + where + end;
}
std::string packets_ja(const Incident& incident) {
  const Place place = place_of(incident);
  if (place.countries.empty() || place.countries.size() > 2) return {};
  return (place.is_all() ? "" : "主に") + countries_told(incident, Language::ja) + "の";
}

/// How they scan, or what for.
std::string manner_en(const Incident& incident) {
  if (incident.cause == Cause::dropper_wave) {
    const RelatedPort* dropper = dropper_of(incident);
    return dropper == nullptr ? " after an exploit elsewhere" : " after an exploit on " + port_name(dropper->protocol, dropper->port);
  }
  if (incident.cause == Cause::exploit_wave && !cves_of(incident).empty()) return " to exploit " + cves_of(incident);
  if (incident.kind == IncidentKind::new_port) return ", which was hardly ever asked before";
  if (incident.tool == "mirai") return " the way Mirai does";
  if (incident.tool == "hajime-like") return looks_like_hajime(incident) ? " the way Hajime does" : " with the TCP window 14600";
  if (incident.tool == "windows-7") return " with the window of Windows 7";
  return incident.tool.empty() ? "" : " with " + tool_name(incident.tool, Language::en);
}

std::string scan_ja(const Incident& incident) {
  if (incident.cause == Cause::exploit_wave && !cves_of(incident).empty()) return cves_of(incident) + "を狙うスキャン";
  if (incident.tool == "mirai") return "Mirai型のスキャン";
  if (incident.tool == "hajime-like") return looks_like_hajime(incident) ? "Hajime型のスキャン" : "ウィンドウサイズ14600を持つスキャン";
  if (incident.tool == "windows-7") return "Windows 7のウィンドウサイズを持つスキャン";
  return incident.tool.empty() ? "スキャン" : tool_name(incident.tool, Language::ja) + "によるスキャン";
}

std::string in_country_en(const Incident& incident) {
  const std::string country = country_of(incident);
  return country.empty() ? "" : " in " + country_with_article(country, Language::en);
}
std::string of_country_ja(const Incident& incident) {
  const std::string country = country_of(incident);
  return country.empty() ? "" : country_with_article(country, Language::ja) + "の";
}

/// Whom a DoS attack hits: the network, else the number of addresses, each with the country where it is one.
std::string victims_en(const Incident& incident) {
  const std::string network = network_of(incident);
  if (!network.empty()) return network + in_country_en(incident);
  const auto victims = static_cast<double>(addresses_of(incident));
  const std::string addresses = victims == 0   ? "servers"
                                : victims == 1 ? "one address"
                                               : number_in_words(victims, Language::en) + " addresses";
  return addresses + in_country_en(incident);
}
std::string victims_ja(const Incident& incident) {
  const std::string network = network_of(incident);
  if (!network.empty()) return of_country_ja(incident) + network;
  const auto victims = static_cast<double>(addresses_of(incident));
  return of_country_ja(incident) + (victims == 0 ? "サーバ" : number_in_words(victims, Language::ja) + "個のIPアドレス");
}

/// " (2375/TCP and 4 others)"
std::string ports_en(const Incident& incident) {
  const std::string port = port_name(incident);
  const std::size_t others = ports_besides(incident);
  if (port.empty()) return {};
  return " (" + port + (others == 0 ? "" : " and " + counted(others, "other", "others")) + ")";
}
std::string ports_ja(const Incident& incident) {
  const std::string port = port_name(incident);
  const std::size_t others = ports_besides(incident);
  return port.empty() ? "" : "（" + port + (others == 0 ? "" : "ほか" + std::to_string(others) + "個") + "）";
}

std::string exploit_of(const Incident& incident) { return cves_of(incident).empty() ? tag_of(incident) : cves_of(incident); }

std::string english(const Incident& incident) {
  const std::string port = port_name(incident), in_brackets = port.empty() ? "" : " (" + port + ")";
  const std::string sensor = incident.sensor.empty() ? "A sensor" : "The sensor " + safe(incident.sensor);
  switch (incident.cause) {
    case Cause::dos_backscatter: return "Backscatter of a DoS attack on " + victims_en(incident) + in_brackets;
    case Cause::carpet_backscatter: {
      const std::string network = network_of(incident);
      return "Backscatter of a DoS attack on " + (network.empty() ? "a whole network" : "the whole network of " + network) +
             in_country_en(incident) + in_brackets;
    }
    case Cause::attacks_on_network: {
      const std::string network = network_of(incident), country = country_of(incident);
      const std::string on = !network.empty()  ? " on " + network + in_country_en(incident)
                             : country.empty() ? ""
                                               : " on " + country_with_article(country, Language::en);
      return "More DRDoS attacks" + on;
    }
    case Cause::sensor_silent: return sensor + " was silent";
    case Cause::sensor_drops: return sensor + " lost packets";
    case Cause::sensor_clock: return sensor + " had a wrong clock";
    case Cause::sensor_size: return sensor + " watches another number of addresses";
    case Cause::sensor_repeated: return sensor + " delivered packets twice";
    default: break;
  }
  const std::string what = scanned_en(incident);
  switch (incident.kind) {
    case IncidentKind::sensor: return sensor + " is in trouble";
    case IncidentKind::drdos: return "More DRDoS attacks";
    case IncidentKind::dos_victim:
    case IncidentKind::carpet_bombing: return "Backscatter of a DoS attack on " + victims_en(incident) + in_brackets;
    case IncidentKind::new_payload: {
      const std::string exploit = exploit_of(incident);
      return "Honeypots get a new payload on " + what + (exploit.empty() ? "" : ": " + exploit);
    }
    case IncidentKind::heavy_source: return "One address" + in_country_en(incident) + " sends most packets to " + what;
    case IncidentKind::scan_campaign: {
      const Subject who = hosts_en(incident, network_of(incident, kNearlyAllOfRise));
      return who.text + (who.one ? " scans" : " scan") + " the same ports" + ports_en(incident);
    }
    case IncidentKind::packet_spike:
      if (incident.cause == Cause::louder_hosts) return "Hosts" + packets_en(incident, "in", ",") + " send more packets to " + what;
      if (incident.port == 0 && !port.empty()) return "More " + port + " packets" + packets_en(incident, "from", "");
      break;
    default: break;
  }
  // A network is told where there is no mark to tell of.
  const Subject who = hosts_en(incident, incident.tool.empty() ? network_of(incident, kNearlyAllOfRise) : std::string());
  if (is_ping(incident)) return who.text + (who.one ? " pings" : " ping") + " addresses (ICMP)";
  return who.text + (who.one ? " scans " : " scan ") + what + manner_en(incident);
}

std::string japanese(const Incident& incident) {
  const std::string port = port_name(incident), in_brackets = port.empty() ? "" : "（" + port + "）";
  const std::string sensor = incident.sensor.empty() ? "センサ" : "センサ" + safe(incident.sensor);
  switch (incident.cause) {
    case Cause::dos_backscatter: return victims_ja(incident) + "へのDoS攻撃の跳ね返り" + in_brackets;
    case Cause::carpet_backscatter: {
      const std::string network = network_of(incident);
      return of_country_ja(incident) + (network.empty() ? "" : network + "の") + "ネットワーク全体へのDoS攻撃の跳ね返り" + in_brackets;
    }
    case Cause::attacks_on_network: {
      const std::string network = network_of(incident), country = country_of(incident);
      const std::string on = !network.empty() ? of_country_ja(incident) + network : country_with_article(country, Language::ja);
      return (on.empty() ? "" : on + "への") + std::string("DRDoS攻撃の増加");
    }
    case Cause::sensor_silent: return sensor + "の無受信";
    case Cause::sensor_drops: return sensor + "でのパケットの欠落";
    case Cause::sensor_clock: return sensor + "の時計の狂い";
    case Cause::sensor_size: return sensor + "の観測アドレス数の変化";
    case Cause::sensor_repeated: return sensor + "のデータの重複";
    default: break;
  }
  const std::string what = port.empty() ? "複数のポート" : port;
  const bool pings = is_ping(incident);
  switch (incident.kind) {
    case IncidentKind::sensor: return sensor + "の異常";
    case IncidentKind::drdos: return "DRDoS攻撃の増加";
    case IncidentKind::dos_victim:
    case IncidentKind::carpet_bombing: return victims_ja(incident) + "へのDoS攻撃の跳ね返り" + in_brackets;
    case IncidentKind::new_payload: {
      const std::string exploit = exploit_of(incident);
      return what + "での新しいペイロード" + (exploit.empty() ? "" : "（" + exploit + "）");
    }
    case IncidentKind::heavy_source: return of_country_ja(incident) + "1個のIPアドレスから" + what + "への大量のパケット";
    case IncidentKind::scan_campaign:
      return hosts_ja(incident, network_of(incident, kNearlyAllOfRise)) + "による同じ組のポートへのスキャン" + ports_ja(incident);
    case IncidentKind::packet_spike:
      if (incident.cause == Cause::louder_hosts) return packets_ja(incident) + "ホストから" + what + "へのパケットの増加";
      if (incident.port == 0 && !port.empty()) return packets_ja(incident) + port + "パケットの増加";
      break;
    default: break;
  }
  std::string aim = pings ? "ICMPで応答するアドレスを探索" : what + "へ" + scan_ja(incident);
  if (incident.cause == Cause::dropper_wave) {
    const RelatedPort* dropper = dropper_of(incident);
    if (dropper != nullptr) aim += "（" + port_name(dropper->protocol, dropper->port) + "への攻撃に続く）";
  } else if (incident.kind == IncidentKind::new_port) {
    aim = "ほとんど狙われたことのない" + aim;
  }
  return hosts_ja(incident, incident.tool.empty() ? network_of(incident, kNearlyAllOfRise) : std::string()) + "が" + aim;
}

}  // namespace

std::string title_of(const Incident& incident, Language language) {
  return language == Language::ja ? japanese(incident) : english(incident) + ".";
}

}  // namespace nightjar
