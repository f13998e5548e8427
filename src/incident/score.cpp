#include "incident/score.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <set>

namespace nightjar {
namespace {

constexpr std::int64_t kHour = 3'600'000, kDay = 24 * kHour;  // milliseconds
constexpr double kDaysOfMonth = 30.44;
/// Whoever begins earlier than this before a true incident is not about it, however long it lasts.
constexpr std::int64_t kEarliest = 3 * kDay;

enum class Family : std::uint8_t { traffic, backscatter, drdos, sensor };
Family family_of(IncidentKind kind) {
  switch (kind) {
    case IncidentKind::dos_victim:
    case IncidentKind::carpet_bombing: return Family::backscatter;
    case IncidentKind::drdos: return Family::drdos;
    case IncidentKind::sensor: return Family::sensor;
    default: return Family::traffic;
  }
}

/// A flood begins within minutes; hosts that get infected come over a day.
double allowed_hours(IncidentKind kind) {
  const bool flood = kind == IncidentKind::dos_victim || kind == IncidentKind::carpet_bombing || kind == IncidentKind::heavy_source ||
                     kind == IncidentKind::packet_spike;
  return flood ? 1 : 24;
}

/// The report's table of incidents, by their names in scenarios/nicter-2017.toml. Not: the attacks on Japan through reflectors, of which
/// the usual share of attacks shows one in a thousand, and the outage, which was invented.
bool is_in_report(const IncidentTruth& truth, const std::string& id) {
  static constexpr std::array<std::string_view, 11> kReport = {"dos-july",        "mirai-argentina", "wannacry",       "goahead-1",
                                                               "goahead-2",       "hajime-81",       "mobile-routers", "realtek",
                                                               "realtek-scanner", "huawei",          "petya"};
  return truth.scenario == "nicter-2017" && std::find(kReport.begin(), kReport.end(), id) != kReport.end();
}

std::int64_t end_of(const Incident& incident) { return std::max(incident.end_ms.value_or(incident.judged_to_ms), incident.onset_ms); }

bool has_related(const Incident& incident, std::uint16_t tcp_port) {
  return std::any_of(incident.related_ports.begin(), incident.related_ports.end(),
                     [&](const RelatedPort& related) { return related.protocol == 6 && related.port == tcp_port; });
}

/// How an incident is about a true one: not at all, by a related port or a whole protocol, or by its own port (or kind).
enum class About : std::uint8_t { no, nearly, directly };

About same_port(const TrueIncident& true_one, const Incident& incident) {
  if (incident.protocol == true_one.protocol && incident.port == true_one.port) return About::directly;
  if (incident.port == 0) {
    const bool near = incident.onset_ms >= true_one.onset_ms - kDay && incident.onset_ms <= true_one.peak_ms + kDay;
    return incident.protocol == true_one.protocol && near ? About::nearly : About::no;
  }
  const auto& related = true_one.related_ports;
  if (incident.protocol == 6 && std::find(related.begin(), related.end(), incident.port) != related.end()) return About::nearly;
  return true_one.protocol == 6 && has_related(incident, true_one.port) ? About::nearly : About::no;
}

About same_country(const TrueIncident& true_one, const Incident& incident) {
  bool names_one = false;
  for (const AttributeValue& reason : true_one.because) {
    if (reason.attribute != "country") continue;
    if (reason.value == incident.country) return About::directly;
    names_one = true;
  }
  return names_one && !incident.country.empty() ? About::no : About::directly;
}

About about(const TrueIncident& true_one, const Incident& incident) {
  const Family family = family_of(*true_one.kind);
  if (family_of(incident.kind) != family) return About::no;
  if (incident.onset_ms < true_one.onset_ms - kEarliest || incident.onset_ms > true_one.end_ms) return About::no;
  if (end_of(incident) < true_one.onset_ms - static_cast<std::int64_t>(allowed_hours(*true_one.kind)) * kHour) return About::no;
  if (family == Family::sensor) return About::directly;
  if (family == Family::drdos) return same_country(true_one, incident);
  return same_port(true_one, incident);
}

bool violates(const TrueIncident& none, const Incident& incident) {
  return family_of(incident.kind) == Family::traffic && incident.protocol == none.protocol && incident.port == none.port &&
         incident.onset_ms >= none.onset_ms && incident.onset_ms < none.end_ms;
}

/// What the truth says of an incident, held against what the lake's incident says.
std::vector<ScoreHit> because_hits(const TrueIncident& true_one, const Incident& incident) {
  std::set<std::pair<std::string, std::string>> said;
  if (!incident.country.empty()) said.insert({"country", incident.country});
  for (const RisePart& part : incident.explanation) {
    for (const AttributeValue& value : part.attributes) said.insert({value.attribute, value.value});
  }
  std::vector<ScoreHit> hits;
  if (true_one.port != 0)
    hits.push_back({"port=" + std::to_string(true_one.port), incident.protocol == true_one.protocol && incident.port == true_one.port});
  for (const AttributeValue& reason : true_one.because)
    hits.push_back({reason.attribute + "=" + reason.value, said.contains({reason.attribute, reason.value})});
  return hits;
}

std::vector<ScoreHit> related_hits(const TrueIncident& true_one, const Incident& incident) {
  std::vector<ScoreHit> hits;
  for (const std::uint16_t port : true_one.related_ports)
    hits.push_back({"related=" + std::to_string(port), has_related(incident, port) || (incident.protocol == 6 && incident.port == port)});
  return hits;
}

std::vector<ScoreHit> payload_hits(const TrueIncident& true_one, const Incident& incident) {
  std::set<std::string_view> tags;
  for (const IncidentPayload& payload : incident.payloads) tags.insert(payload.tags.begin(), payload.tags.end());
  std::vector<ScoreHit> hits;
  for (const std::string& conversation : true_one.payloads) {
    const auto ids = signatures_of_conversation(conversation);
    hits.push_back({"payload=" + conversation, std::any_of(ids.begin(), ids.end(), [&](auto id) { return tags.contains(id); })});
  }
  return hits;
}

std::size_t count(const std::vector<ScoreHit>& hits) {
  return static_cast<std::size_t>(std::count_if(hits.begin(), hits.end(), [](const ScoreHit& hit) { return hit.hit; }));
}

/// An incident that could be the one for a true one.
struct Pair {
  std::size_t scored, incident;
  bool direct, in_time;
  std::size_t hits;
  std::int64_t distance_ms;
};

bool better(const Pair& a, const Pair& b) {
  if (a.direct != b.direct) return a.direct;
  if (a.in_time != b.in_time) return a.in_time;
  if (a.in_time && a.hits != b.hits) return a.hits > b.hits;
  if (a.distance_ms != b.distance_ms) return a.distance_ms < b.distance_ms;
  if (a.hits != b.hits) return a.hits > b.hits;
  return std::pair(a.scored, a.incident) < std::pair(b.scored, b.incident);
}

/// None for an onset between the true one and the first packet that the darknet got of it: nobody there can know it better.
std::int64_t delay_ms(const TrueIncident& true_one, const Incident& incident) {
  if (incident.onset_ms < true_one.onset_ms) return incident.onset_ms - true_one.onset_ms;
  return std::max<std::int64_t>(incident.onset_ms - true_one.visible_from_ms(), 0);
}

std::vector<Pair> pairs_of(const IncidentTruth& truth, const Score& score, const std::vector<Incident>& incidents) {
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    if (score.verdicts[i] == Verdict::forbidden) continue;
    std::vector<Pair> direct, near;
    for (std::size_t s = 0; s < score.truths.size(); ++s) {
      const TrueIncident& true_one = truth.incidents[score.truths[s].truth];
      const About how = true_one.kind ? about(true_one, incidents[i]) : About::no;
      if (how == About::no) continue;
      const std::int64_t distance = std::abs(delay_ms(true_one, incidents[i]));
      const bool in_time = static_cast<double>(distance) <= score.truths[s].allowed_hours * static_cast<double>(kHour);
      const std::size_t hits = count(because_hits(true_one, incidents[i])) + count(payload_hits(true_one, incidents[i]));
      (how == About::directly ? direct : near).push_back({s, i, how == About::directly, in_time, hits, distance});
    }
    const std::vector<Pair>& all = direct.empty() ? near : direct;
    pairs.insert(pairs.end(), all.begin(), all.end());
  }
  std::sort(pairs.begin(), pairs.end(), better);
  return pairs;
}

void judge_found(ScoredIncident& scored, const TrueIncident& true_one, const Incident& incident, std::size_t index) {
  scored.found = index;
  scored.delay_hours = static_cast<double>(delay_ms(true_one, incident)) / static_cast<double>(kHour);
  scored.because = because_hits(true_one, incident);
  scored.related = related_hits(true_one, incident);
  scored.payloads = payload_hits(true_one, incident);
}

void add(ScoreSum& sum, const std::vector<ScoreHit>& hits) {
  sum.hits += count(hits);
  sum.asked += hits.size();
}

void sum_up(Score& score, const IncidentTruth& truth) {
  std::vector<double> delays;
  for (const ScoredIncident& scored : score.truths) {
    if (!truth.incidents[scored.truth].kind) continue;
    const bool found = scored.found.has_value();
    ++score.expected;
    score.found += found;
    score.in_time += scored.in_time();
    score.expected_visible += !scored.hardly_visible;
    score.found_visible += found && !scored.hardly_visible;
    score.expected_report += scored.in_report;
    score.found_report += found && scored.in_report;
    if (!found) continue;
    delays.push_back(std::abs(*scored.delay_hours));
    add(score.because, scored.because);
    add(score.related, scored.related);
    add(score.payloads, scored.payloads);
  }
  const auto number_of = [&](Verdict verdict) {
    return static_cast<std::size_t>(std::count(score.verdicts.begin(), score.verdicts.end(), verdict));
  };
  score.duplicates = number_of(Verdict::duplicate);
  score.unknown = number_of(Verdict::unknown);
  score.forbidden = number_of(Verdict::forbidden);
  score.remarks = number_of(Verdict::remark);
  if (delays.empty()) return;
  std::sort(delays.begin(), delays.end());
  const std::size_t half = delays.size() / 2;
  score.median_delay_hours = delays.size() % 2 == 1 ? delays[half] : (delays[half - 1] + delays[half]) / 2;
}

std::optional<double> share(std::size_t part, std::size_t whole) {
  return whole == 0 ? std::nullopt : std::optional(static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  static constexpr std::array<std::string_view, 5> kNames = {"found", "duplicate", "unknown", "forbidden", "remark"};
  return kNames[static_cast<std::size_t>(verdict)];
}

std::vector<std::string_view> signatures_of_conversation(std::string_view conversation) {
  if (conversation == "mirai-telnet") return {"mirai-telnet", "mirai-loader"};
  if (conversation == "okiru-telnet") return {"mirai-loader"};
  if (conversation == "hajime-telnet") return {"busybox-token"};
  if (conversation == "goahead" || conversation == "hajime-goahead") return {"goahead-system-ini", "goahead-set-ftp"};
  if (conversation == "realtek-soap") return {"realtek-miniigd"};
  if (conversation == "huawei-soap") return {"huawei-hg532"};
  if (conversation == "tr064") return {"tr064-ntp-server"};
  if (conversation == "adb") return {"adb-connect", "adb-shell"};
  if (conversation == "smb") return {"smb-ms17-010-probe"};
  return {};
}

bool ScoredIncident::in_time() const { return delay_hours && std::abs(*delay_hours) <= allowed_hours; }

std::optional<double> Score::precision() const { return share(found, found + duplicates + unknown + forbidden); }
std::optional<double> Score::recall() const { return share(found, expected); }
std::optional<double> Score::recall_visible() const { return share(found_visible, expected_visible); }
double Score::unknown_a_month() const { return months > 0 ? static_cast<double>(unknown + forbidden) / months : 0; }

Score score_incidents(const IncidentTruth& truth, const std::vector<Incident>& all) {
  Score score;
  score.months = static_cast<double>(truth.to_ms - truth.from_ms) / static_cast<double>(kDay) / kDaysOfMonth;
  score.verdicts.assign(all.size(), Verdict::unknown);
  for (std::size_t t = 0; t < truth.incidents.size(); ++t) {
    const TrueIncident& true_one = truth.incidents[t];
    if (true_one.onset_ms < truth.from_ms || true_one.onset_ms >= truth.to_ms) continue;
    ScoredIncident scored;
    scored.truth = t;
    scored.in_report = is_in_report(truth, true_one.id);
    if (true_one.kind) {
      scored.allowed_hours = allowed_hours(*true_one.kind);
      const Family family = family_of(*true_one.kind);
      scored.hardly_visible =
          family == Family::drdos ? true_one.attacks < kVisibleAttacks : family != Family::sensor && true_one.packets < kVisiblePackets;
    }
    for (std::size_t i = 0; i < all.size() && !true_one.kind; ++i) {
      if (!violates(true_one, all[i])) continue;
      scored.forbidden.push_back(i);
      score.verdicts[i] = Verdict::forbidden;
    }
    score.truths.push_back(std::move(scored));
  }

  const std::vector<Pair> pairs = pairs_of(truth, score, all);
  for (const Pair& pair : pairs) {
    ScoredIncident& scored = score.truths[pair.scored];
    if (scored.found || score.verdicts[pair.incident] == Verdict::found) continue;
    judge_found(scored, truth.incidents[scored.truth], all[pair.incident], pair.incident);
    score.verdicts[pair.incident] = Verdict::found;
  }
  for (const Pair& pair : pairs) {
    if (score.verdicts[pair.incident] != Verdict::unknown) continue;
    score.truths[pair.scored].duplicates.push_back(pair.incident);
    score.verdicts[pair.incident] = Verdict::duplicate;
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (score.verdicts[i] == Verdict::unknown && all[i].cause == Cause::sensor_size) score.verdicts[i] = Verdict::remark;
  }
  sum_up(score, truth);
  return score;
}

}  // namespace nightjar
