#include "figure/figure.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"
#include "figure/counts_plan.hpp"
#include "figure/filter_sql.hpp"
#include "figure/shapes.hpp"
#include "schema/rows.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kAliasPrefix = "m_";

/// Whether rows of the span come from a modelled darknet, as far as the files say.
bool is_modelled(const LakeVersion& version, HourSpan hours) {
  return std::ranges::any_of(version.files, [&](const LakeFile& file) {
    return file.modelled && file.day * kHoursPerDay < hours.to && (file.day + 1) * kHoursPerDay > hours.from;
  });
}

/// The kind of sensors whose rows a table holds, where one kind fills it; else none.
std::optional<std::string> kind_of(Table table) {
  if (table == Table::sessions) return std::string(kSensorKindNames[static_cast<std::size_t>(SensorKind::honeypot)]);
  if (table == Table::requests || table == Table::attacks)
    return std::string(kSensorKindNames[static_cast<std::size_t>(SensorKind::reflector)]);
  return std::nullopt;
}

Result<FilterExpression> read_filter(const FigureRequest& request, const FigureFile& figure) {
  auto parsed = parse_filter(request.where);
  if (const auto* error = std::get_if<FilterError>(&parsed)) return Error{error->sentence};
  auto& filter = std::get<FilterExpression>(parsed);
  if (const FilterFieldRule* lacking = field_lacking(filter, figure.table)) {
    std::string possible;
    for (const FilterField field : fields_of(figure.table)) possible += (possible.empty() ? "" : ", ") + std::string(rule_of(field).name);
    return Error{"the figure " + figure.name + " cannot apply the field " + std::string(lacking->name) + ": the table " +
                 std::string(schema_of(figure.table).name) + " that it reads does not keep it. Possible here: " + possible};
  }
  return std::move(filter);
}

Result<void> check_parameters(const FigureRequest& request, const FigureFile& figure) {
  if (request.top < 1 || request.top > kHighestTop) return Error{"the number of rows (top) is 1 to " + std::to_string(kHighestTop)};
  if (!request.definition.empty() && std::ranges::find(figure.parameters, "definition") == figure.parameters.end())
    return Error{"the figure " + figure.name + " counts no attacks: it has no definition to choose"};
  if (auto possible = check_left_out(request.without, figure); !possible) return possible;
  if (figure.table == Table::scanner_days && !request.sensors.empty())
    return Error{"the figure " + figure.name + " is about all darknets together: one sensor cannot be asked for"};
  if (request.compare && std::ranges::find(figure.parameters, "compare") == figure.parameters.end())
    return Error{"the figure " + figure.name + " cannot be compared with another span; port-share can"};
  if (request.compare && request.compare->first >= request.compare->second)
    return Error{"the span to compare with has no day: the end is not included, so it must be a later date than the start"};
  return {};
}

/// The hours whose survey scanners the answer needs.
std::vector<HourSpan> hours_of_scanners(const FigureRequest& request, const FigureFile& figure, const Observation& observation) {
  if ((!request.without.survey && figure.table != Table::scanner_days) || observation.nothing) return {};
  std::vector<HourSpan> spans = {observation.hours};
  if (request.compare)
    spans.push_back({observation.zone.first_hour(request.compare->first), observation.zone.first_hour(request.compare->second)});
  return spans;
}

Error scanners_unknown(const std::vector<std::int64_t>& days, const std::string& why) {
  const std::string which = days.size() == 1 ? "of " + format_day(days.front())
                                             : "of " + std::to_string(days.size()) + " days between " + format_day(days.front()) + " and " +
                                                   format_day(days.back());
  return Error{"the survey scanners " + which + " are not known yet" + (why.empty() ? "; nightjar detect finds them" : ": " + why)};
}

/// Says what was left out, and the number that the rest is.
Result<void> say_left_out(FigureRun& run) {
  const LeftOut& left_out = run.request.without;
  std::uint64_t sums[2] = {0, 0};  // with everything, without what is left out
  for (const bool without : {false, true}) {
    if (run.observation.nothing) break;
    auto words = words_for(run.file, Table::flows, run.snapshot().version(), run.observation, run.filter, without ? left_out : LeftOut{},
                           run.observation.hours);
    if (!words) return words.error();
    auto sum = run.ask_sql("SELECT sum(packets) AS m_packets FROM {rows} WHERE {where}", *words);
    if (!sum) return sum.error();
    sums[without ? 1 : 0] = NamedRows(*sum).number(0, "packets");
  }
  const auto& [all, stay] = sums;
  run.answer.without = names_of(left_out);
  run.answer.denominator += ", without " + words_of(left_out) + ": " + with_thousands(run.answer.total.value_or(stay)) + " packets";
  run.answer.remarks.push_back("left out: " + with_thousands(all - stay) + " of " + with_thousands(all) +
                               " packets of these sensors, classes and filter");
  return {};
}

/// By which rule survey scanners are told, and on how many days nobody could be one.
Result<void> say_survey_rule(FigureRun& run, const std::vector<HourSpan>& spans) {
  for (std::string& rule : survey_rules(run.snapshot().version(), spans)) run.answer.remarks.push_back(std::move(rule));
  auto unknown =
      run.ask_sql("SELECT count(DISTINCT day) AS m_days FROM sensor_days WHERE kind = 'darknet' AND addresses = 0 AND " +
                      span_sql(Table::sensor_days, {floor_div(spans.front().from, kHoursPerDay) * kHoursPerDay,
                                                    floor_div(spans.front().to + kHoursPerDay - 1, kHoursPerDay) * kHoursPerDay}),
                  {});
  if (!unknown) return unknown.error();
  if (const std::uint64_t days = NamedRows(*unknown).number(0, "days"); days > 0)
    run.answer.remarks.push_back("on " + std::to_string(days) + (days == 1 ? " day" : " days") +
                                 " the size of a darknet is unknown, so nobody is called a survey scanner there");
  return {};
}

void describe(const FigureRequest& request, const FigureFile& figure, const FilterExpression& filter, FigureRun& run,
              const Snapshot& snapshot) {
  const Observation& observation = run.observation;
  FigureAnswer& answer = run.answer;
  const bool only_host_classes = figure.hosts_only && !names_field(filter, FilterField::traffic_class);
  answer.figure = figure.name;
  answer.title_en = figure.title_en;
  answer.title_ja = figure.title_ja;
  answer.unit = figure.unit;
  answer.denominator = figure.denominator + (only_host_classes ? " (classes scan and request)" : "");
  answer.tz = observation.zone.name();
  answer.filter = to_text(filter);
  answer.version = snapshot.version().number;
  answer.sensors = observation.sensors;
  answer.columns = figure.columns;
  answer.remarks = observation.remarks;
  if (!observation.nothing || (request.from_day && request.to_day)) {
    answer.from = format_day(observation.from_day);
    answer.to = format_day(observation.to_day);
    answer.modelled = is_modelled(snapshot.version(), observation.hours);
  }
  if (only_host_classes)
    answer.remarks.push_back(
        "hosts are unique sources (IPv6 by /64) of the classes scan and request; a filter that names class counts others");
}

}  // namespace

Result<Answer> FigureRun::ask(std::string_view query, Table table, HourSpan hours, const Words& words) {
  const FigureQuery* found = file.query(query);
  if (found == nullptr) return Error{"the figure " + file.name + " has no query \"" + std::string(query) + "\", which its shape needs"};
  auto all = words_for(file, table, snapshot().version(), observation, filter, request.without, hours);
  if (!all) return all.error();
  for (const auto& [word, text] : words) (*all)[word] = text;
  answer.modelled |= is_modelled(snapshot().version(), hours);
  return ask_sql(found->sql, *all);
}

Result<Answer> FigureRun::ask_sql(std::string_view sql, const Words& words) {
  auto filled = fill_in(sql, words);
  if (!filled) return Error{"figure " + file.name + ": " + filled.error().sentence};
  answer.queries.push_back(*filled);
  auto rows = session_.run(*filled);
  if (!rows) return Error{"the figure " + file.name + " failed: " + rows.error().sentence};
  for (std::string& column : rows->columns)
    if (column.starts_with(kAliasPrefix)) column.erase(0, kAliasPrefix.size());
  return rows;
}

Result<FigureAnswer> run_figure(QuerySession& session, const FigureRequest& asked, const FigureSurroundings& surroundings) {
  std::optional<FigureCatalogue> built_in;
  if (surroundings.figures == nullptr) {
    auto loaded = FigureCatalogue::load();
    if (!loaded) return loaded.error();
    built_in = *std::move(loaded);
  }
  const FigureCatalogue& catalogue = built_in ? *built_in : *surroundings.figures;
  auto figure = catalogue.find(asked.figure);
  if (!figure) return figure.error();
  const FigureFile& file = **figure;
  if (auto fine = check_parameters(asked, file); !fine) return fine.error();
  auto filter = read_filter(asked, file);
  if (!filter) return filter.error();
  const Shape shape = find_shape(file.shape);
  if (shape == nullptr) return Error{"figure " + file.name + ": there is no shape \"" + file.shape + "\""};

  FigureRequest request = asked;
  // The ledger of sensors is kept by UTC day and cannot be cut otherwise.
  if (file.table == Table::sensor_days || file.table == Table::scanner_days) request.tz = "UTC";
  if (!request.kind && request.sensors.empty()) request.kind = kind_of(file.table);
  auto observation = observe(session, request, *filter);
  if (!observation) return observation.error();
  if (request.tz != asked.tz) observation->remarks.push_back(file.name + " counts UTC days, whatever the time zone");

  FigureRun run(session, request, surroundings, catalogue, file, *filter, *observation);
  describe(request, file, *filter, run, session.snapshot());
  // The zone is judged even if there is nothing to cut.
  if (auto day = day_sql("hour", observation->zone, observation->hours); !day) return day.error();
  const std::vector<HourSpan> scanner_hours = hours_of_scanners(request, file, *observation);
  if (const auto missing = days_without_scanners(session.snapshot().version(), scanner_hours); !missing.empty()) {
    if (!surroundings.find_scanners) return scanners_unknown(missing, "");
    auto found = surroundings.find_scanners(missing.front(), missing.back() + 1);
    if (!found) return scanners_unknown(missing, found.error().sentence);
    FigureSurroundings without = surroundings;
    without.find_scanners = nullptr;
    return run_figure(**found, asked, without);
  }
  if (const auto days = surroundings.count_days && request.use_derived && !observation->nothing ? days_worth_counting(run) : std::nullopt) {
    if (QuerySession* const counted = surroundings.count_days(days->from, days->to)) {
      FigureSurroundings without = surroundings;
      without.count_days = nullptr;
      return run_figure(*counted, asked, without);
    }
  }
  if (!observation->nothing)
    if (auto shaped = shape(run); !shaped) return shaped.error();
  if (request.without.any())
    if (auto said = say_left_out(run); !said) return said.error();
  if (!scanner_hours.empty())
    if (auto said = say_survey_rule(run, scanner_hours); !said) return said.error();
  return std::move(run.answer);
}

}  // namespace nightjar
