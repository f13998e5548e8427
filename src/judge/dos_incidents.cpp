#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/time.hpp"
#include "exposure/darknets.hpp"
#include "incident/incident_id.hpp"
#include "judge/attack_incidents.hpp"
#include "judge/day_totals.hpp"
#include "judge/dos_groups.hpp"
#include "judge/dos_measure.hpp"
#include "net/address.hpp"
#include "net/packet.hpp"
#include "schema/traffic.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000, kMsPerHour = kSecondsPerHour * 1000;
/// Of the day's rise of the total a group carries at least so much: else something else moved it.
constexpr double kCarries = 0.3;
/// So much of a group's packets must be seen in the backscatter of the total that it is said to move.
constexpr double kSeenInTotal = 0.5;
/// An attribute that carries so much of the packets is that of all.
constexpr double kNearlyAll = 0.9;
constexpr std::int64_t kDaysDrawnBefore = 14, kDaysDrawnAfter = 7, kMostDaysDrawn = 120;
constexpr std::size_t kMostIds = 20;

std::int64_t day_of_ms(std::int64_t ms) { return floor_div(ms, kMsPerDay); }

/// A day on which a group moved its daily total.
struct MovedDay {
  std::int64_t day = 0;
  double packets = 0;   ///< of the group
  double observed = 0;  ///< the total
  double usual_backscatter = 0, backscatter = 0, score = 0;
  DayTotals::Level level;
};

class DosJudge {
 public:
  DosJudge(QuerySession& session, std::string darknets, const Rules& rules, const DayTotals& totals,
           const std::map<std::int64_t, Exposure>& exposures, std::int64_t to_day)
      : session_(session), darknets_(std::move(darknets)), rules_(rules), totals_(totals), exposures_(exposures), to_day_(to_day) {}

  /// The incident that a group is, or nothing where it moved no total.
  Result<std::optional<Incident>> judge(const DosGroup& group) const {
    if (!may_move(group)) return std::optional<Incident>();
    auto curve = curve_of(session_, darknets_, group);
    if (!curve) return curve.error();
    std::optional<MovedDay> most;
    for (std::int64_t day = day_of_ms(group.first_ms); day <= day_of_ms(group.last_ms) && day < to_day_; ++day)
      if (auto moved = moves(group, curve->on(day), day); moved && (!most || moved->packets > most->packets)) most = std::move(moved);
    if (!most) return std::optional<Incident>();
    auto made_of = day_of(session_, darknets_, group, most->day);
    if (!made_of) return made_of.error();
    // A port that nearly all have is said of all: what the network's other hosts answered at that time is not of it.
    std::uint16_t port = 0;
    if (made_of->port != 0 && group.protocols.back() != protocol::kIcmp && made_of->of_port >= kNearlyAll * made_of->packets) {
      port = made_of->port;
      made_of = day_of(session_, darknets_, group, most->day, port);
      if (!made_of) return made_of.error();
    }
    Incident incident = incident_of(group, *curve, *most, *made_of);
    incident.population = filter_of(group, port);
    // The other figures file ICMP errors by who sends them, wherever the victim is: here a row a victim, of which there may be many.
    incident.query = std::string("nightjar figure ") +
                     (group.total == protocol::kIcmp ? "backscatter-victims --top 100000" : "packets-per-day") + " --from " +
                     format_day(most->day) + " --to " + format_day(most->day + 1) + " --where '" + incident.population + "'";
    tell_basis(incident, group, *most, port);
    return std::optional(std::move(incident));
  }

 private:
  /// Whether all its packets on one day would be enough: spares most groups the look at the backscatter.
  bool may_move(const DosGroup& group) const {
    const std::int64_t first = day_of_ms(group.first_ms);
    for (std::int64_t day = first; day <= day_of_ms(group.last_ms) && day < to_day_; ++day)
      if (totals_.comparable(day) &&
          static_cast<double>(group.packets) >= (rules_.total_ratio - 1) * totals_.usual(group.total, day, first).usual.level)
        return true;
    return false;
  }

  /// Without the group the total would lie within its usual range, or at least lower by a good part of the rise: the group is judged by
  /// the quarter (rules.total_ratio) of a usual day that it adds, which counts however many other things rose that week; and the
  /// backscatter of the total must have left its range.
  std::optional<MovedDay> moves(const DosGroup& group, double packets, std::int64_t day) const {
    if (!totals_.comparable(day) || packets == 0) return std::nullopt;
    const std::int64_t first = day_of_ms(group.first_ms);
    MovedDay moved{day,
                   packets,
                   totals_.packets(group.total, day),
                   0,
                   totals_.packets(group.total, day, DayTotals::Part::backscatter),
                   0,
                   totals_.usual(group.total, day, first)};
    const Usual& usual = moved.level.usual;
    if (static_cast<double>(usual.days) < rules_.shortest_baseline_days) return std::nullopt;
    const double rise = moved.observed - usual.level;
    if (packets < (rules_.total_ratio - 1) * usual.level || rise <= 0 || packets < kCarries * rise) return std::nullopt;
    const Usual answers = totals_.usual(group.total, day, first, DayTotals::Part::backscatter).usual;
    moved.usual_backscatter = answers.level;
    if (moved.backscatter - answers.level < kSeenInTotal * packets) return std::nullopt;
    moved.score = std::max(score_of(moved.backscatter, answers), score_of(moved.observed, usual));
    if (moved.score < rules_.flood_score) return std::nullopt;
    return moved;
  }

  Incident incident_of(const DosGroup& group, const DosCurve& curve, const MovedDay& moved, const DosDay& made_of) const {
    Incident incident;
    incident.kind = group.carpet ? IncidentKind::carpet_bombing : IncidentKind::dos_victim;
    incident.protocol = group.total;
    // An ICMP error quotes the port that was attacked, and comes from none itself.
    if (group.total != protocol::kIcmp && made_of.packets > 0 && 2 * made_of.of_port >= made_of.packets) incident.port = made_of.port;
    incident.country = made_of.country;
    incident.onset_ms = group.first_ms;
    incident.id = incident_id(incident.kind, network_filter(group.network) + " " + protocol_name(group.total), incident.onset_ms);
    incident.peak_ms = std::max(group.first_ms, curve.largest_hour(moved.day) * kMsPerHour);
    incident.judged_to_ms = to_day_ * kMsPerDay;
    if (group.last_ms + kDosGapMs < incident.judged_to_ms) {
      incident.end_ms = group.last_ms;
      incident.trend = Trend::over;
    }
    incident.metric = Metric::packets;
    incident.expected = moved.level.usual.level;
    incident.observed = moved.observed;
    incident.level_now = totals_.packets(group.total, to_day_ - 1);
    incident.score = moved.score;
    incident.cause = group.carpet ? Cause::carpet_backscatter : Cause::dos_backscatter;
    const bool all_syn_acks = made_of.syn_acks >= kNearlyAll * made_of.packets && made_of.of_port >= kNearlyAll * made_of.packets;
    incident.confidence = made_of.packets > 0 && all_syn_acks ? Confidence::confirmed : Confidence::probable;
    incident.hosts = made_of.victims;
    incident.packets = static_cast<std::uint64_t>(made_of.packets);
    incident.total_packets = static_cast<std::uint64_t>(made_of.in_all);
    incident.victims = group.victims;
    if (made_of.squares > 0) incident.effective_sources = made_of.packets * made_of.packets / made_of.squares;
    explain(incident, group, moved, made_of);
    name_attacks(incident, group);
    draw(incident, group);
    return incident;
  }

  void explain(Incident& incident, const DosGroup& group, const MovedDay& moved, const DosDay& made_of) const {
    const double rise = moved.observed - moved.level.usual.level, usual = moved.level.usual.level;
    const auto add = [&](std::vector<AttributeValue> values, double now, double before, std::uint64_t hosts, double packets) {
      const double share = std::clamp((now - before) / rise, 0.0, 1.0), usually = usual > 0 ? std::clamp(before / usual, 0.0, 1.0) : 0;
      incident.explanation.push_back({std::move(values), share, usually, hosts, static_cast<std::uint64_t>(packets)});
    };
    std::vector<AttributeValue> who;
    if (!made_of.country.empty()) who.push_back({"country", made_of.country});
    if (group.network.asn != 0) who.push_back({"asn", std::to_string(group.network.asn)});
    const double all = made_of.packets;
    add({{"class", "backscatter"}}, moved.backscatter, moved.usual_backscatter, 0, moved.backscatter);
    if (!who.empty()) add(who, all, made_of.usual, made_of.victims, all);
    const double share_of_flags = std::max(made_of.syn_acks, made_of.resets);
    if (incident.port != 0)
      add({{"src_port", std::to_string(incident.port)}}, made_of.of_port, 0, made_of.of_port_victims, made_of.of_port);
    if (share_of_flags > all / 2)
      add({{"tcp_flags", made_of.syn_acks >= made_of.resets ? "SYN+ACK" : "RST"}}, share_of_flags, 0, made_of.victims, share_of_flags);
    // A victim among hundreds carries nothing.
    if (!made_of.top.empty() && made_of.top[0].packets >= 0.1 * all)
      add({{"src", made_of.top[0].address}}, made_of.top[0].packets, 0, 1, made_of.top[0].packets);
    std::ranges::stable_sort(incident.explanation, std::greater(), &RisePart::share_of_rise);
    incident.unexplained = std::clamp(1 - std::max(all, moved.backscatter - moved.usual_backscatter) / rise, 0.0, 1.0);
  }

  /// What was counted, in SQL without macros. `port`: of the answers that it is about, 0: of any.
  void tell_basis(Incident& incident, const DosGroup& group, const MovedDay& moved, std::uint16_t port) const {
    std::string protocols;
    for (const std::uint8_t one : group.protocols) protocols += (protocols.empty() ? "" : ", ") + std::to_string(one);
    Basis& basis = incident.basis;
    basis.level_table = "minutes";
    basis.level = darknets_ + " AND protocol = " + std::to_string(group.total);
    basis.level_days = moved.level.days;
    basis.now_day = to_day_ - 1;
    basis.table = "backscatter";
    basis.whole = darknets_ + " AND protocol IN (" + protocols + ") AND " + network_user_sql(group.network);
    if (port != 0) basis.whole += " AND port = " + std::to_string(port);
    basis.from_ms = floor_div(group.first_ms, kMsPerHour) * kMsPerHour;
    basis.to_ms = (floor_div(group.last_ms, kMsPerHour) + 1) * kMsPerHour;
    for (RisePart& part : incident.explanation) {
      const AttributeValue& first = part.attributes.front();
      if (first.attribute == "class")
        part.rows = basis.level + " AND class = 2";
      else if (first.attribute == "src_port")
        part.rows = basis.whole + " AND port = " + first.value;
      else if (first.attribute == "tcp_flags")
        part.rows =
            basis.whole + " AND class = 2 AND (facts & " + std::to_string(first.value == "RST" ? fact::kReset : fact::kSynAck) + ") <> 0";
      else if (first.attribute == "src")
        part.rows = basis.whole + " AND ip(src, src_low) = " + sql_literal(first.value);
      else
        part.rows = basis.whole;
    }
  }

  static void name_attacks(Incident& incident, const DosGroup& group) {
    std::vector<DosAttack> attacks = group.attacks;
    std::ranges::stable_sort(attacks, std::greater(), &DosAttack::packets);
    for (const DosAttack& attack : attacks)
      if (incident.attacks.size() < kMostIds) incident.attacks.push_back(attack.id);
  }

  void draw(Incident& incident, const DosGroup& group) const {
    const std::int64_t onset = day_of_ms(group.first_ms);
    const std::int64_t end = std::min({to_day_, day_of_ms(group.last_ms) + 1 + kDaysDrawnAfter, onset - kDaysDrawnBefore + kMostDaysDrawn});
    for (std::int64_t day = onset - kDaysDrawnBefore; day < end; ++day) {
      const auto exposure = exposures_.find(day);
      if (exposure == exposures_.end()) continue;
      IncidentDay one{day, totals_.packets(group.total, day), 0, 0, exposure->second.trouble};
      if (totals_.comparable(day)) {
        one.expected = totals_.usual(group.total, day, onset).usual.level;
        one.upper = rules_.total_ratio * one.expected;  // what a group is judged by
      }
      incident.days.push_back(one);
    }
  }

  QuerySession& session_;
  std::string darknets_;
  const Rules& rules_;
  const DayTotals& totals_;
  const std::map<std::int64_t, Exposure>& exposures_;
  std::int64_t to_day_;
};

/// An attack that TCP and ICMP both answer may move both totals: it is told of the one with more of its packets.
void told_once(std::vector<Incident>& incidents) {
  const auto shares = [](const Incident& a, const Incident& b) {
    return std::ranges::find_first_of(a.attacks, b.attacks) != a.attacks.end();
  };
  std::vector<Incident> kept;
  for (Incident& one : incidents) {
    const auto same = std::ranges::find_if(kept, [&](const Incident& other) { return shares(one, other); });
    if (same == kept.end())
      kept.push_back(std::move(one));
    else if (one.packets > same->packets)
      *same = std::move(one);
  }
  incidents = std::move(kept);
}

}  // namespace

Result<std::vector<Incident>> dos_incidents(QuerySession& session, const Rules& rules, const std::map<std::int64_t, Exposure>& exposures,
                                            std::int64_t from_day, std::int64_t to_day, std::int64_t first_seen_day) {
  std::vector<Incident> incidents;
  auto groups = read_dos_groups(session, from_day, to_day, first_seen_day);
  if (!groups) return groups.error();
  if (groups->empty()) return incidents;
  auto totals = DayTotals::read(session, rules, exposures, std::min(from_day, day_of_ms(groups->front().first_ms)), to_day, first_seen_day);
  if (!totals) return totals.error();
  auto darknets = darknet_condition(session);
  if (!darknets) return darknets.error();
  const DosJudge judge(session, *darknets, rules, *totals, exposures, to_day);
  for (const DosGroup& group : *groups) {
    auto incident = judge.judge(group);
    if (!incident) return incident.error();
    if (*incident) incidents.push_back(*std::move(*incident));
  }
  told_once(incidents);
  return incidents;
}

}  // namespace nightjar
