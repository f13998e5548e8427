#include <map>
#include <string>
#include <utility>

#include "base/time.hpp"
#include "figure/shapes.hpp"

namespace nightjar {
namespace {

/// What one tag has of one day.
struct Cell {
  std::uint64_t sessions = 0, hosts = 0;
};

using TagDays = std::map<std::string, std::map<std::string, Cell>>;  ///< tag → day → what was seen

void gather(const Answer& answer, TagDays& tags) {
  const NamedRows rows(answer);
  for (std::size_t i = 0; i < rows.size(); ++i)
    tags[rows.text(i, "tag")][rows.text(i, "day")] = {rows.number(i, "sessions"), rows.number(i, "hosts")};
}

Result<void> ask_total(FigureRun& run) {
  auto total = run.ask("total");
  if (!total) return total.error();
  run.answer.total = NamedRows(*total).number(0, "total");
  return {};
}

/// A cell of a row that the query made; what counts comes as a number whatever the engine made of it.
Value cell(const NamedRows& rows, std::size_t row, const FigureColumn& column) {
  switch (column.kind) {
    case FigureColumnKind::number:
    case FigureColumnKind::code:
    case FigureColumnKind::asn: return rows.number(row, column.name);
    case FigureColumnKind::country: return country_text(rows.text(row, column.name));
    default: return rows.at(row, column.name);
  }
}

}  // namespace

Result<void> shape_days_by_tag(FigureRun& run) {
  auto tagged = run.ask("main");
  if (!tagged) return tagged.error();
  auto untagged = run.ask("untagged");
  if (!untagged) return untagged.error();
  if (auto asked = ask_total(run); !asked) return asked;
  TagDays tags, none;
  gather(*tagged, tags);
  gather(*untagged, none);
  Answer days = *tagged;
  days.rows.insert(days.rows.end(), untagged->rows.begin(), untagged->rows.end());
  std::vector<std::pair<std::string, std::map<std::string, Cell>>> columns(tags.begin(), tags.end());
  for (auto& [name, seen] : none) columns.emplace_back(name, std::move(seen));
  for (const std::int64_t day : shown_days(run, days)) {
    const std::string text = format_day(day);
    for (const auto& [tag, seen] : columns) {
      const auto found = seen.find(text);
      const Cell sums = found == seen.end() ? Cell{} : found->second;
      run.answer.rows.push_back({text, tag, sums.sessions, sums.hosts});
    }
  }
  return {};
}

Result<void> shape_counted(FigureRun& run) {
  auto main = run.ask("main", {{"top", std::to_string(run.request.top)}});
  if (!main) return main.error();
  if (auto asked = ask_total(run); !asked) return asked;
  const NamedRows rows(*main);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::vector<Value> shaped;
    for (const FigureColumn& column : run.file.columns) shaped.push_back(cell(rows, row, column));
    run.answer.rows.push_back(std::move(shaped));
  }
  return {};
}

}  // namespace nightjar
