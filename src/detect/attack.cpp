#include "detect/attack.hpp"

#include <array>
#include <bit>
#include <cassert>
#include <cstdio>

#include "base/hash.hpp"
#include "schema/services.hpp"

namespace nightjar {
namespace {

static_assert(kServices <= 32, "services are bits of a word");

constexpr std::uint32_t bit_of(Service service) { return 1U << static_cast<unsigned>(service); }

void note_sensor(Attack& attack, std::uint16_t sensor) {
  const auto place = std::ranges::lower_bound(attack.sensors, sensor);
  if (place == attack.sensors.end() || *place != sensor) attack.sensors.insert(place, sensor);
}

}  // namespace

std::string_view name_of(AttackKind kind) {
  constexpr std::array<std::string_view, 3> names = {"single", "multi-service", "carpet"};
  return names[static_cast<std::size_t>(kind)];
}

bool Attack::has_several_services() const {
  const std::uint32_t known = services & ~bit_of(Service::unknown);
  if (!std::has_single_bit(known)) return known != 0 || several_ports;
  // What nobody could read on the port of a known service was for that service.
  return known != services && several_ports;
}

Attack attack_of(const RequestsSeen& seen) {
  assert(!seen.only_replies);
  Attack attack = begun_by(seen);
  attack.port = seen.port;
  extend(attack, seen);
  return attack;
}

void extend(Attack& attack, const RequestsSeen& seen) {
  attack.bytes_out += seen.bytes_out;
  if (seen.only_replies) return;
  note_packets(attack, seen);
  attack.bytes_in += seen.bytes_in;
  attack.services |= 1U << seen.service;
  attack.several_ports |= seen.port != attack.port;
  note_sensor(attack, seen.sensor);
}

void absorb(Attack& attack, const Attack& other) {
  note_packets(attack, other);
  attack.bytes_in += other.bytes_in;
  attack.bytes_out += other.bytes_out;
  attack.services |= other.services;
  attack.several_ports |= other.several_ports || other.port != attack.port;
  for (const std::uint16_t sensor : other.sensors) note_sensor(attack, sensor);
}

std::uint64_t identify(const Attack& attack, std::string_view definition, std::string_view key) {
  std::uint64_t hash = 0;
  const auto mix = [&](std::uint64_t value) { hash = mix64(hash ^ value) + 0x9e3779b97f4a7c15ULL; };
  for (const std::string_view text : {definition, key}) {
    for (const char c : text) mix(static_cast<unsigned char>(c));
    mix(text.size());
  }
  mix(static_cast<std::uint64_t>(attack.level) << 16 | static_cast<std::uint64_t>(attack.ip_version) << 8 | attack.prefix_length);
  mix(attack.src);
  mix(attack.src_low);
  mix(static_cast<std::uint64_t>(attack.first_ms));
  return hash == 0 ? 1 : hash;
}

std::string id_text(std::uint64_t id) {
  if (id == 0) return {};
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(id));
  return text.data();
}

std::string services_text(std::uint32_t services) {
  std::string text;
  for (std::size_t i = 0; i < kServices; ++i) {
    if ((services >> i & 1) != 0) text += (text.empty() ? "" : " ") + std::string(kServiceNames[i]);
  }
  return text;
}

}  // namespace nightjar
