#include "cli/incident_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "base/text_columns.hpp"
#include "cli/incident_plot.hpp"
#include "cli/output.hpp"
#include "cli/payloads_text.hpp"
#include "incident/incident_times.hpp"
#include "incident/queries.hpp"
#include "incident/words_facts.hpp"
#include "incident/words_numbers.hpp"
#include "payload/malware_url.hpp"

namespace nightjar::cli {
namespace {

constexpr std::size_t kColumns = 80;

/// A text of the page in the language of the reader.
const char* say(Language language, const char* english, const char* japanese) { return language == Language::ja ? japanese : english; }

std::string heading(const char* english, const char* japanese, Language language) {
  return "\n" + std::string(say(language, english, japanese)) + "\n";
}

/// "2017-11-23 05:00"
std::string minute_text(std::int64_t ms) {
  constexpr std::size_t to_minutes = 16, between = 10;
  std::string text = format_milliseconds(ms).substr(0, to_minutes);
  text[between] = ' ';
  return text;
}

/// A fact behind its name; what follows the first line stands under it.
std::string fact(const char* english, const char* japanese, const std::string& text, Language language) {
  constexpr std::size_t label_columns = 14;
  const std::string label = say(language, english, japanese);
  const std::size_t used = columns_of(label);
  std::string lines = wrapped(text, label_columns, kColumns);
  if (lines.empty()) return {};
  const std::string padding(used < label_columns ? label_columns - used : 1, ' ');
  return label + padding + lines.substr(label_columns);
}

std::string exact(std::uint64_t number) { return with_thousands(number); }
std::string percent(double share) {
  share = std::isfinite(share) ? share * 100 : 0;
  return share > 0 && share < 0.05 ? "<0.1%" : fmt::format("{:.1f}%", share);
}

std::string sources_text(double number) {
  constexpr double whole_from = 100;
  return number < whole_from ? fmt::format("{:.1f}", number) : number_in_words(number, Language::en);
}

std::string trend_text(Trend trend, Language language) {
  switch (trend) {
    case Trend::rising: return say(language, "rising", "増加中");
    case Trend::steady: return say(language, "steady", "横ばい");
    case Trend::falling: return say(language, "falling", "減少中");
    case Trend::over: return say(language, "over", "終息");
  }
  return {};
}

/// The fixed words of certainty.
std::string confidence_text(Confidence confidence, Language language) {
  switch (confidence) {
    case Confidence::possible: return say(language, "possible", "可能性がある");
    case Confidence::probable: return say(language, "probable", "とみられる");
    case Confidence::confirmed: return say(language, "confirmed", "確認");
  }
  return {};
}

std::string facts(const Incident& incident, Language language) {
  std::string out;
  const bool ja = language == Language::ja;
  // Of levels that are not the incident's own.
  const std::string total =
      is_part_of_total(incident) ? (ja ? port_name(incident.protocol, 0) + "全体で" : "all " + port_name(incident.protocol, 0) + ": ") : "";
  const std::string together = incident.merged_attacks == 0 ? ""
                               : ja                         ? "（センサをまとめると" + exact(incident.merged_attacks) + "件）"
                                                            : "; " + exact(incident.merged_attacks) + " with all sensors together";
  out += fact("size", "規模", size_text(incident, language) + together, language);
  if (incident.kind != IncidentKind::sensor) {
    const std::string port = port_name(incident);
    out += fact("port", "ポート", port.empty() ? "-" : port, language);
    out += fact("a day", "1日あたり",
                total + fmt::format(fmt::runtime(say(language, "{} at the peak; usual {}; score {:.1f}", "最大{}、普段{}、スコア{:.1f}")),
                                    level_text(incident, incident.observed, language), level_text(incident, incident.expected, language),
                                    std::isfinite(incident.score) ? incident.score : 0.0),
                language);
  }
  out += fact("began", "開始", minute_text(incident.onset_ms) + " UTC", language);
  if (incident.kind != IncidentKind::sensor) out += fact("peak", "最大", minute_text(incident.peak_ms) + " UTC", language);
  out += fact("ended", "終了", incident.end_ms ? minute_text(*incident.end_ms) + " UTC" : std::string(say(language, "goes on", "継続中")),
              language);
  if (incident.kind != IncidentKind::sensor)
    out += fact(
        "now", "現在",
        total + level_text(incident, incident.level_now, language) + (ja ? "/日、" : " a day, ") + trend_text(incident.trend, language),
        language);
  if (incident.hosts > 0 || incident.packets > 0)
    out += fact("peak day", "最大の日",
                ja ? exact(incident.hosts) + "ホスト、" + exact(incident.packets) + "パケット"
                   : counted(incident.hosts, "host", "hosts") + ", " + counted(incident.packets, "packet", "packets"),
                language);
  if (incident.total_packets > 0) {
    const std::string hosts = incident.total_hosts == 0 ? ""
                              : ja                      ? exact(incident.total_hosts) + "ホスト、"
                                                        : counted(incident.total_hosts, "host", "hosts") + ", ";
    out += fact("all in all", "合計",
                hosts + (ja ? exact(incident.total_packets) + "パケット" : counted(incident.total_packets, "packet", "packets")), language);
  }
  if (spread_of(incident) == Spread::one)
    out += fact("sources", "送信元", say(language, "one sends nearly all", "1個がほぼすべてを送信"), language);
  else if (incident.effective_sources && std::isfinite(*incident.effective_sources) && incident.hosts > 1)
    out += fact("sources", "送信元",
                fmt::format(fmt::runtime(say(language, "as spread as {} equal ones", "同じ量を送る{}個分の広がり")),
                            sources_text(*incident.effective_sources)),
                language);
  if (incident.victims > 0)
    out += fact("victims", "攻撃された側",
                ja ? exact(incident.victims) + "個のIPアドレス" : counted(incident.victims, "address", "addresses"), language);
  const std::string sure = confidence_text(incident.confidence, language);
  return out + fact("cause", "原因", phrase_of(incident.cause, language) + (ja ? "（" + sure + "）" : " (" + sure + ")"), language);
}

std::string attributes_text(const RisePart& part) {
  std::string text;
  // An address first: what does not fit is cut off.
  std::vector<AttributeValue> attributes = part.attributes;
  std::stable_partition(attributes.begin(), attributes.end(), [](const AttributeValue& each) { return each.attribute == "src"; });
  for (const AttributeValue& each : attributes)
    text += (text.empty() ? "" : ", ") + safe(each.attribute) + " " + (each.value.empty() ? "-" : safe(each.value)) +
            (each.label.empty() ? "" : " " + safe(each.label));
  return text;
}

std::string rise_table(const Incident& incident, Language language) {
  if (incident.explanation.empty()) return {};
  // What the other columns leave of the line.
  constexpr std::size_t shares = 15, between = 8, least_hosts = 8, least_packets = 10, least = 16;
  std::size_t hosts = least_hosts, packets = least_packets;
  std::vector<std::vector<Value>> rows;
  for (const RisePart& part : incident.explanation) {
    hosts = std::max(hosts, exact(part.hosts).size());
    packets = std::max(packets, exact(part.packets).size());
    rows.push_back({attributes_text(part), percent(part.share_of_rise), percent(part.usual_share),
                    part.hosts > 0 ? Value(part.hosts) : Value(), part.packets});
  }
  const std::size_t taken = shares + between + hosts + packets, widest = std::max(least, kColumns - std::min(kColumns, taken));
  rows.push_back({std::string(say(language, "unexplained", "説明のつかない分")), percent(incident.unexplained), {}, {}, {}});
  return heading("What carries the rise (shares of the rise; usual: of the usual level)",
                 "増加分の内訳（増加分に占める割合、普段は普段の値に占める割合）", language) +
         table_text({{say(language, "attributes", "属性"), false, false, 0, widest},
                     {say(language, "rise", "増加分"), true, false, 0, 0},
                     {say(language, "usual", "普段"), true, false, 0, 0},
                     {say(language, "hosts", "ホスト"), true, true, 0, 0},
                     {say(language, "packets", "パケット"), true, true, 0, 0}},
                    rows);
}

std::string ports_table(const Incident& incident, Language language) {
  std::string out;
  if (!incident.related_ports.empty()) {
    std::vector<std::vector<Value>> rows;
    for (const RelatedPort& port : incident.related_ports) {
      Value lift;
      constexpr double most = 100;
      if (port.lift > most)
        lift.emplace<std::string>(">100");
      else if (port.lift > 0)
        lift.emplace<std::string>(fmt::format("{:.1f}", port.lift));
      std::string relation(name_of(port.relation));
      if (!port.country.empty()) relation += " " + safe(port.country);
      rows.push_back({port_name(port.protocol, port.port), relation, port.hosts, port.packets, lift});
    }
    out += heading("Related ports (lift: times as often as by other hosts)", "関連するポート（倍率: 他のホストに対する比）", language) +
           table_text({{say(language, "port", "ポート"), false, false, 0, 0},
                       {say(language, "relation", "関係"), false, false, 0, 0},
                       {say(language, "hosts", "ホスト"), true, true, 0, 0},
                       {say(language, "packets", "パケット"), true, true, 0, 0},
                       {say(language, "lift", "倍率"), true, false, 1, 0}},
                      rows);
  }
  for (const NotSeen& none : incident.not_seen)
    out += wrapped(fmt::format(fmt::runtime(say(language, "not asked by these hosts: {} ({} looked at)",
                                                "これらのホストが狙っていないポート: {}（{}を確認）")),
                               port_name(none.protocol, none.port), exact(none.hosts_looked_at)),
                   0, kColumns);
  return out;
}

std::string payloads_text(const Incident& incident, Language language) {
  constexpr std::size_t most_urls = 3, short_hash = 12;
  if (incident.payloads.empty()) return {};
  std::string out =
      heading("Payloads at honeypots (never fetched, never run)", "ハニーポットに届いたペイロード（取得も実行もしていません）", language);
  for (const IncidentPayload& payload : incident.payloads) {
    std::string tags;
    for (const auto* list : {&payload.tags, &payload.cves})
      for (const std::string& tag : *list) tags += " " + safe(tag);
    const std::string sessions =
        language == Language::ja ? exact(payload.sessions) + "件の通信" : counted(payload.sessions, "conversation", "conversations");
    out += wrapped(safe(payload.sha256.substr(0, short_hash)) + ", " + sessions + (tags.empty() ? "" : ":" + tags), 0, kColumns);
    for (std::size_t i = 0; i < std::min(payload.urls.size(), most_urls); ++i)
      out += "  " + one_line(defang(payload.urls[i]), kColumns - 2) + "\n";
    if (payload.urls.size() > most_urls) out += "  + " + exact(payload.urls.size() - most_urls) + "\n";
  }
  return out;
}

std::string evidence_text(const Incident& incident, Language language) {
  std::set<std::string_view> captures;
  for (const EvidenceSpan& span : incident.evidence) captures.insert(span.capture);
  if (captures.empty() && incident.kind == IncidentKind::sensor) return {};
  std::string out = heading("Evidence", "証拠", language);
  if (captures.empty())
    out += wrapped(say(language, "No capture of the lake covers it.", "該当するキャプチャはありません。"), 0, kColumns);
  else if (incident.evidence_more > 0)
    out +=
        wrapped(fmt::format(fmt::runtime(say(language, "{} of captures lie in its time, {} more than are listed (JSON, evidence):",
                                             "期間中のキャプチャの区間は{}あり、うち{}は一覧（JSONのevidence）にありません:")),
                            language == Language::ja ? exact(incident.evidence.size() + incident.evidence_more)
                                                     : counted(incident.evidence.size() + incident.evidence_more, "stretch", "stretches"),
                            exact(incident.evidence_more)),
                0, kColumns);
  else
    out +=
        wrapped(language == Language::ja
                    ? exact(captures.size()) + "個のキャプチャの" + exact(incident.evidence.size()) + "区間にパケットがあります:"
                    : counted(incident.evidence.size(), "stretch", "stretches") + " of " + counted(captures.size(), "capture", "captures") +
                          (incident.evidence.size() == 1 ? " holds its packets:" : " hold its packets:"),
                0, kColumns);
  out += "  nightjar evidence " + incident.id + " -o " + incident.id + ".pcap\n";
  if (incident.attacks.empty()) return out;
  std::string ids;
  for (const std::string& id : incident.attacks) ids += " " + safe(id);
  constexpr std::size_t most = 20;
  const bool cut = incident.attacks.size() >= most;
  out += wrapped(cut ? say(language, "attacks, the 20 largest (nightjar attacks ID):", "攻撃、多い順に20件 (nightjar attacks ID):")
                     : say(language, "attacks (nightjar attacks ID):", "攻撃 (nightjar attacks ID):"),
                 0, kColumns);
  // Ids in a block of their own: four a line.
  return out + wrapped(ids, 2, kColumns);
}

std::string query_text(const Incident& incident, Language language) {
  std::string out = heading("Where the numbers come from", "数値の根拠", language);
  out += fact("packets of", "対象", escape_for_terminal(incident.population), language);
  out += fact("query", "照会", escape_for_terminal(incident.query), language);
  if (!queries_of(incident).empty()) out += fact("each number", "各数値", "nightjar incidents " + incident.id + " --queries", language);
  out += fact("rules", "規則", escape_for_terminal(incident.rules), language);
  return out + fact("judged to", "判定の終わり", minute_text(incident.judged_to_ms) + " UTC", language);
}

}  // namespace

std::string level_text(const Incident& incident, double level, Language language) {
  const bool ja = language == Language::ja;
  const std::string number = short_number(level, language);
  const char* unit = "";
  switch (incident.metric) {
    case Metric::hosts: unit = ja ? "ホスト" : " hosts"; break;
    case Metric::packets: unit = ja ? "パケット" : " packets"; break;
    case Metric::attacks: unit = ja ? "件" : " attacks"; break;
    case Metric::sessions: unit = ja ? "件の通信" : " conversations"; break;
    case Metric::minutes: unit = ja ? "分" : " minutes"; break;
  }
  std::string text = number + unit;
  if (!ja && number == "1") text.pop_back();
  return text;
}

std::string size_text(const Incident& incident, Language language) {
  if (incident.kind == IncidentKind::sensor) {
    if (incident.cause == Cause::sensor_size && incident.observed > 0)
      return fmt::format(fmt::runtime(say(language, "{} addresses, before {}", "{}アドレス（以前は{}）")),
                         short_number(incident.observed, language), short_number(incident.expected, language));
    const std::int64_t end = incident.end_ms.value_or(incident.judged_to_ms);
    return duration_in_words(end - incident.onset_ms, language) + (incident.end_ms ? "" : say(language, " so far", "（継続中）"));
  }
  const bool of_total = is_part_of_total(incident);
  const std::string level = level_text(incident, of_total ? static_cast<double>(incident.packets) : incident.observed, language);
  if (was_nearly_none(incident)) return level + say(language, ", new", "、新規");
  const std::string times = times_in_words(ratio_of(incident)), whole = of_total ? port_name(incident.protocol, 0) : "";
  if (of_total) return level + (language == Language::ja ? "、" + whole + "全体" + times + "倍" : ", " + whole + " " + times + " x usual");
  return level + (language == Language::ja ? "、普段の" + times + "倍" : ", " + times + " x usual");
}

std::string incident_page(const Incident& incident, Language language) {
  std::string out = wrapped(title_of(incident, language), 0, kColumns);
  if (incident.modelled) out += say(language, "modelled data\n", "模擬データ (modelled data)\n");
  out += std::string(name_of(incident.kind)) + " " + incident.id + "\n\n";
  std::string story;
  for (const std::string& sentence : story_of(incident, language))
    story += (story.empty() || language == Language::ja ? "" : " ") + sentence;
  out += wrapped(story, 0, kColumns) + "\n" + facts(incident, language);
  out += rise_table(incident, language) + ports_table(incident, language) + payloads_text(incident, language);
  if (const std::string plot = incident_plot(incident, language); !plot.empty())
    out += heading("Day by day (UTC)", "日ごとの推移 (UTC)", language) + plot;
  return out + evidence_text(incident, language) + query_text(incident, language);
}

}  // namespace nightjar::cli
