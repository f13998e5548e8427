// Scenarios of `simulate`: whatever is in them, they are read or refused with a sentence that names a line; what was read keeps what
// scenario.hpp says of it.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "simulate/scenario.hpp"

namespace {

using namespace nightjar::simulate;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const Curve& curve) {
  for (std::size_t i = 0; i < curve.points.size(); ++i) {
    require(curve.points[i].value >= 0 && (i == 0 || curve.points[i - 1].second <= curve.points[i].second));
    const auto second = static_cast<double>(curve.points[i].second);
    require(std::isfinite(curve.at(second)) && std::isfinite(curve.mean(second - 1, second + 86'400)));
  }
}

void check(const Population& population) {
  check(population.hosts);
  check(population.packets_a_day);
  require(population.hosts.points.empty() != population.packets_a_day.points.empty());
  require(!population.ports.empty() && !population.origins.empty() && population.origins.size() <= 255);
  require((population.fixed_hosts > 0) == population.rates.empty() && population.life_hours > 0);
  for (const PortWeight& port : population.ports) require(port.weight > 0);
  for (const OriginWeight& origin : population.origins) require(origin.weight > 0 && (origin.country != kBogon || origin.asn == 0));
  for (const RateWeight& rate : population.rates) require(rate.weight > 0 && rate.probes_per_second > 0);
}

void check(const Reflectors& reflectors) {
  for (const DurationQuantile& quantile : reflectors.durations) require(quantile.seconds > 0 && quantile.share > 0);
  require(reflectors.durations.empty() || reflectors.durations.back().share == 1);
  for (const DrdosRise& rise : reflectors.rises) require(rise.from < rise.to && rise.attacks > 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto scenario = parse_scenario({reinterpret_cast<const char*>(bytes), size}, "fuzz.toml");
  if (!scenario) {
    require(scenario.error().sentence.starts_with("fuzz.toml:"));
    return 0;
  }
  require(scenario->from < scenario->to && scenario->reference_addresses >= 1);
  for (const Population& population : scenario->populations) check(population);
  for (const Incident& incident : scenario->incidents) require(incident.onset <= incident.peak && incident.peak <= incident.end);
  for (const SizeChange& size_change : scenario->sizes) require(size_change.from % 86'400 == 0 && size_change.share > 0);
  check(scenario->reflectors);
  return 0;
}
