#include "incident/incident.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace nightjar {
namespace {

constexpr std::array<std::string_view, kIncidentKinds> kKinds = {"host-spike",    "packet-spike", "new-port",       "heavy-source",
                                                                 "scan-campaign", "dos-victim",   "carpet-bombing", "new-payload",
                                                                 "drdos",         "sensor"};
constexpr std::array<std::string_view, 5> kMetrics = {"hosts", "packets", "attacks", "sessions", "minutes"};
constexpr std::array<std::string_view, 3> kConfidences = {"possible", "probable", "confirmed"};
constexpr std::array<std::string_view, 4> kTrends = {"rising", "steady", "falling", "over"};
constexpr std::array<std::string_view, 2> kRelations = {"co-scanned", "dropper"};
constexpr std::array<std::string_view, 19> kCauses = {
    "unknown",       "infected-devices", "infected-windows", "exploit-wave",    "dropper-wave",       "scanning-tool", "one-source",
    "campaign",      "louder-hosts",     "new-hosts",        "dos-backscatter", "carpet-backscatter", "new-exploit",   "attacks-on-network",
    "sensor-silent", "sensor-drops",     "sensor-clock",     "sensor-size",     "sensor-repeated"};

template <class List, class Enum>
std::string_view name_in(const List& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

template <class Enum, class List>
std::optional<Enum> value_in(const List& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view name_of(IncidentKind kind) { return name_in(kKinds, kind); }
std::optional<IncidentKind> incident_kind(std::string_view name) { return value_in<IncidentKind>(kKinds, name); }
std::string_view name_of(Metric metric) { return name_in(kMetrics, metric); }
std::string_view name_of(Confidence confidence) { return name_in(kConfidences, confidence); }
std::string_view name_of(Trend trend) { return name_in(kTrends, trend); }
std::string_view name_of(Relation relation) { return name_in(kRelations, relation); }
std::string_view name_of(Cause cause) { return name_in(kCauses, cause); }
std::optional<Cause> cause_named(std::string_view name) { return value_in<Cause>(kCauses, name); }

}  // namespace nightjar
