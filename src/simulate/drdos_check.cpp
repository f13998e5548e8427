#include <optional>

#include <fmt/format.h>

#include "simulate/drdos_draw.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::uint32_t kMostPots = 254;  // addresses of kReflectorsFirst's /24 behind .0

std::string code(CountryCode country) { return {static_cast<char>(country & 0xff), static_cast<char>(country >> 8)}; }

bool known(const std::string& name) {
  for (const DrdosService service : kDrdosServices) {
    if (name_of(service) == name) return true;
  }
  return false;
}

std::optional<std::string> wrong_services(const Reflectors& reflectors) {
  double sum = 0;
  for (const ReflectorService& service : reflectors.services) {
    if (!known(service.name)) return fmt::format("unknown service \"{}\"; there are chargen, dns, ntp and ssdp", service.name);
    for (const ReflectorService& other : reflectors.services) {
      if (&other < &service && other.name == service.name) return fmt::format("service \"{}\" is there twice", service.name);
    }
    if (service.attacks < 0) return fmt::format("service \"{}\" has a negative number of attacks", service.name);
    sum += service.attacks;
  }
  if (sum <= 0) return "no service has attacks";
  double victims = 0;
  for (const VictimCountry& victim : reflectors.victims) victims += victim.attacks;
  if (victims > sum * (1 + 1e-9)) return fmt::format("the victims have {:.0f} attacks together, the services only {:.0f}", victims, sum);
  if (victims < sum * (1 - 1e-9) && reflectors.other_countries.empty()) {
    return fmt::format("{:.0f} attacks are left for other_countries, but there are none", sum - victims);
  }
  return {};
}

std::optional<std::string> wrong_durations(const Reflectors& reflectors) {
  if (reflectors.durations.empty()) return "durations are missing";
  DurationQuantile before{1, 0};
  for (const DurationQuantile& quantile : reflectors.durations) {
    if (quantile.seconds <= before.seconds || quantile.share < before.share) {
      return fmt::format("durations must ascend from above one second; {} s with share {} does not", quantile.seconds, quantile.share);
    }
    before = quantile;
  }
  if (before.share != 1) return fmt::format("the last duration has share {}, not 1", before.share);
  const auto span = static_cast<double>(reflectors.to - reflectors.from);
  if (before.seconds + 60 > span) return fmt::format("durations go up to {} s, but attacks have only {} s", before.seconds, span);
  return {};
}

std::optional<std::string> wrong_rises(const Reflectors& reflectors) {
  for (const DrdosRise& rise : reflectors.rises) {
    if (rise.from < reflectors.from || rise.to > reflectors.to || rise.from >= rise.to) {
      return fmt::format("the rise \"{}\" does not lie between the reflectors' from and to", rise.incident);
    }
    double risen = 0, attacks = -1;
    for (const DrdosRise& other : reflectors.rises) risen += other.country == rise.country ? other.attacks : 0;
    for (const VictimCountry& victim : reflectors.victims) attacks = victim.country == rise.country ? victim.attacks : attacks;
    if (attacks < 0)
      return fmt::format("the rise \"{}\" is on {}, which has no entry of its own among the victims", rise.incident, code(rise.country));
    if (risen > attacks) return fmt::format("rises on {} have {:.0f} attacks, the country only {:.0f}", code(rise.country), risen, attacks);
  }
  return {};
}

std::optional<std::string> wrong(const Reflectors& reflectors) {
  if (reflectors.pots == 0 || reflectors.pots > kMostPots)
    return fmt::format("there can be 1 to {} pots, not {}", kMostPots, reflectors.pots);
  if (reflectors.from >= reflectors.to) return "from must lie before to";
  if (auto services = wrong_services(reflectors)) return services;
  if (auto durations = wrong_durations(reflectors)) return durations;
  return wrong_rises(reflectors);
}

}  // namespace

Result<void> check_reflectors(const Reflectors& reflectors) {
  if (const auto mistake = wrong(reflectors)) return Error{"reflectors: " + *mistake};
  return {};
}

}  // namespace nightjar::simulate
