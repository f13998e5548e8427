#pragma once
#include <stdexcept>
#include <string>
#include <vector>

#include "enrich/geolocation.hpp"
#include "simulate/model.hpp"
#include "simulate/origins.hpp"
#include "simulate/scenario.hpp"

namespace nightjar::simulate {

/// Two countries of a million addresses each, with one AS each: JP (AS 2000) and AR (AS 3000).
class TwoCountries : public Geolocation {
 public:
  static constexpr std::uint32_t kJapan = 0x01000000, kArgentina = 0x02000000, kSize = 1 << 20;

  Origin lookup(std::uint8_t, std::uint64_t src, std::uint64_t) const override {
    if (src >= kJapan && src < kJapan + kSize) return {2000, country_code('J', 'P')};
    if (src >= kArgentina && src < kArgentina + kSize) return {3000, country_code('A', 'R')};
    return {};
  }
  std::string as_name(std::uint32_t) const override { return {}; }
  const std::vector<GeolocationSource>& sources() const override { return sources_; }
  void visit_ipv4(const Ipv4Visitor& visit) const override {
    for (const std::uint32_t first : {kJapan, kArgentina}) visit(first, first + kSize - 1, lookup(4, first, 0));
  }

 private:
  std::vector<GeolocationSource> sources_ = {{"two-countries", "test", "2017-01-01"}};
};

/// A scenario of one population from 2017-06-01 on, ten days, in UTC.
inline constexpr std::int64_t kStart = 17'318 * 86'400LL;
inline Scenario scenario_of(Population population, int days = 10) {
  Scenario scenario;
  scenario.name = "test";
  scenario.from = kStart;
  scenario.to = kStart + days * 86'400LL;
  if (population.origins.empty()) population.origins = {{country_code('J', 'P'), 0, 3}, {country_code('A', 'R'), 0, 1}};
  if (population.ports.empty()) population.ports = {{6, 23, 9}, {6, 2323, 1}};
  population.name = "test";
  scenario.populations.push_back(std::move(population));
  return scenario;
}

/// A scenario with its origins and model; neither moves.
struct SmallModel {
  explicit SmallModel(Scenario s)
      : scenario(std::move(s)), origins(*Origins::build(TwoCountries())), prepared(Model::prepare(scenario, &origins, scenario.to)) {
    if (!prepared) throw std::runtime_error(prepared.error().sentence);
  }
  const Model& model() const { return *prepared; }

  Scenario scenario;
  Origins origins;
  Result<Model> prepared;
};

}  // namespace nightjar::simulate
