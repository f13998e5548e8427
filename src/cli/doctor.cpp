#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/doctor_checks.hpp"

namespace nightjar::cli {
namespace {

namespace fs = std::filesystem;
using Level = Finding::Level;

struct Options {
  std::string config, format = "text";
};

constexpr std::array kLevelNames = {"ok", "warn", "fail"};
const char* name_of(Level level) { return kLevelNames[static_cast<std::size_t>(level)]; }

/// The file that was named, or the one where nightjar.toml usually lies; empty: there is none.
fs::path config_of(const Options& options) {
  if (!options.config.empty()) return options.config;
  for (const char* usual : {"nightjar.toml", "/etc/nightjar/nightjar.toml"}) {
    std::error_code error;
    if (fs::exists(usual, error)) return usual;
  }
  return {};
}

/// What stands in the file; a mistake in it is a finding, and the rest is looked at without it.
Examined read(const Options& options, const Context& context, Findings& findings) {
  Examined examined;
  examined.lake = context.lake;
  const fs::path file = config_of(options);
  if (file.empty()) {
    findings.push_back({Level::warn, "file", "no nightjar.toml was named or found: only the machine is looked at",
                        "name it with --config, or let nightjar init write one"});
    return examined;
  }
  const auto wrong = [&](const Error& error) {
    findings.push_back({Level::fail, "file", error.sentence, "mend the file; the rest of it was not looked at"});
  };
  auto settings = read_settings(file);
  if (!settings) {
    wrong(settings.error());
    return examined;
  }
  auto sensors = read_sensor_config(file);
  if (!sensors) {
    wrong(sensors.error());
    return examined;
  }
  findings.push_back({Level::ok, "file", file.string() + " can be read", ""});
  // --lake and NIGHTJAR_LAKE win, as in nightjar run.
  if (context.lake == Context().lake) examined.lake = settings->path(settings->run, "lake");
  examined.settings = *std::move(settings);
  examined.sensors = *std::move(sensors);
  return examined;
}

std::string as_text(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += fmt::format("{}: {}{}{}\n", name_of(finding.level), escape_for_terminal(finding.what), finding.advice.empty() ? "" : "; ",
                        escape_for_terminal(finding.advice));
  }
  return text;
}

std::string as_json(const Findings& findings) {
  nlohmann::ordered_json checks = nlohmann::ordered_json::array();
  std::array<std::size_t, kLevelNames.size()> counts{};
  for (const Finding& finding : findings) {
    ++counts[static_cast<std::size_t>(finding.level)];
    checks.push_back({{"level", name_of(finding.level)}, {"about", finding.about}, {"what", finding.what}, {"advice", finding.advice}});
  }
  nlohmann::ordered_json all;
  for (std::size_t level = 0; level < counts.size(); ++level) all[kLevelNames[level]] = counts[level];
  all["checks"] = std::move(checks);
  // File names may be no UTF-8.
  return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

int doctor(const Options& options, const Context& context) {
  Findings findings;
  const Examined examined = read(options, context, findings);
  check_network(examined, findings);
  check_machine(examined, findings);
  check_data(examined, findings);
  fmt::print("{}", options.format == "json" ? as_json(findings) : as_text(findings));
  for (const Finding& finding : findings) {
    if (finding.level == Level::fail) return kFailed;
  }
  return kDone;
}

}  // namespace

void add_doctor(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("doctor", "look whether this machine is fit for what nightjar.toml says, and what to do; changes nothing");
  command->add_option("--config", options->config, "nightjar.toml; left out: the one here, or /etc/nightjar/nightjar.toml");
  command->add_option("--format", options->format, "text or json")->check(CLI::IsMember({"text", "json"}))->capture_default_str();
  command->footer(
      "Example: sudo nightjar doctor --config /etc/nightjar/nightjar.toml\n"
      "Exit status: 0 where nothing is marked fail, else 1. Some checks need root and say so.\n");
  command->callback([options, &context] { context.run = [options, &context] { return doctor(*options, context); }; });
}

}  // namespace nightjar::cli
