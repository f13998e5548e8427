#include "figure/counts_plan.hpp"

#include <algorithm>
#include <map>

#include "base/time.hpp"
#include "figure/filter_sql.hpp"
#include "schema/traffic.hpp"
#include "store/derived.hpp"

namespace nightjar {
namespace {

using Terms = std::map<FilterField, FilterValue>;

/// The filter as one value a field, if it is no more than that.
std::optional<Terms> simple_terms(const FilterExpression& filter) {
  const bool one = filter.kind == FilterExpression::Kind::comparison;
  if (!one && filter.kind != FilterExpression::Kind::all_of) return std::nullopt;
  std::vector<FilterExpression> parts = one ? std::vector{filter} : filter.parts;
  Terms terms;
  for (const FilterExpression& part : parts) {
    if (part.kind != FilterExpression::Kind::comparison || part.op != FilterOperator::equal) return std::nullopt;
    const FilterValue& value = part.values.front();
    if (value.first != value.last || !terms.emplace(part.field, value).second) return std::nullopt;
  }
  return terms;
}

/// "all", or the one field of the filter that is a dimension, with its value as `counts` spells it.
struct Dimension {
  std::string name = "all", value;
};

std::optional<Dimension> dimension_of(const Terms& terms) {
  Dimension dimension;
  for (const auto& [field, value] : terms) {
    switch (field) {
      case FilterField::port:
      case FilterField::protocol:
      case FilterField::traffic_class: continue;
      case FilterField::country:
      case FilterField::asn:
      case FilterField::fingerprint: break;
      default: return std::nullopt;
    }
    if (dimension.name != "all" || value.text == "none") return std::nullopt;
    dimension.name = rule_of(field).name;
    dimension.value = field == FilterField::asn ? std::to_string(value.first) : value.text == "unknown" ? "" : value.text;
  }
  return dimension;
}

/// Condition for level, protocol and port; nothing where no cell says what is asked.
std::optional<std::string> level_of(const Terms& terms, std::string_view words) {
  const auto protocol = terms.find(FilterField::protocol);
  const auto port = terms.find(FilterField::port);
  if (words.find("level=protocol,total") != std::string_view::npos)
    return protocol == terms.end() && port == terms.end() ? std::optional<std::string>("level IN ('protocol', 'total')") : std::nullopt;
  if (protocol == terms.end()) return port == terms.end() ? std::optional<std::string>("level = 'total'") : std::nullopt;
  const std::vector<std::uint8_t> numbers = protocols_of(protocol->second.text);
  if (numbers.size() != 1) return std::nullopt;
  const std::string condition = " AND protocol = " + std::to_string(numbers.front());
  if (port == terms.end()) return "level = 'protocol'" + condition;
  constexpr std::uint8_t tcp = 6, udp = 17;
  if (numbers.front() != tcp && numbers.front() != udp) return std::nullopt;
  return "level = 'port'" + condition + " AND port = " + std::to_string(port->second.first);
}

/// The number in `class`: 0 stands for scan and request together.
std::optional<int> class_of(const Terms& terms, bool hosts_only) {
  const auto named = terms.find(FilterField::traffic_class);
  if (named == terms.end()) return hosts_only ? std::optional<int>(0) : std::nullopt;
  return static_cast<int>(std::ranges::find(kClassNames, std::string_view(named->second.text)) - kClassNames.begin());
}

/// The days that a span of UTC days holds.
DaySpan days_of(const Observation& observation) {
  return {floor_div(observation.hours.from, kHoursPerDay), floor_div(observation.hours.to, kHoursPerDay)};
}

/// The plan as if every day had its counts.
std::optional<CountsPlan> plan_if_counted(const FigureRun& run, std::string_view query) {
  const FigureQuery* found = run.file.query(query);
  const Observation& observation = run.observation;
  // Its cells know neither who is a survey scanner nor, where they hold one class each, what else to leave out of it.
  if (run.request.without.survey) return std::nullopt;
  if (found == nullptr || (observation.sensors.size() != 1 && !observation.every_darknet)) return std::nullopt;
  const HourSpan hours = observation.hours;
  const auto stretches = observation.zone.stretches(hours.from, hours.to);
  if (!stretches || stretches->size() != 1 || stretches->front().offset != 0) return std::nullopt;

  const auto terms = simple_terms(run.filter);
  if (!terms) return std::nullopt;
  auto dimension = dimension_of(*terms);
  const auto level = level_of(*terms, found->words);
  const auto traffic_class = class_of(*terms, run.file.hosts_only);
  if (!dimension || !level || !traffic_class) return std::nullopt;
  if (run.request.without.backscatter && *traffic_class == static_cast<int>(TrafficClass::backscatter)) return std::nullopt;
  const bool cells = level->starts_with("level = 'port'");

  const std::int64_t first_day = floor_div(hours.from, kHoursPerDay), end_day = floor_div(hours.to, kHoursPerDay);
  const std::string wanted = found->words.starts_with("dimension=") ? found->words.substr(std::string_view("dimension=").size()) : "";
  // A filter by the dimension that makes the rows would need two dimensions at once.
  if (!wanted.empty() && (dimension->name != "all" || cells || end_day - first_day != 1)) return std::nullopt;
  // Where all darknets are read, the cells over all of them hold hosts that several sensors saw once.
  const std::string sensor = observation.every_darknet ? "" : observation.sensors.front();
  const std::string common = span_sql(Table::counts, hours) + " AND step = 'day' AND sensor = " + sql_literal(sensor) + " AND " + *level +
                             " AND class = " + std::to_string(*traffic_class);
  const std::string all = common + " AND dimension = " + sql_literal(dimension->name) + " AND value = " + sql_literal(dimension->value);
  return CountsPlan{wanted.empty() ? all : common + " AND dimension = " + sql_literal(wanted), all, !cells};
}

}  // namespace

std::optional<CountsPlan> plan_counts(const FigureRun& run, std::string_view query) {
  auto plan = plan_if_counted(run, query);
  const DaySpan days = days_of(run.observation);
  if (plan && !days_without_counts(run.snapshot().version(), days.from, days.to).empty()) return std::nullopt;
  return plan;
}

std::optional<DaySpan> days_worth_counting(const FigureRun& run) {
  constexpr std::int64_t fewest_days = 7;
  const DaySpan days = days_of(run.observation);
  if (days.to - days.from < fewest_days || days.to > day_of(now_ns()) || !plan_if_counted(run, "counts")) return std::nullopt;
  if (days_without_counts(run.snapshot().version(), days.from, days.to).empty()) return std::nullopt;
  return days;
}

Result<Answer> ask_counts(FigureRun& run, std::string_view query, const CountsPlan& plan, Words words) {
  auto day = day_sql(time_column(Table::counts), run.observation.zone, run.observation.hours);
  if (!day) return day.error();
  words["day"] = *day;
  words["where"] = query == "counts" ? plan.where : plan.total_where;
  const FigureQuery* found = run.file.query(query);
  if (found == nullptr) return Error{"the figure " + run.file.name + " has no query \"" + std::string(query) + "\""};
  return run.ask_sql(found->sql, words);
}

}  // namespace nightjar
