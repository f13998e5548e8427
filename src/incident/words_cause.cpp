#include "incident/words_cause.hpp"

#include <fmt/format.h>

#include "incident/words_facts.hpp"
#include "incident/words_numbers.hpp"
#include "incident/words_story.hpp"

namespace nightjar {
namespace {

/// English clauses hold this word where they say how sure they are, with a blank behind; Japanese ones end in the plain form.
std::string with_certainty(std::string clause, Confidence confidence, Language language) {
  if (language == Language::ja) {
    const char* const ending = confidence == Confidence::confirmed  ? "ことを確認しました。"
                               : confidence == Confidence::probable ? "とみられます。"
                                                                    : "可能性があります。";
    return clause + ending;
  }
  const std::string word = confidence == Confidence::confirmed ? "" : confidence == Confidence::probable ? "probably " : "possibly ";
  constexpr std::string_view place = "{maybe} ";
  if (const std::size_t at = clause.find(place); at != std::string::npos) clause.replace(at, place.size(), word);
  return clause + (confidence == Confidence::confirmed ? " (confirmed)." : ".");
}

/// " in Argentina", " in that country", ", most of them in Mexico and Vietnam," or nothing; 「アルゼンチンで」「主にメキシコの」.
std::string place_en(const Incident& incident, bool after_country) {
  const Place place = place_of(incident);
  if (place.countries.empty()) return {};
  const std::string countries = countries_told(incident, Language::en);
  if (!place.is_all()) return ", most of them in " + countries + ",";
  return after_country && place.countries.size() == 1 ? " in that country" : " in " + countries;
}
std::string place_ja(const Incident& incident, bool after_country, const char* particle) {
  const Place place = place_of(incident);
  if (place.countries.empty()) return {};
  if (!place.is_all()) return "主に" + countries_told(incident, Language::ja) + particle;
  return (after_country && place.countries.size() == 1 ? "同国" : countries_told(incident, Language::ja)) + particle;
}

/// Whether a device common in one country tells why: hardly anything of the rise is from elsewhere.
bool is_common_device(const Place& place) {
  constexpr double hardly_elsewhere = 0.8;
  return place.countries.size() == 1 && place.share >= hardly_elsewhere;
}

/// "Hosts of AS9009 in Romania", "Hosts, most of them in Jordan,", "Somebody"; 「ルーマニアのAS9009のホスト」.
std::string who_en(const Incident& incident, bool after_country, const char* nobody_known) {
  const std::string network = network_of(incident, kNearlyAllOfRise), place = place_en(incident, after_country && network.empty());
  if (network.empty() && place.empty()) return nobody_known;
  return "Hosts" + (network.empty() ? "" : " of " + network) + place;
}
std::string who_ja(const Incident& incident, const char* nobody_known) {
  const std::string network = network_of(incident, kNearlyAllOfRise), place = place_ja(incident, false, "の");
  if (network.empty() && place.empty()) return nobody_known;
  return place + (network.empty() ? "" : network + "の") + "ホスト";
}

/// 「CVE-2014-8361の脆弱性」, "the hole CVE-2014-8361", or by its tag.
std::string hole(const Incident& incident, Language language) {
  const std::string cves = cves_of(incident), tag = tag_of(incident);
  const std::string& name = cves.empty() ? tag : cves;
  if (language == Language::ja) return name.empty() ? "脆弱性" : name + "の脆弱性";
  return name.empty() ? "a known hole" : "the hole " + name;
}

std::string victim(const Incident& incident, Language language) {
  const std::string network = network_of(incident), country = country_of(incident);
  if (language == Language::ja) {
    if (!network.empty()) return network;
    return country.empty() ? "特定の宛先" : country_with_article(country, language);
  }
  if (!network.empty()) return country.empty() ? network : network + " in " + country_with_article(country, language);
  return country.empty() ? std::string() : country_with_article(country, language);
}

std::string dropper_en(const Incident& incident) {
  const RelatedPort* dropper = dropper_of(incident);
  if (dropper == nullptr) return "another port";
  const std::string cves = cves_of(incident);
  return port_name(dropper->protocol, dropper->port) + (cves.empty() ? "" : " (" + cves + ")");
}
std::string dropper_ja(const Incident& incident) {
  const RelatedPort* dropper = dropper_of(incident);
  if (dropper == nullptr) return "別のポート";
  const std::string cves = cves_of(incident);
  return port_name(dropper->protocol, dropper->port) + (cves.empty() ? "" : "（" + cves + "）");
}

std::string clause_en(const Incident& incident, bool after_country) {
  const std::string place = place_en(incident, after_country), network = network_of(incident), port = port_name(incident);
  const std::string on_port = port.empty() ? "there" : "on " + port, all_of = network_of(incident, kNearlyAllOfRise);
  const std::string sensor = incident.sensor.empty() ? "A sensor" : "The sensor " + safe(incident.sensor);
  switch (incident.cause) {
    case Cause::unknown: break;
    case Cause::infected_devices: {
      const std::string by = " {maybe} been infected by " + malware_name(incident, Language::en);
      if (!all_of.empty()) return "Devices in the network of " + all_of + place + " have" + by;
      const Place from = place_of(incident);
      const std::string most_of_network = "most of them in the network of " + network + ", have";
      if (!network.empty() && !from.countries.empty() && !from.is_all())
        return "Devices, most of them in " + countries_told(incident, Language::en) + " and " + most_of_network + by;
      if (!network.empty()) return "Devices" + place + ", " + most_of_network + by;
      if (is_common_device(from))
        return "A device common in " + (after_country ? std::string("that country") : countries_told(incident, Language::en)) + " has" + by;
      return "Devices" + (place.empty() ? " in many countries" : place) + " have" + by;
    }
    case Cause::infected_windows:
      return "Windows machines" + place + " have {maybe} been infected by a worm that spreads over " + (port.empty() ? "445/TCP" : port) +
             ", as WannaCry does";
    case Cause::exploit_wave: return "The hosts {maybe} look for devices with " + hole(incident, Language::en) + " and infect them";
    case Cause::dropper_wave: return "Devices" + place + " were {maybe} infected through " + dropper_en(incident) + " and scan ever since";
    case Cause::scanning_tool: {
      const std::string who = who_en(incident, after_country, "");
      const std::string with = " with " + tool_name(incident.tool, Language::en);
      if (who.empty()) return "Somebody {maybe} surveys the Internet or looks for targets" + with;
      return who + " {maybe} survey the Internet or look for targets" + with;
    }
    case Cause::one_source: {
      const std::string source = one_source_of(incident);
      return "One address" + (source.empty() ? "" : ", " + source + ",") + " is {maybe} the cause by itself";
    }
    case Cause::campaign:
      return "The" + (hosts_of(incident) > 1 ? " " + number_in_words(hosts_of(incident), Language::en) : std::string()) + " hosts" +
             (all_of.empty() ? std::string() : " of " + all_of) + " are {maybe} one operator's and scan the same ports";
    case Cause::louder_hosts: {
      const std::string who = who_en(incident, after_country, "");
      return who.empty() ? "Not more hosts came: those that did {maybe} sent more packets each"
                         : "Not more hosts came: h" + who.substr(1) + " {maybe} sent more packets each";
    }
    case Cause::new_hosts: {
      const std::string of = all_of.empty() ? "Hosts" + place : "Hosts of " + all_of + place;
      if (is_ping(incident)) return of + " without the mark of a known tool {maybe} look for addresses that answer " + port;
      return of + " without the mark of a known tool {maybe} look for devices that listen " +
             (incident.port == 0 ? std::string("on several ports") : on_port);
    }
    case Cause::dos_backscatter: {
      const std::string of = victim(incident, Language::en);
      const bool one = addresses_of(incident) == 1;
      return (one ? "A server" : "Servers") + (of.empty() ? "" : (network.empty() ? " in " : " of ") + of) + (one ? " is" : " are") +
             " {maybe} under a DoS attack with spoofed sources, and " + (one ? "its" : "their") + " answers arrive here";
    }
    case Cause::carpet_backscatter: {
      const std::string of = victim(incident, Language::en);
      return "Addresses all over " + (network.empty() ? "a network" + (of.empty() ? "" : " in " + of) : "the network of " + of) +
             " are {maybe} under a DoS attack with spoofed sources (carpet bombing), and their answers arrive here";
    }
    case Cause::new_exploit:
      return "Somebody {maybe} began to use " + hole(incident, Language::en) + " " + on_port + ", which no honeypot had been sent before";
    case Cause::attacks_on_network: {
      const std::string of = victim(incident, Language::en);
      return "Somebody {maybe} attacks " + (of.empty() ? "one network" : of) + " by reflection (DRDoS), through open servers of others";
    }
    case Cause::sensor_silent: return sensor + " {maybe} was off or cut off; the traffic did not change";
    case Cause::sensor_drops: return sensor + " {maybe} lost packets because it was too slow";
    case Cause::sensor_clock:
      return "The clock of " + (incident.sensor.empty() ? "a sensor" : safe(incident.sensor)) + " {maybe} ran wrong";
    case Cause::sensor_size: return sensor + " {maybe} watches another number of addresses than before";
    case Cause::sensor_repeated:
      return "The packets of " + (incident.sensor.empty() ? "a sensor" : safe(incident.sensor)) + " were {maybe} delivered twice";
  }
  return {};
}

std::string clause_ja(const Incident& incident, bool after_country) {
  const std::string network = network_of(incident), port = port_name(incident), malware = malware_name(incident, Language::ja);
  const std::string at_port = port.empty() ? "" : port + "で", all_of = network_of(incident, kNearlyAllOfRise);
  const std::string sensor = incident.sensor.empty() ? "センサ" : "センサ" + safe(incident.sensor);
  switch (incident.cause) {
    case Cause::unknown: break;
    case Cause::infected_devices: {
      const std::string infected = "機器が" + malware + "に感染した";
      if (!all_of.empty()) return place_ja(incident, after_country, "の") + all_of + "のネットワークにある" + infected;
      if (!network.empty()) return place_ja(incident, after_country, "の") + "、多くは" + network + "のネットワークにある" + infected;
      if (is_common_device(place_of(incident)))
        return (after_country ? std::string("同国") : countries_told(incident, Language::ja)) + "で広く使われている" + infected;
      return (countries_told(incident, Language::ja).empty() ? "各国の" : place_ja(incident, after_country, "の")) + infected;
    }
    case Cause::infected_windows:
      return place_ja(incident, after_country, "の") + "Windows機器が、WannaCryのように" + (port.empty() ? "445/TCP" : port) +
             "で広がるワームに感染した";
    case Cause::exploit_wave: return "攻撃ホストは" + hole(incident, Language::ja) + "を持つ機器を探し、感染させている";
    case Cause::dropper_wave:
      return place_ja(incident, after_country, "の") + "機器が" + dropper_ja(incident) + "を通じて感染し、その後スキャンを始めた";
    case Cause::scanning_tool:
      return who_ja(incident, "何者か") + "が" + tool_name(incident.tool, Language::ja) +
             "でインターネットを調査している、または標的を探している";
    case Cause::one_source: {
      const std::string source = one_source_of(incident);
      return "1個のIPアドレス" + (source.empty() ? "" : "（" + source + "）") + "だけが原因である";
    }
    case Cause::campaign:
      return (all_of.empty() ? "" : all_of + "の") +
             (hosts_of(incident) > 1 ? number_in_words(hosts_of(incident), Language::ja) : std::string()) +
             "ホストが、同じ運用者のもとで同じポートを調べている";
    case Cause::louder_hosts:
      return "ホスト数は増えず、" + who_ja(incident, "1ホスト") + (who_ja(incident, "").empty() ? "あたりの" : "から届く1ホストあたりの") +
             "パケット数が増えた";
    case Cause::new_hosts:
      return place_ja(incident, after_country, "の") + (all_of.empty() ? "" : all_of + "の") + "ホストが、既知のツールの特徴を持たずに" +
             (is_ping(incident) ? port + "に応答するアドレスを探している" : at_port + "待ち受ける機器を探している");
    case Cause::dos_backscatter: return victim(incident, Language::ja) + "のサーバが送信元を詐称したDoS攻撃を受け、その応答が届いている";
    case Cause::carpet_backscatter:
      return victim(incident, Language::ja) + "のネットワーク全体が送信元を詐称したDoS攻撃（絨毯爆撃型）を受け、その応答が届いている";
    case Cause::new_exploit:
      return "ハニーポットに届いたことのない、" + hole(incident, Language::ja) + "を狙う攻撃が" + at_port + "始まった";
    case Cause::attacks_on_network: return victim(incident, Language::ja) + "が、他者のサーバを踏み台にしたDRDoS攻撃を受けている";
    case Cause::sensor_silent: return sensor + "が停止または切断され、通信そのものは変化していない";
    case Cause::sensor_drops: return sensor + "が処理しきれずにパケットを失った";
    case Cause::sensor_clock: return sensor + "の時計が狂っていた";
    case Cause::sensor_size: return sensor + "の観測アドレス数が変わった";
    case Cause::sensor_repeated: return sensor + "のパケットが二重に届けられた";
  }
  return {};
}

}  // namespace

std::string enumerated(const std::vector<std::string>& names, Language language) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += language == Language::ja ? "、" : i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

std::string countries_told(const Incident& incident, Language language) {
  std::vector<std::string> names;
  for (const std::string& code : place_of(incident).countries) names.push_back(country_with_article(code, language));
  return enumerated(names, language);
}

std::string malware_name(const Incident& incident, Language language) {
  const bool ja = language == Language::ja;
  if (incident.tool == "mirai") return ja ? "Mirai、またはその亜種" : "Mirai or a variant";
  if (looks_like_hajime(incident)) return ja ? "Hajime、または類似のマルウェア" : "Hajime or similar malware";
  return ja ? "マルウェア" : "malware";
}

std::string tool_name(const std::string& tool, Language language) {
  if (tool.empty()) return language == Language::ja ? "スキャンツール" : "a scanning tool";
  if (tool == "mirai") return "Mirai";
  if (tool == "hajime-like") return language == Language::ja ? "ウィンドウサイズ14600" : "the TCP window 14600";
  if (tool == "windows-7") return "Windows 7";
  if (tool == "zmap-classic" || tool == "zmap-4.1") return "ZMap";
  if (tool == "irregular-syn") return language == Language::ja ? "二段階スキャナ" : "a two-phase scanner";
  return safe(tool);
}

std::string cause_sentence(const Incident& incident, Language language, bool after_country) {
  const std::string clause = language == Language::ja ? clause_ja(incident, after_country) : clause_en(incident, after_country);
  if (clause.empty()) return language == Language::ja ? "原因は分かっていません。" : "The cause is not known.";
  return with_certainty(clause, incident.confidence, language);
}

void put_into_words(Incident& incident) {
  incident.cause_en = cause_sentence(incident, Language::en, false);
  incident.cause_ja = cause_sentence(incident, Language::ja, false);
}

std::string phrase_of(Cause cause, Language language) {
  const bool ja = language == Language::ja;
  switch (cause) {
    case Cause::unknown: return ja ? "データからは分からない原因" : "a cause that the data do not show";
    case Cause::infected_devices: return ja ? "ボットネットへの機器の感染" : "devices infected by a botnet";
    case Cause::infected_windows: return ja ? "Windows機器へのワームの感染" : "Windows machines infected by a worm";
    case Cause::exploit_wave: return ja ? "脆弱性を突いて広がるマルウェア" : "malware that spreads by an exploit";
    case Cause::dropper_wave: return ja ? "別のポートを通じた感染" : "an infection through another port";
    case Cause::scanning_tool: return ja ? "スキャンツールによる調査" : "a survey with a scanning tool";
    case Cause::one_source: return ja ? "単一の送信元" : "a single source";
    case Cause::campaign: return ja ? "一人の運用者によるスキャン" : "scans of one operator";
    case Cause::louder_hosts: return ja ? "1ホストあたりのパケット数の増加" : "more packets from each host";
    case Cause::new_hosts: return ja ? "既知のツールの特徴を持たない新しいホスト" : "new hosts without a known tool";
    case Cause::dos_backscatter: return ja ? "DoS攻撃の跳ね返り" : "backscatter of a DoS attack";
    case Cause::carpet_backscatter: return ja ? "ネットワーク全体へのDoS攻撃の跳ね返り" : "backscatter of a DoS attack on a whole network";
    case Cause::new_exploit: return ja ? "新しい攻撃コード" : "a new exploit";
    case Cause::attacks_on_network: return ja ? "一つのネットワークへのDRDoS攻撃" : "DRDoS attacks on one network";
    case Cause::sensor_silent: return ja ? "センサの停止" : "a silent sensor";
    case Cause::sensor_drops: return ja ? "センサでのパケットの欠落" : "packets lost at the sensor";
    case Cause::sensor_clock: return ja ? "センサの時計の狂い" : "a wrong clock of the sensor";
    case Cause::sensor_size: return ja ? "観測アドレス数の変化" : "a change of the addresses that are watched";
    case Cause::sensor_repeated: return ja ? "データの二重の取り込み" : "data that were delivered twice";
  }
  return {};
}

}  // namespace nightjar
