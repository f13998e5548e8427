#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "enrich/geolocation.hpp"
#include "simulate/random.hpp"
#include "simulate/scenario.hpp"

namespace nightjar::simulate {

/// The IPv4 addresses that the installed geolocation data really give to a country, or to an AS of it; reserved addresses and those of
/// the modelled sensors are left out. Immutable once built and safe to share between threads.
class Origins {
 public:
  static Result<Origins> build(const Geolocation& data);
  Origins(Origins&&) noexcept;
  Origins& operator=(Origins&&) noexcept;
  ~Origins();

  /// A place to draw addresses from; found once for each OriginWeight, then drawn from by the million.
  struct Pool;
  /// The pool of a country, or of one AS of it (`asn` not 0). Fails with a sentence that names both where the data know none of their
  /// addresses.
  Result<const Pool*> pool(CountryCode country, std::uint32_t asn) const;
  static std::uint64_t size(const Pool& pool);
  /// An address of the pool, every one as likely as another, decided by `number` alone.
  static std::uint32_t address(const Pool& pool, std::uint64_t number);
  /// The hour of the day when it is 00:00 UTC in the country (its most populous zone, no summer time), -11 to 14; 0 where unknown.
  static double utc_offset_hours(CountryCode country);

 private:
  Origins();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nightjar::simulate
