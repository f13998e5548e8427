#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/day_span.hpp"
#include "cli/detect_everything.hpp"
#include "cli/detect_victims.hpp"
#include "cli/progress_bar.hpp"
#include "detect/detect_attacks.hpp"

namespace nightjar::cli {
namespace {

struct Options {
  std::string definition = "amppot", from, to;
  AttackChanges changes;
  VictimChanges of_victims;  ///< those that DRDoS attacks do not have
  int jobs = 0;
};

std::string plural(std::uint64_t number, const std::string& noun) { return with_thousands(number) + " " + noun + (number == 1 ? "" : "s"); }

std::string line_of(const AttackDefinition& definition, const DetectedAttacks& done) {
  const std::string by = "definition " + definition.name + " (" + definition.parameters() + ")";
  if (done.no_requests) return "the lake holds no requests to reflectors: there is nothing to judge";
  if (done.up_to_date) return by + ": up to date, nothing came since";
  std::string line = by + ": " + plural(done.attacks, "attack");
  if (done.multi_service > 0) line += "; " + plural(done.multi_service, "group") + " of them through several services on one victim";
  if (done.carpets > 0) {
    line += "; " + plural(done.carpets, "carpet") + " over a prefix, which " + (done.carpets == 1 ? "counts" : "count") + " as no attack";
    if (done.lone_carpets == done.carpets)
      line += ": no address of " + std::string(done.carpets == 1 ? "it" : "them") + " was asked for often enough by itself";
    else
      line += "; " + with_thousands(done.carpets - done.lone_carpets) +
              " of them with addresses that were asked for often enough by themselves";
  }
  return line;
}

/// By a definition of victims.
int run_victims(const Options& options, const DetectAttacksOptions& wanted, const Context& context) {
  if (options.changes.key || options.changes.count)
    return wrong_usage("--key and --count are of DRDoS attacks: " + options.definition + " is by victim, protocol and sensor");
  VictimChanges changes = options.of_victims;
  changes.min_packets = options.changes.min_requests;
  changes.gap_seconds = options.changes.gap_seconds;
  changes.carpet_addresses = options.changes.carpet_addresses;
  return detect_victims(options.definition, changes, wanted, context);
}

int run(const Options& options, const Context& context) {
  const bool of_victims = names_victims(options.definition);
  const auto definition =
      of_victims ? Result<AttackDefinition>(AttackDefinition{}) : attack_definition(options.definition, options.changes);
  if (!definition) return wrong_usage(definition.error().sentence);
  if (!of_victims && (options.of_victims.min_seconds || options.of_victims.min_peak))
    return wrong_usage("--seconds and --peak are of victims seen by their backscatter, so of corsaro2 and corsaro3");
  DetectAttacksOptions wanted;
  wanted.threads = options.jobs;
  const auto span = read_day_span(options.from, options.to);
  if (!span) return wrong_usage(span.error().sentence);
  wanted.from_day = span->from_day;
  wanted.to_day = span->to_day;
  if (of_victims) return run_victims(options, wanted, context);
  std::error_code ignored;
  if (!std::filesystem::exists(context.lake, ignored))
    return fail("there is no lake at " + context.lake + "; nightjar ingest makes one, --lake names another");
  Lake lake(context.lake);
  Result<DetectedAttacks> done = [&] {
    const ProgressBar bar(context.quiet, [] { return ProgressBar::State{-1, "reading requests"}; });
    return detect_attacks(lake, *definition, wanted);
  }();
  if (!done && done.error().sentence.starts_with("Conflict"))
    return fail("another process looked for attacks by the same definition at the same time; what it found is in the lake");
  if (!done) return fail(done.error().sentence);
  std::printf("%s\n", line_of(*definition, *done).c_str());
  return kDone;
}

std::string presets_text() {
  std::string text = "Definitions:\n";
  for (const AttackPreset& preset : attack_presets())
    text += "  " + preset.definition.name + ": " + std::string(preset.sentence) + "\n    " + preset.definition.parameters() + "\n";
  return text + victim_presets_text();
}

}  // namespace

void add_detect(CLI::App& app, Context& context) {
  auto* detect = app.add_subcommand("detect", "Judges a span of time: attacks, scan events, incidents and their causes");
  detect->require_subcommand(0, 1);
  add_detect_everything(*detect, context);
  detect->footer(
      "Example:\n  nightjar detect\n  nightjar detect --from 2017-11-01 --to 2017-12-01\n  nightjar detect attacks --definition "
      "per-sensor");
  auto* command = detect->add_subcommand(
      "attacks", "DRDoS attacks by the requests that reflectors got, or victims of others by their backscatter to darknets");
  auto options = std::make_shared<Options>();
  command
      ->add_option("--definition", options->definition,
                   "What an attack is: amppot, per-sensor, merged or hopscotch; corsaro2 or corsaro3: victims by their backscatter")
      ->capture_default_str();
  command->add_option("--from", options->from, "First UTC day in which judged attacks begin, like 2017-11-01");
  command->add_option("--to", options->to, "UTC day after the last one: the end is not included");
  command->add_option("--min", options->changes.min_requests, "Fewest requests of an attack, at one sensor; of victims fewest packets");
  command->add_option("--gap", options->changes.gap_seconds,
                      "Seconds: a longer pause ends an attack; at least 60. Of corsaro3 the silent interval");
  command->add_option("--seconds", options->of_victims.min_seconds, "Of victims: fewest seconds from the first to the last packet");
  command->add_option("--peak", options->of_victims.min_peak, "Of victims: fewest packets in some 60 seconds");
  command->add_option("--key", options->changes.key, "What requests share: victim, with +port, +service, +sensor");
  command->add_option("--count", options->changes.count,
                      "sum: each sensor's counts; sensors: all sensors together; victim: all services of one victim too");
  command->add_option("--carpet", options->changes.carpet_addresses, "Fewest addresses of one prefix for a carpet");
  command->add_option("--jobs", options->jobs, "Threads; 0: one a core")->check(CLI::NonNegativeNumber);
  command->footer(presets_text() +
                  "Changed, a definition calls itself \"amppot with gap 900\" and stands beside the others. A second run with\n"
                  "nothing new in the lake writes nothing.\n"
                  "Example:\n  nightjar detect attacks --definition amppot --gap 900\n  nightjar detect attacks --definition corsaro2");
  command->callback([options, &context] { context.run = [options, &context] { return run(*options, context); }; });
}

}  // namespace nightjar::cli
