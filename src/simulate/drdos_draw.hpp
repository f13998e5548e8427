#pragma once
#include <cstdint>
#include <vector>

#include "simulate/drdos.hpp"

namespace nightjar::simulate {

/// Purposes that random numbers of the reflectors are drawn for: a stream each.
enum class DrdosStream : std::uint64_t { attacks = 0x6472646f73, victims, habits, requests, scanners, clients };

/// All attacks of a scenario in their final order.
struct DrdosDraft {
  std::vector<DrdosAttack> attacks;
  std::vector<DrdosSighting> sightings;
};

/// Of a standard normal distribution.
double normal_number(Random& random);
/// Gives requests to sightings that have none yet. Every one gets at least what counts, and so many that no pause comes near an hour; what
/// `budget` leaves goes to them by rates that differ a hundredfold, none more than a fiftieth of the budget.
void give_requests(DrdosDraft& draft, double budget, Random& random);
/// Fills what attacks have of their sightings, and puts the sighting that began first in front.
void sum_up(DrdosDraft& draft);
/// Attacks by their first request, and sightings by their attacks.
void put_in_order(DrdosDraft& draft);

/// Fails where a scenario's numbers contradict each other, with a sentence that names the key.
Result<void> check_reflectors(const Reflectors& reflectors);

/// For checked reflectors. `other_requests`: what scanners and NTP clients take of `most_requests`.
Result<DrdosDraft> draw_attacks(const Reflectors& reflectors, const Origins& origins, DrdosTraffic::Config config,
                                std::uint64_t other_requests);

}  // namespace nightjar::simulate
