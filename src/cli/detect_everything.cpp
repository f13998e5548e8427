#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/file.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/commands.hpp"
#include "cli/day_span.hpp"
#include "cli/detect_everything.hpp"
#include "cli/network_names.hpp"
#include "cli/progress_bar.hpp"
#include "detect/detect_attacks.hpp"
#include "detect/detect_victims.hpp"
#include "detect/scan_events.hpp"
#include "detect/scanner_days.hpp"
#include "enrich/geolocation.hpp"
#include "incident/rules.hpp"
#include "incident/words_numbers.hpp"
#include "judge/detect_incidents.hpp"
#include "judge/port_days.hpp"

namespace nightjar::cli {
namespace {

struct Options {
  std::string from, to, config;
  bool explain_rules = false;
  int jobs = 0;
};

/// The rules of --config, of nightjar.toml where there is one here, or the defaults.
Result<Rules> rules_of(const std::string& config) {
  std::error_code ignored;
  const std::string file = !config.empty() ? config : std::filesystem::exists("nightjar.toml", ignored) ? "nightjar.toml" : "";
  if (file.empty()) return Rules{};
  auto text = read_file(file, 16 << 20);
  if (!text) return text.error();
  return rules_of_toml(*text, file);
}

/// What is being done, for the progress bar's thread.
class Step {
 public:
  void set(std::string_view text) {
    const std::lock_guard lock(mutex_);
    text_ = text;
  }
  std::string get() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_ = "attacks and scans";
};

bool conflict(const Error& error) { return error.sentence.starts_with("Conflict"); }

/// Victims of denial of service, and DRDoS attacks.
Result<void> find_attacks(Lake& lake, int threads) {
  DetectVictimsOptions victims;
  victims.threads = threads;
  auto corsaro = victim_definition("corsaro2");
  if (!corsaro) return corsaro.error();
  if (auto done = detect_victims(lake, *corsaro, victims); !done && !conflict(done.error())) return done.error();
  DetectAttacksOptions attacks;
  attacks.threads = threads;
  for (const char* name : {"amppot", "per-sensor"}) {
    auto definition = attack_definition(name);
    if (!definition) return definition.error();
    if (auto done = detect_attacks(lake, *definition, attacks); !done && !conflict(done.error())) return done.error();
  }
  return {};
}

/// Sources that survey, and scan events.
Result<void> find_scans(Lake& lake, int threads, std::int64_t from_day, std::int64_t to_day) {
  ScannerDaysOptions scanners;
  scanners.threads = threads;
  scanners.keep_other_rules = true;
  if (auto made = ensure_scanner_days(lake, from_day, to_day, scanners); !made && !conflict(made.error())) return made.error();
  ScansOptions scans;
  scans.threads = threads;
  if (auto made = ensure_scans(lake, to_day, scans); !made && !conflict(made.error())) return made.error();
  return {};
}

/// Days before a span that judging it may read.
constexpr std::int64_t kDaysCompared = 120;

/// What incidents are made of, two things at a time: each by itself leaves a core idle for much of its time.
Result<void> prepare(Lake& lake, int threads, std::int64_t from_day, std::int64_t to_day) {
  Result<void> attacks;
  std::thread other([&] {
    attacks = find_attacks(lake, threads);
    if (!attacks) return;
    // What a span is compared with lies before it.
    if (auto made = ensure_port_days(lake, from_day - kDaysCompared, to_day, threads); !made && !conflict(made.error()))
      attacks = made.error();
  });
  Result<void> scans = find_scans(lake, threads, from_day, to_day);
  other.join();
  return attacks ? std::move(scans) : std::move(attacks);
}

/// Whatever is being written: a lake has it whole or not at all, and the next writer removes what is left of it.
void on_stop(int) {
  constexpr std::string_view said =
      "\nnightjar: stopped before the end; what was judged before is in the lake, the same command does the rest\n";
  (void)!::write(STDERR_FILENO, said.data(), said.size());
  ::_exit(kFailed);
}

int run(const Options& options, const Context& context) {
  const auto rules = rules_of(options.config);
  if (!rules) return fail(rules.error().sentence);
  if (options.explain_rules) {
    std::printf("%s", explain_rules(*rules).c_str());
    return kDone;
  }
  DetectIncidentsOptions wanted;
  wanted.rules = *rules;
  wanted.threads = options.jobs;
  const auto span = read_day_span(options.from, options.to);
  if (!span) return wrong_usage(span.error().sentence);
  wanted.from_day = span->from_day;
  wanted.to_day = span->to_day;
  std::error_code ignored;
  if (!std::filesystem::exists(context.lake, ignored))
    return fail("there is no lake at " + context.lake + "; nightjar ingest makes one, --lake names another");
  Lake lake(context.lake);
  std::signal(SIGINT, on_stop);
  std::signal(SIGTERM, on_stop);
  Step step;
  const auto names = lazy_as_names(default_geolocation_files());
  std::map<std::uint32_t, std::string> known;
  wanted.name_of_as = [&](std::uint32_t asn) -> std::string_view {
    const auto [entry, added] = known.try_emplace(asn);
    if (added) entry->second = names(asn);
    return entry->second;
  };
  wanted.on_step = [&](std::string_view text) { step.set(text); };
  Result<DetectedIncidents> done = [&]() -> Result<DetectedIncidents> {
    const ProgressBar bar(context.quiet, [&] { return ProgressBar::State{-1, step.get()}; });
    constexpr std::int64_t kEver = 1LL << 40;
    if (auto prepared = prepare(lake, options.jobs, wanted.from_day.value_or(-kEver), wanted.to_day.value_or(kEver)); !prepared)
      return prepared.error();
    return detect_incidents(lake, wanted);
  }();
  if (!done && conflict(done.error()))
    return fail("another process judged the lake by the same rules at the same time; what it found is in the lake");
  if (!done) return fail(done.error().sentence);
  if (done->no_flows) {
    std::printf("the lake holds no traffic to darknets: there is nothing to judge\n");
  } else if (done->no_days) {
    std::printf("the lake has no traffic to darknets in that span: it has days from %s to %s\n", format_day(done->from_day).c_str(),
                format_day(done->to_day - 1).c_str());
  } else if (done->up_to_date) {
    std::printf("up to date: these days were judged by the rules \"%s\" before, and nothing came since\n", rules->name().c_str());
  } else {
    std::printf("%s from %s to %s judged by the rules \"%s\": %s; nightjar incidents lists them\n",
                counted(done->days, "day", "days").c_str(), format_day(done->from_day).c_str(), format_day(done->to_day - 1).c_str(),
                rules->name().c_str(), counted(done->incidents, "incident", "incidents").c_str());
  }
  return kDone;
}

}  // namespace

void add_detect_everything(CLI::App& detect, Context& context) {
  auto options = std::make_shared<Options>();
  detect.add_option("--from", options->from, "First UTC day that is judged, like 2017-11-01; days before it are what is usual");
  detect.add_option("--to", options->to, "UTC day after the last one: the end is not included");
  detect.add_option("--config", options->config, "File with rules under [detect]; without it nightjar.toml, where there is one here");
  detect.add_flag("--explain-rules", options->explain_rules, "Print the rules with their units, defaults and reasons, and judge nothing");
  detect.add_option("--jobs", options->jobs, "Threads; 0: one a core")->check(CLI::NonNegativeNumber);
  detect.callback([options, &detect, &context] {
    if (detect.get_subcommands().empty()) context.run = [options, &context] { return run(*options, context); };
  });
}

}  // namespace nightjar::cli
