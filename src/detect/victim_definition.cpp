#include "detect/victim_definition.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/text.hpp"
#include "base/time.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kWith = " with ";
constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::int64_t kLongestGap = kSecondsPerDay, kLongestMinimum = 31 * kSecondsPerDay;
constexpr std::uint64_t kMost = 1'000'000'000;

Error out_of_range(const std::string& what, std::uint64_t low, std::uint64_t high, const std::string& why = "") {
  return Error{what + " is " + std::to_string(low) + " to " + std::to_string(high) + why};
}

Result<void> apply(VictimDefinition& definition, const VictimChanges& changes) {
  if (changes.min_packets) definition.min_packets = *changes.min_packets;
  if (changes.min_peak) definition.min_peak = *changes.min_peak;
  if (changes.carpet_addresses) definition.carpet_addresses = *changes.carpet_addresses;
  if (changes.min_seconds) definition.min_seconds = *changes.min_seconds;
  if (changes.gap_seconds) definition.gap_seconds = *changes.gap_seconds;
  if (definition.min_packets < 2 || definition.min_packets > kMost) return out_of_range("the fewest packets of an attack", 2, kMost);
  if (definition.min_peak < 1 || definition.min_peak > kMost) return out_of_range("the fewest packets in 60 seconds", 1, kMost);
  if (definition.min_seconds < 0 || definition.min_seconds > kLongestMinimum)
    return out_of_range("the shortest attack in seconds", 0, kLongestMinimum);
  if (definition.gap_seconds < kShortestSilence || definition.gap_seconds > kLongestGap)
    return out_of_range("the silence that ends an attack in seconds", kShortestSilence, kLongestGap,
                        ": the lake keeps the first and the last packet of each minute, so shorter pauses are not known");
  if (definition.silence == Silence::interval && definition.gap_seconds % kSecondsPerMinute != 0)
    return Error{"an interval of " + definition.name + " has whole minutes, so its seconds are a multiple of 60"};
  if (definition.carpet_addresses < 2 || definition.carpet_addresses > 256) return Error{"a carpet has at least 2 to 256 addresses"};
  return {};
}

/// "gap 600" into the changes.
Result<void> read_change(std::string_view text, VictimChanges& changes) {
  const std::size_t space = text.find(' ');
  const std::string_view what = text.substr(0, space), value = space == std::string_view::npos ? "" : text.substr(space + 1);
  std::uint64_t number = 0;
  const auto [end, bad] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool fine = bad == std::errc() && end == value.data() + value.size() && number <= kMost;
  if (what != "min" && what != "seconds" && what != "peak" && what != "gap" && what != "carpet")
    return Error{"a definition of victims can be changed in min, seconds, peak, gap and carpet, not in \"" + std::string(what) + "\""};
  if (!fine) return Error{"after " + std::string(what) + " should follow a number, not \"" + std::string(value) + "\""};
  if (what == "min") changes.min_packets = number;
  if (what == "peak") changes.min_peak = number;
  if (what == "carpet") changes.carpet_addresses = number;
  if (what == "seconds") changes.min_seconds = static_cast<std::int64_t>(number);
  if (what == "gap") changes.gap_seconds = static_cast<std::int64_t>(number);
  return {};
}

/// The preset's name and how the definition differs from it.
std::string name_of(const VictimDefinition& preset, const VictimDefinition& definition) {
  std::string list;
  const auto differs = [&](bool different, std::string_view what, auto number) {
    if (different) list += (list.empty() ? "" : ", ") + std::string(what) + " " + std::to_string(number);
  };
  differs(definition.min_packets != preset.min_packets, "min", definition.min_packets);
  differs(definition.min_seconds != preset.min_seconds, "seconds", definition.min_seconds);
  differs(definition.min_peak != preset.min_peak, "peak", definition.min_peak);
  differs(definition.gap_seconds != preset.gap_seconds, "gap", definition.gap_seconds);
  differs(definition.carpet_addresses != preset.carpet_addresses, "carpet", definition.carpet_addresses);
  return preset.name + (list.empty() ? "" : std::string(kWith) + list);
}

const VictimDefinition* preset_of(std::string_view name) {
  const std::string_view wanted = name.substr(0, name.find(kWith));
  for (const VictimPreset& preset : victim_presets())
    if (preset.definition.name == wanted) return &preset.definition;
  return nullptr;
}

}  // namespace

std::string VictimDefinition::parameters() const {
  return "key=victim+protocol+sensor min=" + std::to_string(min_packets) + " seconds=" + std::to_string(min_seconds) +
         " peak=" + std::to_string(min_peak) + (silence == Silence::pause ? " pause=" : " interval=") + std::to_string(gap_seconds) +
         " carpet=" + std::to_string(carpet_addresses);
}

bool VictimDefinition::goes_on(std::int64_t last_ms, std::int64_t next_ms) const { return next_ms <= open_until(last_ms); }

std::int64_t VictimDefinition::open_until(std::int64_t last_ms) const {
  const std::int64_t gap_ms = gap_seconds * kMsPerSecond;
  if (silence == Silence::pause) return last_ms + gap_ms;
  return (floor_div(last_ms, gap_ms) + 2) * gap_ms - 1;
}

std::span<const VictimPreset> victim_presets() {
  static const std::array<VictimPreset, 2> presets = {{
      {{.name = "corsaro2", .silence = Silence::pause, .gap_seconds = 300},
       "victims of denial of service by their backscatter to darknets: at least 25 packets, 60 s from the first to the last, 30 packets "
       "in some 60 s; it ends after 300 s of silence (Moore et al. 2006, as in Corsaro 2)"},
      {{.name = "corsaro3", .silence = Silence::interval, .gap_seconds = 60},
       "the same, but it ends after one minute of the clock without a packet (as in Corsaro 3, which leaves UDP out: this one does not)"},
  }};
  return presets;
}

bool names_victims(std::string_view name) { return preset_of(name) != nullptr; }

Result<VictimDefinition> victim_definition(std::string_view name, const VictimChanges& changes) {
  const VictimDefinition* const preset = preset_of(name);
  if (preset == nullptr) {
    std::vector<std::string_view> names;
    for (const VictimPreset& each : victim_presets()) names.emplace_back(each.definition.name);
    const std::string near = nearest(name, names);
    return Error{"there is no definition of victims \"" + std::string(name) + "\"." + (near.empty() ? "" : " Did you mean " + near + "?") +
                 " Definitions are corsaro2, corsaro3"};
  }
  VictimDefinition definition = *preset;
  VictimChanges named;
  if (const std::size_t with = name.find(kWith); with != std::string_view::npos) {
    std::string_view list = name.substr(with + kWith.size());
    for (bool more = true; more;) {
      const std::size_t end = list.find(", ");
      if (auto read = read_change(list.substr(0, end), named); !read) return read.error();
      more = end != std::string_view::npos;
      if (more) list.remove_prefix(end + 2);
    }
  }
  if (auto applied = apply(definition, named); !applied) return applied.error();
  if (auto applied = apply(definition, changes); !applied) return applied.error();
  definition.name = name_of(*preset, definition);
  return definition;
}

}  // namespace nightjar
