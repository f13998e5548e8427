#include "simulate/simulate.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/progress_bar.hpp"
#include "simulate/expected_table.hpp"
#include "simulate/model.hpp"

namespace nightjar::cli {
namespace {

struct Options {
  std::string scenario, out, sensor = "darknet", from, to, rotate = "day", compress, truth, format = "table", port, country;
  double addresses = 64;
  std::uint64_t seed = 2017;
  int reflectors = -1;
  double attack_scale = 0.001;
  bool list = false, expect = false;
};

simulate::Progress* running = nullptr;

/// The first Ctrl-C ends after the day at hand, the second at once.
void on_interrupt(int number) {
  if (running != nullptr) running->stop = true;
  std::signal(number, SIG_DFL);
}

int list_scenarios() {
  std::string text;
  std::size_t widest = 0;
  for (const simulate::BuiltInScenario& scenario : simulate::built_in_scenarios()) widest = std::max(widest, scenario.name.size());
  for (const simulate::BuiltInScenario& built_in : simulate::built_in_scenarios()) {
    auto scenario = simulate::parse_scenario(built_in.text, std::string(built_in.name));
    if (!scenario) return fail(scenario.error().sentence);
    text += std::string(built_in.name) + std::string(widest - built_in.name.size() + 2, ' ') + scenario->title + "\n";
  }
  auto written = write_text(text, "");
  return written ? kDone : fail(written.error().sentence);
}

/// A built-in scenario by its name, or a file.
Result<simulate::Scenario> scenario_of(const std::string& name) {
  const auto& built_in = simulate::built_in_scenarios();
  const auto found = std::find_if(built_in.begin(), built_in.end(), [&](const auto& one) { return one.name == name; });
  if (found != built_in.end()) return simulate::parse_scenario(found->text, name);
  std::error_code ignored;
  if (std::filesystem::exists(name, ignored)) return simulate::read_scenario(name);
  std::string names;
  for (const auto& one : built_in) names += (names.empty() ? "" : ", ") + std::string(one.name);
  return Error{"there is no scenario and no file " + name + "; built in are " + names};
}

/// Seconds since 1970 of a date or of a full hour ("2017-05-12T17:00") in the scenario's zone.
Result<std::optional<std::int64_t>> time_of(const std::string& text, const char* option, std::int64_t utc_offset) {
  if (text.empty()) return std::optional<std::int64_t>();
  const std::string day = text.substr(0, 10), rest = text.size() > 10 ? text.substr(10) : "";
  const auto parsed = parse_day(day);
  if (!parsed) return Error{std::string(option) + ": " + parsed.error().sentence};
  int hour = 0, minute = 0;
  char behind = 0;
  if (!rest.empty() && (std::sscanf(rest.c_str(), "T%2d:%2d%c", &hour, &minute, &behind) != 2 || hour < 0 || hour > 23 || minute != 0)) {
    return Error{std::string(option) + ": " + text + " is neither a date like 2017-05-12 nor a full hour like 2017-05-12T17:00"};
  }
  return std::optional<std::int64_t>(*parsed * kSecondsPerDay + hour * kSecondsPerHour - utc_offset);
}

Result<simulate::ExpectedQuestion> question_of(const Options& options) {
  simulate::ExpectedQuestion question;
  if (!options.port.empty()) {
    unsigned port = 0;
    char protocol[4] = "", behind = 0;
    if (std::sscanf(options.port.c_str(), "%5u/%3[a-z]%c", &port, protocol, &behind) != 2 || port == 0 || port > 65535 ||
        (std::string_view(protocol) != "tcp" && std::string_view(protocol) != "udp")) {
      return Error{"--port: " + options.port + " is not a port like 23/tcp or 1900/udp"};
    }
    question.port = static_cast<std::uint16_t>(port);
    question.protocol = protocol_number(protocol);
  }
  if (!options.country.empty()) {
    if (options.country.size() != 2 ||
        !std::all_of(options.country.begin(), options.country.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
      return Error{"--country: " + options.country + " is not a country code like JP"};
    }
    question.country = country_code(options.country[0], options.country[1]);
  }
  return question;
}

std::string addresses_text(double addresses) {
  if (addresses == std::floor(addresses)) return with_thousands(static_cast<std::uint64_t>(addresses));
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", addresses);
  return text;
}

int expect(const Options& options, const simulate::Scenario& scenario, std::int64_t from, std::int64_t to) {
  const std::int64_t offset = scenario.utc_offset;
  if (from >= to || from < scenario.from || to > scenario.to || (from + offset) % kSecondsPerDay != 0 ||
      (to + offset) % kSecondsPerDay != 0) {
    return wrong_usage("--expect prints whole days of the scenario's time zone: --from before --to, both from " +
                       format_second(scenario.from + offset).substr(0, 10) + " to " + format_second(scenario.to + offset).substr(0, 10));
  }
  const auto question = question_of(options);
  if (!question) return wrong_usage(question.error().sentence);
  // With geolocation data hosts of one address count once; without them nothing else changes.
  std::optional<simulate::Origins> origins;
  if (const auto geolocation = Geolocation::load(default_geolocation_files())) {
    if (auto built = simulate::Origins::build(**geolocation)) origins = std::move(*built);
  }
  const auto model = simulate::Model::prepare(scenario, origins ? &*origins : nullptr, scenario.to);
  if (!model) return fail(model.error().sentence);
  const auto expected = simulate::expected_table(*model, options.addresses, from, to, *question);
  if (options.format == "json") {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const simulate::ExpectedRow& row : expected) {
      rows.push_back({{"day", row.day},
                      {"protocol", row.protocol.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(row.protocol)},
                      {"port", row.port ? nlohmann::ordered_json(*row.port) : nlohmann::ordered_json()},
                      {"country", row.country.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(row.country)},
                      {"fingerprint", row.fingerprint.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(row.fingerprint)},
                      {"packets", row.packets},
                      {"packets_deviation", row.packets_deviation},
                      {"hosts", row.hosts ? nlohmann::ordered_json(*row.hosts) : nlohmann::ordered_json()}});
    }
    const nlohmann::ordered_json answer = {{"scenario", scenario.name},
                                           {"origin", "modelled"},
                                           {"addresses", options.addresses},
                                           {"utc_offset_seconds", scenario.utc_offset},
                                           {"rows", std::move(rows)}};
    auto written = write_text(answer.dump(1) + "\n", "");
    return written ? kDone : fail(written.error().sentence);
  }
  std::vector<std::vector<Value>> rows;
  const auto text = [](const std::string& value) { return value.empty() ? Value() : Value(value); };
  for (const simulate::ExpectedRow& row : expected) {
    rows.push_back({Value(row.day), text(row.protocol), row.port ? Value(std::uint64_t{*row.port}) : Value(), text(row.country),
                    text(row.fingerprint), Value(row.packets), Value(row.packets_deviation), row.hosts ? Value(*row.hosts) : Value()});
  }
  const std::vector<std::string> names = {"day", "protocol", "port", "country", "fingerprint", "packets", "packets_deviation", "hosts"};
  if (options.format == "csv") {
    auto written = write_text(csv_text(names, rows), "");
    return written ? kDone : fail(written.error().sentence);
  }
  std::vector<OutputColumn> columns;
  for (const std::string& name : names) {
    const bool number = name == "port" || name.starts_with("packets") || name == "hosts";
    columns.push_back({name, number, name != "port" && number, name == "port" || !number ? 0 : 1, 0});
  }
  std::string page =
      scenario.title + ", modelled data: what a darknet of " + addresses_text(options.addresses) +
      " addresses is expected to get a day\n-: all together; packets of a port, country or fingerprint are scans and requests\n\n";
  auto written = write_text(page + (rows.empty() ? "no rows\n" : table_text(columns, rows)), "");
  return written ? kDone : fail(written.error().sentence);
}

int write_captures(const Options& options, const simulate::Scenario& scenario, std::optional<std::int64_t> from,
                   std::optional<std::int64_t> to, const Context& context) {
  const auto geolocation = Geolocation::load(default_geolocation_files());
  if (!geolocation) return fail(geolocation.error().sentence);
  simulate::Settings settings;
  const bool to_standard_output = options.out == "-";
  if (to_standard_output) {
    settings.to_standard_output = options.sensor;
    if (::isatty(STDOUT_FILENO) == 1) return wrong_usage("a capture on a terminal helps nobody: pipe it, e.g. into tcpdump -nr -");
  } else {
    settings.out = options.out;
  }
  settings.addresses = static_cast<std::uint32_t>(options.addresses);
  settings.from = from;
  settings.to = to;
  settings.seed = options.seed;
  if (options.reflectors >= 0) settings.reflectors = static_cast<std::uint32_t>(options.reflectors);
  settings.attack_scale = options.attack_scale;
  settings.rotate = options.rotate == "hour" ? simulate::Rotate::hour : simulate::Rotate::day;
  settings.zstd = options.compress == "zstd";
  settings.truth = options.truth;

  const auto begin = std::chrono::steady_clock::now();
  simulate::Progress progress;
  running = &progress;
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  Result<simulate::Written> written = Error{};
  {
    const ProgressBar bar(context.quiet, [&] {
      ProgressBar::State state;
      if (progress.days > 0) state.share = static_cast<double>(progress.days_done) / static_cast<double>(progress.days);
      state.text = with_thousands(progress.packets) + " packets of the darknet";
      return state;
    });
    written = simulate::simulate(scenario, **geolocation, settings, progress);
  }
  running = nullptr;
  if (!written) return fail(written.error().sentence);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (!context.quiet && !to_standard_output) {
    std::printf("modelled data of scenario %s in %s\n", escape_for_terminal(scenario.name).c_str(),
                escape_for_terminal(options.out).c_str());
    std::uint64_t packets = 0;
    for (const simulate::Written::Sensor& sensor : written->sensors) {
      packets += sensor.packets;
      std::printf("  %-14s %14s packets  %10s  %6s files\n", sensor.name.c_str(), with_thousands(sensor.packets).c_str(),
                  human_bytes(sensor.bytes).c_str(), with_thousands(sensor.files).c_str());
    }
    std::printf("  %-14s %14s packets in %s\n", "all", with_thousands(packets).c_str(), human_duration(seconds).c_str());
    if (!options.truth.empty() && !written->stopped) std::printf("the truth is in %s\n", escape_for_terminal(options.truth).c_str());
  }
  if (written->stopped) {
    return fail("stopped before the end; whole captures stay, the last one of each sensor is a .part" +
                std::string(options.truth.empty() ? "" : ", and no truth was written"));
  }
  return kDone;
}

int run(const Options& options, const Context& context) {
  if (options.list) return list_scenarios();
  if (options.scenario.empty()) return wrong_usage("which scenario? nightjar simulate --list names them; a scenario file does too");
  auto scenario = scenario_of(options.scenario);
  if (!scenario) return fail(scenario.error().sentence);
  const auto from = time_of(options.from, "--from", scenario->utc_offset), to = time_of(options.to, "--to", scenario->utc_offset);
  if (!from) return wrong_usage(from.error().sentence);
  if (!to) return wrong_usage(to.error().sentence);
  if (!std::isfinite(options.addresses) || !std::isfinite(options.attack_scale)) {
    return wrong_usage("--addresses and --attack-scale are numbers");
  }
  if (options.expect) return expect(options, *scenario, from->value_or(scenario->from), to->value_or(scenario->to));
  if (options.out.empty()) return wrong_usage("--out DIR says where the captures go; - writes one sensor's to standard output");
  if (options.addresses > simulate::kMostAddresses || options.addresses != std::floor(options.addresses)) {
    return wrong_usage("--addresses of captures is a whole number up to " + std::to_string(simulate::kMostAddresses));
  }
  return write_captures(options, *scenario, *from, *to, context);
}

}  // namespace

void add_simulate(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("simulate", "Captures of a modelled darknet with known truth");
  command->footer(
      "The same arguments and the same geolocation data make the same bytes; 64\n"
      "addresses see a part of what 256 see. Times are in the scenario's time zone.\n"
      "A scenario is a TOML file to copy and edit (scenarios/); docs/model.md tells\n"
      "what is modelled.\n"
      "Example: nightjar simulate one-of-each --out modelled --truth truth.json &&\n"
      "         nightjar ingest modelled");
  command->add_option("SCENARIO", options->scenario, "A built-in one (--list) or a scenario file");
  command->add_flag("--list", options->list, "List the built-in scenarios");
  command->add_option("--out", options->out, "Folder for captures; - writes one sensor to a pipe");
  command->add_option("--sensor", options->sensor, "With --out -: which sensor")->capture_default_str();
  command->add_option("--addresses", options->addresses, "Size of the darknet")
      ->type_name("N")
      ->check(CLI::Range(1.0, 4294967296.0).description(""))
      ->capture_default_str();
  command->add_option("--from", options->from, "First day, or hour like 2017-05-12T17:00");
  command->add_option("--to", options->to, "Day or hour after the last one");
  command->add_option("--seed", options->seed, "Another seed makes another year of the same kind")->capture_default_str();
  command->add_option("--reflectors", options->reflectors, "Reflector pots (default: as the scenario says)")
      ->type_name("N")
      ->check(CLI::Range(0, 250).description(""));
  command->add_option("--attack-scale", options->attack_scale, "Share of the scenario's DRDoS attacks")
      ->type_name("X")
      ->check(CLI::Range(1e-6, 1.0).description(""))
      ->capture_default_str();
  command->add_option("--rotate", options->rotate, "A capture an hour or a day")
      ->check(CLI::IsMember({"hour", "day"}))
      ->capture_default_str();
  command->add_option("--compress", options->compress, "zstd")->check(CLI::IsMember({"zstd"}));
  command->add_option("--truth", options->truth, "File (JSON): what is in the captures, and why");
  command->add_flag("--expect", options->expect, "Write nothing: print what is expected a day");
  command->add_option("--port", options->port, "With --expect: only this port, like 23/tcp");
  command->add_option("--country", options->country, "With --expect: only this country, like JP");
  command->add_option("--format", options->format, "With --expect: table, csv or json")
      ->check(CLI::IsMember({"table", "csv", "json"}))
      ->capture_default_str();
  command->callback([options, &context] { context.run = [options, &context] { return run(*options, context); }; });
}

}  // namespace nightjar::cli
