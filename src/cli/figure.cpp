#include "figure/figure.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/file.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/commands.hpp"
#include "cli/network_names.hpp"
#include "cli/output.hpp"
#include "detect/attack_definition.hpp"
#include "detect/scanner_days.hpp"
#include "enrich/geolocation.hpp"
#include "figure/filter.hpp"
#include "figure/time_zone.hpp"
#include "payload/malware_url.hpp"
#include "sensor/sensors.hpp"
#include "store/counts.hpp"
#include "store/lake.hpp"
#include "store/query.hpp"

namespace nightjar::cli {
namespace {

constexpr std::size_t kWidestName = 32;
// With the numbers beside them these fill 80 columns.
constexpr std::size_t kWidestSent = 21;
constexpr std::size_t kWidestUrl = 39;

struct Options {
  std::string name, from, to, tz, where, format = "table", output, figures, groups, config;
  std::string kind, definition, without;
  std::vector<std::string> sensors, compare;
  std::size_t top = 10;
  bool show_sql = false;
};

Result<FigureCatalogue> catalogue_of(const std::string& folder) {
  return FigureCatalogue::load(folder.empty() ? std::nullopt : std::optional<std::filesystem::path>(folder));
}

/// What the command line says wrongly, whatever the lake holds.
Result<FigureRequest> request_of(const Options& options, const SensorConfig& config) {
  FigureRequest request;
  request.figure = options.name;
  if (!options.tz.empty()) {
    request.tz = options.tz;
  } else if (!config.timezone.empty()) {
    request.tz = config.timezone;
  }
  request.where = options.where;
  request.sensors = options.sensors;
  request.top = options.top;
  auto left_out = parse_left_out(options.without);
  if (!left_out) return Error{"--without: " + left_out.error().sentence};
  request.without = *left_out;
  if (!options.kind.empty()) request.kind = options.kind;
  if (!options.definition.empty()) {
    const auto definition = attack_definition(options.definition);
    if (!definition) return Error{"--definition: " + definition.error().sentence};
    request.definition = definition->name;
  }
  const auto day = [](const std::string& text, const char* option, std::optional<std::int64_t>& target) -> Result<void> {
    if (text.empty()) return {};
    auto parsed = parse_day(text);
    if (!parsed) return Error{std::string(option) + ": " + parsed.error().sentence};
    target = *parsed;
    return {};
  };
  if (auto read = day(options.from, "--from", request.from_day); !read) return read.error();
  if (auto read = day(options.to, "--to", request.to_day); !read) return read.error();
  if (!options.compare.empty()) {
    std::optional<std::int64_t> from, to;
    if (auto read = day(options.compare[0], "--compare", from); !read) return read.error();
    if (auto read = day(options.compare[1], "--compare", to); !read) return read.error();
    if (!from || !to) return Error{"--compare wants two dates: FROM TO"};
    request.compare = std::pair(*from, *to);
  }
  if (options.top < 1 || options.top > kHighestTop) return Error{"--top is a number from 1 to " + std::to_string(kHighestTop)};
  if (options.format == "parquet" && (options.output.empty() || options.output == "-"))
    return Error{"--format parquet writes a file: name it with -o FILE"};
  const auto filter = parse_filter(options.where);
  if (const auto* error = std::get_if<FilterError>(&filter)) return Error{"--where: " + error->sentence};
  const std::string said_by = options.tz.empty() && !config.timezone.empty() ? options.config + ": [display] timezone" : "--tz";
  if (auto zone = TimeZone::load(request.tz); !zone) return Error{said_by + ": " + zone.error().sentence};
  return request;
}

OutputColumn column_of(const FigureColumn& column) {
  switch (column.kind) {
    case FigureColumnKind::number: return {column.name, true, true, 0, 0};
    case FigureColumnKind::decimal: return {column.name, true, true, 2, 0};
    case FigureColumnKind::percent: return {column.name + " %", true, true, 1, 0};
    case FigureColumnKind::points: return {column.name + " points", true, true, 1, 0};
    case FigureColumnKind::code:
    case FigureColumnKind::asn:
    case FigureColumnKind::mixed: return {column.name, true, false, 0, 0};
    case FigureColumnKind::as_name: return {column.name, false, false, 0, kWidestName};
    case FigureColumnKind::sent: return {column.name, false, false, 0, kWidestSent};
    case FigureColumnKind::url: return {column.name, false, false, 0, kWidestUrl};
    case FigureColumnKind::day:
    case FigureColumnKind::time:
    case FigureColumnKind::text:
    case FigureColumnKind::country: break;
  }
  return {column.name, false, false, 0, 0};
}

/// "2017-11-23T05:00:00.000000Z" → "2017-11-23 05:00:00": the zone stands above the table. Beside texts of any length: the day only.
std::string short_time(std::string text, bool day_only) {
  constexpr std::size_t to_seconds = 19, to_day = 10;
  if (text.size() < to_seconds) return text;
  text[to_day] = ' ';
  text.resize(day_only ? to_day : to_seconds);
  return text;
}

/// A cell as people see it.
Value shown(const FigureColumn& column, const Value& value, bool day_only) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return value;
  if (column.kind == FigureColumnKind::time) return short_time(*text, day_only);
  if (column.kind == FigureColumnKind::url) return defang(*text);
  return value;
}

std::string heading(const FigureAnswer& answer) {
  std::string out = answer.title_en + "\n";
  const auto add = [&](const std::string& line) { out += escape_for_terminal(line) + "\n"; };
  if (answer.modelled) add("modelled data");
  std::string span = answer.from ? *answer.from + " to " + *answer.to + " (end not included), " + answer.tz : "no days, " + answer.tz;
  if (answer.compare) span += "; compared with " + answer.compare->first + " to " + answer.compare->second;
  add(span);
  if (!answer.filter.empty()) add("filter: " + answer.filter);
  if (answer.definition) add("definition: " + *answer.definition + " (" + answer.parameters.value_or("") + ")");
  std::string sensors;
  for (const std::string& sensor : answer.sensors) sensors += (sensors.empty() ? "" : ", ") + sensor;
  constexpr std::size_t longest_list = 60;
  if (sensors.size() > longest_list) sensors = std::to_string(answer.sensors.size()) + " sensors";
  add("sensors: " + (sensors.empty() ? "none" : sensors));
  add("unit: " + answer.unit + "; counted: " + answer.denominator +
      (answer.total && answer.without.empty() ? ", in all " + with_thousands(*answer.total) : std::string()));
  return out + "\n";
}

/// The page for a person. Reasons stand below the table, the parts of "other" below their row.
std::string page_of(const FigureAnswer& answer) {
  std::vector<OutputColumn> columns;
  std::vector<std::size_t> columns_shown;
  std::string notes;
  std::size_t name_column = 0;
  for (std::size_t i = 0; i < answer.columns.size(); ++i) {
    const FigureColumn& column = answer.columns[i];
    if (column.name == "reason") {
      for (const auto& row : answer.rows)
        if (const auto* reason = std::get_if<std::string>(&row[i]))
          notes += std::to_string(std::get<std::uint64_t>(row.front())) + ": " + escape_for_terminal(*reason) + "\n";
      continue;
    }
    if (column.name == "service" || column.name == "group") name_column = columns.size();
    columns.push_back(column_of(column));
    columns_shown.push_back(i);
  }
  const bool day_only = std::ranges::any_of(
      answer.columns, [](const FigureColumn& each) { return each.kind == FigureColumnKind::sent || each.kind == FigureColumnKind::url; });
  std::vector<std::vector<Value>> rows;
  for (const auto& row : answer.rows) {
    std::vector<Value> cells;
    for (const std::size_t i : columns_shown) cells.push_back(shown(answer.columns[i], row[i], day_only));
    rows.push_back(std::move(cells));
  }
  for (const FigurePart& part : answer.other_parts) {
    std::vector<Value> cells(columns.size(), Value(std::string()));
    cells[name_column] = "  " + part.name;
    for (std::size_t i = 0; i < columns_shown.size(); ++i) {
      if (answer.columns[columns_shown[i]].name == "packets") cells[i] = part.packets;
      if (answer.columns[columns_shown[i]].name == "share") cells[i] = part.share;
    }
    rows.push_back(std::move(cells));
  }
  std::string out = heading(answer);
  out += rows.empty() ? "no rows\n" : table_text(columns, rows);
  if (!notes.empty() || !answer.remarks.empty()) out += "\n" + notes;
  for (const std::string& remark : answer.remarks) out += escape_for_terminal(remark) + "\n";
  return out;
}

Result<void> write_answer(QuerySession& session, const FigureAnswer& answer, const Options& options) {
  if (options.format == "json") return write_text(to_json(answer) + "\n", options.output);
  if (options.format == "table") return write_text(page_of(answer), options.output);
  std::vector<std::string> names;
  for (const FigureColumn& column : answer.columns) names.push_back(column.name);
  std::vector<std::vector<Value>> rows = answer.rows;
  // The mark of modelled data goes with the rows: readers of CSV would stumble over a line of its own.
  if (answer.modelled) {
    names.emplace_back("modelled");
    for (auto& row : rows) row.emplace_back(true);
  }
  if (options.format == "parquet") return session.write_parquet(select_of(names, rows), options.output);
  return write_text(csv_text(names, rows), options.output);
}

/// Counts what a long figure would read, as far as that takes a few seconds only, and opens a session that sees it. Whatever is in the
/// way (a lake that cannot be written, a full disk, another writer) is no failure of the figure: it reads flows then.
std::unique_ptr<QuerySession> count_first(const std::string& folder, std::int64_t from_day, std::int64_t to_day) {
  Lake lake(folder);
  CountsOptions options;
  options.only_if_alone = true;
  options.most_rows = 3'000'000;
  const auto made = ensure_counts(lake, from_day, to_day, options);
  if (made && *made == 0) return nullptr;
  // An error may come after some days were made.
  auto snapshot = lake.snapshot();
  if (!snapshot) return nullptr;
  auto session = QuerySession::open(*snapshot, {});
  return session ? *std::move(session) : nullptr;
}

/// Finds the survey scanners of these days, and opens a session that sees them.
Result<std::unique_ptr<QuerySession>> scanners_first(const std::string& folder, std::int64_t from_day, std::int64_t to_day) {
  Lake lake(folder);
  ScannerDaysOptions options;
  options.keep_other_rules = true;
  if (auto made = ensure_scanner_days(lake, from_day, to_day, options); !made) return made.error();
  auto snapshot = lake.snapshot();
  if (!snapshot) return snapshot.error();
  return QuerySession::open(*snapshot, {});
}

int run(const Options& options, const Context& context) {
  auto catalogue = catalogue_of(options.figures);
  if (!catalogue) return fail(catalogue.error().sentence);
  if (auto known = catalogue->find(options.name); !known) return wrong_usage(known.error().sentence);
  SensorConfig config;
  if (!options.config.empty()) {
    auto read = read_sensor_config(options.config);
    if (!read) return fail(read.error().sentence);
    config = *std::move(read);
  }
  auto request = request_of(options, config);
  if (!request) return wrong_usage(request.error().sentence);
  FigureSurroundings surroundings;
  surroundings.figures = &*catalogue;
  surroundings.as_name = lazy_as_names(config.has_geolocation ? config.geolocation : default_geolocation_files());
  if (!options.groups.empty()) {
    auto text = read_file(options.groups, 1 << 20);
    if (!text) return fail(text.error().sentence);
    surroundings.port_groups = *std::move(text);
    surroundings.port_groups_origin = options.groups;
  }
  std::error_code ignored;
  if (!std::filesystem::exists(context.lake, ignored))
    return fail("there is no lake at " + context.lake + "; nightjar ingest makes one, --lake names another");
  auto snapshot = Lake(context.lake).snapshot();
  if (!snapshot) return fail(snapshot.error().sentence);
  auto session = QuerySession::open(*snapshot, {});
  if (!session) return fail(session.error().sentence);
  std::unique_ptr<QuerySession> counted;
  surroundings.count_days = [&](std::int64_t from_day, std::int64_t to_day) {
    counted = count_first(context.lake, from_day, to_day);
    return counted.get();
  };
  std::unique_ptr<QuerySession> with_scanners;
  surroundings.find_scanners = [&](std::int64_t from_day, std::int64_t to_day) -> Result<QuerySession*> {
    auto found = scanners_first(context.lake, from_day, to_day);
    if (!found) return found.error();
    with_scanners = *std::move(found);
    return with_scanners.get();
  };
  auto answer = run_figure(**session, *request, surroundings);
  if (!answer) return fail(answer.error().sentence);
  if (options.show_sql)
    for (std::string query : answer->queries) {
      std::ranges::replace(query, '\n', ' ');
      std::fprintf(stderr, "%s\n", escape_for_terminal(query).c_str());
    }
  auto written = write_answer(**session, *answer, options);
  if (!written) return fail(written.error().sentence);
  return kDone;
}

}  // namespace

void add_figure(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("figure", "One figure or table as data");
  auto options = std::make_shared<Options>();
  command->add_option("name", options->name, "Name of the figure (nightjar figures lists them)")->required();
  command->add_option("--from", options->from, "First day, like 2017-11-01");
  command->add_option("--to", options->to, "Day after the last one: the end is not included");
  command->add_option("--tz", options->tz, "Time zone of the days, like Asia/Tokyo (default: that of --config, else UTC)");
  command->add_option("--config", options->config, "nightjar.toml with the time zone and the geolocation files for names of networks");
  command->add_option("--where", options->where, "Filter, like 'port = 23 and country = JP'");
  command->add_option("--sensor", options->sensors, "Sensor to read; may be given several times")->allow_extra_args(false);
  command->add_option("--kind", options->kind,
                      "Kind of sensors to read: darknet, honeypot or reflector (default: the kind that the figure is about)");
  command->add_option("--without", options->without, "Traffic to leave out: survey (scanners), backscatter, or survey,backscatter");
  command->add_option("--top", options->top, "Rows of a ranking")->capture_default_str();
  command->add_option("--compare", options->compare, "port-share: another span to compare with, FROM TO")->expected(2);
  command->add_option("--definition", options->definition, "Figures of attacks: whose count (default: per-sensor, as NICTER's report)");
  command->add_option("--groups", options->groups, "port-groups: TOML file with other groups");
  command->add_option("--figures", options->figures, "Folder with figures that replace or add to the built-in ones")
      ->envname("NIGHTJAR_FIGURES");
  command->add_option("--format", options->format, "table, csv, json or parquet")
      ->check(CLI::IsMember({"table", "csv", "json", "parquet"}))
      ->capture_default_str();
  command->add_option("-o,--output", options->output, "File to write instead of standard output");
  command->add_flag("--show-sql", options->show_sql, "Print the queries to standard error");
  command->footer(
      "Example:\n  nightjar figure port-hosts --from 2017-11-01 --to 2017-12-01 --tz Asia/Tokyo --where 'port = 23 and protocol = tcp and "
      "country = JP'");
  command->callback([options, &context] { context.run = [options, &context] { return run(*options, context); }; });
}

void add_figures(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("figures", "Lists the figures, one line each");
  auto folder = std::make_shared<std::string>();
  command->add_option("--figures", *folder, "Folder with figures that replace or add to the built-in ones")->envname("NIGHTJAR_FIGURES");
  command->footer("Example:\n  nightjar figures");
  command->callback([folder, &context] {
    context.run = [folder] {
      auto catalogue = catalogue_of(*folder);
      if (!catalogue) return fail(catalogue.error().sentence);
      std::size_t widest = 0;
      for (const FigureFile& figure : catalogue->figures()) widest = std::max(widest, figure.name.size());
      std::string out;
      for (const FigureFile& figure : catalogue->figures())
        out += escape_for_terminal(figure.name) + std::string(widest - figure.name.size() + 2, ' ') + escape_for_terminal(figure.title_en) +
               "\n";
      auto written = write_text(out, "");
      return written ? kDone : fail(written.error().sentence);
    };
  });
}

}  // namespace nightjar::cli
