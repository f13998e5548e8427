#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/time.hpp"
#include "figure/values.hpp"
#include "incident/incident_id.hpp"
#include "judge/attack_incidents.hpp"
#include "judge/day_totals.hpp"
#include "judge/drdos_counts.hpp"
#include "judge/drdos_series.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000;
/// Days of attacks that are read before those that are judged: the longest windows (three of 28 days before one), and a rise that began
/// then.
constexpr std::int64_t kDaysBefore = 112 + 28;
/// A country and its network rose at the same time where their onsets lie so close.
constexpr std::int64_t kDaysApart = 7;
/// A network that carries less of a country's rise is not told; one that carries so much is the cause.
constexpr double kTold = 0.1, kCause = 0.5, kSure = 0.7;
constexpr std::size_t kMostParts = 5;
/// What `nightjar attacks` lists: attacks seen by several sensors are one.
constexpr const char* kMerged = "amppot";
constexpr std::int64_t kDaysDrawnBefore = 28, kMostDaysDrawn = 120;

/// A country, or one network of it.
struct Target {
  std::string country;
  std::uint32_t asn = 0;  ///< 0: the whole country
};

struct RisenTarget {
  Target target;
  const AttackDays* attacks = nullptr;
  DrdosRise rise;
  double observed = 0, expected = 0;                       ///< attacks a day at the peak
  std::vector<std::pair<std::uint32_t, double>> networks;  ///< of a country: those that carry it, with their shares
  bool joined = false;                                     ///< a country that rose through several of its networks only
};

double in_window(const AttackDays& attacks, const DrdosRise& rise, std::uint64_t AttackDay::*counted = &AttackDay::attacks) {
  double sum = 0;
  for (auto day = attacks.upper_bound(rise.peak_day - rise.window); day != attacks.end() && day->first <= rise.peak_day; ++day)
    sum += static_cast<double>(day->second.*counted);
  return sum / static_cast<double>(rise.window);
}

/// Of the window that shows the rise.
std::int64_t busiest_day(const AttackDays& attacks, const DrdosRise& rise) {
  std::int64_t best = rise.peak_day;
  std::uint64_t most = 0;
  for (auto day = attacks.upper_bound(rise.peak_day - rise.window); day != attacks.end() && day->first <= rise.peak_day; ++day) {
    if (day->second.attacks < most) continue;
    most = day->second.attacks;
    best = day->first;
  }
  return best;
}

bool touches(const DrdosRise& rise, std::int64_t from_day, std::int64_t to_day) {
  return rise.found_day < to_day && (!rise.end_day || *rise.end_day >= from_day);
}

class DrdosJudge {
 public:
  DrdosJudge(QuerySession& session, const Rules& rules, const DrdosCounts& counts, std::int64_t from_day, std::int64_t to_day)
      : session_(session), rules_(rules), counts_(counts), from_day_(from_day), to_day_(to_day) {}

  Result<std::vector<Incident>> incidents() {
    std::vector<RisenTarget> countries, networks;
    for (const auto& [country, attacks] : counts_.countries) add(countries, {country, 0}, attacks);
    for (const auto& [network, attacks] : counts_.networks) add(networks, {network.first, network.second}, attacks);
    for (RisenTarget& country : countries) explain(country);
    // A country and its network that rose together are one.
    std::erase_if(networks, [&](const RisenTarget& network) {
      return std::ranges::any_of(countries, [&](const RisenTarget& country) { return covers(country, network); });
    });
    join(networks, countries);
    std::vector<Incident> list;
    for (const auto* risen : {&countries, &networks}) {
      for (const RisenTarget& one : *risen) {
        // Not before: what is over may have been one with what is not.
        if (!touches(one.rise, from_day_, to_day_)) continue;
        auto incident = incident_of(one);
        if (!incident) return incident.error();
        list.push_back(*std::move(incident));
      }
    }
    std::ranges::stable_sort(list, {}, &Incident::onset_ms);
    return list;
  }

 private:
  void add(std::vector<RisenTarget>& list, const Target& target, const AttackDays& attacks) const {
    std::uint64_t victims = 0;
    for (const auto& [day, what] : attacks) victims += what.victims;
    if (static_cast<double>(victims) < rules_.fewest_attacks) return;
    for (DrdosRise& rise : rises_of(attacks, counts_.watch, rules_)) {
      if (rise.found_day >= to_day_) continue;
      const double observed = in_window(attacks, rise), expected = usual_rate(attacks, counts_.watch, rise.usual_days, rise.peak_day);
      list.push_back({target, &attacks, std::move(rise), observed, expected, {}});
    }
  }

  /// Networks of one country that rose at one time are a rise of the country, also where the country as a whole moves too much to tell:
  /// they are taken out of their list and put into that of countries.
  void join(std::vector<RisenTarget>& networks, std::vector<RisenTarget>& countries) const {
    const auto at_one_time = [](const RisenTarget& a, const RisenTarget& b) {
      const auto lasts_to = [&](const DrdosRise& rise, std::int64_t day) { return !rise.end_day || *rise.end_day > day; };
      return a.target.country == b.target.country && a.target.asn != b.target.asn &&
             std::abs(a.rise.onset_day - b.rise.onset_day) <= kDaysApart && lasts_to(a.rise, b.rise.onset_day) &&
             lasts_to(b.rise, a.rise.onset_day);
    };
    std::vector<RisenTarget> single;
    std::ranges::stable_sort(networks, {}, [](const RisenTarget& one) { return one.rise.onset_day; });
    while (!networks.empty()) {
      std::vector<RisenTarget> together = {std::move(networks.front())};
      networks.erase(networks.begin());
      for (auto one = networks.begin(); one != networks.end();) {
        const bool same = !together.front().target.country.empty() &&
                          std::ranges::any_of(together, [&](const RisenTarget& other) { return at_one_time(*one, other); });
        if (!same) {
          ++one;
          continue;
        }
        together.push_back(std::move(*one));
        one = networks.erase(one);
      }
      if (together.size() == 1) {
        single.push_back(std::move(together.front()));
        continue;
      }
      countries.push_back(country_of(together));
    }
    networks = std::move(single);
  }

  RisenTarget country_of(const std::vector<RisenTarget>& networks) const {
    const auto excess = [](const RisenTarget& one) { return one.observed - one.expected; };
    const RisenTarget& largest = *std::ranges::max_element(networks, {}, excess);
    RisenTarget country;
    country.target.country = largest.target.country;
    country.attacks = &counts_.countries.at(country.target.country);
    country.joined = true;
    country.rise = largest.rise;
    for (const RisenTarget& one : networks) {
      country.rise.onset_day = std::min(country.rise.onset_day, one.rise.onset_day);
      country.rise.found_day = std::min(country.rise.found_day, one.rise.found_day);
      country.rise.since_new_usual = country.rise.since_new_usual || one.rise.since_new_usual;
      if (!one.rise.end_day)
        country.rise.end_day.reset();
      else if (country.rise.end_day)
        country.rise.end_day = std::max(*country.rise.end_day, *one.rise.end_day);
    }
    std::erase_if(country.rise.usual_days, [&](std::int64_t day) { return day >= country.rise.onset_day; });
    // Not the day of the largest, but that on which all of them together were attacked most.
    double most = 0;
    for (std::int64_t day = country.rise.onset_day; country.rise.window == 1 && day < country.rise.end_day.value_or(to_day_); ++day) {
      double together = 0;
      for (const RisenTarget& one : networks) together += level_on(*one.attacks, day);
      if (together <= most) continue;
      most = together;
      country.rise.peak_day = day;
    }
    country.observed = in_window(*country.attacks, country.rise);
    country.expected = usual_rate(*country.attacks, counts_.watch, country.rise.usual_days, country.rise.peak_day);
    const double rise = std::max(country.observed - country.expected, 1e-9);
    for (const RisenTarget& one : networks) {
      const AttackDays& attacks = counts_.networks.at({one.target.country, one.target.asn});
      const double more =
          in_window(attacks, country.rise) - usual_rate(attacks, counts_.watch, country.rise.usual_days, country.rise.peak_day);
      if (more > 0) country.networks.emplace_back(one.target.asn, std::min(1.0, more / rise));
    }
    std::ranges::stable_sort(country.networks, [](const auto& a, const auto& b) { return a.second > b.second; });
    if (country.networks.size() > kMostParts - 1) country.networks.resize(kMostParts - 1);
    return country;
  }

  /// The networks that carry a country's rise.
  void explain(RisenTarget& country) const {
    // It was found by its victims: where there are not more attacks than usual, these are shared.
    const auto counted = country.observed > country.expected ? &AttackDay::attacks : &AttackDay::victims;
    const auto more = [&](const AttackDays& days) {
      return in_window(days, country.rise, counted) -
             usual_rate(days, counts_.watch, country.rise.usual_days, country.rise.peak_day, counted);
    };
    const double rise = more(*country.attacks);
    if (!(rise > 0)) return;
    auto network = counts_.networks.lower_bound({country.target.country, 0});
    for (; network != counts_.networks.end() && network->first.first == country.target.country; ++network) {
      const double share = std::min(1.0, more(network->second) / rise);
      if (share >= kTold) country.networks.emplace_back(network->first.second, share);
    }
    std::ranges::stable_sort(country.networks, [](const auto& a, const auto& b) { return a.second > b.second; });
    if (country.networks.size() > kMostParts - 1) country.networks.resize(kMostParts - 1);
    // The days on which its network had risen already are those of the country's rise too.
    if (country.networks.empty() || country.networks[0].second < kCause) return;
    const auto& attacks = counts_.networks.at({country.target.country, country.networks[0].first});
    for (const DrdosRise& of_network : rises_of(attacks, counts_.watch, rules_))
      if (std::abs(of_network.onset_day - country.rise.onset_day) <= kDaysApart) country.rise.onset_day = of_network.onset_day;
  }

  bool covers(const RisenTarget& country, const RisenTarget& network) const {
    if (country.target.country != network.target.country) return false;
    const bool told = std::ranges::any_of(country.networks, [&](const auto& one) { return one.first == network.target.asn; });
    return told && network.rise.onset_day >= country.rise.onset_day - kDaysApart &&
           network.rise.onset_day <= country.rise.end_day.value_or(to_day_);
  }

  std::string where(const Target& target, std::int64_t from_day, std::int64_t to_day) const {
    return where(target, from_day, to_day, counts_.definition);
  }
  static std::string where(const Target& target, std::int64_t from_day, std::int64_t to_day, const std::string& definition) {
    std::string condition = "level = 1 AND definition = " + sql_literal(definition) + " AND country = " + sql_literal(target.country);
    if (target.asn != 0) condition += " AND asn = " + std::to_string(target.asn);
    return condition + " AND first >= @time('" + format_second(from_day * kSecondsPerDay) + "') AND first < @time('" +
           format_second(to_day * kSecondsPerDay) + "')";
  }

  Result<Incident> incident_of(const RisenTarget& risen) const {
    const DrdosRise& rise = risen.rise;
    // The network that carries it tells the time, and the victims.
    Target cause = risen.target;
    if (cause.asn == 0 && !risen.joined && !risen.networks.empty() && risen.networks[0].second >= kCause)
      cause.asn = risen.networks[0].first;
    Incident incident;
    incident.kind = IncidentKind::drdos;
    incident.protocol = 17;
    incident.country = cause.country;
    incident.metric = Metric::attacks;
    incident.expected = risen.expected;
    const std::int64_t peak_day = busiest_day(attacks_on(cause), rise);
    incident.observed = level_on(*risen.attacks, peak_day);
    incident.score = rise.score;
    incident.since_new_usual = rise.since_new_usual;
    incident.cause = Cause::attacks_on_network;
    incident.judged_to_ms = to_day_ * kMsPerDay;
    incident.peak_ms = peak_day * kMsPerDay;
    const std::int64_t end = std::min(to_day_, rise.end_day.value_or(to_day_));
    incident.basis.now_day = std::min(to_day_, end - 1 + kDaysToldAfter) - 1;
    incident.level_now = level_on(*risen.attacks, incident.basis.now_day);
    if (auto done = count_merged(incident, risen.target, peak_day); !done) return done.error();
    if (auto done = measure(incident, cause, rise, peak_day, end); !done) return done.error();
    incident.id = incident_id(incident.kind, cause.country + " " + std::to_string(cause.asn), incident.onset_ms);
    incident.peak_ms = std::max(incident.peak_ms, incident.onset_ms);
    if (rise.end_day && *rise.end_day < to_day_) {
      incident.end_ms = std::max(*rise.end_day * kMsPerDay, incident.onset_ms);
      incident.trend = Trend::over;
    } else {
      const double excess = risen.observed - risen.expected, now = incident.level_now - risen.expected;
      incident.trend = rise.peak_day == to_day_ - 1 ? Trend::rising : now < excess / 2 ? Trend::falling : Trend::steady;
    }
    if (auto told = tell_parts(incident, risen); !told) return told.error();
    const double largest = risen.target.asn != 0 ? 1 : risen.networks.empty() ? 0 : risen.networks[0].second;
    double carried = 0;
    for (const auto& [asn, share] : risen.networks) carried += share;
    incident.confidence = risen.joined && carried >= kSure ? Confidence::probable
                          : cause.asn == 0                 ? Confidence::possible
                          : largest >= kSure               ? Confidence::confirmed
                                                           : Confidence::probable;
    incident.population = population_of(cause);
    incident.query = "nightjar attacks --definition " + counts_.definition + " --from " + format_day(peak_day) + " --to " +
                     format_day(peak_day + 1) + " --where '" + population_of(risen.target) + "'";
    tell_basis(incident, risen, cause, end);
    draw(incident, risen, end);
    return incident;
  }

  static std::string rows_of(const Target& target) {
    return "country = " + sql_literal(target.country) + (target.asn != 0 ? " AND asn = " + std::to_string(target.asn) : std::string());
  }

  /// What was counted, in SQL without macros.
  void tell_basis(Incident& incident, const RisenTarget& risen, const Target& cause, std::int64_t end) const {
    const DrdosRise& rise = risen.rise;
    Basis& basis = incident.basis;
    basis.table = basis.level_table = "attacks";
    basis.whole = "level = 1 AND definition = " + sql_literal(counts_.definition);
    basis.level = basis.whole + " AND " + rows_of(risen.target);
    basis.members = rows_of(cause);
    basis.usual_days = rise.usual_days;
    double watched = 0;
    for (const std::int64_t day : rise.usual_days)
      if (const auto found = counts_.watch.find(day); found != counts_.watch.end()) watched += found->second;
    const auto now = counts_.watch.find(rise.peak_day);
    if (watched > 0 && now != counts_.watch.end()) basis.usual_factor = now->second / watched;
    basis.window_from_day = rise.peak_day - rise.window + 1;
    basis.window_to_day = rise.peak_day + 1;
    basis.from_ms = rise.onset_day * kMsPerDay;
    basis.to_ms = end * kMsPerDay;
  }

  const AttackDays& attacks_on(const Target& target) const {
    return target.asn == 0 ? counts_.countries.at(target.country) : counts_.networks.at({target.country, target.asn});
  }

  static std::string population_of(const Target& target) {
    std::string filter = target.country.empty() ? "" : "country=" + target.country;
    if (target.asn != 0) filter += (filter.empty() ? "asn=" : " and asn=") + std::to_string(target.asn);
    return filter;
  }

  static double level_on(const AttackDays& attacks, std::int64_t day) {
    const auto found = attacks.find(day);
    return found == attacks.end() ? 0 : static_cast<double>(found->second.attacks);
  }

  /// What is counted at each sensor by itself are fewer attacks with all of them together.
  Result<void> count_merged(Incident& incident, const Target& target, std::int64_t peak_day) const {
    if (counts_.definition == kMerged) return {};
    auto merged = session_.run("SELECT count(*) AS m_attacks FROM attacks WHERE " + where(target, peak_day, peak_day + 1, kMerged));
    if (!merged) return merged.error();
    incident.merged_attacks = NamedRows(*merged).number(0, "m_attacks");
    return {};
  }

  /// Onset, victims, packets, and the largest attacks.
  Result<void> measure(Incident& incident, const Target& cause, const DrdosRise& rise, std::int64_t peak_day, std::int64_t end) const {
    const std::string of_rise = where(cause, rise.onset_day, end);
    auto sums = session_.run(
        "SELECT count(*) AS m_attacks, min(@milliseconds(@time('1970-01-01T00:00:00Z'), first)) AS m_first, sum(packets) AS m_packets, "
        "count(DISTINCT src) AS m_victims FROM attacks WHERE " +
        of_rise);
    if (!sums) return sums.error();
    const NamedRows sum(*sums);
    incident.onset_ms = sum.number(0, "m_attacks") == 0 ? rise.onset_day * kMsPerDay : static_cast<std::int64_t>(sum.number(0, "m_first"));
    incident.total_packets = sum.number(0, "m_packets");
    incident.victims = incident.total_hosts = sum.number(0, "m_victims");
    const auto peak = seen_on(cause, peak_day, peak_day + 1);
    if (!peak) return peak.error();
    incident.packets = peak->packets;
    incident.hosts = peak->victims;
    auto ids = session_.run("SELECT id FROM attacks WHERE " +
                            (incident.merged_attacks > 0 ? where(cause, rise.onset_day, end, kMerged) : of_rise) +
                            " ORDER BY packets DESC, id LIMIT 20");
    if (!ids) return ids.error();
    const NamedRows list(*ids);
    for (std::size_t i = 0; i < list.size(); ++i) incident.attacks.push_back(list.text(i, "id"));
    return {};
  }

  struct Seen {
    std::uint64_t victims = 0, packets = 0;
  };
  Result<Seen> seen_on(const Target& target, std::int64_t from_day, std::int64_t to_day) const {
    auto answer = session_.run("SELECT sum(packets) AS m_packets, count(DISTINCT src) AS m_victims FROM attacks WHERE " +
                               where(target, from_day, to_day));
    if (!answer) return answer.error();
    const NamedRows rows(*answer);
    return Seen{rows.number(0, "m_victims"), rows.number(0, "m_packets")};
  }

  /// The country, then its networks; of a network that rose by itself only that.
  Result<void> tell_parts(Incident& incident, const RisenTarget& risen) const {
    if (auto told = add_part(incident, risen, risen.target, 1); !told) return told.error();
    if (risen.target.asn != 0) return {};
    for (const auto& [asn, share] : risen.networks)
      if (auto told = add_part(incident, risen, {risen.target.country, asn}, share); !told) return told.error();
    return {};
  }

  Result<void> add_part(Incident& incident, const RisenTarget& risen, const Target& target, double share) const {
    const DrdosRise& rise = risen.rise;
    const AttackDays& attacks = attacks_on(target);
    RisePart part;
    if (!target.country.empty()) part.attributes.push_back({"country", target.country});
    if (target.asn != 0) part.attributes.push_back({"asn", std::to_string(target.asn)});
    part.share_of_rise = share;
    part.rows = rows_of(target);
    if (const double all = usual_rate(counts_.all, counts_.watch, rise.usual_days, rise.peak_day); all > 0)
      part.usual_share = std::clamp(usual_rate(attacks, counts_.watch, rise.usual_days, rise.peak_day) / all, 0.0, 1.0);
    const auto seen = seen_on(target, rise.peak_day - rise.window + 1, rise.peak_day + 1);
    if (!seen) return seen.error();
    part.hosts = seen->victims;
    part.packets = seen->packets;
    incident.explanation.push_back(std::move(part));
    return {};
  }

  void draw(Incident& incident, const RisenTarget& risen, std::int64_t end) const {
    const DrdosRise& rise = risen.rise;
    const std::int64_t from = rise.onset_day - kDaysDrawnBefore, to = std::min({to_day_, end + 7, from + kMostDaysDrawn});
    const double upper = risen.expected + std::max(rules_.fewest_attacks / static_cast<double>(rise.window),
                                                   rules_.over_share * (risen.observed - risen.expected));
    for (std::int64_t day = from; day < to; ++day)
      if (counts_.watch.contains(day)) incident.days.push_back({day, level_on(*risen.attacks, day), risen.expected, upper, false});
  }

  QuerySession& session_;
  const Rules& rules_;
  const DrdosCounts& counts_;
  std::int64_t from_day_, to_day_;
};

}  // namespace

Result<std::vector<Incident>> drdos_rises(QuerySession& session, const Rules& rules, std::int64_t from_day, std::int64_t to_day,
                                          std::int64_t first_seen_day) {
  // sensor_days tells of days, too, whose attacks are not seen: they would count as watched, and quiet.
  auto counts = read_drdos_counts(session, std::max(from_day - kDaysBefore, first_seen_day), to_day);
  if (!counts) return counts.error();
  if (counts->definition.empty()) return std::vector<Incident>();
  return DrdosJudge(session, rules, *counts, from_day, to_day).incidents();
}

void keep_known_drdos(const std::map<std::string, Incident>& known, std::int64_t rebuild_ms, std::vector<Incident>& rises) {
  const auto told_again = [&](const std::string& id) { return std::ranges::find(rises, id, &Incident::id) != rises.end(); };
  for (const auto& entry : known) {
    const Incident& old = entry.second;
    if (old.kind != IncidentKind::drdos || old.onset_ms >= rebuild_ms || told_again(old.id)) continue;
    const auto same = std::ranges::find_if(rises, [&](const Incident& rise) {
      const bool overlap = (!old.end_ms || *old.end_ms >= rise.onset_ms) && (!rise.end_ms || *rise.end_ms >= old.onset_ms);
      return rise.country == old.country && overlap && !known.contains(rise.id);
    });
    if (same == rises.end()) continue;
    same->id = old.id;
    same->onset_ms = old.onset_ms;
  }
}

}  // namespace nightjar
