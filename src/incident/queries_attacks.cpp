#include <fmt/format.h>

#include "base/time.hpp"
#include "incident/queries_parts.hpp"
#include "incident/words_facts.hpp"
#include "incident/words_numbers.hpp"
#include "net/packet.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

std::string entry(const char* list, std::size_t i) { return std::string(list) + "/" + std::to_string(i); }

constexpr const char* kPackets = "CAST(sum(packets) AS UBIGINT) AS packets";

/// Hosts, packets and spread of rows whose sources are whole addresses.
std::string spread_sql(const std::string& table, const std::string& count, const std::string& rows, const std::string& columns) {
  return "SELECT " + columns + " FROM (SELECT src, src_low, CAST(" + count + " AS DOUBLE) AS n FROM " + table + " WHERE " + rows +
         " GROUP BY ALL)";
}
constexpr const char* kSpread = "sum(n) * sum(n) / sum(n * n) AS effective_sources";

/// Incidents name at most so many.
constexpr std::size_t kMostIds = 20;

std::string ids_of(const Incident& incident) {
  std::string ids;
  for (const std::string& id : incident.attacks) ids += (ids.empty() ? "" : ", ") + sql_literal(id);
  return ids;
}

/// The attacks by their ids.
void add_ids(const Incident& incident, Queries& queries, const std::string& definition) {
  if (incident.attacks.empty()) return;
  const std::string rows = definition + " AND id IN (" + ids_of(incident) + ")";
  queries.push_back({"attacks", {"id"}, "SELECT id FROM attacks WHERE " + rows + " ORDER BY packets DESC, id", true, ""});
}

/// Addresses that were attacked; of a carpet, and where there are no attacks, those that answered.
void add_victims(const Incident& incident, Queries& queries) {
  if (incident.victims == 0) return;
  if (incident.kind == IncidentKind::carpet_bombing || incident.attacks.empty()) {
    const Basis& basis = incident.basis;
    queries.push_back({"incident",
                       {"victims"},
                       "SELECT count(*) AS victims FROM (SELECT DISTINCT src, src_low FROM backscatter WHERE " +
                           all_of({basis.whole, in_time("backscatter", basis.from_ms, basis.to_ms)}) + ")",
                       true,
                       "all that answered, by whole hours"});
    return;
  }
  const bool all = incident.attacks.size() < kMostIds;
  queries.push_back(
      {"incident",
       {"victims"},
       "SELECT count(*) AS victims FROM (SELECT DISTINCT src, src_low FROM attacks WHERE definition = 'corsaro2' AND id IN (" +
           ids_of(incident) + "))",
       all,
       all ? "" : "of the 20 largest attacks"});
}

/// What answers carry of the rise of a daily total: their packets, less what is usual of them.
void add_part_of_answers(const Incident& incident, std::size_t i, Queries& queries) {
  const RisePart& part = incident.explanation[i];
  if (part.rows.empty()) return;
  const std::int64_t peak = utc_day(incident.peak_ms);
  const AttributeValue* traffic = value_in(part, "class");
  const bool flags = value_in(part, "tcp_flags") != nullptr;
  const std::string table = traffic != nullptr ? "minutes" : flags ? "flows" : "backscatter";
  // Of ICMP's total: what answers of the victims themselves, by TCP and UDP, leave of backscatter.
  constexpr std::uint8_t icmp = 1;
  const bool errors = incident.protocol == icmp && table == "backscatter" && value_in(part, "src") == nullptr;
  const auto own = [&](const std::string& time) {
    return errors
               ? " - (SELECT coalesce(sum(packets), 0) FROM flows WHERE " + all_of({"class = 2 AND protocol <> 1", part.rows, time}) + ")"
               : std::string();
  };
  const double usual = part.usual_share * incident.expected, rise = incident.observed - incident.expected;
  std::vector<std::string> numbers = {"share_of_rise", "packets"};
  const std::string packets = "sum(packets)" + own(in_days("flows", peak, peak + 1));
  std::string columns = fmt::format("least(1, greatest(0, ({} - {}) / {})) AS share_of_rise, CAST({} AS UBIGINT) AS packets", packets,
                                    number_sql(usual), number_sql(rise), packets);
  if (traffic == nullptr) {
    numbers.emplace_back("hosts");
    columns += ", count(DISTINCT src) AS hosts";
  }
  queries.push_back({entry("explanation", i), std::move(numbers),
                     "SELECT " + columns + " FROM " + table + " WHERE " + all_of({part.rows, in_days(table, peak, peak + 1)}), true,
                     "the day's rise is observed - expected = " + number_sql(rise) +
                         (usual > 0 ? ", usual of these packets is usual_share * expected = " + number_sql(usual) : "")});
  if (part.usual_share <= 0 || incident.expected <= 0) return;
  if (traffic != nullptr) {
    queries.push_back({entry("explanation", i),
                       {"usual_share"},
                       "SELECT CAST(minute AS DATE) AS day, " + std::string(kPackets) + " FROM minutes WHERE " +
                           all_of({part.rows, on_days("minutes", incident.basis.level_days)}) + " GROUP BY 1 ORDER BY 1",
                       false,
                       "the robust middle of these days, by what is expected in all"});
  } else {
    constexpr std::int64_t week_ms = 7 * kSecondsPerDay * 1000;
    const std::int64_t to = incident.basis.from_ms;
    queries.push_back({entry("explanation", i),
                       {"usual_share"},
                       "SELECT least(1, greatest(0, sum(packets)" + own(in_time("flows", to - week_ms, to)) + ") / 7 / " +
                           number_sql(incident.expected) + ") AS usual_share FROM backscatter WHERE " +
                           all_of({part.rows, in_time("backscatter", to - week_ms, to)}),
                       true,
                       "of seven days before it, by what is expected in all"});
  }
}

void add_other_total(const OtherTotal& total, const std::string& of, Queries& queries) {
  queries.push_back({of,
                     {"observed"},
                     "SELECT CAST(sum(packets) AS UBIGINT) AS observed FROM minutes WHERE " +
                         all_of({total.level, in_days("minutes", total.day, total.day + 1)}),
                     true,
                     ""});
  queries.push_back({of,
                     {"expected"},
                     "SELECT CAST(minute AS DATE) AS day, " + std::string(kPackets) + " FROM minutes WHERE " +
                         all_of({total.level, on_days("minutes", total.level_days)}) + " GROUP BY 1 ORDER BY 1",
                     false,
                     "the robust middle of these days"});
  // What answered by TCP or UDP itself stands in flows; `backscatter` knows what errors by ICMP quote too.
  const std::string own = "(SELECT coalesce(sum(packets), 0) FROM flows WHERE " +
                          all_of({"class = 2 AND protocol <> 1", total.rows, in_days("flows", total.day, total.day + 1)}) + ")";
  const std::string packets = total.protocol == protocol::kIcmp ? "greatest(0, CAST(sum(n) AS BIGINT) - " + own + ")" : own;
  queries.push_back({of,
                     {"hosts", "packets"},
                     spread_sql("backscatter", "sum(packets)", all_of({total.rows, in_days("backscatter", total.day, total.day + 1)}),
                                "count(*) AS hosts, CAST(" + packets + " AS UBIGINT) AS packets"),
                     true,
                     "hosts are the victims that answered"});
}

/// Of DRDoS attacks: the level's rows by any definition.
std::string country_and_network(const Basis& basis) {
  const std::string before = basis.whole + " AND ";
  return basis.level.starts_with(before) ? basis.level.substr(before.size()) : std::string();
}

}  // namespace

void add_attack_queries(const Incident& incident, Queries& queries) {
  const Basis& basis = incident.basis;
  if (basis.whole.empty()) return;
  const std::int64_t peak = utc_day(incident.peak_ms);
  queries.push_back({"incident",
                     {"hosts", "packets", "effective_sources"},
                     spread_sql("backscatter", "sum(packets)", all_of({basis.whole, in_days("backscatter", peak, peak + 1)}),
                                std::string("count(*) AS hosts, CAST(sum(n) AS UBIGINT) AS packets, ") + kSpread),
                     true,
                     "hosts are the victims that answered on the peak's day"});
  queries.push_back({"incident",
                     {"total_packets"},
                     "SELECT CAST(sum(packets) AS UBIGINT) AS total_packets FROM backscatter WHERE " +
                         all_of({basis.whole, in_time("backscatter", basis.from_ms, basis.to_ms)}),
                     true,
                     "by whole hours"});
  for (std::size_t i = 0; i < incident.explanation.size(); ++i) add_part_of_answers(incident, i, queries);
  queries.push_back({"incident",
                     {"unexplained"},
                     "SELECT CAST(minute AS DATE) AS day, " + std::string(kPackets) +
                         ", CAST(sum(packets) FILTER (WHERE class = 2) AS UBIGINT) AS backscatter FROM minutes WHERE " +
                         all_of({basis.level, in_days("minutes", peak, peak + 1)}) + " GROUP BY 1",
                     false,
                     "what neither the victims' answers nor all backscatter above the usual carry of the rise"});
  add_ids(incident, queries, "definition = 'corsaro2'");
  add_victims(incident, queries);
  for (std::size_t i = 0; i < incident.other_totals.size(); ++i)
    add_other_total(incident.other_totals[i], entry("other_totals", i), queries);
}

void add_drdos_queries(const Incident& incident, Queries& queries) {
  const Basis& basis = incident.basis;
  if (basis.whole.empty() || basis.level.empty()) return;
  const std::int64_t peak = utc_day(incident.peak_ms);
  const std::string cause = all_of({basis.whole, basis.members});
  const std::string window = in_days("attacks", basis.window_from_day, basis.window_to_day);
  // What is usual of rows on the day that ends the window.
  const auto usual = [&](const std::string& rows) {
    return fmt::format("(SELECT {} * count(*) FROM attacks WHERE {})", number_sql(basis.usual_factor),
                       all_of({rows, on_days("attacks", basis.usual_days)}));
  };
  const std::int64_t days = basis.window_to_day - basis.window_from_day;
  const auto mean = [&](const std::string& rows) {
    return fmt::format("(SELECT count(*) / {} FROM attacks WHERE {})", days, all_of({rows, window}));
  };
  const std::string watched = fmt::format("{:.4g} is the reflectors of the last day by those of {} usual days (sensor_days)",
                                          basis.usual_factor, basis.usual_days.size());
  queries.push_back({"incident", {"expected"}, "SELECT " + usual(basis.level) + " AS expected", true, watched});
  const std::string victims = "SELECT count(DISTINCT src) AS hosts, CAST(sum(packets) AS UBIGINT) AS packets FROM attacks WHERE ";
  queries.push_back(
      {"incident", {"hosts", "packets"}, victims + all_of({cause, in_days("attacks", peak, peak + 1)}), true, "hosts are victims"});
  queries.push_back({"incident",
                     {"victims", "total_hosts", "total_packets"},
                     "SELECT count(DISTINCT src) AS victims, count(DISTINCT src) AS total_hosts, CAST(sum(packets) AS UBIGINT) AS "
                     "total_packets FROM attacks WHERE " +
                         all_of({cause, in_time("attacks", basis.from_ms, basis.to_ms)}),
                     true,
                     ""});
  for (std::size_t i = 0; i < incident.explanation.size(); ++i) {
    const std::string& rows = incident.explanation[i].rows;
    if (rows.empty()) continue;
    const std::string part = all_of({basis.whole, rows}), of = entry("explanation", i);
    queries.push_back({of,
                       {"share_of_rise", "usual_share"},
                       fmt::format("SELECT least(1, ({} - {}) / ({} - {})) AS share_of_rise, least(1, coalesce({} / nullif({}, 0), 0)) AS "
                                   "usual_share",
                                   mean(part), usual(part), mean(basis.level), usual(basis.level), usual(part), usual(basis.whole)),
                       true,
                       fmt::format("a day, of {} to the peak's; usual_share: of all attacks; {}",
                                   counted(static_cast<std::uint64_t>(days), "day", "days"), watched)});
    queries.push_back({of, {"hosts", "packets"}, victims + all_of({part, window}), true, "hosts are victims"});
  }
  const auto merged = [&](const std::string& rows) { return all_of({"level = 1 AND definition = 'amppot'", rows}); };
  if (incident.merged_attacks > 0)
    queries.push_back({"incident",
                       {"merged_attacks"},
                       "SELECT count(*) AS merged_attacks FROM attacks WHERE " +
                           merged(all_of({country_and_network(basis), in_days("attacks", peak, peak + 1)})),
                       true,
                       "the same with all sensors together"});
  add_ids(incident, queries,
          all_of({incident.merged_attacks > 0 ? merged(basis.members) : cause, in_time("attacks", basis.from_ms, basis.to_ms)}));
}

void add_payload_incident_queries(const Incident& incident, Queries& queries) {
  const Basis& basis = incident.basis;
  if (basis.whole.empty()) return;
  const std::int64_t peak = utc_day(incident.peak_ms);
  const std::string hosts = "SELECT count(DISTINCT src) AS {0}hosts, CAST(sum(packets) AS UBIGINT) AS {0}packets FROM sessions WHERE {1}";
  queries.push_back({"incident",
                     {"hosts", "packets"},
                     fmt::format(fmt::runtime(hosts), "", all_of({basis.whole, in_days("sessions", peak, peak + 1)})),
                     true,
                     "on the busiest day"});
  if (incident.total_packets > 0 && basis.now_day != 0)
    queries.push_back(
        {"incident",
         {"total_hosts", "total_packets"},
         fmt::format(fmt::runtime(hosts), "total_",
                     all_of({basis.whole, in_time("sessions", incident.onset_ms, (basis.now_day + 1) * kSecondsPerDay * 1000)})),
         true,
         "since it began"});
  const std::string shown = all_of({basis.whole, in_time("sessions", basis.from_ms, basis.to_ms)});
  if (incident.effective_sources)
    queries.push_back({"incident", {"effective_sources"}, spread_sql("sessions", "count(*)", shown, kSpread), true, "of conversations"});
  std::string countries;
  for (std::size_t i = 0; i < incident.explanation.size(); ++i) {
    const RisePart& part = incident.explanation[i];
    if (part.rows.empty()) continue;
    if (value_in(part, "country") != nullptr) countries += (countries.empty() ? "" : " OR ") + part.rows;
    const std::string hosts_of = value_in(part, "src") != nullptr ? "1" : "count(DISTINCT src) FILTER (WHERE " + part.rows + ")";
    queries.push_back({entry("explanation", i),
                       {"share_of_rise", "hosts", "packets"},
                       "SELECT count(*) FILTER (WHERE " + part.rows + ") / count(*) AS share_of_rise, " + hosts_of +
                           " AS hosts, CAST(sum(packets) FILTER (WHERE " + part.rows + ") AS UBIGINT) AS packets FROM sessions WHERE " +
                           shown,
                       true,
                       "of conversations"});
  }
  queries.push_back({"incident",
                     {"unexplained"},
                     "SELECT 1 - count(*) FILTER (WHERE " + (countries.empty() ? "FALSE" : countries) +
                         ") / count(*) AS unexplained FROM sessions WHERE " + shown,
                     true,
                     "conversations from other countries"});
}

void add_sensor_queries(const Incident& incident, Queries& queries) {
  const std::string of_sensor = "sensor = " + sql_literal(incident.sensor);
  const std::int64_t from = utc_day(incident.onset_ms), to = utc_day(incident.end_ms.value_or(incident.judged_to_ms));
  const std::string days = " FROM sensor_days WHERE " + of_sensor + " AND " + in_days("sensor_days", from, to);
  const auto add = [&](std::vector<std::string> numbers, std::string sql, bool exact, std::string note) {
    queries.push_back({"incident", std::move(numbers), std::move(sql), exact, std::move(note)});
  };
  switch (incident.cause) {
    case Cause::sensor_silent: {
      const std::string minute = " FROM minutes WHERE " + of_sensor + " AND packets > 0 AND minute ";
      const std::string onset = "'" + format_second(incident.onset_ms / 1000).substr(0, 19) + "'";
      add({"observed"},
          "SELECT date_diff('minute', (SELECT max(minute)" + minute + "< " + onset + "), (SELECT min(minute)" + minute + ">= " + onset +
              ")) - 1 AS observed",
          incident.end_ms.has_value(),
          incident.end_ms ? "minutes between two with packets" : "no packet came since, up to the end of the data");
      return;
    }
    case Cause::sensor_drops:
      add({"observed", "packets"},
          "SELECT max(1440 * kernel_drops / (packets + kernel_drops)) AS observed, CAST(sum(kernel_drops) AS UBIGINT) AS packets" + days,
          true, "observed: the share that was lost on the worst day, as minutes of the day");
      return;
    case Cause::sensor_clock:
      add({"observed", "packets"}, "SELECT max(clock_steps) AS observed, CAST(sum(clock_steps) AS UBIGINT) AS packets" + days, true,
          "clock steps, most on one day and all");
      return;
    case Cause::sensor_size:
      add({"observed", "expected"},
          "SELECT max(addresses) FILTER (WHERE day = '" + format_day(from) +
              "') AS observed, arg_max(addresses, day) FILTER (WHERE day < '" + format_day(from) +
              "') AS expected FROM sensor_days WHERE " + of_sensor,
          true, "addresses");
      return;
    case Cause::sensor_repeated:
      add({"observed", "packets"}, "SELECT max(packets) AS observed, CAST(sum(packets) AS UBIGINT) AS packets" + days, true, "");
      add({"expected"},
          "SELECT day, packets FROM sensor_days WHERE " + of_sensor + " AND " + in_days("sensor_days", from - 28, from) + " ORDER BY day",
          false, "the robust middle of these days");
      return;
    default: return;
  }
}

}  // namespace nightjar
