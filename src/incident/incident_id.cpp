#include "incident/incident_id.hpp"

#include <array>
#include <cstdio>

#include "base/hash.hpp"

namespace nightjar {

std::string incident_id(IncidentKind kind, std::string_view key, std::int64_t onset_ms) {
  std::uint64_t hash = 0;
  const auto mix = [&](std::uint64_t value) { hash = mix64(hash ^ value) + 0x9e3779b97f4a7c15ULL; };
  for (const std::string_view text : {name_of(kind), key}) {
    for (const char c : text) mix(static_cast<unsigned char>(c));
    mix(text.size());
  }
  mix(static_cast<std::uint64_t>(onset_ms));
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  return text.data();
}

}  // namespace nightjar
