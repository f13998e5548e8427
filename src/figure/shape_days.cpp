#include <map>
#include <string>

#include "base/time.hpp"
#include "figure/counts_plan.hpp"
#include "figure/filter_sql.hpp"
#include "figure/shapes.hpp"

namespace nightjar {
namespace {

/// Whether every day in which a sensor was there has a row: cells that are too small are left out of `counts`.
bool covers(const Observation& observation, const Answer& rows) {
  std::set<std::string> days;
  const NamedRows named(rows);
  for (std::size_t i = 0; i < named.size(); ++i) days.insert(named.text(i, "day"));
  for (std::int64_t day = observation.from_day; day < observation.to_day; ++day)
    if (observation.observed(day) && !days.contains(format_day(day))) return false;
  return true;
}

/// From the smallest table that gives the same answer.
Result<Answer> ask_cheapest(FigureRun& run) {
  if (run.request.use_derived) {
    if (const auto plan = plan_counts(run, "counts")) {
      auto rows = ask_counts(run, "counts", *plan);
      if (!rows || plan->complete || covers(run.observation, *rows)) return rows;
    }
    if (!run.request.without.survey && run.file.query("minutes") != nullptr && field_lacking(run.filter, Table::minutes) == nullptr)
      return run.ask("minutes", Table::minutes, run.observation.hours, {});
  }
  return run.ask("main");
}

}  // namespace

Result<void> shape_days(FigureRun& run) {
  auto rows = ask_cheapest(run);
  if (!rows) return rows.error();
  const NamedRows named(*rows);
  std::map<std::string, std::size_t> row_of_day;
  for (std::size_t i = 0; i < named.size(); ++i) row_of_day[named.text(i, "day")] = i;
  for (const std::int64_t day : shown_days(run, *rows)) {
    const std::string text = format_day(day);
    const auto found = row_of_day.find(text);
    std::vector<Value> row;
    for (const FigureColumn& column : run.file.columns) {
      if (column.name == "day")
        row.emplace_back(text);
      else
        row.emplace_back(found == row_of_day.end() ? std::uint64_t{0} : named.number(found->second, column.name));
    }
    run.answer.rows.push_back(std::move(row));
  }
  return {};
}

}  // namespace nightjar
