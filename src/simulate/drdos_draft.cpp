#include <algorithm>
#include <cmath>
#include <numbers>

#include "simulate/drdos_draw.hpp"

namespace nightjar::simulate {
namespace {

template <class T>
void keep_each_once(std::vector<T>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

double normal_number(Random& random) {
  const double radius = std::sqrt(-2 * std::log(random.unit()));
  return radius * std::cos(2 * std::numbers::pi * random.unit());
}

void give_requests(DrdosDraft& draft, double budget, Random& random) {
  constexpr double kMedianRate = 2, kSpreadOfRates = 1.4;
  constexpr std::uint32_t kFewMore = 40;  // so that not every small attack has the very number that counts
  double left = budget, wanted = 0;
  std::vector<double> more(draft.sightings.size());
  for (const DrdosSighting& sighting : draft.sightings) left -= sighting.requests;
  double rate = 0;
  std::uint32_t attack = ~0U;
  for (std::size_t i = 0; i < more.size(); ++i) {
    DrdosSighting& sighting = draft.sightings[i];
    if (sighting.attack != attack) rate = kMedianRate * std::exp(kSpreadOfRates * normal_number(random));
    attack = sighting.attack;
    if (sighting.requests > 0) continue;
    const double seconds = static_cast<double>(sighting.last_ns - sighting.first_ns) / 1e9;
    // Requests lie up to two steps apart (Arrivals, drdos.cpp): steps of a quarter of an hour leave room.
    const double least = std::max<double>(kAttackRequests + random.below(kFewMore), std::ceil(seconds / (kAttackGapSeconds / 4.0)) + 2);
    sighting.requests = static_cast<std::uint32_t>(least);
    left -= least;
    more[i] = std::clamp(rate * seconds * (0.9 + 0.2 * random.unit()) - least, 0.0, std::max(0.0, budget / 50));
    wanted += more[i];
  }
  const double share = wanted > 0 ? std::clamp(left / wanted, 0.0, 1.0) : 0;
  for (std::size_t i = 0; i < more.size(); ++i) draft.sightings[i].requests += static_cast<std::uint32_t>(more[i] * share);
}

void sum_up(DrdosDraft& draft) {
  for (DrdosAttack& attack : draft.attacks) {
    const auto begin = draft.sightings.begin() + attack.first_sighting, end = begin + attack.sighting_count;
    std::stable_sort(begin, end, [](const DrdosSighting& a, const DrdosSighting& b) { return a.first_ns < b.first_ns; });
    attack.first_ns = begin->first_ns;
    std::vector<DrdosService> services;
    for (auto sighting = begin; sighting != end; ++sighting) {
      attack.last_ns = std::max(attack.last_ns, sighting->last_ns);
      attack.requests += sighting->requests;
      services.push_back(sighting->service);
      attack.pots.push_back(sighting->pot);
      attack.counts_as += attack.prefix_length == 32 && sighting->requests >= kAttackRequests;
    }
    keep_each_once(services);
    keep_each_once(attack.pots);
    for (const DrdosService service : services) attack.services.push_back(name_of(service));
  }
}

void put_in_order(DrdosDraft& draft) {
  auto& attacks = draft.attacks;
  std::stable_sort(attacks.begin(), attacks.end(), [](const DrdosAttack& a, const DrdosAttack& b) {
    return a.first_ns != b.first_ns ? a.first_ns < b.first_ns : a.victim < b.victim;
  });
  std::vector<DrdosSighting> ordered;
  ordered.reserve(draft.sightings.size());
  for (std::uint32_t i = 0; i < attacks.size(); ++i) {
    const std::uint32_t begin = attacks[i].first_sighting;
    attacks[i].first_sighting = static_cast<std::uint32_t>(ordered.size());
    for (std::uint32_t s = begin; s < begin + attacks[i].sighting_count; ++s) {
      ordered.push_back(draft.sightings[s]);
      ordered.back().attack = i;
    }
  }
  draft.sightings = std::move(ordered);
}

}  // namespace nightjar::simulate
