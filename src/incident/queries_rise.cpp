#include <fmt/format.h>

#include "base/time.hpp"
#include "incident/queries_parts.hpp"

namespace nightjar {
namespace {

constexpr const char* kFlows = "flows";
/// Packets that ask a port for something: what related ports are.
constexpr const char* kAsking = "class IN (1, 3, 4) AND protocol IN (6, 17)";

class RiseQueries {
 public:
  RiseQueries(const Incident& incident, Queries& queries)
      : incident_(incident), basis_(incident.basis), queries_(queries), peak_(utc_day(incident.peak_ms)) {}

  void add() {
    add_totals();
    add_population();
    for (std::size_t i = 0; i < incident_.explanation.size(); ++i) {
      const std::string& rows = incident_.explanation[i].rows;
      if (!rows.empty())
        add_share("explanation/" + std::to_string(i), {"share_of_rise", "usual_share", "hosts", "packets"}, rows,
                  "least(1, greatest(0, (d.mp - u.mp) / (d.m - u.m))) AS share_of_rise, coalesce(u.p / nullif(u.a, 0), 0) AS usual_share, "
                  "d.hosts, d.packets");
    }
    if (!basis_.explained.empty())
      add_share("incident", {"unexplained"}, basis_.explained, "1 - least(1, greatest(0, (d.mp - u.mp) / (d.m - u.m))) AS unexplained");
    add_hosts();
    for (std::size_t i = 0; i < incident_.related_ports.size(); ++i)
      add_related("related_ports/" + std::to_string(i), incident_.related_ports[i]);
    for (std::size_t i = 0; i < incident_.not_seen.size(); ++i) add_not_seen("not_seen/" + std::to_string(i), incident_.not_seen[i]);
  }

 private:
  std::string members_on_peak() const {
    return "FROM flows WHERE " + all_of({in_days(kFlows, peak_, peak_ + 1), basis_.whole, basis_.members});
  }

  void add_totals() {
    if (basis_.members_of_level.empty()) return;
    const std::string rows = " FROM port_days WHERE " + basis_.members_of_level + " AND ";
    const std::int64_t judged = utc_day(incident_.judged_to_ms), end = incident_.end_ms ? utc_day(*incident_.end_ms) : judged + 1;
    queries_.push_back({"incident",
                        {"total_packets"},
                        "SELECT day, CAST(sum(packets) AS UBIGINT) AS packets" + rows +
                            in_days("port_days", utc_day(incident_.onset_ms), end) + " GROUP BY 1 ORDER BY 1",
                        false,
                        "all packets are those of the days before it was over, less what another incident of the port accounts for"});
    const std::string of = incident_.metric == Metric::hosts ? "hosts" : "packets";
    queries_.push_back(
        {"incident",
         {"level_now"},
         "SELECT day, CAST(sum(" + of + ") AS UBIGINT) AS level FROM port_days WHERE " + basis_.level + " AND " +
             in_days("port_days", std::min(end, judged), judged + 1) + " GROUP BY 1 ORDER BY 1",
         false,
         "the level now is the usual one and what these hosts still add to it, at most what the last day has of those on which "
         "the incident was followed: of one that is over the third since its end"});
  }

  void add_population() {
    if (basis_.whole.empty()) return;
    std::vector<std::string> numbers = {"hosts", "packets"};
    std::string spread;
    if (incident_.effective_sources) {
      numbers.emplace_back("effective_sources");
      spread = ", sum(n) * sum(n) / sum(n * n) AS effective_sources";
    }
    queries_.push_back({"incident", numbers,
                        "SELECT count(*) AS hosts, CAST(sum(n) AS UBIGINT) AS packets" + spread +
                            " FROM (SELECT src, CAST(sum(packets) AS DOUBLE) AS n " + members_on_peak() + " GROUP BY src)",
                        true, ""});
  }

  /// `columns`: of d, the peak's day, and u, the usual days scaled to it; mp are counts of the population's rows in the part, m of the
  /// population, p of the part at the whole port, a of the whole port.
  void add_share(const std::string& of, std::vector<std::string> numbers, const std::string& part, const std::string& columns) {
    const auto count = [&](const char* which) {
      const std::string filter = *which == '\0' ? "" : std::string(" FILTER (WHERE ") + which + ")";
      return incident_.metric == Metric::hosts ? "count(DISTINCT src)" + filter : "coalesce(sum(packets)" + filter + ", 0)";
    };
    std::vector<std::int64_t> days = basis_.usual_days;
    days.push_back(peak_);
    const std::string f = number_sql(basis_.usual_factor), members = basis_.members.empty() ? "TRUE" : basis_.members;
    const std::string day = "'" + format_day(peak_) + "'";
    queries_.push_back(
        {of, std::move(numbers),
         "WITH r AS (SELECT CAST(hour AS DATE) AS day, src, packets, (" + members + ") AS m, (" + part + ") AS p FROM flows WHERE " +
             all_of({on_days(kFlows, days), basis_.whole}) + "), d AS (SELECT day, " + count("m AND p") + " AS mp, " + count("m") +
             " AS m, " + count("p") + " AS p, " + count("") +
             " AS a, count(DISTINCT src) FILTER (WHERE m AND p) AS hosts, CAST(coalesce(sum(packets) FILTER (WHERE m AND p), 0) AS "
             "UBIGINT) "
             "AS packets FROM r GROUP BY day), u AS (SELECT " +
             f + " * coalesce(sum(mp), 0) AS mp, " + f + " * coalesce(sum(m), 0) AS m, sum(p) AS p, sum(a) AS a FROM d WHERE day <> " +
             day + ") SELECT " + columns + " FROM d, u WHERE d.day = " + day,
         basis_.nth_usual == 1,
         basis_.usual_days.empty()
             ? "there is no usual day to compare with"
             : fmt::format(
                   "the peak's day against {} usual days; {:.4g} is what the sensors watched on that day by what they did on all these",
                   basis_.usual_days.size(), basis_.usual_factor) +
                   (basis_.nth_usual > 1 ? "; what is usual was " + sample_note(basis_.nth_usual) : std::string())});
  }

  void add_hosts() {
    if (incident_.returning_hosts && !basis_.risen.empty() && basis_.hosts_before_day != 0) {
      const std::string nth = every_nth(basis_.nth_returning);
      const std::string hosts = "FROM flows WHERE " + all_of({in_days(kFlows, peak_, peak_ + 1), basis_.whole, basis_.risen}) + nth;
      queries_.push_back({"incident",
                          {"returning_hosts"},
                          "SELECT count(DISTINCT src) / (SELECT count(DISTINCT src) " + hosts + ") AS returning_hosts FROM flows WHERE " +
                              all_of({in_days(kFlows, basis_.hosts_before_day - 28, basis_.hosts_before_day), basis_.darknets}) + nth +
                              " AND src IN (SELECT src " + hosts + ")",
                          true,
                          sample_note(basis_.nth_returning)});
    }
    if (incident_.bots && !basis_.whole.empty())
      queries_.push_back({"incident",
                          {"bots"},
                          "SELECT " + std::to_string(basis_.nth_bots) +
                              " * count(*) AS bots FROM (SELECT DISTINCT src, src_port, \"window\" " + members_on_peak() +
                              " AND is_mirai(facts, \"window\", port, class, protocol) AND src_port <> 0" + every_nth(basis_.nth_bots) +
                              ")",
                          true,
                          sample_note(basis_.nth_bots)});
  }

  void add_related(const std::string& of, const RelatedPort& port) {
    if (!port.rows.empty()) {
      add_elsewhere(of, port);
      return;
    }
    if (basis_.risen.empty() || port.relation != Relation::co_scanned || port.lift <= 0) return;
    const std::string days = in_days(kFlows, basis_.ports_from_day, peak_ + 1);
    const std::string hosts = all_of({days, basis_.whole, basis_.risen});
    const std::string asking = all_of({days, basis_.darknets, kAsking});
    const std::string asks = fmt::format("protocol = {} AND port = {}", port.protocol, port.port);
    queries_.push_back({of,
                        {"hosts", "packets", "lift"},
                        "WITH a AS (SELECT count(DISTINCT src) AS hosts, CAST(sum(packets) AS UBIGINT) AS packets FROM flows WHERE " +
                            asking + " AND " + asks + " AND src IN (SELECT src FROM flows WHERE " + hosts +
                            ")), h AS (SELECT count(DISTINCT src) AS hosts FROM flows WHERE " + hosts + "), o AS (SELECT bool_or(" + asks +
                            ") AS asks, count(DISTINCT CAST(protocol AS UINTEGER) * 65536 + port) > 1 AS several, bool_or(" +
                            all_of({basis_.whole, basis_.risen}) + ") AS member FROM flows WHERE " + asking + every_nth(basis_.nth_others) +
                            " GROUP BY src) SELECT a.hosts, a.packets, a.hosts / h.hosts / (SELECT greatest(1, count(*) FILTER (WHERE "
                            "several AND asks)) / "
                            "count(*) FROM o WHERE NOT member) AS lift FROM a, h",
                        true,
                        "the share of these hosts that ask the port, by the share of all other hosts that do so besides another port" +
                            (basis_.nth_others > 1 ? "; others " + sample_note(basis_.nth_others) : std::string())});
  }

  /// What was counted for another incident, or another port of this one.
  void add_elsewhere(const std::string& of, const RelatedPort& port) {
    if (port.table == "port_days") {
      queries_.push_back(
          {of,
           {"hosts", "packets"},
           "SELECT day, CAST(sum(hosts) AS UBIGINT) AS hosts, CAST(sum(packets) AS UBIGINT) AS packets FROM port_days WHERE " + port.rows +
               " GROUP BY 1 ORDER BY 1",
           false,
           "on its peak's day, less what another incident of that port accounts for"});
      return;
    }
    const std::string hosts = port.equal_sources ? "CAST(greatest(1, round(sum(n) * sum(n) / sum(n * n))) AS UBIGINT)" : "count(*)";
    queries_.push_back({of,
                        {"hosts", "packets"},
                        "SELECT " + hosts +
                            " AS hosts, CAST(sum(n) AS UBIGINT) AS packets FROM (SELECT src, CAST(sum(packets) AS DOUBLE) AS n "
                            "FROM flows WHERE " +
                            port.rows + " GROUP BY src)",
                        true,
                        port.equal_sources ? "hosts: as many equally loud ones as would be as concentrated" : ""});
  }

  void add_not_seen(const std::string& of, const NotSeen& none) {
    if (basis_.whole.empty()) return;
    queries_.push_back({of,
                        {"hosts"},
                        "SELECT count(DISTINCT src) AS hosts, count(DISTINCT src) FILTER (WHERE src IN (SELECT src FROM flows WHERE " +
                            in_days(kFlows, peak_, peak_ + 1) +
                            fmt::format(" AND protocol = {} AND port = {} AND class IN (1, 3))) AS asked ", none.protocol, none.port) +
                            members_on_peak(),
                        true,
                        "of the hosts of the peak's day; asked is 0"});
  }

  const Incident& incident_;
  const Basis& basis_;
  Queries& queries_;
  std::int64_t peak_;
};

}  // namespace

void add_rise_queries(const Incident& incident, Queries& queries) { RiseQueries(incident, queries).add(); }

}  // namespace nightjar
