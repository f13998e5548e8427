#include "cli/detect_victims.hpp"

#include <cstdio>
#include <filesystem>

#include "base/text.hpp"
#include "cli/progress_bar.hpp"
#include "detect/detect_victims.hpp"

namespace nightjar::cli {
namespace {

std::string plural(std::uint64_t number, const std::string& noun) { return with_thousands(number) + " " + noun + (number == 1 ? "" : "s"); }

std::string lines_of(const VictimDefinition& definition, const DetectedVictims& done) {
  const std::string by = "definition " + definition.name + " (" + definition.parameters() + ")";
  if (done.no_backscatter && done.up_to_date) return "the lake holds no backscatter: there is nothing to judge\n";
  if (done.up_to_date) return by + ": up to date, nothing came since\n";
  std::string text = by + ": " + plural(done.attacks, "attack") + " in the " + plural(done.days, "day") + " that had to be judged";
  if (done.carpets > 0) {
    text += "; " + plural(done.carpets, "carpet") + " over a prefix, which " + (done.carpets == 1 ? "counts" : "count") + " as no attack";
    if (done.lone_carpets > 0)
      text += ", " + with_thousands(done.lone_carpets) + " without an address that is attacked hard enough by itself";
  }
  text += "\n";
  if (done.reflected_minutes > 0)
    text += "left out: " + plural(done.reflected_minutes, "minute") + " in which up to " + with_thousands(done.reflecting_hosts) +
            " hosts answered one dark address and no other (" + plural(done.reflected_packets, "packet") +
            "): somebody sent requests in its name, those who answer are no victims\n";
  return text;
}

}  // namespace

int detect_victims(const std::string& name, const VictimChanges& changes, const DetectAttacksOptions& wanted, const Context& context) {
  const auto definition = victim_definition(name, changes);
  if (!definition) return wrong_usage(definition.error().sentence);
  std::error_code ignored;
  if (!std::filesystem::exists(context.lake, ignored))
    return fail("there is no lake at " + context.lake + "; nightjar ingest makes one, --lake names another");
  Lake lake(context.lake);
  DetectVictimsOptions options;
  options.from_day = wanted.from_day;
  options.to_day = wanted.to_day;
  options.threads = wanted.threads;
  const Result<DetectedVictims> done = [&] {
    const ProgressBar bar(context.quiet, [] { return ProgressBar::State{-1, "reading backscatter"}; });
    return nightjar::detect_victims(lake, *definition, options);
  }();
  if (!done && done.error().sentence.starts_with("Conflict"))
    return fail("another process looked for attacks by the same definition at the same time; what it found is in the lake");
  if (!done) return fail(done.error().sentence);
  std::fputs(lines_of(*definition, *done).c_str(), stdout);
  return kDone;
}

std::string victim_presets_text() {
  std::string text;
  for (const VictimPreset& preset : victim_presets())
    text += "  " + preset.definition.name + ": " + std::string(preset.sentence) + "\n    " + preset.definition.parameters() + "\n";
  return text;
}

}  // namespace nightjar::cli
