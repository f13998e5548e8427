#include "judge/total_incidents.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/time.hpp"
#include "explain/explain.hpp"
#include "explain/population.hpp"
#include "explain/port_levels.hpp"
#include "figure/values.hpp"
#include "incident/incident_id.hpp"
#include "judge/day_totals.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = 86'400'000, kMsPerHour = 3'600'000;
/// Backscatter rose in the hours that have so much of the largest.
constexpr double kOfLargestHour = 0.2;
/// Incidents of ports account for a total's rise where they hold so much of it.
constexpr double kAccounted = 0.5;
/// Backscatter is the cause of a total's rise that it carries so much of.
constexpr double kBackscatter = 0.5;

/// So many equally loud addresses that answer are victims; more may be those whose servers somebody uses against the darknet itself.
constexpr double kFewVictims = 100;

bool goes_on(const Incident& incident, std::int64_t day) {
  const std::int64_t begin = day * kMsPerDay, end = begin + kMsPerDay;
  return incident.onset_ms < end && (!incident.end_ms || *incident.end_ms + kMsPerDay > begin);
}

bool is_flood(const Incident& incident) {
  return incident.kind == IncidentKind::dos_victim || incident.kind == IncidentKind::carpet_bombing;
}

/// Floods may have moved the totals of other protocols than their own.
bool may_account(const Incident& incident, const TotalRise& rise) { return incident.protocol == rise.protocol || is_flood(incident); }

/// Packets above the usual that an incident, or its port, had on a day.
double excess_of(const PortLevels& levels, const Incident& incident, const TotalRise& rise) {
  const bool backscatter = is_flood(incident);
  if (backscatter && incident.protocol != rise.protocol) {
    const bool moved = std::ranges::any_of(
        incident.other_totals, [&](const OtherTotal& one) { return one.protocol == rise.protocol && std::abs(one.day - rise.day) <= 1; });
    return moved ? rise.observed - rise.expected : 0;
  }
  if (backscatter) {
    const auto day = std::find_if(incident.days.begin(), incident.days.end(), [&](const IncidentDay& one) { return one.day == rise.day; });
    return day == incident.days.end() ? 0 : std::max(0.0, day->observed - day->expected);
  }
  if (rise.usual_days.empty()) return 0;
  const auto days = levels.of({incident.protocol, incident.port}, "", Metric::packets);
  const auto on = [&](std::int64_t day) {
    const auto found = days.find(day);
    return found == days.end() ? 0 : found->second;
  };
  double usual = 0;
  for (const std::int64_t day : rise.usual_days) usual += on(day);
  return std::max(0.0, on(rise.day) - usual / static_cast<double>(rise.usual_days.size()));
}

double watched_on(const std::map<std::int64_t, Exposure>& exposures, std::int64_t day) {
  const auto found = exposures.find(day);
  return found == exposures.end() || found->second.trouble ? 0 : found->second.address_days;
}

/// Answers that make up most of a rise without an attack that is known: victims of which each sends less than an attack asks for.
Result<void> tell_backscatter(QuerySession& session, const TotalSources& from, const TotalRise& peak, Incident& incident) {
  const std::string answers =
      "FROM flows WHERE " + incident.basis.darknets + " AND protocol = " + std::to_string(peak.protocol) + " AND class = 2 AND ";
  auto now = session.run(
      "SELECT CAST(count(*) AS UBIGINT) AS m_hosts, CAST(sum(n) AS DOUBLE) AS m_all, sum(n * n) AS m_squares FROM (SELECT "
      "CAST(sum(packets) AS DOUBLE) AS n " +
      answers + within_days(peak.day, peak.day + 1) + " GROUP BY src) AS answers");
  if (!now) return now.error();
  auto before = session.run("SELECT CAST(sum(packets) AS DOUBLE) AS m_all " + answers + within_days(peak.usual_days));
  if (!before) return before.error();
  if (now->rows.empty() || before->rows.empty()) return {};
  double watched = 0;
  for (const std::int64_t day : peak.usual_days) watched += watched_on(from.exposures, day);
  const double all = real(now->rows[0][1]), squares = real(now->rows[0][2]);
  const double usual = watched > 0 ? real(before->rows[0][0]) * watched_on(from.exposures, peak.day) / watched : 0;
  if (!(squares > 0) || all - usual < kBackscatter * (peak.observed - peak.expected)) return {};
  incident.cause = Cause::dos_backscatter;
  incident.confidence = all * all / squares <= kFewVictims ? Confidence::probable : Confidence::possible;
  incident.victims = whole(now->rows[0][0]);
  // Tools and known hosts are said of who scans.
  incident.tool.clear();
  incident.returning_hosts.reset();
  return {};
}

/// By the day on which it began.
std::string id_of_total(std::uint8_t protocol, std::int64_t onset_ms) {
  return incident_id(IncidentKind::packet_spike, "total/" + std::to_string(protocol), floor_div(onset_ms, kMsPerDay) * kMsPerDay);
}

std::string minutes_of(std::int64_t day) {
  return "minute >= @time('" + format_second(day * kSecondsPerDay) + "') AND minute < @time('" + format_second((day + 1) * kSecondsPerDay) +
         "')";
}

/// A flood begins within a day: onset and peak by the hours of the backscatter. Scans come over a day.
Result<void> tell_hours(const TotalSources& from, std::int64_t peak_day, Incident& incident) {
  const auto hours_of = [&](std::int64_t day) -> Result<std::map<std::int64_t, double>> {
    auto answer = from.session.run(
        "SELECT @div(@milliseconds(@time('1970-01-01T00:00:00Z'), minute), 3600000) AS m_hour, sum(packets) AS m_packets FROM minutes "
        "WHERE "
        "class = 2 AND " +
        incident.basis.level + " AND " + minutes_of(day) + " GROUP BY m_hour");
    if (!answer) return answer.error();
    std::map<std::int64_t, double> hours;
    const NamedRows rows(*answer);
    for (std::size_t i = 0; i < rows.size(); ++i)
      hours[static_cast<std::int64_t>(rows.number(i, "m_hour"))] = static_cast<double>(rows.number(i, "m_packets"));
    return hours;
  };
  const auto smaller = [](const auto& a, const auto& b) { return a.second < b.second; };
  auto first = hours_of(floor_div(incident.onset_ms, kMsPerDay));
  if (!first) return first.error();
  const auto largest = std::ranges::max_element(*first, smaller);
  const auto risen = std::ranges::find_if(*first, [&](const auto& hour) { return hour.second >= kOfLargestHour * largest->second; });
  if (risen != first->end()) incident.onset_ms = risen->first * kMsPerHour;
  auto last = hours_of(peak_day);
  if (!last) return last.error();
  if (!last->empty()) incident.peak_ms = std::max(incident.onset_ms, std::ranges::max_element(*last, smaller)->first * kMsPerHour);
  return {};
}

/// Incidents that may account for a rise: those found now, and those told before that are not told again.
std::vector<Incident> accounting(const TotalSources& from, const std::vector<Incident>& found) {
  std::vector<Incident> all = found;
  std::set<std::string> ids;
  for (const Incident& incident : found) ids.insert(incident.id);
  if (from.earlier != nullptr) {
    for (const Incident& incident : *from.earlier) {
      // What was found now of days from from_day on is all there is; and a total accounts for no total.
      const bool gone = floor_div(incident.onset_ms, kMsPerDay) >= from.from_day || ids.contains(incident.id);
      if (!gone && incident.id != id_of_total(incident.protocol, incident.onset_ms)) all.push_back(incident);
    }
  }
  std::erase_if(all, [](const Incident& one) { return one.kind == IncidentKind::sensor || one.kind == IncidentKind::drdos; });
  return all;
}

Result<Incident> incident_of(const TotalSources& from, const TotalRise& peak, std::int64_t first_day, std::int64_t end_day) {
  Rise rise;
  rise.protocol = peak.protocol;
  rise.whole_protocol = true;
  rise.metric = Metric::packets;
  rise.peak_day = peak.day;
  rise.onset_day = first_day;
  rise.usual_days = peak.usual_days;
  std::vector<std::int64_t> days = rise.usual_days;
  for (std::int64_t day = first_day - 28; day <= peak.day + 1; ++day) days.push_back(day);
  auto session = from.days.open(std::move(days));
  if (!session) return session.error();
  auto explained = explain_rise(**session, rise, from.exposures);
  if (!explained) return explained.error();
  Incident incident;
  incident.kind = IncidentKind::packet_spike;
  incident.protocol = peak.protocol;
  incident.metric = Metric::packets;
  incident.onset_ms = first_day * kMsPerDay;
  incident.peak_ms = peak.day * kMsPerDay;
  if (end_day < from.judged_to_day) incident.end_ms = end_day * kMsPerDay;
  incident.trend = end_day < from.judged_to_day ? Trend::over : Trend::steady;
  incident.observed = peak.observed;
  incident.expected = peak.expected;
  incident.score = peak.score;
  incident.country = explained->country;
  incident.explanation = std::move(explained->parts);
  incident.unexplained = explained->unexplained;
  incident.tool = explained->tool;
  incident.hosts = explained->hosts;
  incident.packets = explained->packets;
  incident.effective_sources = explained->effective_sources;
  incident.basis = std::move(explained->basis);
  incident.basis.level_table = "minutes";
  incident.basis.level = incident.basis.darknets + " AND protocol = " + std::to_string(peak.protocol);
  incident.basis.level_days = peak.usual_days;
  incident.basis.now_day = last_whole_day(from.exposures, std::min(from.judged_to_day, end_day - 1 + kDaysToldAfter));
  auto now = from.session.run("SELECT sum(packets) AS m_packets FROM minutes WHERE " + incident.basis.level + " AND " +
                              minutes_of(incident.basis.now_day));
  if (!now) return now.error();
  incident.level_now = static_cast<double>(NamedRows(*now).number(0, "m_packets"));
  incident.id = id_of_total(peak.protocol, incident.onset_ms);
  if (auto told = tell_backscatter(**session, from, peak, incident); !told) return told.error();
  if (incident.cause == Cause::dos_backscatter)
    if (auto told = tell_hours(from, peak.day, incident); !told) return told.error();
  incident.population = std::string("protocol=") + (peak.protocol == 6 ? "tcp" : "udp");
  incident.query = "nightjar figure packets-per-day --where '" + incident.population + "'";
  return incident;
}

}  // namespace

Result<void> add_unexplained_totals(const TotalSources& from, const std::vector<TotalRise>& totals, std::vector<Incident>& incidents) {
  if (std::ranges::none_of(totals, [&](const TotalRise& rise) { return rise.day >= from.from_day; })) return {};
  const std::vector<Incident> known = accounting(from, incidents);
  std::set<PortLevels::Port> ports;
  for (const Incident& incident : known) ports.emplace(incident.protocol, incident.port);
  auto levels = PortLevels::load(from.session, ports);
  if (!levels) return levels.error();
  std::vector<const TotalRise*> left;
  for (const TotalRise& rise : totals) {
    double accounted = 0;
    for (const Incident& incident : known)
      if (may_account(incident, rise) && goes_on(incident, rise.day)) accounted += excess_of(*levels, incident, rise);
    if (accounted < kAccounted * (rise.observed - rise.expected)) left.push_back(&rise);
  }
  std::stable_sort(left.begin(), left.end(),
                   [](const TotalRise* a, const TotalRise* b) { return std::pair(a->protocol, a->day) < std::pair(b->protocol, b->day); });
  for (std::size_t begin = 0, end = 0; begin < left.size(); begin = end) {
    const TotalRise* peak = left[begin];
    for (end = begin + 1; end < left.size() && left[end]->protocol == left[begin]->protocol && left[end]->day <= left[end - 1]->day + 2;
         ++end)
      if (left[end]->observed > peak->observed) peak = left[end];
    if (left[end - 1]->day < from.from_day) continue;
    auto incident = incident_of(from, *peak, left[begin]->day, left[end - 1]->day + 1);
    if (!incident) return incident.error();
    incidents.push_back(*std::move(incident));
  }
  return {};
}

}  // namespace nightjar
