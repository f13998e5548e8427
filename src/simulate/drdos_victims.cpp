#include "simulate/drdos_victims.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "base/time.hpp"
#include "simulate/drdos_draw.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::int64_t kApart = 2 * kAttackGapSeconds * kNanosPerSecond;
constexpr std::uint32_t kPercentAgain = 12;
constexpr std::uint32_t kMostRounds = 100;
constexpr std::uint32_t kNetwork = ~0xffU;

std::uint64_t number(std::uint64_t seed, std::uint64_t attack, std::uint64_t round) {
  return Random{seed, static_cast<std::uint64_t>(DrdosStream::victims), attack, round}.next();
}

void draw(DrdosAttack& attack, const VictimPlace& place, std::uint64_t number) {
  attack.victim = Origins::address(*place.pool, number);
  if (attack.prefix_length < 32) attack.victim &= kNetwork;
}

/// Of attacks that are too near each other, all but the first of each run; `key` is what they must not share.
template <class Key>
void find_too_near(std::span<const DrdosAttack> attacks, std::vector<std::uint32_t>& order, Key key, std::vector<std::uint32_t>& found) {
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (key(attacks[a]) != key(attacks[b])) return key(attacks[a]) < key(attacks[b]);
    return attacks[a].first_ns != attacks[b].first_ns ? attacks[a].first_ns < attacks[b].first_ns : a < b;
  });
  std::int64_t busy_until = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const DrdosAttack& attack = attacks[order[i]];
    const bool same = i > 0 && key(attacks[order[i - 1]]) == key(attack);
    if (same && attack.first_ns < busy_until + kApart) {
      found.push_back(order[i]);
    } else {
      busy_until = same ? std::max(busy_until, attack.last_ns) : attack.last_ns;
    }
  }
}

std::vector<std::uint32_t> networks_of_carpets(std::span<const DrdosAttack> attacks) {
  std::vector<std::uint32_t> networks;
  for (const DrdosAttack& attack : attacks) {
    if (attack.prefix_length < 32) networks.push_back(attack.victim);
  }
  std::sort(networks.begin(), networks.end());
  return networks;
}

}  // namespace

Result<void> draw_victims(std::span<DrdosAttack> attacks, std::span<const std::uint32_t> place_of, std::span<const VictimPlace> places,
                          std::uint64_t seed) {
  std::vector<std::vector<std::uint32_t>> hit(places.size());
  for (std::uint32_t i = 0; i < attacks.size(); ++i) {
    std::vector<std::uint32_t>& before = hit[place_of[i]];
    draw(attacks[i], places[place_of[i]], number(seed, i, 0));
    if (attacks[i].prefix_length < 32) continue;
    Random random(number(seed, i, 1));
    if (!before.empty() && random.below(100) < kPercentAgain) attacks[i].victim = attacks[before[random.next() % before.size()]].victim;
    before.push_back(i);
  }
  std::vector<std::uint32_t> order(attacks.size()), found;
  std::iota(order.begin(), order.end(), 0U);
  for (std::uint32_t round = 2; round < kMostRounds; ++round) {
    found.clear();
    find_too_near(
        attacks, order, [](const DrdosAttack& attack) { return attack.victim; }, found);
    // Carpets are few: nobody else is hit in their networks, at any time.
    const std::vector<std::uint32_t> networks = networks_of_carpets(attacks);
    for (std::uint32_t i = 0; i < attacks.size(); ++i) {
      const auto [first, last] = std::equal_range(networks.begin(), networks.end(), attacks[i].victim & kNetwork);
      if (last - first > (attacks[i].prefix_length < 32 ? 1 : 0)) found.push_back(i);
    }
    if (found.empty()) return {};
    for (const std::uint32_t i : found) draw(attacks[i], places[place_of[i]], number(seed, i, round));
  }
  const VictimPlace& place = places[place_of[found.front()]];
  return Error{fmt::format("reflectors: {}{}{} has too few addresses for so many attacks; take a smaller --attack-scale",
                           static_cast<char>(place.country & 0xff), static_cast<char>(place.country >> 8),
                           place.asn ? fmt::format(" (AS{})", place.asn) : "")};
}

}  // namespace nightjar::simulate
