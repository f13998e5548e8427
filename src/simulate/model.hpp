#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "simulate/origins.hpp"
#include "simulate/population_model.hpp"
#include "simulate/random.hpp"
#include "simulate/scenario.hpp"
#include "simulate/tool.hpp"

namespace nightjar::simulate {

/// A population ready to be drawn from: its numbers, tool, ports and networks looked up.
struct ReadyPopulation {
  const Population* population;
  std::uint64_t name;  ///< names its random streams: other populations may be added to a scenario, and this one stays what it is
  const Tool* tool;
  PopulationModel model;
  std::vector<double> port_shares, origin_shares, rate_shares;  ///< sum 1 each; the last one of hosts
  /// What probes of one sort of hosts (Tool::host_sorts) to one port are, and how many of them.
  struct PortNature {
    double share;  ///< of these probes; sum 1
    TrafficClass traffic_class;
    std::uint32_t fingerprints;  ///< as in Knock
    bool decodable;
  };
  std::vector<std::vector<std::vector<PortNature>>> natures;  ///< [sort of hosts][port]
  WeightedChoice ports, origins;
  WeightedChoice rates_of_probes;           ///< rates by what they send: weight x rate
  std::vector<Rhythm> rhythms;              ///< one an origin
  std::vector<const Origins::Pool*> pools;  ///< one an origin; null without Origins
};

/// A scenario that was checked against tools and geolocation data. Immutable; safe to share between threads. Must not outlive the scenario
/// and the origins.
class Model {
 public:
  /// Without `origins` only expectations can be asked for. Hours from the scenario's start to `to` (seconds since 1970) are modelled.
  static Result<Model> prepare(const Scenario& scenario, const Origins* origins, std::int64_t to);

  const Scenario& scenario() const { return *scenario_; }
  const std::vector<ReadyPopulation>& populations() const { return populations_; }
  std::int64_t first_hour() const { return first_hour_; }
  std::int64_t last_hour() const { return last_hour_; }

 private:
  explicit Model(const Scenario& scenario) : scenario_(&scenario) {}
  const Scenario* scenario_;
  std::vector<ReadyPopulation> populations_;
  std::int64_t first_hour_ = 0, last_hour_ = 0;
};

/// Share of the darknet's addresses that are observed at a time: Scenario::sizes.
double observed_share(const Scenario& scenario, std::int64_t second);

}  // namespace nightjar::simulate
