#include "detect/attack_definition.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "detect/victim_definition.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kWith = " with ";
constexpr std::array<std::string_view, 3> kCounts = {"sum", "sensors", "victim"};
constexpr std::int64_t kLongestGap = 31 * 86'400;
constexpr std::uint64_t kMostRequests = 1'000'000'000;

std::string key_text(const AttackKey& key) {
  return std::string("victim") + (key.port ? "+port" : "") + (key.service ? "+service" : "") + (key.sensor ? "+sensor" : "");
}

std::string count_text(AttackCount count) { return std::string(kCounts[static_cast<std::size_t>(count)]); }

std::vector<std::string_view> parts_of(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + separator.size());
  }
}

Result<AttackKey> read_key(std::string_view text) {
  AttackKey key{false, false, false};
  const auto parts = parts_of(text, "+");
  bool fine = parts.front() == "victim";
  for (std::size_t i = 1; fine && i < parts.size(); ++i) {
    bool* const field = parts[i] == "port"      ? &key.port
                        : parts[i] == "service" ? &key.service
                        : parts[i] == "sensor"  ? &key.sensor
                                                : nullptr;
    fine = field != nullptr && !std::exchange(*field, true);
  }
  if (!fine) return Error{"the key of a definition is victim, with +port, +service, +sensor behind it, not \"" + std::string(text) + "\""};
  return key;
}

Result<AttackCount> read_count(std::string_view text) {
  const auto found = std::ranges::find(kCounts, text);
  if (found == kCounts.end()) return Error{"attacks are counted by sum, sensors or victim, not by \"" + std::string(text) + "\""};
  return static_cast<AttackCount>(found - kCounts.begin());
}

template <class T>
Result<T> read_number(std::string_view what, std::string_view text) {
  T value{};
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad != std::errc() || end != text.data() + text.size())
    return Error{"after " + std::string(what) + " should follow a number, not \"" + std::string(text) + "\""};
  return value;
}

Result<void> apply(AttackDefinition& definition, const AttackChanges& changes) {
  if (changes.min_requests) definition.min_requests = *changes.min_requests;
  if (changes.gap_seconds) definition.gap_seconds = *changes.gap_seconds;
  if (changes.carpet_addresses) definition.carpet_addresses = *changes.carpet_addresses;
  if (changes.key) {
    auto key = read_key(*changes.key);
    if (!key) return key.error();
    definition.key = *key;
  }
  if (changes.count) {
    auto count = read_count(*changes.count);
    if (!count) return count.error();
    definition.count = *count;
  }
  if (definition.gap_seconds < kShortestGap)
    return Error{"the gap is at least 60 s: the lake keeps the first and the last request of each minute, so shorter pauses are not known"};
  if (definition.gap_seconds > kLongestGap) return Error{"the gap is at most " + std::to_string(kLongestGap) + " s"};
  if (definition.min_requests < 2 || definition.min_requests > kMostRequests)
    return Error{"the fewest requests of an attack are 2 to " + std::to_string(kMostRequests) + ": a single one is a scan"};
  if (definition.carpet_addresses < 2 || definition.carpet_addresses > 256) return Error{"a carpet has at least 2 to 256 addresses"};
  return {};
}

/// "gap 900" into the changes.
Result<void> read_change(std::string_view text, AttackChanges& changes) {
  const std::size_t space = text.find(' ');
  const std::string_view what = text.substr(0, space), value = space == std::string_view::npos ? "" : text.substr(space + 1);
  const auto number = [&](auto& target) -> Result<void> {
    auto read = read_number<typename std::remove_reference_t<decltype(target)>::value_type>(what, value);
    if (!read) return read.error();
    target = *read;
    return {};
  };
  if (what == "min") return number(changes.min_requests);
  if (what == "gap") return number(changes.gap_seconds);
  if (what == "carpet") return number(changes.carpet_addresses);
  if (what != "key" && what != "count")
    return Error{"a definition can be changed in key, min, gap, count and carpet, not in \"" + std::string(what) + "\""};
  (what == "key" ? changes.key : changes.count) = std::string(value);
  return {};
}

/// The preset's name and how the definition differs from it.
std::string name_of(const AttackDefinition& preset, const AttackDefinition& definition) {
  std::string list;
  const auto differs = [&](bool different, const std::string& text) {
    if (different) list += (list.empty() ? "" : ", ") + text;
  };
  differs(definition.key != preset.key, "key " + key_text(definition.key));
  differs(definition.min_requests != preset.min_requests, "min " + std::to_string(definition.min_requests));
  differs(definition.gap_seconds != preset.gap_seconds, "gap " + std::to_string(definition.gap_seconds));
  differs(definition.count != preset.count, "count " + count_text(definition.count));
  differs(definition.carpet_addresses != preset.carpet_addresses, "carpet " + std::to_string(definition.carpet_addresses));
  return preset.name + (list.empty() ? "" : std::string(kWith) + list);
}

}  // namespace

std::string AttackDefinition::parameters() const {
  return "key=" + key_text(key) + " min=" + std::to_string(min_requests) + " gap=" + std::to_string(gap_seconds) +
         " count=" + count_text(count) + " carpet=" + std::to_string(carpet_addresses) +
         " carpet-requests=" + std::to_string(carpet_requests);
}

std::span<const AttackPreset> attack_presets() {
  static const std::array<AttackPreset, 4> presets = {{
      {{"amppot", {true, false, true}, 100, 3600, AttackCount::sensors},
       "at least 100 requests of one victim to one port of one sensor, no pause above an hour (Kraemer et al., RAID 2015); what all "
       "sensors get of it at the same time is one attack"},
      {{"per-sensor", {true, false, true}, 100, 3600, AttackCount::sum},
       "the same, but each sensor's counts: the plain sum over sensors (NICTER observation report 2017, footnote 10)"},
      {{"merged", {true, false, true}, 100, 3600, AttackCount::victim},
       "the same, but all that hits one victim at the same time is one attack, whatever sensors and services"},
      {{"hopscotch", {false, true, false}, 6, 900, AttackCount::sum},
       "more than 5 requests at one sensor, of one victim and service over all sensors, no pause above 15 minutes (Thomas et al. 2017)"},
  }};
  return presets;
}

Result<AttackDefinition> attack_definition(std::string_view name, const AttackChanges& changes) {
  const std::size_t with = name.find(kWith);
  const std::string_view preset_name = name.substr(0, with);
  std::vector<std::string_view> names;
  std::string list;
  const AttackDefinition* preset = nullptr;
  for (const AttackPreset& each : attack_presets()) {
    if (each.definition.name == preset_name) preset = &each.definition;
    names.emplace_back(each.definition.name);
    list += (list.empty() ? "" : ", ") + each.definition.name;
  }
  if (preset == nullptr) {
    for (const VictimPreset& each : victim_presets()) {
      names.emplace_back(each.definition.name);
      list += ", " + each.definition.name;
    }
    const std::string near = nearest(preset_name, names);
    return Error{"there is no definition \"" + std::string(preset_name) + "\"." + (near.empty() ? "" : " Did you mean " + near + "?") +
                 " Definitions are " + list};
  }
  AttackDefinition definition = *preset;
  if (with != std::string_view::npos) {
    AttackChanges named;
    for (const std::string_view part : parts_of(name.substr(with + kWith.size()), ", "))
      if (auto read = read_change(part, named); !read) return read.error();
    if (auto applied = apply(definition, named); !applied) return applied.error();
  }
  if (auto applied = apply(definition, changes); !applied) return applied.error();
  definition.name = name_of(*preset, definition);
  return definition;
}

}  // namespace nightjar
