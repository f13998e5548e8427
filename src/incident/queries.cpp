#include "incident/queries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "base/time.hpp"
#include "incident/incident_times.hpp"
#include "incident/queries_parts.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000;

const char* clock_of(const std::string& table) {
  constexpr std::array<std::pair<std::string_view, const char*>, 5> clocks = {
      {{"flows", "hour"}, {"minutes", "minute"}, {"backscatter", "minute"}, {"attacks", "\"first\""}, {"sessions", "\"first\""}}};
  const auto* found = std::ranges::find(clocks, table, &std::pair<std::string_view, const char*>::first);
  return found == clocks.end() ? "day" : found->second;
}

std::string quoted_day(std::int64_t day) { return "'" + format_day(day) + "'"; }

/// What a row of the level counts, summed up.
std::string level_sum(const Incident& incident) {
  const std::string& table = incident.basis.level_table;
  if (table == "attacks" || table == "sessions") return "count(*)";
  return std::string("CAST(sum(") + (incident.metric == Metric::hosts ? "hosts" : "packets") + ") AS UBIGINT)";
}

/// The level day by day, on the peak's day and now.
void add_level(const Incident& incident, Queries& queries) {
  const Basis& basis = incident.basis;
  if (basis.level.empty()) return;
  const std::string& table = basis.level_table;
  const std::string from = " FROM " + table + " WHERE " + basis.level + " AND ";
  if (!incident.days.empty())
    queries.push_back({"days",
                       {"observed"},
                       "SELECT " + day_of_row(table) + " AS day, " + level_sum(incident) + " AS observed" + from +
                           in_days(table, incident.days.front().day, incident.days.back().day + 1) + " GROUP BY 1 ORDER BY 1",
                       true,
                       "a day without a row has 0"});
  const std::int64_t peak = utc_day(incident.peak_ms);
  queries.push_back(
      {"incident", {"observed"}, "SELECT " + level_sum(incident) + " AS observed" + from + in_days(table, peak, peak + 1), true, ""});
  if (basis.now_day != 0)
    queries.push_back({"incident",
                       {"level_now"},
                       "SELECT " + level_sum(incident) + " AS level_now" + from + in_days(table, basis.now_day, basis.now_day + 1),
                       true,
                       ""});
}

/// What is usual is no sum but a robust middle: its days, and what was watched on them.
void add_usual(const Incident& incident, Queries& queries) {
  const Basis& basis = incident.basis;
  if (basis.level.empty() || basis.level_days.empty()) return;
  const std::string& table = basis.level_table;
  queries.push_back(
      {"incident",
       {"expected", "score"},
       "SELECT l.day, l.level, s.addresses FROM (SELECT " + day_of_row(table) + " AS day, " + level_sum(incident) + " AS level FROM " +
           table + " WHERE " + basis.level + " AND " + on_days(table, basis.level_days) +
           " GROUP BY 1) l LEFT JOIN (SELECT day, sum(addresses) AS addresses FROM sensor_days WHERE kind = 'darknet' GROUP BY 1) s ON "
           "s.day = l.day ORDER BY 1",
       false,
       "the usual level, that of each day drawn, its upper end and the score are the robust middle and spread of these days (of " +
           std::to_string(basis.level_days.size()) + "; one without a row has 0) per address watched: docs/definitions.md, \"Incidents\""});
}

/// When the darknets received nothing: between these two minutes.
void add_unwatched(const Incident& incident, Queries& queries) {
  if (incident.unwatched_to_ms == 0) return;
  const std::string minute =
      " FROM minutes WHERE packets > 0 AND sensor IN (SELECT sensor FROM sensor_days WHERE kind = 'darknet') AND minute ";
  const std::string end = "'" + format_second(incident.unwatched_to_ms / 1000).substr(0, 19) + "'";
  queries.push_back({"incident",
                     {"unwatched"},
                     "SELECT (SELECT max(minute)" + minute + "< " + end + ") AS last_before, (SELECT min(minute)" + minute + ">= " + end +
                         ") AS first_after",
                     false,
                     "from the minute behind the last one with packets to the first one with packets again"});
}

std::string words_of_numbers(const NumberQuery& query) {
  std::string text;
  for (const std::string& number : query.numbers) text += (text.empty() ? "" : ", ") + number;
  return query.of == "incident" ? text : query.of + ": " + text;
}

/// Breaks at blanks outside quotes.
std::string wrapped_sql(std::string_view sql, std::size_t columns) {
  std::string out, line;
  std::size_t word = 0;
  const auto put = [&](std::string_view text) {
    if (text.empty()) return;
    if (!line.empty() && line.size() + 1 + text.size() > columns) {
      out += line + "\n";
      line = "  ";
    } else if (!line.empty() && line != "  ") {
      line += ' ';
    }
    line += text;
  };
  for (std::size_t at = 0; at < sql.size();) {
    if (const std::size_t end = skip_quoted(sql, at); end > at) {
      at = end;
      continue;
    }
    if (sql[at] == ' ') {
      put(sql.substr(word, at - word));
      word = at + 1;
    }
    ++at;
  }
  put(sql.substr(word));
  return out + line + "\n";
}

std::string comment(const std::string& text, std::size_t columns) {
  std::string out, line = "#";
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (line.size() > 1 && line.size() + 1 + end - at > columns) {
      out += line + "\n";
      line = "# ";
    }
    line += " " + text.substr(at, end - at);
    at = end + 1;
  }
  return out + line + "\n";
}

}  // namespace

std::int64_t utc_day(std::int64_t ms) { return floor_div(ms, kMsPerDay); }

std::string in_days(const std::string& table, std::int64_t from_day, std::int64_t to_day) {
  const std::string clock = clock_of(table);
  if (clock == "day" && to_day == from_day + 1) return "day = " + quoted_day(from_day);
  return clock + " >= " + quoted_day(from_day) + " AND " + clock + " < " + quoted_day(to_day);
}

std::string on_days(const std::string& table, const std::vector<std::int64_t>& days) {
  if (days.empty()) return "FALSE";
  std::vector<std::int64_t> sorted = days;
  std::ranges::sort(sorted);
  const bool in_a_row = sorted.back() - sorted.front() + 1 == static_cast<std::int64_t>(sorted.size());
  const std::string around = in_days(table, sorted.front(), sorted.back() + 1);
  if (in_a_row) return around;
  std::string list;
  for (const std::int64_t day : sorted) list += (list.empty() ? "" : ", ") + quoted_day(day);
  return around + " AND " + day_of_row(table) + " IN (" + list + ")";
}

std::string in_time(const std::string& table, std::int64_t from_ms, std::int64_t to_ms) {
  const std::string clock = clock_of(table);
  const auto time = [](std::int64_t ms) {
    std::string text = format_milliseconds(ms);
    if (!text.empty() && text.back() == 'Z') text.pop_back();
    std::ranges::replace(text, 'T', ' ');
    return "'" + text + "'";
  };
  return clock + " >= " + time(from_ms) + " AND " + clock + " < " + time(to_ms);
}

std::string day_of_row(const std::string& table) {
  const std::string clock = clock_of(table);
  return clock == "day" ? clock : "CAST(" + clock + " AS DATE)";
}

std::string every_nth(std::uint64_t nth) { return nth > 1 ? " AND hash(src) % CAST(" + std::to_string(nth) + " AS UBIGINT) = 0" : ""; }

std::string all_of(const std::vector<std::string>& conditions) {
  std::string text;
  for (const std::string& one : conditions)
    if (!one.empty() && one != "TRUE") text += (text.empty() ? "" : " AND ") + one;
  return text.empty() ? "TRUE" : text;
}

std::string number_sql(double number) {
  return fmt::format("{}", number) + (number == static_cast<double>(static_cast<std::int64_t>(number)) ? ".0" : "");
}

std::string sample_note(std::uint64_t nth) {
  return nth > 1 ? "estimated from one of " + std::to_string(nth) + " sources, chosen by a hash" : "";
}

std::vector<NumberQuery> queries_of(const Incident& incident) {
  Queries queries;
  add_level(incident, queries);
  add_usual(incident, queries);
  add_unwatched(incident, queries);
  switch (incident.kind) {
    case IncidentKind::host_spike:
    case IncidentKind::packet_spike:
    case IncidentKind::new_port:
    case IncidentKind::heavy_source:
    case IncidentKind::scan_campaign: add_rise_queries(incident, queries); break;
    case IncidentKind::dos_victim:
    case IncidentKind::carpet_bombing: add_attack_queries(incident, queries); break;
    case IncidentKind::drdos: add_drdos_queries(incident, queries); break;
    case IncidentKind::new_payload: add_payload_incident_queries(incident, queries); break;
    case IncidentKind::sensor: add_sensor_queries(incident, queries); break;
  }
  for (std::size_t i = 0; i < incident.payloads.size(); ++i) {
    const std::string& rows = incident.payloads[i].rows;
    if (!rows.empty())
      queries.push_back(
          {"payloads/" + std::to_string(i), {"sessions"}, "SELECT count(*) AS sessions FROM sessions WHERE " + rows, true, ""});
  }
  return queries;
}

std::string queries_text(const Incident& incident, std::size_t columns) {
  std::string out;
  for (const NumberQuery& query : queries_of(incident)) {
    std::string head = (query.exact ? "" : "made of this: ") + words_of_numbers(query);
    if (!query.note.empty()) head += " (" + query.note + ")";
    out += (out.empty() ? "" : "\n") + comment(escape_for_terminal(head), columns);
    // Quoted, the shell leaves all as it is.
    out += "nightjar sql \"$(cat <<'END'\n" + wrapped_sql(escape_for_terminal(query.sql), columns) + "END\n)\"\n";
  }
  return out;
}

}  // namespace nightjar
