#include "explain/population.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <variant>

#include "base/time.hpp"
#include "explain/attributes.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kMostUsualDays = 7;

std::string one_of(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "(" : ", ") + sql_literal(text);
  return list + ")";
}

double watched_on(const std::map<std::int64_t, Exposure>& exposures, std::int64_t day) {
  const auto found = exposures.find(day);
  return found == exposures.end() ? 0 : found->second.address_days;
}

}  // namespace

std::uint64_t whole(const Value& value) {
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number < 0 ? 0 : static_cast<std::uint64_t>(*number);
  if (const auto* number = std::get_if<double>(&value)) return *number > 0 ? static_cast<std::uint64_t>(*number) : 0;
  return 0;
}

bool flag(const Value& value) {
  const auto* truth = std::get_if<bool>(&value);
  return truth != nullptr && *truth;
}

double real(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return static_cast<double>(whole(value));
}

std::string within_days(std::int64_t from_day, std::int64_t to_day) {
  return "(hour >= TIMESTAMP '" + format_day(from_day) + " 00:00:00' AND hour < TIMESTAMP '" + format_day(to_day) + " 00:00:00')";
}

std::string within_days(const std::vector<std::int64_t>& days) {
  if (days.empty()) return "FALSE";
  std::string any;
  for (const std::int64_t day : days) any += (any.empty() ? "(" : " OR ") + within_days(day, day + 1);
  const auto [first, last] = std::minmax_element(days.begin(), days.end());
  // The range around all of them is what the files' statistics are compared with.
  return any + ") AND " + within_days(*first, *last + 1);
}

Result<Population> population_without_sizes(QuerySession& session, const Rise& rise, const std::map<std::int64_t, Exposure>& exposures) {
  Population population;
  std::shared_ptr<const LakeDarknets> darknets = rise.darknets;
  if (darknets == nullptr) {
    auto read = LakeDarknets::read(session);
    if (!read) return read.error();
    darknets = std::make_shared<const LakeDarknets>(*std::move(read));
  }
  population.sensors = darknets->names;
  population.darknets = !darknets->others || population.sensors.empty() ? "TRUE" : "sensor IN " + one_of(population.sensors);
  population.port = population.darknets + " AND protocol = " + std::to_string(rise.protocol);
  if (!rise.whole_protocol) {
    population.port += " AND port = " + std::to_string(rise.port) + (rise.backscatter ? " AND class = 2" : " AND class IN (1, 3, 4)");
  }
  population.whole_port = rise.countries.empty() && rise.tools.empty();
  population.members = rise.countries.empty() ? "TRUE" : "country IN " + one_of(rise.countries);
  if (!rise.tools.empty()) population.members += " AND " + tools_condition(rise.tools);

  population.peak_day = rise.peak_day;
  std::vector<std::int64_t> days = rise.usual_days;
  std::sort(days.begin(), days.end(), std::greater<>());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  double watched = 0;
  for (const std::int64_t day : days) {
    if (population.usual_days.size() == kMostUsualDays) break;
    if (day >= rise.onset_day || day >= rise.peak_day || !(watched_on(exposures, day) > 0)) continue;
    population.usual_days.push_back(day);
    watched += watched_on(exposures, day);
  }
  const double peak = watched_on(exposures, rise.peak_day);
  population.watched = !population.sensors.empty() && peak > 0;
  population.usual_factor = watched > 0 ? peak / watched : 0;
  return population;
}

Result<Population> population_of(QuerySession& session, const Rise& rise, const std::map<std::int64_t, Exposure>& exposures) {
  auto population = population_without_sizes(session, rise, exposures);
  if (!population || !population->watched) return population;
  auto sizes = session.run_raw("SELECT " + population->members + " AS member, count(*) " + population->rows() + " GROUP BY member");
  if (!sizes) return sizes.error();
  for (const auto& row : sizes->rows) (flag(row[0]) ? population->member_rows : population->other_rows) = whole(row[1]);
  return population;
}

std::string Population::rows() const {
  std::vector<std::int64_t> days = usual_days;
  days.push_back(peak_day);
  std::string text = "FROM flows WHERE " + within_days(days) + " AND " + port;
  if (!whole_port) text += " AND ((" + members + ") OR NOT " + within_days(peak_day, peak_day + 1) + ")";
  return text;
}

std::string Thinning::every(std::uint64_t nth) {
  return nth == 1 ? "TRUE" : "hash(src) % CAST(" + std::to_string(nth) + " AS UBIGINT) = 0";
}

Thinning thinning_of(const Population& population, std::uint64_t most_rows) {
  Thinning thinning;
  if (population.member_rows + population.other_rows <= most_rows) return thinning;
  const auto parts = [](std::uint64_t rows, std::uint64_t most) { return std::max<std::uint64_t>(1, (rows + most - 1) / most); };
  // Each gets half, and the population what the others leave.
  const std::uint64_t half = most_rows / 2;
  thinning.members = parts(population.member_rows, std::max(half, most_rows - std::min(population.other_rows, half)));
  thinning.port = thinning.members * parts(population.other_rows, half * thinning.members);
  return thinning;
}

}  // namespace nightjar
