#include "simulate/expectation.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/time.hpp"

namespace nightjar::simulate {
namespace {

constexpr double kSecondsAnHour = 3600;

/// Share of a population's probes that belong to the part.
double share_of_ports(const ReadyPopulation& ready, const Part& part) {
  double share = 0;
  for (std::size_t i = 0; i < ready.port_shares.size(); ++i) {
    const PortWeight& port = ready.population->ports[i];
    const ReadyPopulation::PortNature& nature = ready.natures[i];
    if (!nature.decodable || (part.protocol && *part.protocol != port.protocol)) continue;
    if (part.asking && nature.traffic_class != TrafficClass::scan && nature.traffic_class != TrafficClass::request) continue;
    if (part.fingerprint && (nature.fingerprints >> *part.fingerprint & 1) == 0) continue;
    if (!part.port || *part.port == port.port)
      share += ready.port_shares[i];
    else if (port.port == 0)
      share += ready.port_shares[i] / 65535;
  }
  return share;
}

/// Hosts that are alive and of whom nothing was seen yet; followed hour by hour.
struct Unseen {
  double hosts;
  double seen = 0;

  /// An hour in which `births` hosts come, each ends at `hazard` and is seen at `rate`, all evenly within the hour.
  void pass_hour(double births, double hazard, double rate) {
    const double leaving = hazard + rate;
    if (leaving <= 0) {
      hosts += births;
      return;
    }
    const double stay = std::exp(-leaving), left = -std::expm1(-leaving) / leaving;  // left: mean of exp(-leaving t) over the hour
    seen += rate * (hosts * left + births * (1 - left) / leaving);
    hosts = hosts * stay + births * left;
  }
};

}  // namespace

Expected Expectation::day(std::int64_t hour, const Part& part) const {
  Expected sum;
  for (const ReadyPopulation& ready : model_.populations()) {
    const Expected one = of_population(ready, hour, part);
    sum.packets += one.packets;
    sum.hosts += one.hosts;
    sum.packets_variance += one.packets_variance;
  }
  return sum;
}

Expected Expectation::of_population(const ReadyPopulation& ready, std::int64_t hour, const Part& part) const {
  const Population& population = *ready.population;
  const double ports = share_of_ports(ready, part);
  // Origins of one time zone behave alike.
  std::map<double, double> zones;
  std::map<double, const Rhythm*> rhythms;
  for (std::size_t i = 0; i < population.origins.size(); ++i) {
    if (part.country && *part.country != population.origins[i].country) continue;
    const double offset = population.rhythm > 0 ? Origins::utc_offset_hours(population.origins[i].country) : 0;
    zones[offset] += ready.origin_shares[i];
    rhythms[offset] = &ready.rhythms[i];
  }
  if (ports <= 0 || zones.empty()) return {};
  const std::int64_t begin = std::max(hour, model_.first_hour()), end = std::min(hour + kHoursPerDay, model_.last_hour());
  const auto a_probe = static_cast<double>(ready.tool->attempts.size());
  Expected expected;
  for (const auto& [offset, origins] : zones) {
    const Rhythm& rhythm = *rhythms[offset];
    const auto addresses_at = [&](std::int64_t at) { return addresses_ * observed_share(model_.scenario(), at * kSecondsPerHour); };
    if (population.fixed_hosts > 0) {
      double packets = 0;
      for (std::int64_t at = begin; at < end; ++at) {
        const auto second = static_cast<double>(at * kSecondsPerHour);
        packets += population.packets_a_day.mean(second, second + kSecondsAnHour) / kHoursPerDay * rhythm.at(at) * addresses_at(at) /
                   model_.scenario().reference_addresses * ports;
      }
      // Each host draws its origin once, so over seeds the number of hosts of an origin is binomial.
      const double of_a_host = packets / population.fixed_hosts;
      expected.packets += packets * origins;
      expected.packets_variance += packets * origins * a_probe + population.fixed_hosts * of_a_host * of_a_host * origins * (1 - origins);
      expected.hosts += population.fixed_hosts * origins * -std::expm1(-of_a_host / a_probe);
      continue;
    }
    for (std::size_t i = 0; i < population.rates.size(); ++i) {
      const double share = origins * ready.rate_shares[i];
      Unseen unseen{begin < end ? ready.model.alive(begin) * share : 0};
      double present = 0, mean_probes = 0;
      for (std::int64_t at = begin; at < end; ++at) {
        const double probes =
            population.rates[i].probes_per_second * kSecondsAnHour * rhythm.at(at) * addresses_at(at) / kAddressSpace * ports;
        const double moves = population.address_days > 0 ? 1 / (population.address_days * kHoursPerDay) : 0;
        // Hosts alive on average within the hour: those seen at a rate so small that nobody is seen twice.
        Unseen all{ready.model.alive(at) * share};
        constexpr double kHardly = 1e-9;
        all.pass_hour(ready.model.births(at) * share, ready.model.hazard(at), kHardly);
        const double alive = all.seen / kHardly;
        // A host that moves is a new address, not seen yet.
        unseen.pass_hour(ready.model.births(at) * share + alive * moves, ready.model.hazard(at) + moves, probes);
        expected.packets += alive * probes * a_probe;
        present += alive / kHoursPerDay;
        mean_probes += probes;
      }
      expected.hosts += unseen.seen;
      // Probes of one host come together: the variance of a sum over hosts is that of the rain plus that of the time they are on.
      const double lives = ready.model.life_hours() / kHoursPerDay;
      const double together = 2 * lives * lives * (1 / lives + std::expm1(-1 / lives));
      expected.packets_variance += a_probe * a_probe * (present * mean_probes + present * mean_probes * mean_probes * together);
    }
  }
  return expected;
}

}  // namespace nightjar::simulate
