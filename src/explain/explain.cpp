#include "explain/explain.hpp"

#include <algorithm>
#include <utility>

#include "explain/choice.hpp"
#include "explain/hosts.hpp"
#include "explain/measure.hpp"
#include "explain/population.hpp"
#include "explain/table.hpp"

namespace nightjar {
namespace {

constexpr double kLeastShare = 0.05;      ///< of the rise, counted
constexpr double kNearlyAll = 0.8;        ///< of the rise
constexpr double kMostUnexplained = 0.5;  ///< of the rise: with more left the parts do not stand for it

double share(double part, double whole) { return whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 0; }

/// The rows of a part, as SQL.
std::string condition_of(const Traits& part, const RiseTable& table, const Population& population) {
  std::string condition;
  for (const Trait& trait : part)
    condition += (condition.empty() ? "" : " AND ") + condition_of(trait.attribute, table.value_of(trait), population.sensors);
  return condition;
}

std::string text_of(const Trait& trait, const RiseTable& table, const Population& population) {
  return trait.code == 0 ? "" : text_of(trait.attribute, table.value_of(trait), population.sensors);
}

RisePart part_of(const Traits& traits, const MeasuredPart& measured, const MeasuredPart& all, const RiseTable& table,
                 const Population& population, const std::string& rows) {
  RisePart part;
  part.rows = rows;
  for (const Trait& trait : traits) part.attributes.push_back({std::string(name_of(trait.attribute)), text_of(trait, table, population)});
  part.share_of_rise = share(measured.now - measured.usual, all.now - all.usual);
  part.usual_share = share(measured.usual_port, all.usual_port);
  part.hosts = measured.hosts;
  part.packets = measured.packets;
  return part;
}

std::string any_of(const std::vector<std::string>& conditions) {
  std::string any;
  for (const std::string& one : conditions) any += (any.empty() ? "(" : " OR (") + one + ")";
  return any;
}

/// Who was there before is in the population too. Who rose: what lies in the part that carries nearly all with the fewest hosts; else in
/// any part; where the parts do not stand for the rise, the whole population.
Population risen_hosts(const Population& population, const std::vector<std::string>& conditions, const MeasuredRise& measured,
                       double unexplained) {
  std::string risen;
  std::uint64_t fewest = measured.all.hosts;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const MeasuredPart& part = measured.parts[i];
    if (share(part.now - part.usual, measured.all.now - measured.all.usual) < kNearlyAll || part.hosts > fewest) continue;
    fewest = part.hosts;
    risen = conditions[i];
  }
  Population hosts = population;
  if (risen.empty() && unexplained < kMostUnexplained) risen = any_of(conditions);
  if (risen.empty()) return hosts;
  hosts.members += " AND (" + risen + ")";
  hosts.whole_port = false;
  return hosts;
}

}  // namespace

Result<Explanation> explain_rise(QuerySession& session, const Rise& rise, const std::map<std::int64_t, Exposure>& exposures) {
  Explanation explanation;
  explanation.unexplained = 1;
  const auto population = population_of(session, rise, exposures);
  if (!population) return population.error();
  if (!population->watched) return explanation;
  const auto table = RiseTable::read(session, *population, rise.metric);
  if (!table) return table.error();
  const Choice choice = choose_parts(*table, rise);

  std::vector<std::string> conditions;
  for (const Traits& part : choice.parts) conditions.push_back(condition_of(part, *table, *population));
  const auto measured = measure_rise(session, *population, rise.metric, conditions);
  if (!measured) return measured.error();
  Basis& basis = explanation.basis;
  basis.table = "flows";
  basis.whole = population->port;
  basis.members = population->members;
  basis.explained = any_of(conditions);
  basis.darknets = population->darknets;
  basis.usual_days = population->usual_days;
  basis.usual_factor = population->usual_factor;
  basis.nth_usual = measured->nth_usual;
  for (std::size_t i = 0; i < choice.parts.size(); ++i) {
    RisePart part = part_of(choice.parts[i], measured->parts[i], measured->all, *table, *population, conditions[i]);
    // Of a sample that saw more than there is.
    if (part.share_of_rise >= kLeastShare) explanation.parts.push_back(std::move(part));
  }
  std::stable_sort(explanation.parts.begin(), explanation.parts.end(),
                   [](const RisePart& a, const RisePart& b) { return a.share_of_rise > b.share_of_rise; });
  explanation.unexplained = 1 - share(measured->any.now - measured->any.usual, measured->all.now - measured->all.usual);
  explanation.country = text_of(choice.country, *table, *population);
  explanation.tool = text_of(choice.tool, *table, *population);
  explanation.hosts = measured->all.hosts;
  explanation.packets = measured->all.packets;
  const auto packets = static_cast<double>(measured->all.packets);
  if (measured->squares > 0) explanation.effective_sources = packets * packets / measured->squares;
  if (explanation.hosts == 0) return explanation;

  const Population risen = risen_hosts(*population, conditions, *measured, explanation.unexplained);
  basis.risen = risen.members;
  const auto returning = returning_hosts(session, risen, rise, exposures, basis);
  if (!returning) return returning.error();
  explanation.returning_hosts = *returning;
  if (explanation.tool == "mirai") {
    const auto bots = bots_behind(session, *population, explanation.hosts, basis);
    if (!bots) return bots.error();
    explanation.bots = *bots;
  }
  auto ports = co_scanned_ports(session, risen, rise, basis);
  if (!ports) return ports.error();
  explanation.co_scanned = *std::move(ports);
  return explanation;
}

}  // namespace nightjar
