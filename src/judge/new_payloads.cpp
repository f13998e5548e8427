#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/time.hpp"
#include "explain/honeypot_evidence.hpp"
#include "exposure/usual.hpp"
#include "figure/values.hpp"
#include "incident/incident_id.hpp"
#include "judge/payload_news.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000;
/// News of one port belong together where they begin so close.
constexpr std::int64_t kTogetherMs = kMsPerDay;
/// The payloads of so long a time are shown, and the countries that send them told.
constexpr std::int64_t kShownDays = 7;
constexpr double kTold = 0.1, kOneSource = 0.5;
constexpr std::size_t kMostCountries = 3;
/// Hosts and packets of all its time are counted up to so many days: of a year that would cost more than all else.
constexpr std::int64_t kCountedDays = 35;
/// ... and after its end so many.
constexpr std::int64_t kCountedAfter = 8;
/// What still comes after a year is no story any more: what began earlier need not be read again each day.
constexpr std::int64_t kDaysFollowed = 365;
constexpr std::int64_t kDaysDrawnBefore = 14, kMostDaysDrawn = 120;

std::int64_t day_of_ms(std::int64_t ms) { return floor_div(ms, kMsPerDay); }

std::string time_of(std::int64_t ms) { return "@time('" + format_time(ms * 1'000'000) + "')"; }

/// Things that came new to one port together.
struct Arrival {
  std::uint16_t port = 0;
  std::vector<PayloadNews> news;  ///< by their beginning
  const PayloadNews& largest() const { return *std::ranges::max_element(news, {}, &PayloadNews::sessions); }
  std::string brought() const {
    std::string all;
    for (const PayloadNews& one : news) all += (all.empty() ? "(" : " OR ") + nightjar::brought(one);
    return all + ") AND port = " + std::to_string(port);
  }
};

std::vector<Arrival> arrivals_of(std::vector<PayloadNews> news) {
  std::vector<Arrival> arrivals;
  for (PayloadNews& one : news) {
    const auto same = std::ranges::find_if(arrivals, [&](const Arrival& arrival) {
      return arrival.port == one.port && one.first_ms - arrival.news.front().first_ms <= kTogetherMs;
    });
    Arrival& arrival = same == arrivals.end() ? arrivals.emplace_back() : *same;
    arrival.port = one.port;
    arrival.news.push_back(std::move(one));
  }
  return arrivals;
}

std::string id_of(const Arrival& arrival) {
  return incident_id(IncidentKind::new_payload, std::to_string(arrival.port), arrival.news.front().first_ms);
}

/// Tells an arrival as it is known at the end of the days, or of the year that it is followed.
class ArrivalTeller {
 public:
  ArrivalTeller(QuerySession& session, const Rules& rules, const Arrival& arrival, std::int64_t to_day)
      : session_(session), rules_(rules), to_day_(std::min(to_day, day_of_ms(arrival.news.front().first_ms) + kDaysFollowed)) {}

  Result<Incident> tell(const Arrival& arrival) const {
    const PayloadNews& largest = arrival.largest();
    Incident incident;
    incident.kind = IncidentKind::new_payload;
    incident.protocol = 6;
    incident.port = arrival.port;
    incident.metric = Metric::sessions;
    incident.cause = Cause::new_exploit;
    incident.judged_to_ms = to_day_ * kMsPerDay;
    incident.onset_ms = arrival.news.front().first_ms;
    incident.id = id_of(arrival);
    tell_days(incident, largest);
    if (auto done = tell_sources(incident, arrival); !done) return done.error();
    if (auto done = tell_payloads(incident, arrival); !done) return done.error();
    incident.population = "protocol=tcp and port=" + std::to_string(arrival.port);
    tell_basis(incident, arrival);
    return incident;
  }

 private:
  /// What was counted, in SQL without macros.
  void tell_basis(Incident& incident, const Arrival& arrival) const {
    const std::string port = " AND port = " + std::to_string(arrival.port);
    std::string all;
    for (const PayloadNews& one : arrival.news) all += (all.empty() ? "(" : " OR ") + brought_sql(one);
    Basis& basis = incident.basis;
    basis.level_table = basis.table = "sessions";
    basis.level = brought_sql(arrival.largest()) + port;
    basis.whole = all + ")" + port;
    basis.from_ms = incident.onset_ms;
    basis.to_ms = shown_to(incident);
    basis.now_day = counted_to(incident) - 1;
    for (RisePart& part : incident.explanation) {
      const AttributeValue& value = part.attributes.front();
      part.rows = value.attribute == "asn"   ? "asn = " + value.value
                  : value.attribute == "src" ? "ip(src, src_low) = " + sql_literal(value.value)
                                             : value.attribute + " = " + sql_literal(value.value);
    }
  }

  void tell_days(Incident& incident, const PayloadNews& largest) const {
    std::int64_t peak = largest.days.begin()->first, last = peak;
    const std::int64_t first = peak;
    std::int64_t quiet_since = first;
    for (const auto& [day, sessions] : largest.days) {
      // What comes back after a pause is a new story.
      if (day >= to_day_ || static_cast<double>(day - last) > rules_.payload_days) break;
      last = day;
      if (sessions > largest.days.at(peak)) peak = day;
    }
    quiet_since = last + 1;
    incident.peak_ms = std::max(peak * kMsPerDay, incident.onset_ms);
    incident.observed = static_cast<double>(largest.days.at(peak));
    const auto now = largest.days.find(to_day_ - 1);
    incident.level_now = now == largest.days.end() ? 0 : static_cast<double>(now->second);
    incident.score = score_of(incident.observed, {0, 1, static_cast<std::size_t>(std::max(1.0, largest.days_known))});
    if (static_cast<double>(to_day_ - quiet_since) >= rules_.over_days) {
      incident.end_ms = std::max(quiet_since * kMsPerDay, incident.onset_ms);
      incident.trend = Trend::over;
    } else {
      incident.since_new_usual = to_day_ == day_of_ms(incident.onset_ms) + kDaysFollowed;
      incident.trend = peak == to_day_ - 1 ? Trend::rising : incident.level_now < incident.observed / 2 ? Trend::falling : Trend::steady;
    }
    const std::int64_t from = first - std::min(kDaysDrawnBefore, static_cast<std::int64_t>(largest.days_known));
    for (std::int64_t day = from; day < std::min({to_day_, from + kMostDaysDrawn, last + 8}); ++day) {
      const auto found = largest.days.find(day);
      incident.days.push_back(
          {day, found == largest.days.end() ? 0 : static_cast<double>(found->second), 0, rules_.payload_sessions, false});
    }
  }

  /// The end of the days that its totals count: of one that is over some days after that, whenever it is told again.
  std::int64_t counted_to(const Incident& incident) const {
    return incident.end_ms ? std::min(to_day_, floor_div(*incident.end_ms, kMsPerDay) + kCountedAfter) : to_day_;
  }

  std::int64_t shown_to(const Incident& incident) const {
    return std::min(to_day_ * kMsPerDay, incident.onset_ms + kShownDays * kMsPerDay);
  }

  Result<void> tell_sources(Incident& incident, const Arrival& arrival) const {
    const std::string since = arrival.brought() + " AND first >= " + time_of(incident.onset_ms);
    const std::string where = since + " AND first < " + time_of(shown_to(incident));
    const std::int64_t peak = floor_div(incident.peak_ms, kMsPerDay);
    auto day = session_.run("SELECT @hosts(src) AS m_hosts, sum(packets) AS m_packets FROM sessions WHERE " + arrival.brought() +
                            " AND first >= " + time_of(peak * kMsPerDay) + " AND first < " + time_of((peak + 1) * kMsPerDay));
    if (!day) return day.error();
    incident.hosts = NamedRows(*day).number(0, "m_hosts");
    incident.packets = NamedRows(*day).number(0, "m_packets");
    const std::int64_t counted_ms = counted_to(incident) * kMsPerDay;
    if (counted_ms - incident.onset_ms <= kCountedDays * kMsPerDay) {
      auto all = session_.run("SELECT @hosts(src) AS m_hosts, sum(packets) AS m_packets FROM sessions WHERE " + since + " AND first < " +
                              time_of(counted_ms));
      if (!all) return all.error();
      incident.total_hosts = NamedRows(*all).number(0, "m_hosts");
      incident.total_packets = NamedRows(*all).number(0, "m_packets");
    }

    auto sums = session_.run(
        "SELECT count(*) AS m_hosts, sum(m_sessions) AS m_all, sum(m_sessions * m_sessions) AS m_squares FROM (SELECT src, src_low, "
        "count(*) AS m_sessions FROM sessions WHERE " +
        where + " GROUP BY src, src_low)");
    if (!sums) return sums.error();
    const NamedRows sum(*sums);
    const double sessions = static_cast<double>(sum.number(0, "m_all")), squares = static_cast<double>(sum.number(0, "m_squares"));
    if (squares > 0) incident.effective_sources = sessions * sessions / squares;

    auto networks =
        session_.run("SELECT country, asn, count(*) AS m_sessions, @hosts(src) AS m_hosts, sum(packets) AS m_packets FROM sessions WHERE " +
                     where + " GROUP BY country, asn");
    if (!networks) return networks.error();
    auto sources = session_.run(
        "SELECT @ip(src, src_low) AS m_source, count(*) AS m_sessions, @hosts(src) AS m_hosts, sum(packets) AS "
        "m_packets FROM sessions WHERE " +
        where + " GROUP BY src, src_low ORDER BY m_sessions DESC, src, src_low LIMIT 1");
    if (!sources) return sources.error();
    add_parts(incident, counted(*networks, "country"), "country", sessions, kTold, kMostCountries);
    if (!incident.explanation.empty() && incident.explanation[0].share_of_rise > kOneSource)
      incident.country = incident.explanation[0].attributes[0].value;
    add_parts(incident, counted(*networks, "asn"), "asn", sessions, kOneSource, 1);
    add_parts(incident, counted(*sources, "m_source"), "src", sessions, kOneSource, 1);
    std::ranges::stable_sort(incident.explanation, std::greater(), &RisePart::share_of_rise);
    double of_countries = 0;
    for (const RisePart& part : incident.explanation)
      if (part.attributes[0].attribute == "country") of_countries += part.share_of_rise;
    incident.unexplained = std::clamp(1 - of_countries, 0.0, 1.0);
    return {};
  }

  struct Counted {
    std::string value;
    std::uint64_t sessions = 0, hosts = 0, packets = 0;
  };
  /// Conversations by the values of a column, most first; a host is in one row only. Unknown values are left out.
  static std::vector<Counted> counted(const Answer& answer, std::string_view column) {
    const NamedRows rows(answer);
    std::map<std::string, Counted> values;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::string value = rows.text(i, column);
      if (const std::uint64_t number = rows.number(i, column); number != 0) value = std::to_string(number);
      if (value.empty()) continue;
      Counted& one = values[value];
      one.value = value;
      one.sessions += rows.number(i, "m_sessions");
      one.hosts += rows.number(i, "m_hosts");
      one.packets += rows.number(i, "m_packets");
    }
    std::vector<Counted> list;
    for (auto& [value, one] : values) list.push_back(std::move(one));
    std::ranges::stable_sort(list, std::greater(), &Counted::sessions);
    return list;
  }

  /// Shares of what is new: nothing of it is usual.
  static void add_parts(Incident& incident, const std::vector<Counted>& values, const char* attribute, double sessions, double least,
                        std::size_t most) {
    for (std::size_t i = 0; i < std::min(most, values.size()); ++i) {
      const double share = static_cast<double>(values[i].sessions) / sessions;
      if (share >= least) incident.explanation.push_back({{{attribute, values[i].value}}, share, 0, values[i].hosts, values[i].packets});
    }
  }

  /// Payloads that carry what is new; signatures say for sure what they are, an address only that it is another.
  Result<void> tell_payloads(Incident& incident, const Arrival& arrival) const {
    constexpr std::size_t most = 20, told = 5;
    auto payloads = payloads_at(session_, arrival.port, incident.onset_ms, shown_to(incident), most);
    if (!payloads) return payloads.error();
    const auto carries = [&](const IncidentPayload& payload) {
      return std::ranges::any_of(arrival.news, [&](const PayloadNews& news) {
        if (!news.is_host) return std::ranges::find(payload.tags, news.name) != payload.tags.end();
        return std::ranges::any_of(payload.urls, [&](const std::string& url) { return host_of_url(url) == news.name; });
      });
    };
    for (IncidentPayload& payload : *payloads)
      if (carries(payload) && incident.payloads.size() < told) incident.payloads.push_back(std::move(payload));
    const bool signature = std::ranges::any_of(arrival.news, [](const PayloadNews& news) { return !news.is_host; });
    incident.confidence = signature ? Confidence::confirmed : Confidence::probable;
    return {};
  }

  QuerySession& session_;
  const Rules& rules_;
  std::int64_t to_day_;
};

}  // namespace

Result<std::vector<Incident>> new_payloads(QuerySession& session, const Rules& rules, std::int64_t from_day, std::int64_t to_day) {
  auto news = read_payload_news(session, rules, from_day, to_day);
  if (!news) return news.error();
  std::vector<Incident> incidents;
  for (const Arrival& arrival : arrivals_of(*std::move(news))) {
    // Told before, and nothing was added to it.
    if (std::ranges::all_of(arrival.news, &PayloadNews::before)) continue;
    auto incident = ArrivalTeller(session, rules, arrival, to_day).tell(arrival);
    if (!incident) return incident.error();
    incidents.push_back(*std::move(incident));
  }
  return incidents;
}

std::vector<const Incident*> payloads_to_follow(const std::map<std::string, Incident>& told, std::int64_t judge_day,
                                                std::int64_t told_anew_day) {
  std::vector<const Incident*> list;
  for (const auto& [id, incident] : told) {
    const std::int64_t onset = day_of_ms(incident.onset_ms);
    if (incident.kind != IncidentKind::new_payload || onset >= told_anew_day || onset + kDaysFollowed < judge_day) continue;
    if (!incident.end_ms || day_of_ms(*incident.end_ms) + kCountedAfter >= judge_day) list.push_back(&incident);
  }
  return list;
}

Result<std::vector<Incident>> followed_payloads(const DaySessions& days, const Rules& rules, const std::vector<const Incident*>& told,
                                                std::int64_t to_day) {
  std::vector<Incident> incidents;
  if (told.empty()) return incidents;
  const std::int64_t from = day_of_ms((*std::ranges::min_element(told, {}, &Incident::onset_ms))->onset_ms);
  std::vector<std::int64_t> read;
  for (std::int64_t day = first_day_of_news(rules, from); day < to_day; ++day) read.push_back(day);
  auto session = days.open(std::move(read));
  if (!session) return session.error();
  // What else was new meanwhile was told when it was: asking for its first day again would take a statement each.
  std::vector<std::int64_t> onsets;
  for (const Incident* incident : told) onsets.push_back(incident->onset_ms);
  auto news = read_payload_news(**session, rules, from, to_day, onsets);
  if (!news) return news.error();
  for (const Arrival& arrival : arrivals_of(*std::move(news))) {
    if (std::ranges::find(told, id_of(arrival), &Incident::id) == told.end()) continue;
    auto incident = ArrivalTeller(**session, rules, arrival, to_day).tell(arrival);
    if (!incident) return incident.error();
    incidents.push_back(*std::move(incident));
  }
  return incidents;
}

}  // namespace nightjar
