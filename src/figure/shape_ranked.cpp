#include <string>

#include "figure/counts_plan.hpp"
#include "figure/shapes.hpp"

namespace nightjar {
namespace {

struct Ranking {
  Answer rows;
  std::uint64_t total = 0;
};

Result<Ranking> ask_ranking(FigureRun& run) {
  const Words words = {{"top", std::to_string(run.request.top)}};
  const auto plan = run.request.use_derived ? plan_counts(run, "counts") : std::nullopt;
  auto rows = plan ? ask_counts(run, "counts", *plan, words) : run.ask("main", words);
  if (!rows) return rows.error();
  auto total = plan ? ask_counts(run, "counts-total", *plan) : run.ask("total", words);
  if (!total) return total.error();
  Ranking ranking{*std::move(rows), NamedRows(*total).number(0, "packets")};
  return ranking;
}

Value cell(const FigureRun& run, const NamedRows& rows, std::size_t row, std::size_t column, std::uint64_t total) {
  const FigureColumn& meant = run.file.columns[column];
  switch (meant.kind) {
    case FigureColumnKind::country: return country_text(rows.text(row, meant.name));
    case FigureColumnKind::percent: return percent(rows.number(row, "packets"), total);
    case FigureColumnKind::as_name: {
      const std::uint64_t asn = rows.number(row, run.file.columns[column - 1].name);
      if (asn == 0) return std::string("unknown");
      return run.surroundings.as_name ? run.surroundings.as_name(static_cast<std::uint32_t>(asn)) : std::string();
    }
    case FigureColumnKind::number:
      if (meant.name == "rank") return std::uint64_t{row + 1};
      return rows.number(row, meant.name);
    case FigureColumnKind::code:
    case FigureColumnKind::asn: return rows.number(row, meant.name);
    case FigureColumnKind::day:
    case FigureColumnKind::time:
    case FigureColumnKind::decimal:
    case FigureColumnKind::points:
    case FigureColumnKind::text:
    case FigureColumnKind::sent:
    case FigureColumnKind::url:
    case FigureColumnKind::mixed: break;
  }
  return rows.at(row, meant.name);
}

}  // namespace

Result<void> shape_ranked(FigureRun& run) {
  auto ranking = ask_ranking(run);
  if (!ranking) return ranking.error();
  run.answer.total = ranking->total;
  const NamedRows rows(ranking->rows);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::vector<Value> shaped;
    for (std::size_t column = 0; column < run.file.columns.size(); ++column) shaped.push_back(cell(run, rows, row, column, ranking->total));
    run.answer.rows.push_back(std::move(shaped));
  }
  return {};
}

}  // namespace nightjar
