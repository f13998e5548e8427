#include "simulate/expectation.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/time.hpp"
#include "simulate/observatory_toml.hpp"

namespace nightjar::simulate {
namespace {

constexpr double kSecondsAnHour = 3600;

/// Share of the probes of a sort of hosts that belong to the part.
double share_of_ports(const ReadyPopulation& ready, std::size_t sort, const Part& part) {
  double share = 0;
  for (std::size_t i = 0; i < ready.port_shares.size(); ++i) {
    const PortWeight& port = ready.population->ports[i];
    if (part.protocol && *part.protocol != port.protocol) continue;
    double of_port = 0;
    for (const ReadyPopulation::PortNature& nature : ready.natures[sort][i]) {
      if (!nature.decodable) continue;
      if (part.asking && nature.traffic_class != TrafficClass::scan && nature.traffic_class != TrafficClass::request) continue;
      if (part.fingerprint && (nature.fingerprints >> *part.fingerprint & 1) == 0) continue;
      of_port += nature.share;
    }
    if (!part.port || *part.port == port.port)
      share += ready.port_shares[i] * of_port;
    else if (port.port == 0)
      share += ready.port_shares[i] * of_port / 65535;
  }
  return share;
}

/// Hosts of a population that behave alike at all hours: its origins of one time zone.
struct Zone {
  const Rhythm* rhythm = nullptr;
  double share = 0;                                                ///< of the population
  std::vector<std::pair<double, const Origins::Pool*>> origins{};  ///< shares of the population; pools where the model has them
};

/// Different addresses that so many hosts of a zone have, on average: two may draw the same.
double different_addresses(const Zone& zone, double hosts) {
  double addresses = 0;
  for (const auto& [share, pool] : zone.origins) {
    const double here = hosts * share / zone.share;
    const double room = pool != nullptr ? static_cast<double>(Origins::size(*pool)) : 0;
    addresses += pool != nullptr ? room * -std::expm1(-here / room) : here;
  }
  return addresses;
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
  std::vector<double> ports;  // by sort of hosts
  for (std::size_t sort = 0; sort < ready.natures.size(); ++sort) ports.push_back(share_of_ports(ready, sort, part));
  std::map<double, Zone> zones;  // by offset from UTC
  for (std::size_t i = 0; i < population.origins.size(); ++i) {
    if (part.country && *part.country != population.origins[i].country) continue;
    Zone& zone = zones[population.rhythm > 0 ? Origins::utc_offset_hours(population.origins[i].country) : 0];
    zone.rhythm = &ready.rhythms[i];
    zone.share += ready.origin_shares[i];
    zone.origins.emplace_back(ready.origin_shares[i], ready.pools.empty() ? nullptr : ready.pools[i]);
  }
  if (*std::max_element(ports.begin(), ports.end()) <= 0) return {};
  const std::int64_t begin = std::max(hour, model_.first_hour()), end = std::min(hour + kHoursPerDay, model_.last_hour());
  const auto a_probe = static_cast<double>(ready.tool->attempts.size());
  const auto addresses_at = [&](std::int64_t at) -> double {
    const std::int64_t second = at * kSecondsPerHour;
    // Where captures can be written, what they have: whole addresses, the size of a UTC day.
    const bool whole = addresses_ <= kMostAddresses && addresses_ == std::floor(addresses_);
    return whole ? observed_addresses(model_.scenario(), static_cast<std::uint32_t>(addresses_), second)
                 : addresses_ * observed_share(model_.scenario(), second);
  };
  Expected expected;
  double of_a_fixed_host = 0, square_of_a_fixed_host = 0;  // probes: mean over what a fixed host may be
  for (const auto& [offset, zone] : zones) {
    const Rhythm& rhythm = *zone.rhythm;
    double hosts = 0;
    for (const double share_of_probes : ports) {
      const double of_hosts = zone.share / static_cast<double>(ports.size());
      if (share_of_probes <= 0) continue;
      if (population.fixed_hosts > 0) {
        double packets = 0;
        for (std::int64_t at = begin; at < end; ++at) {
          const auto second = static_cast<double>(at * kSecondsPerHour);
          packets += population.packets_a_day.mean(second, second + kSecondsAnHour) / kHoursPerDay * rhythm.at(at) * addresses_at(at) /
                     model_.scenario().reference_addresses * share_of_probes;
        }
        const double probes = packets / population.fixed_hosts / a_probe;
        expected.packets += packets * of_hosts;
        hosts += population.fixed_hosts * of_hosts * -std::expm1(-probes);
        of_a_fixed_host += of_hosts * probes;
        square_of_a_fixed_host += of_hosts * probes * probes;
        continue;
      }
      for (std::size_t i = 0; i < population.rates.size(); ++i) {
        const double share = of_hosts * ready.rate_shares[i];
        Unseen unseen{begin < end ? ready.model.alive(begin) * share : 0};
        double present = 0, mean_probes = 0;
        for (std::int64_t at = begin; at < end; ++at) {
          const double probes =
              population.rates[i].probes_per_second * kSecondsAnHour * rhythm.at(at) * addresses_at(at) / kAddressSpace * share_of_probes;
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
        hosts += unseen.seen;
        // Probes of one host come together: the variance of a sum over hosts is that of the rain plus that of the time they are on.
        const double lives = ready.model.life_hours() / kHoursPerDay;
        const double together = 2 * lives * lives * (1 / lives + std::expm1(-1 / lives));
        expected.packets_variance += a_probe * a_probe * (present * mean_probes + present * mean_probes * mean_probes * together);
      }
    }
    expected.hosts += different_addresses(zone, hosts);
  }
  // A fixed host draws its origin and its sort once: rain, and what that choice makes of it.
  expected.packets_variance +=
      population.fixed_hosts * a_probe * a_probe * (of_a_fixed_host + square_of_a_fixed_host - of_a_fixed_host * of_a_fixed_host);
  return expected;
}

}  // namespace nightjar::simulate
