#include "simulate/model.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cassert>

#include "base/time.hpp"
#include "simulate/event_draws.hpp"

namespace nightjar::simulate {
namespace {

template <class Weighted>
std::vector<double> shares_of(const std::vector<Weighted>& entries) {
  double sum = 0;
  for (const Weighted& entry : entries) sum += entry.weight;
  std::vector<double> shares;
  for (const Weighted& entry : entries) shares.push_back(entry.weight / sum);
  return shares;
}

/// What first packets of probes to a port are, by some hundred of them: only broken packets differ from each other.
std::vector<ReadyPopulation::PortNature> natures_of(const Tool& tool, std::uint8_t sort, const PortWeight& port) {
  constexpr std::uint16_t kAnyPort = 40'000;
  constexpr std::uint32_t kProbes = 200;
  Event event{};
  event.src = 0x08080808;
  event.dst = kDarknetFirst;
  event.port = port.port != 0 ? port.port : kAnyPort;
  event.protocol = port.protocol;
  while (tool.host_sorts > 1 && host_sort(Draws(event).host) != sort) ++event.host_seed;
  std::vector<ReadyPopulation::PortNature> natures;
  Scratch scratch;
  for (; event.probe_seed < kProbes; ++event.probe_seed) {
    Knock knock;
    knock.from = {4, event.src, 0};
    knock.to = {4, event.dst, 0};
    tool.make(event, knock, scratch);
    const auto same = std::find_if(natures.begin(), natures.end(), [&](const ReadyPopulation::PortNature& nature) {
      return nature.traffic_class == knock.traffic_class && nature.fingerprints == knock.fingerprints &&
             nature.decodable == knock.decodable;
    });
    if (same != natures.end())
      same->share += 1.0 / kProbes;
    else
      natures.push_back({1.0 / kProbes, knock.traffic_class, knock.fingerprints, knock.decodable});
  }
  return natures;
}

Result<ReadyPopulation> prepare_population(const Scenario& scenario, const Population& population, const Origins* origins,
                                           std::int64_t first_hour, std::int64_t last_hour) {
  const Tool* tool = find_tool(population.tool);
  if (tool == nullptr) return Error{fmt::format("population {}: there is no tool {}", population.name, population.tool)};
  const std::vector<double> port_shares = shares_of(population.ports), origin_shares = shares_of(population.origins);
  std::vector<double> rate_shares = shares_of(population.rates), probes = rate_shares;
  for (std::size_t i = 0; i < probes.size(); ++i) probes[i] *= population.rates[i].probes_per_second;
  if (probes.empty()) probes.push_back(1);  // fixed hosts: nobody asks
  ReadyPopulation ready{
      &population,
      XXH3_64bits(population.name.data(), population.name.size()),
      tool,
      PopulationModel(population, first_hour, last_hour, scenario.reference_addresses, static_cast<double>(tool->attempts.size())),
      port_shares,
      origin_shares,
      std::move(rate_shares),
      {},
      WeightedChoice(port_shares),
      WeightedChoice(origin_shares),
      WeightedChoice(probes),
      {},
      {}};
  assert(tool->host_sorts == 1 || tool->host_sorts == 2);
  for (std::uint8_t sort = 0; sort < tool->host_sorts; ++sort) {
    auto& natures = ready.natures.emplace_back();
    for (const PortWeight& port : population.ports) natures.push_back(natures_of(*tool, sort, port));
  }
  for (const OriginWeight& origin : population.origins) {
    ready.rhythms.emplace_back(population.rhythm, population.peak_hour, Origins::utc_offset_hours(origin.country));
    if (origins == nullptr) continue;
    const auto pool = origins->pool(origin.country, origin.asn);
    if (!pool) return Error{fmt::format("population {}: {}", population.name, pool.error().sentence)};
    ready.pools.push_back(*pool);
  }
  return ready;
}

}  // namespace

Result<Model> Model::prepare(const Scenario& scenario, const Origins* origins, std::int64_t to) {
  Model model(scenario);
  model.first_hour_ = floor_div(scenario.from, kSecondsPerHour);
  model.last_hour_ = floor_div(to + kSecondsPerHour - 1, kSecondsPerHour);
  for (const Population& population : scenario.populations) {
    auto ready = prepare_population(scenario, population, origins, model.first_hour_, model.last_hour_);
    if (!ready) return ready.error();
    model.populations_.push_back(std::move(*ready));
  }
  return model;
}

double observed_share(const Scenario& scenario, std::int64_t second) {
  double share = 1;
  for (const SizeChange& change : scenario.sizes) {
    if (change.from <= second) share = change.share;
  }
  return share;
}

}  // namespace nightjar::simulate
