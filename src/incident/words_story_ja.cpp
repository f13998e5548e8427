#include <cmath>

#include "base/time.hpp"
#include "incident/words_cause.hpp"
#include "incident/words_facts.hpp"
#include "incident/words_numbers.hpp"
#include "incident/words_story.hpp"

namespace nightjar {
namespace {

constexpr Language kJa = Language::ja;
constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000;

std::string day(std::int64_t ms) { return day_in_words(ms, kJa); }
bool same_day(std::int64_t a, std::int64_t b) { return floor_div(a, kMsPerDay) == floor_div(b, kMsPerDay); }
/// 「約19万」「9,240」
std::string some(double number) { return (is_rounded(number) ? "約" : "") + number_in_words(number, kJa); }
std::string times(const Incident& incident) { return "普段の" + times_in_words(ratio_of(incident)) + "倍"; }

/// 「1日約19万ホスト」
std::string level(const Incident& incident, double number) {
  const char* unit = "";
  switch (incident.metric) {
    case Metric::hosts: unit = "ホスト"; break;
    case Metric::packets: unit = "パケット"; break;
    case Metric::attacks:
    case Metric::sessions: unit = "件"; break;
    case Metric::minutes: unit = "分"; break;
  }
  return "1日" + some(number) + unit;
}

std::string of_country(const Incident& incident) {
  return is_of_country(incident) ? country_with_article(incident.country, kJa) + "から" : std::string();
}

std::string rise_of_scans(const Incident& incident) {
  const std::string port = port_name(incident), what_port = port.empty() ? "複数のポート" : port;
  const bool hosts = incident.metric == Metric::hosts, one_day = same_day(incident.onset_ms, incident.peak_ms);
  std::string what = hosts ? is_ping(incident) ? port + "で探索するホスト" : what_port + "を狙う攻撃ホスト" : what_port + "宛てのパケット";
  if (!hosts && incident.port == 0 && !port.empty()) what = is_ping(incident) ? port + "エコー要求" : port + "パケット全体";
  if (hosts && incident.kind == IncidentKind::new_port && !port.empty()) {
    const std::string rare = of_country(incident) + "それまでほとんど狙われていなかった" + what;
    if (one_day) return day(incident.peak_ms) + "、" + rare + "が" + some(incident.observed) + "ホスト観測されました。";
    return day(incident.onset_ms) + "以降、" + rare + "が現れ、" + day(incident.peak_ms) + "には" + some(incident.observed) +
           "ホストに達しました。";
  }
  what = of_country(incident) + what;
  const std::string size = was_nearly_none(incident) ? "ほぼ皆無の状態から" + level(incident, incident.observed) : times(incident);
  const std::string also = hosts || was_nearly_none(incident) ? "" : "（" + level(incident, incident.observed) + "）";
  if (one_day) return day(incident.peak_ms) + "、" + what + "が" + size + also + "に増えました。";
  return day(incident.onset_ms) + "以降、" + what + "が増え、" + day(incident.peak_ms) + "には" + size + also + "に達しました。";
}

std::string rise_of_answers(const Incident& incident) {
  const std::string protocol = port_name(incident.protocol, 0);
  const std::string size =
      level(incident, incident.observed) + (was_nearly_none(incident) ? "" : "（" + times(incident) + "）") + "に達しました。";
  if (!is_part_of_total(incident)) return day(incident.peak_ms) + "、" + protocol + "パケットが" + size;
  return day(incident.peak_ms) + "、この攻撃により" + some(static_cast<double>(incident.packets)) + "パケットが届き、" + protocol +
         "全体では" + size;
}

std::string span_of_sensor(const Incident& incident) {
  const std::string name = incident.sensor.empty() ? "センサ" : "センサ" + safe(incident.sensor);
  const std::string from = day(incident.onset_ms) + "から";
  const std::string lasted = incident.end_ms ? duration_in_words(*incident.end_ms - incident.onset_ms, kJa) + "、" : "";
  switch (incident.cause) {
    case Cause::sensor_silent: return from + lasted + name + "に何も届きませんでした。";
    case Cause::sensor_size:
      return from + name + "の観測アドレス数が" +
             (incident.expected > 0 && incident.observed > 0 ? some(incident.expected) + "から" + some(incident.observed) + "に"
                                                             : std::string()) +
             "変わりました。";
    case Cause::sensor_drops: return from + lasted + name + "がパケットを失いました。";
    case Cause::sensor_clock: return from + lasted + name + "の時計が狂っていました。";
    default: return day(incident.onset_ms) + "、" + name + "のパケットが二重に届きました。";
  }
}

std::string first_sentence(const Incident& incident) {
  switch (incident.kind) {
    case IncidentKind::sensor: return span_of_sensor(incident);
    case IncidentKind::drdos: {
      const std::string country = country_of(incident);
      return day(incident.peak_ms) + "、" + (country.empty() ? "" : country_with_article(country, kJa) + "への") +
             "DRDoS攻撃の被攻撃件数が" + some(told_attacks(incident)) + "件" +
             (told_attacks(incident) == incident.observed ? "" : "（センサごとに数えると" + some(incident.observed) + "件）") +
             (was_nearly_none(incident) ? "観測されました。" : "となり、" + times(incident) + "に増えました。");
    }
    case IncidentKind::new_payload:
      return day(incident.onset_ms) + "、" + (incident.port == 0 ? "" : port_name(incident) + "の") +
             "ハニーポットに、それまで届いたことのないペイロードが届きました" +
             (incident.observed > 0 && incident.metric == Metric::sessions ? "（最も多い日で" + some(incident.observed) + "件の通信）。"
                                                                           : "。");
    default: return is_about_scans(incident) ? rise_of_scans(incident) : rise_of_answers(incident);
  }
}

std::string unwatched_sentence(const Incident& incident) {
  return "初めて観測されるまでの" + duration_in_words(incident.unwatched_to_ms - incident.unwatched_from_ms, kJa) +
         "はダークネットに何も届いておらず、始まりはこれより前だった可能性があります。";
}

/// What packets of a part have in common, after 「増加分の86%は」: the form before 「、」 and the form at the end.
struct Predicate {
  std::string running, ending;
};
Predicate predicate(const AttributeValue& value, bool victims, bool hajime) {
  const std::string text = safe(value.value);
  const auto from = [&](const std::string& where) {
    return victims ? Predicate{where + "に対するもので", where + "に対するものです"}
                   : Predicate{where + "から届き", where + "から届いています"};
  };
  const auto has = [](const std::string& what) { return Predicate{what + "を持ち", what + "を持ちます"}; };
  const auto is = [](const std::string& what) { return Predicate{what + "で", what + "です"}; };
  if (value.attribute == "country")
    return from(text.empty() ? "国が不明なIPアドレス" : country_with_article(value.value, kJa) + "のIPアドレス");
  if (value.attribute == "asn") return from(value.value == "0" ? "不明なネットワーク" : network_name(value) + "のネットワーク");
  if (value.attribute == "src") return from((victims ? "" : "送信元") + text);
  if (value.attribute == "src_port") return from("送信元ポート" + text);
  if (value.attribute == "sensor") return {"センサ" + text + "に届き", "センサ" + text + "に届いています"};
  if (value.attribute == "window") return is("ウィンドウサイズが" + text);
  if (value.attribute == "tcp_flags") return is(text + "パケット");
  if (value.attribute == "class") return is("種別が" + text);
  constexpr std::string_view up_to = "up to ";
  if (value.attribute == "ttl_band") return is("TTLが" + (text.starts_with(up_to) ? text.substr(up_to.size()) + "以下" : text));
  if (value.attribute != "fingerprint") return is(safe(value.attribute) + "が" + text);
  if (text == "mirai") return has("Miraiの特徴（TCPシーケンス番号が宛先アドレスと同じ）");
  if (text == "hajime-like" && !hajime) return is("ウィンドウサイズが14600");
  if (text == "hajime-like") return has("Hajimeに似た特徴（ウィンドウサイズ14600、Miraiの特徴なし）");
  if (text == "windows-7") return has("Windows 7の特徴（ウィンドウサイズ8192）");
  if (text.empty() || text == "none") return {"既知の特徴を持たず", "既知の特徴を持ちません"};
  return has(tool_name(value.value, kJa) + "の特徴");
}

std::string parts_sentence(const Incident& incident) {
  const ToldRise told = told_rise(incident);
  const bool victims = incident.kind == IncidentKind::drdos, hajime = looks_like_hajime(incident);
  const std::string of_the_rise = told.of_more_than_level ? "全体の増加分の" : "増加分の";
  std::vector<std::string> running, ending;
  const auto add = [&](const std::string& subject, const Predicate& what) {
    running.push_back(subject + what.running);
    ending.push_back(subject + what.ending);
  };
  const auto share_of = [&](const ToldPart& part) { return (running.empty() ? of_the_rise : "") + share_in_words(part.share) + "は"; };
  if (!told.countries.empty()) {
    std::string subject;
    for (std::size_t i = 0; i < told.countries.size(); ++i) {
      const ToldPart& part = told.countries[i];
      const std::string& code = part.values.front().value;
      subject += i == 0 ? share_of(part) : "、" + share_in_words(part.share) + "は";
      if (i + 1 < told.countries.size()) subject += code.empty() ? "国が不明なもの" : country_with_article(code, kJa);
    }
    add(subject, predicate(told.countries.back().values.front(), victims, false));
  }
  for (const ToldPart& part : told.others) {
    std::string subject = share_of(part);
    for (std::size_t i = 0; i + 1 < part.values.size(); ++i) subject += predicate(part.values[i], victims, hajime).running + "、";
    add(subject, predicate(part.values.back(), victims, hajime));
  }
  std::string text;
  for (std::size_t i = 0; i < running.size(); ++i) text += i + 1 == running.size() ? ending[i] + "。" : running[i] + "、";
  return text;
}

std::string answers_sentence(const Incident& incident) {
  constexpr double few = 10;
  const ToldBackscatter told = told_backscatter(incident);
  const auto addresses = static_cast<double>(told.share > 0 ? told.hosts : addresses_of(incident));
  const std::string from = addresses == 0 ? "" : (addresses <= few ? "わずか" : "") + some(addresses) + "個のIPアドレスから届いた";
  const std::string packets = from + (told.flags.empty() ? std::string("応答パケット") : told.flags) +
                              (told.port.empty() ? "" : "（送信元ポート" + told.port + "）");
  if (!(told.share > 0)) return "内容は、" + packets + "です。";
  std::string text = "増加分の" + share_in_words(told.share) + "は、" + packets;
  std::vector<std::string> others;
  if (told.port_share > 0) others.push_back(share_in_words(told.port_share) + "は送信元ポート" + std::to_string(incident.port));
  if (!told.source.empty()) others.push_back(share_in_words(told.source_share) + "はIPアドレス" + told.source);
  if (others.empty()) return text + "です。";
  return text + "で、" + enumerated(others, kJa) + "から届いています。";
}

std::string other_total_sentence(const OtherTotal& other) {
  const std::string times = other.expected >= 1 ? "（普段の" + times_in_words(other.observed / other.expected) + "倍）" : "";
  return "同じ攻撃により、" + port_name(other.protocol, 0) + "も" + day(other.day * kMsPerDay) + "に" + some(other.observed) + "パケット" +
         times + "に達しました。応答は" + some(static_cast<double>(other.packets)) + "パケット" +
         (other.port == 0 ? "" : "（主に送信元ポート" + std::to_string(other.port) + "）") + "です。";
}

void tell_sources(const Incident& incident, Story& story) {
  const auto hosts = static_cast<double>(incident.hosts);
  constexpr double few = 10;
  switch (spread_of(incident)) {
    case Spread::one: story.push_back(some(hosts) + "個のIPアドレスのうち、1個がほぼすべてを送っています。"); break;
    case Spread::few:
      story.push_back(some(hosts) + "個のIPアドレスのうち、ごく少数の送信元に集中しており、同じ量を送る送信元に換算すると" +
                      times_in_words(*incident.effective_sources) + "個分です。");
      break;
    case Spread::uneven:
      story.push_back("最も多い日の送信元は" + some(hosts) + "個のIPアドレスで、量に偏りがあり、同じ量を送る送信元に換算すると" +
                      number_in_words(std::round(*incident.effective_sources), kJa) + "個分です。");
      break;
    case Spread::even:
      story.push_back(hosts < few ? "わずか" + some(hosts) + "個のIPアドレスから、ほぼ均等に届いています。"
                                  : "少数の送信元への集中ではなく、" + some(hosts) + "のIPアドレスに広がっています。");
      break;
    case Spread::unknown:
      if (hosts > 1) story.push_back("最も多い日の送信元は" + some(hosts) + "個のIPアドレスです。");
  }
  if (incident.returning_hosts && hosts > 1) {
    const std::string news = share_in_words(1 - *incident.returning_hosts);
    story.push_back(news == "0%"     ? "増えたホストは、すべて直前の28日間にも観測されています。"
                    : news == "100%" ? "増えたホストは、すべて直前の28日間に観測されていない送信元です。"
                                     : "増えたホストの" + news + "は、直前の28日間に観測されていない送信元です。");
  }
  if (tells_bots(incident))
    story.push_back("送信元ポートとウィンドウサイズで区別すると、少なくとも" + some(static_cast<double>(*incident.bots)) +
                    "の機器が背後にあります。");
}

void tell_payloads(const Incident& incident, Story& story) {
  const RelatedPort* dropper = dropper_of(incident);
  if (dropper != nullptr) {
    const std::string when = dropper->since_ms == 0 ? "その直前から" : day(dropper->since_ms) + "から";
    const std::string where = dropper->country.empty() ? "" : country_with_article(dropper->country, kJa) + "の";
    const std::string who =
        dropper->hosts > 0 ? some(static_cast<double>(dropper->hosts)) + "個のIPアドレス" : std::string("少数のIPアドレス");
    story.push_back(when + "、" + where + who + "が" + port_name(dropper->protocol, dropper->port) + "へ" +
                    (dropper->packets > 0 ? some(static_cast<double>(dropper->packets)) + "パケットを" : std::string("パケットを")) +
                    "送っています。");
  }
  const std::string name = cves_of(incident).empty() ? tag_of(incident) : cves_of(incident);
  const auto files = malware_files_of(incident);
  if (incident.payloads.empty() || (name.empty() && files.empty())) return;
  const std::string port = dropper != nullptr ? port_name(dropper->protocol, dropper->port) : port_name(incident);
  story.push_back((port.empty() ? "" : port + "の") + std::string("ハニーポットには") +
                  (cves_of(incident).empty() ? name.empty() ? "攻撃" : name : name + "を突く攻撃") +
                  (files.empty() ? "" : "（" + enumerated(files, kJa) + "を取得させるもの）") + "が届きました。");
}

void tell_cause(const Incident& incident, Story& story) {
  const bool dos = incident.cause == Cause::dos_backscatter || incident.cause == Cause::carpet_backscatter;
  if (dos) {
    const std::string whose = incident.cause == Cause::dos_backscatter ? "サーバ" : "ネットワーク全体";
    const char* const sure = incident.confidence == Confidence::confirmed  ? "からの応答であることを確認しました。"
                             : incident.confidence == Confidence::probable ? "からの応答とみられます。"
                                                                           : "からの応答である可能性があります。";
    story.push_back("スキャンではなく、送信元を詐称したDoS攻撃を受けた" + whose + sure);
    const auto addresses = static_cast<double>(told_backscatter(incident).victims);
    story.push_back((addresses == 0 ? std::string("これらの") : "この" + number_in_words(addresses, kJa) + "個の") +
                    "IPアドレスは攻撃者ではなく、攻撃を受けた側です。");
  } else {
    story.push_back(cause_sentence(incident, kJa, told_rise(incident).names_one_country));
  }
  std::vector<std::string> others;
  for (const Cause cause : incident.alternatives) others.push_back(phrase_of(cause, kJa));
  if (!others.empty()) story.push_back("データからは、次の可能性も残ります: " + enumerated(others, kJa) + "。");
  if (wants_payload(incident)) story.emplace_back("このポートへのペイロードは観測されておらず、何を狙っているかは判断していません。");
}

void tell_ports(const Incident& incident, Story& story) {
  constexpr std::size_t most = 5;
  std::vector<std::string> ports;
  for (const RelatedPort* port : co_scanned_of(incident))
    if (ports.size() < most) ports.push_back(port_name(port->protocol, port->port));
  if (!ports.empty()) story.push_back("同じホストは" + enumerated(ports, kJa) + "も調べています。");
  for (const NotSeen& none : incident.not_seen)
    story.push_back("増えたホスト自身は" + port_name(none.protocol, none.port) + "を狙っていません" +
                    (none.hosts_looked_at == 0 ? "。" : "（" + some(static_cast<double>(none.hosts_looked_at)) + "ホストを確認）。"));
}

void tell_what_became(const Incident& incident, Story& story) {
  std::vector<std::string> days;
  for (const std::int64_t surge : incident.surges_ms) days.push_back(day(surge));
  if (!days.empty()) story.push_back(enumerated(days, kJa) + "にも再び増えました。");
  const std::string now =
      (is_part_of_total(incident) ? port_name(incident.protocol, 0) + "全体で" : std::string()) + level(incident, incident.level_now);
  const std::string on = incident.judged_to_ms > 0 ? day(incident.judged_to_ms - kMsPerDay) + "の時点で" : "";
  if (incident.since_new_usual)
    story.push_back("長く続いたため、現在はこの水準を普段の値としています（" + on + now + "）。");
  else if (incident.trend == Trend::over || incident.end_ms)
    story.push_back((incident.end_ms ? day(*incident.end_ms) + "までに" : std::string()) +
                    (is_back(incident) ? "収まり、" + now + "に戻りました。" : std::string("収まりました。")));
  else if (incident.trend == Trend::rising)
    story.push_back(on + "も増え続けており、" + now + "です。");
  else
    story.push_back(incident.trend == Trend::falling && number_in_words(incident.level_now, kJa) == "0" ? on + now + "まで減りました。"
                    : incident.trend == Trend::falling ? on + "減りつつあり、" + now + "です。"
                                                       : on + "続いており、" + now + "です。");
}

std::string unexplained_sentence(double share) { return "増加分の" + share_in_words(share) + "は説明がついていません。"; }

}  // namespace

const Teller& japanese_teller() {
  static constexpr Teller teller = {first_sentence, unwatched_sentence,   answers_sentence, other_total_sentence,
                                    parts_sentence, tell_sources,         tell_payloads,    tell_cause,
                                    tell_ports,     unexplained_sentence, tell_what_became};
  return teller;
}

}  // namespace nightjar
