#include "incident/incident_files.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>

#include "base/time.hpp"
#include "figure/values.hpp"
#include "incident/incident_times.hpp"
#include "store/derived_rows.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000;

std::string time_sql(std::int64_t ms) { return "TIMESTAMP " + sql_literal(format_milliseconds(ms)); }
std::string real_sql(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.17g", std::isfinite(value) ? value : 0.0);
  return "CAST(" + sql_literal(text.data()) + " AS DOUBLE)";
}

/// What the values of `row_sql` are.
constexpr std::string_view kColumns =
    "id, rules, kind, protocol, port, country, sensor, onset, peak, \"end\", ended, metric, expected, observed, level_now, score, "
    "confidence, cause_en, cause_ja, population, details";

std::string row_sql(const Incident& one) {
  const auto text = [](std::string_view value) { return sql_literal(value) + ", "; };
  const auto number = [](std::uint64_t value) { return std::to_string(value) + ", "; };
  return "(" + text(one.id) + text(one.rules) + text(name_of(one.kind)) + number(one.protocol) + number(one.port) + text(one.country) +
         text(one.sensor) + time_sql(one.onset_ms) + ", " + time_sql(one.peak_ms) + ", " +
         time_sql(one.end_ms.value_or(std::max(one.judged_to_ms, one.onset_ms))) + ", " + number(one.end_ms ? 1 : 0) +
         text(name_of(one.metric)) + real_sql(one.expected) + ", " + real_sql(one.observed) + ", " + real_sql(one.level_now) + ", " +
         real_sql(one.score) + ", " + text(name_of(one.confidence)) + text(one.cause_en) + text(one.cause_ja) + text(one.population) +
         sql_literal(incident_json(one)) + ")";
}

std::string select_of(const std::vector<Incident>& incidents) {
  std::string values;
  for (const Incident& one : incidents) values += (values.empty() ? "" : ", ") + row_sql(one);
  const std::string typed_by = incidents.empty() ? row_sql({}) : values;
  return "SELECT * FROM (VALUES " + typed_by + ") AS t(" + std::string(kColumns) + ")" + (incidents.empty() ? " WHERE 1 = 0" : "");
}

Result<std::vector<Incident>> incidents_of(const Answer& answer) {
  std::vector<Incident> incidents;
  for (const auto& row : answer.rows) {
    auto one = incident_of(text_of(row.at(0)));
    if (!one) return Error{"the lake's table incidents holds a row that this program cannot read: run nightjar detect again"};
    incidents.push_back(*std::move(one));
  }
  return incidents;
}

/// Adds what a file that is to be replaced holds of incidents that were not judged.
Result<void> keep_others(QuerySession& session, const LakeFile& file, std::vector<Incident>& incidents) {
  const std::int64_t begin = file.day * kMsPerDay;
  auto answer = session.run("SELECT details FROM incidents WHERE rules = " + sql_literal(made_by(file)) +
                            " AND onset >= " + time_sql(begin) + " AND onset < " + time_sql(begin + kMsPerDay));
  if (!answer) return answer.error();
  if (answer->rows.size() != file.rows)
    return Error{"the incidents of " + format_day(file.day) + " cannot be kept: the session that writes does not see that day"};
  auto old = incidents_of(*answer);
  if (!old) return old.error();
  const std::size_t judged = incidents.size();
  for (Incident& one : *old) {
    const auto end = incidents.begin() + static_cast<std::ptrdiff_t>(judged);
    if (std::find_if(incidents.begin(), end, [&](const Incident& other) { return other.id == one.id; }) == end)
      incidents.push_back(std::move(one));
  }
  return {};
}

}  // namespace

Result<Change> write_incident_files(QuerySession& session, const Writer& writer, const std::vector<Incident>& incidents,
                                    const std::string& rules, const std::string& made_from, std::int64_t from_day, std::int64_t to_day) {
  const auto judged = [&](std::int64_t day) { return day >= from_day && day < to_day; };
  std::map<std::int64_t, std::vector<Incident>> by_day;
  for (const Incident& one : incidents) {
    auto& of_day = by_day[floor_div(one.onset_ms, kMsPerDay)];
    of_day.push_back(one);
    of_day.back().rules = rules;
  }
  if (std::ranges::none_of(by_day, [&](const auto& day) { return judged(day.first); })) by_day[from_day];
  Change change;
  for (const LakeFile& file : session.snapshot().version().files) {
    if (file.table != Table::incidents || made_by(file) != rules) continue;
    const auto written = by_day.find(file.day);
    if (written == by_day.end() && !judged(file.day)) continue;
    change.removed.push_back(file.path);
    if (judged(file.day)) continue;
    if (auto kept = keep_others(session, file, written->second); !kept) return kept.error();
  }
  for (const auto& [day, of_day] : by_day) {
    DerivedRows rows;
    rows.table = Table::incidents;
    rows.day = day;
    rows.made_by = rules;
    rows.made_from = made_from;
    rows.sql = select_of(of_day);
    rows.modelled = std::ranges::any_of(of_day, &Incident::modelled);
    auto file = write_derived_rows(session, writer, rows);
    if (!file) return file.error();
    change.added.push_back(*std::move(file));
  }
  return change;
}

Result<std::vector<Incident>> read_incidents(QuerySession& session, const IncidentQuestion& question) {
  std::string sql = "SELECT details FROM incidents WHERE rules = " + sql_literal(question.rules);
  if (!question.kind.empty()) sql += " AND kind = " + sql_literal(question.kind);
  if (!question.country.empty()) sql += " AND country = " + sql_literal(question.country);
  if (question.port) sql += " AND port = " + std::to_string(*question.port);
  if (!question.id.empty()) sql += " AND starts_with(id, " + sql_literal(question.id) + ")";
  // One that goes on is known of until the end of the last day that was judged, which is its "end" then.
  if (question.from_ms)
    sql += " AND \"end\" >= " + time_sql(*question.from_ms) + " AND (ended = 1 OR \"end\" > " + time_sql(*question.from_ms) + ")";
  if (question.to_ms) sql += " AND onset < " + time_sql(*question.to_ms);
  auto answer = session.run(sql + " ORDER BY onset, id");
  if (!answer) return answer.error();
  return incidents_of(*answer);
}

}  // namespace nightjar
