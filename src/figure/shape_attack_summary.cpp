#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "figure/attack_run.hpp"
#include "figure/placeholders.hpp"
#include "figure/shapes.hpp"
#include "net/address.hpp"

namespace nightjar {
namespace {

/// A filter taken apart into "country = X" and the rest.
struct OneCountry {
  std::optional<std::string> country;  ///< as in the lake: empty for unknown
  FilterExpression rest;
};

bool is_country(const FilterExpression& part) {
  return part.kind == FilterExpression::Kind::comparison && part.field == FilterField::country && part.op == FilterOperator::equal;
}

OneCountry take_country(const FilterExpression& filter) {
  OneCountry taken{std::nullopt, filter};
  FilterExpression all = filter;
  if (is_country(filter)) {
    all = {.kind = FilterExpression::Kind::all_of};
    all.parts.push_back(filter);
  }
  if (all.kind != FilterExpression::Kind::all_of) return taken;
  const auto found = std::ranges::find_if(all.parts, is_country);
  if (found == all.parts.end()) return taken;
  const std::string name = found->values.front().text;
  all.parts.erase(found);
  // A list of one part is that part.
  taken.rest = all.parts.size() == 1 ? FilterExpression(all.parts.front()) : all;
  taken.country = name == "unknown" ? std::string() : name;
  return taken;
}

struct Rank {
  std::uint64_t total = 0, attacks = 0, countries = 0;
  std::optional<std::uint64_t> rank;
};

/// Of countries with as many attacks the one that comes first in the alphabet has the better rank. Unknown is no country.
Rank rank_of(const NamedRows& rows, const std::optional<std::string>& country) {
  Rank result;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string name = rows.text(i, "country");
    const std::uint64_t attacks = rows.number(i, "attacks");
    result.total += attacks;
    result.countries += name.empty() ? 0 : 1;
    if (country && name != *country) continue;
    result.attacks += attacks;
    if (country && !name.empty()) result.rank = result.countries;
  }
  return result;
}

}  // namespace

Result<void> shape_attack_summary(FigureRun& run) {
  const auto words = begin_attacks(run);
  if (!words) return words.error();
  const OneCountry asked = take_country(run.filter);
  auto of_all = words_for(run.file, run.file.table, run.snapshot().version(), run.observation, asked.rest, {}, run.observation.hours);
  if (!of_all) return of_all.error();
  for (const auto& [word, text] : *words) (*of_all)[word] = text;
  auto countries = run.ask("countries", *of_all);
  if (!countries) return countries.error();
  auto longest = run.ask("longest", *words);
  if (!longest) return longest.error();
  auto carpets = run.ask("carpets", *words);
  if (!carpets) return carpets.error();

  const Rank rank = rank_of(NamedRows(*countries), asked.country);
  const NamedRows one(*longest);
  run.answer.total = rank.total;
  const auto text = [&](const char* column) { return one.size() == 0 ? Value() : Value(one.text(0, column)); };
  const Address victim =
      one.size() == 0 ? Address()
                      : Address{static_cast<std::uint8_t>(one.number(0, "ip_version")), one.number(0, "src"), one.number(0, "src_low")};
  run.answer.rows.push_back({asked.country ? country_text(*asked.country) : std::string("all"), rank.attacks,
                             static_cast<double>(rank.attacks) / static_cast<double>(days_watched(run.observation)),
                             percent(rank.attacks, rank.total), rank.rank ? Value(*rank.rank) : Value(), rank.countries,
                             one.size() == 0 ? Value() : Value(static_cast<double>(one.number(0, "duration")) / 1000), text("id"),
                             one.size() == 0 ? Value() : Value(format(victim)),
                             one.size() == 0 ? Value() : Value(country_text(one.text(0, "country"))), text("service"),
                             NamedRows(*carpets).number(0, "carpets")});
  const std::uint64_t count = NamedRows(*carpets).number(0, "carpets");
  if (count > 0)
    run.answer.remarks.push_back(
        std::to_string(count) +
        (count == 1 ? " carpet (many addresses of one prefix at a time) is" : " carpets (many addresses of one prefix at a time) are") +
        " not among the attacks: only addresses that were asked for often enough count");
  return {};
}

}  // namespace nightjar
