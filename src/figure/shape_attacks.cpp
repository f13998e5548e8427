#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/time.hpp"
#include "figure/attack_run.hpp"
#include "figure/shapes.hpp"

namespace nightjar {
namespace {

/// Rows of a ranking with their share of all: `write` makes the figure's row of one.
template <class Write>
Result<void> rank_attacks(FigureRun& run, Write write) {
  const auto words = begin_attacks(run);
  if (!words) return words.error();
  auto rows = run.ask("main", *words);
  if (!rows) return rows.error();
  auto total = run.ask("total", *words);
  if (!total) return total.error();
  const std::uint64_t all = NamedRows(*total).number(0, "attacks");
  run.answer.total = all;
  const NamedRows named(*rows);
  for (std::size_t i = 0; i < named.size(); ++i) {
    const std::uint64_t attacks = named.number(i, "attacks");
    run.answer.rows.push_back(write(named, i, attacks, percent(attacks, all)));
  }
  return {};
}

}  // namespace

Result<void> shape_attacks_by_day(FigureRun& run) {
  const auto words = begin_attacks(run);
  if (!words) return words.error();
  auto rows = run.ask("main", *words);
  if (!rows) return rows.error();
  const NamedRows named(*rows);
  std::map<std::pair<std::string, std::string>, std::uint64_t> attacks;
  std::set<std::string> services;
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < named.size(); ++i) {
    attacks[{named.text(i, "day"), named.text(i, "service")}] = named.number(i, "attacks");
    services.insert(named.text(i, "service"));
    total += named.number(i, "attacks");
  }
  run.answer.total = total;
  for (const std::int64_t day : shown_days(run, *rows)) {
    for (const std::string& service : services) {
      const auto found = attacks.find({format_day(day), service});
      run.answer.rows.push_back({format_day(day), service, found == attacks.end() ? std::uint64_t{0} : found->second});
    }
  }
  return {};
}

Result<void> shape_attack_countries(FigureRun& run) {
  return rank_attacks(run, [](const NamedRows& rows, std::size_t i, std::uint64_t attacks, const Value& share) -> std::vector<Value> {
    return {country_text(rows.text(i, "country")), attacks, share};
  });
}

Result<void> shape_attack_services(FigureRun& run) {
  const auto days = static_cast<double>(days_watched(run.observation));
  return rank_attacks(run, [days](const NamedRows& rows, std::size_t i, std::uint64_t attacks, const Value& share) -> std::vector<Value> {
    return {rows.text(i, "service"), attacks, static_cast<double>(attacks) / days, share};
  });
}

}  // namespace nightjar
