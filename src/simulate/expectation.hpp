#pragma once
#include <cstdint>
#include <optional>

#include "simulate/model.hpp"

namespace nightjar::simulate {

/// What a darknet is expected to get of one part of the model on one day.
struct Expected {
  double packets = 0;
  double hosts = 0;             ///< unique sources
  double packets_variance = 0;  ///< of `packets` over seeds; that of `hosts` is `hosts` itself (Poisson), or less
};

/// Part of the traffic that an expectation is about; what is not set is not asked for.
struct Part {
  std::optional<std::uint8_t> protocol;
  std::optional<std::uint16_t> port;
  std::optional<CountryCode> country;
  std::optional<std::uint32_t> fingerprint;  ///< index in the catalogue
  bool asking = true;                        ///< only scans and requests, the classes that hosts are counted of
};

/// Expectations in closed form: sums of 1 - exp(-rate) over births, lives, rates and hours; nothing is drawn. Retransmissions count as
/// packets at the time of their probe. Where the model has its networks, hosts that draw the same address count as one, as they do in a
/// capture; without them every host has its own.
class Expectation {
 public:
  /// `addresses` of the darknet; Scenario::sizes change it, outages are left out of both.
  Expectation(const Model& model, double addresses) : model_(model), addresses_(addresses) {}

  /// Of the 24 hours that begin with `hour` (hours since 1970), inside the model.
  Expected day(std::int64_t hour, const Part& part) const;

 private:
  Expected of_population(const ReadyPopulation& ready, std::int64_t hour, const Part& part) const;
  const Model& model_;
  double addresses_;
};

}  // namespace nightjar::simulate
