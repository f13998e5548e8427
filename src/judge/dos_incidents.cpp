#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/time.hpp"
#include "exposure/darknets.hpp"
#include "incident/incident_id.hpp"
#include "judge/attack_incidents.hpp"
#include "judge/day_totals.hpp"
#include "judge/dos_answers.hpp"
#include "judge/dos_groups.hpp"
#include "judge/dos_measure.hpp"
#include "judge/dos_moves.hpp"
#include "net/address.hpp"
#include "net/packet.hpp"
#include "schema/traffic.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000, kMsPerHour = kSecondsPerHour * 1000;
/// An attribute that carries so much of the packets is that of all.
constexpr double kNearlyAll = 0.9, kMost = 2.0 / 3;
constexpr std::int64_t kDaysDrawnBefore = 14, kDaysDrawnAfter = 7, kMostDaysDrawn = 120;
constexpr std::size_t kMostIds = 20;

std::int64_t day_of_ms(std::int64_t ms) { return floor_div(ms, kMsPerDay); }

/// What a group of one total comes to.
struct Side {
  DosGroup group;
  DosCurve curve;
  MovedDay moved;
  DosDay made_of;
  std::uint16_t port = 0;  ///< that nearly all its answers have: then made_of is of these; 0: of all
};

class DosJudge {
 public:
  DosJudge(QuerySession& session, std::string darknets, const Rules& rules, const DayTotals& totals,
           const std::map<std::int64_t, Exposure>& exposures, std::int64_t to_day)
      : session_(session),
        darknets_(std::move(darknets)),
        rules_(rules),
        totals_(totals),
        exposures_(exposures),
        to_day_(to_day),
        moves_(rules, totals, to_day) {}

  /// The group, where it moved its total.
  Result<std::optional<Side>> moved(DosGroup group) const {
    if (!moves_.may_move(group)) return std::optional<Side>();
    // An error by ICMP may quote what none of the attacks on its network was found by.
    if (group.total == protocol::kIcmp)
      if (auto added = add_quoted_protocols(session_, darknets_, group); !added) return added.error();
    auto curve = curve_of(session_, darknets_, group);
    if (!curve) return curve.error();
    curve->hours.erase(curve->hours.lower_bound(to_day_ * kHoursPerDay), curve->hours.end());
    auto most = moves_.most_moved(group, *curve);
    if (!most) return std::optional<Side>();
    return std::optional(Side{std::move(group), *std::move(curve), *std::move(most), {}, 0});
  }

  /// The incident that groups at one time on one network are, each of which moved its total.
  Result<Incident> incident_of_all(const std::vector<Side>& together) const {
    std::vector<Side> sides;
    for (const std::uint8_t total : {protocol::kTcp, protocol::kUdp, protocol::kIcmp}) {
      std::vector<const Side*> of_total;
      for (const Side& one : together)
        if (one.group.total == total) of_total.push_back(&one);
      if (of_total.empty()) continue;
      auto side = side_of(of_total);
      if (!side) return side.error();
      sides.push_back(*std::move(side));
    }
    // By what arrived by that total: `backscatter` counts errors by ICMP with what they quote.
    std::ranges::stable_sort(sides, std::greater(), [](const Side& side) { return side.moved.packets; });
    Incident incident = incident_of(sides);
    for (std::size_t i = 1; i < sides.size(); ++i) incident.other_totals.push_back(other_total(sides[i]));
    return incident;
  }

 private:
  /// All of one total as one: attacks, and only where there are none what answers tell by themselves.
  Result<Side> side_of(const std::vector<const Side*>& of_total) const {
    std::vector<DosGroup> groups;
    for (const Side* one : of_total)
      if (!one->group.attacks.empty()) groups.push_back(one->group);
    if (groups.empty())
      for (const Side* one : of_total) groups.push_back(one->group);
    const auto same =
        std::ranges::find_if(of_total, [&](const Side* one) { return one->group.attacks.empty() == groups[0].attacks.empty(); });
    Side side = **same;
    if (groups.size() > 1) {
      auto all = moved(joined(groups));
      if (!all) return all.error();
      if (*all) side = **std::move(all);
    }
    auto made_of = day_of(session_, darknets_, side.group, side.moved.day);
    if (!made_of) return made_of.error();
    // A port that nearly all have is said of all: what the network's other hosts answered at that time is not of it.
    if (made_of->port != 0 && made_of->of_port >= kNearlyAll * made_of->packets &&
        std::ranges::find(side.group.protocols, protocol::kIcmp) == side.group.protocols.end()) {
      side.port = made_of->port;
      made_of = day_of(session_, darknets_, side.group, side.moved.day, side.port);
      if (!made_of) return made_of.error();
    }
    side.made_of = *std::move(made_of);
    return side;
  }

  /// The port of the answers, where a clear majority has one. An ICMP error quotes the port that was attacked, and comes from none itself.
  static std::uint16_t port_of(const Side& side) {
    const DosDay& made_of = side.made_of;
    return side.group.total != protocol::kIcmp && made_of.packets > 0 && made_of.of_port >= kMost * made_of.packets ? made_of.port : 0;
  }

  std::string level_of(const Side& side) const { return darknets_ + " AND protocol = " + std::to_string(side.group.total); }

  /// Its answers in backscatter, in SQL without macros.
  std::string rows_of(const Side& side) const {
    std::string protocols;
    for (const std::uint8_t one : side.group.protocols) protocols += (protocols.empty() ? "" : ", ") + std::to_string(one);
    return darknets_ + " AND protocol IN (" + protocols + ") AND " + network_user_sql(side.group.network) +
           (side.port == 0 ? "" : " AND port = " + std::to_string(side.port));
  }

  OtherTotal other_total(const Side& side) const {
    OtherTotal other;
    other.protocol = side.group.total;
    other.port = port_of(side);
    other.day = side.moved.day;
    other.expected = side.moved.level.usual.level;
    other.observed = side.moved.observed;
    other.hosts = side.made_of.victims;
    other.packets = static_cast<std::uint64_t>(side.made_of.of_total);
    other.level = level_of(side);
    other.level_days = side.moved.level.days;
    other.rows = rows_of(side);
    return other;
  }

  /// `sides`: the one that it is told of first.
  Incident incident_of(const std::vector<Side>& sides) const {
    const Side& main = sides.front();
    const DosGroup& group = main.group;
    const MovedDay& moved = main.moved;
    const DosDay& made_of = main.made_of;
    std::int64_t first_ms = group.first_ms, last_ms = group.last_ms;
    for (const Side& side : sides) {
      first_ms = std::min(first_ms, side.group.first_ms);
      last_ms = std::max(last_ms, side.group.last_ms);
    }
    Incident incident;
    incident.kind = group.carpet ? IncidentKind::carpet_bombing : IncidentKind::dos_victim;
    incident.protocol = group.total;
    incident.port = port_of(main);
    incident.country = made_of.country;
    incident.onset_ms = first_ms;
    // Neither the kind nor the protocol: what follows may make it a carpet, or move another total more.
    incident.id = incident_id(IncidentKind::dos_victim, network_filter(group.network), first_ms);
    incident.peak_ms = std::max(group.first_ms, main.curve.largest_hour(moved.day) * kMsPerHour);
    incident.judged_to_ms = to_day_ * kMsPerDay;
    if (last_ms + kDosGapMs < incident.judged_to_ms) {
      incident.end_ms = last_ms;
      incident.trend = Trend::over;
    }
    incident.metric = Metric::packets;
    incident.expected = moved.level.usual.level;
    incident.observed = moved.observed;
    incident.basis.now_day = last_whole_day(exposures_, std::min(to_day_, day_of_ms(last_ms) + kDaysToldAfter));
    incident.level_now = totals_.packets(group.total, incident.basis.now_day);
    incident.score = moved.score;
    incident.cause = group.carpet ? Cause::carpet_backscatter : Cause::dos_backscatter;
    const bool all_syn_acks = made_of.syn_acks.packets >= kNearlyAll * made_of.packets && made_of.of_port >= kNearlyAll * made_of.packets;
    incident.confidence = made_of.packets > 0 && all_syn_acks && !group.attacks.empty() ? Confidence::confirmed : Confidence::probable;
    incident.hosts = made_of.victims;
    incident.packets = static_cast<std::uint64_t>(made_of.packets);
    incident.total_packets = static_cast<std::uint64_t>(made_of.in_all);
    if (made_of.squares > 0) incident.effective_sources = made_of.packets * made_of.packets / made_of.squares;
    explain(incident, group, moved, made_of);
    name_attacks(incident, sides);
    draw(incident, group.total, first_ms, last_ms);
    incident.population = filter_of(group, main.port);
    // The other figures file ICMP errors by who sends them, wherever the victim is: here a row a victim, of which there may be many.
    incident.query = std::string("nightjar figure ") +
                     (group.total == protocol::kIcmp ? "backscatter-victims --top 100000" : "packets-per-day") + " --from " +
                     format_day(moved.day) + " --to " + format_day(moved.day + 1) + " --where '" + incident.population + "'";
    tell_basis(incident, main);
    return incident;
  }

  void explain(Incident& incident, const DosGroup& group, const MovedDay& moved, const DosDay& made_of) const {
    const double rise = moved.observed - moved.level.usual.level, usual = moved.level.usual.level;
    const auto add = [&](std::vector<AttributeValue> values, double now, double before, std::uint64_t hosts, double packets) {
      // Of a week with another flood no more than all.
      before = std::min(before, usual);
      const double share = std::clamp((now - before) / rise, 0.0, 1.0), usually = usual > 0 ? before / usual : 0;
      incident.explanation.push_back({std::move(values), share, usually, hosts, static_cast<std::uint64_t>(packets)});
    };
    std::vector<AttributeValue> who;
    if (!made_of.country.empty()) who.push_back({"country", made_of.country});
    if (group.network.asn != 0) who.push_back({"asn", std::to_string(group.network.asn)});
    const double all = made_of.packets;
    const DosDay::Flag& flag = made_of.syn_acks.packets >= made_of.resets.packets ? made_of.syn_acks : made_of.resets;
    add({{"class", "backscatter"}}, moved.backscatter, moved.usual_backscatter, 0, moved.backscatter);
    if (!who.empty()) add(who, made_of.arrived, made_of.usual, made_of.victims, made_of.arrived);
    if (group.total != protocol::kIcmp && made_of.port != 0 && 2 * made_of.of_port >= all)
      add({{"src_port", std::to_string(made_of.port)}}, made_of.of_port, 0, made_of.of_port_victims, made_of.of_port);
    if (flag.packets > all / 2)
      add({{"tcp_flags", &flag == &made_of.syn_acks ? "SYN+ACK" : "RST"}}, flag.packets, 0, flag.victims, flag.packets);
    // A victim among hundreds carries nothing.
    if (!made_of.top.empty() && made_of.top[0].packets >= 0.1 * all)
      add({{"src", made_of.top[0].address}}, made_of.top[0].packets, 0, 1, made_of.top[0].packets);
    std::ranges::stable_sort(incident.explanation, std::greater(), &RisePart::share_of_rise);
    incident.unexplained = std::clamp(1 - std::max(made_of.arrived, moved.backscatter - moved.usual_backscatter) / rise, 0.0, 1.0);
  }

  /// What was counted, in SQL without macros.
  void tell_basis(Incident& incident, const Side& side) const {
    const DosGroup& group = side.group;
    Basis& basis = incident.basis;
    basis.level_table = "minutes";
    basis.level = level_of(side);
    basis.level_days = side.moved.level.days;
    basis.table = "backscatter";
    basis.whole = rows_of(side);
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

  /// Those of all sides, and how many victims they had: of a carpet, and where only the answers tell, who answered.
  static void name_attacks(Incident& incident, const std::vector<Side>& sides) {
    std::map<std::string, DosAttack> attacks;
    std::set<std::string> targets;
    for (const Side& side : sides)
      for (const DosAttack& attack : side.group.attacks) {
        attacks.emplace(attack.id, attack);
        targets.insert(attack.target);
      }
    std::vector<const DosAttack*> list;
    for (const auto& [id, attack] : attacks) list.push_back(&attack);
    std::ranges::stable_sort(list, std::greater(), &DosAttack::packets);
    for (const DosAttack* attack : list)
      if (incident.attacks.size() < kMostIds) incident.attacks.push_back(attack->id);
    const Side& main = sides.front();
    incident.victims = main.group.carpet || attacks.empty() ? main.made_of.victims_in_all : targets.size();
  }

  void draw(Incident& incident, std::uint8_t total, std::int64_t first_ms, std::int64_t last_ms) const {
    const std::int64_t onset = day_of_ms(first_ms);
    const std::int64_t end = std::min({to_day_, day_of_ms(last_ms) + 1 + kDaysDrawnAfter, onset - kDaysDrawnBefore + kMostDaysDrawn});
    for (std::int64_t day = onset - kDaysDrawnBefore; day < end; ++day) {
      const auto exposure = exposures_.find(day);
      if (exposure == exposures_.end()) continue;
      IncidentDay one{day, totals_.packets(total, day), 0, 0, exposure->second.trouble};
      if (totals_.comparable(day)) {
        one.expected = totals_.usual(total, day, onset).usual.level;
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
  DosMoves moves_;
};

/// A whole country is told of only where no network of it moved the same total at that time. Another country's flood explains nothing here.
void leave_out_countries(std::vector<Side>& sides) {
  const std::vector<Side> all = sides;
  std::erase_if(sides, [&](const Side& side) {
    return side.group.network.whole_country && std::ranges::any_of(all, [&](const Side& other) {
             return !other.group.network.whole_country && other.group.total == side.group.total &&
                    other.group.countries.contains(side.group.network.country) && at_one_time(other.group, side.group, false);
           });
  });
}

/// Groups that are one incident: those at one time, also through another.
std::vector<std::vector<Side>> together(std::vector<Side> sides) {
  std::vector<std::vector<Side>> clusters;
  for (Side& side : sides) {
    std::vector<Side> cluster;
    cluster.push_back(std::move(side));
    for (auto one = clusters.begin(); one != clusters.end();) {
      const bool same = std::ranges::any_of(*one, [&](const Side& other) { return at_one_time(other.group, cluster.front().group); });
      if (!same) {
        ++one;
        continue;
      }
      cluster.insert(cluster.end(), std::make_move_iterator(one->begin()), std::make_move_iterator(one->end()));
      one = clusters.erase(one);
    }
    clusters.push_back(std::move(cluster));
  }
  return clusters;
}

}  // namespace

Result<std::vector<Incident>> dos_incidents(QuerySession& session, const Rules& rules, const std::map<std::int64_t, Exposure>& exposures,
                                            std::int64_t from_day, std::int64_t to_day, std::int64_t first_seen_day) {
  auto darknets = darknet_condition(session);
  if (!darknets) return darknets.error();
  auto groups = read_dos_groups(session, from_day, to_day, first_seen_day);
  if (!groups) return groups.error();
  keep_from(from_day - kDaysOfAnswersBefore, *groups);
  const std::int64_t first = groups->empty() ? from_day : day_of_ms(groups->front().first_ms);
  auto totals = DayTotals::read(session, rules, exposures, std::min(from_day - kDaysOfAnswersBefore, first), to_day, first_seen_day);
  if (!totals) return totals.error();
  auto answers = read_answer_groups(session, *darknets, *totals, from_day, to_day);
  if (!answers) return answers.error();
  for (DosGroup& group : *answers) groups->push_back(std::move(group));
  // A day more, for what a country is held against.
  keep_from(from_day - 1, *groups);
  const DosJudge judge(session, *darknets, rules, *totals, exposures, to_day);
  std::vector<Side> sides;
  for (DosGroup& group : *groups) {
    auto side = judge.moved(std::move(group));
    if (!side) return side.error();
    if (*side) sides.push_back(**std::move(side));
  }
  leave_out_countries(sides);
  std::vector<Incident> incidents;
  for (const std::vector<Side>& cluster : together(std::move(sides))) {
    if (std::ranges::none_of(cluster, [&](const Side& side) { return day_of_ms(side.group.last_ms) >= from_day; })) continue;
    auto incident = judge.incident_of_all(cluster);
    if (!incident) return incident.error();
    incidents.push_back(*std::move(incident));
  }
  std::ranges::stable_sort(incidents, {}, &Incident::onset_ms);
  return incidents;
}

}  // namespace nightjar
