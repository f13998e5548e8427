#pragma once
#include <cstdint>
#include <memory>

#include "base/result.hpp"
#include "enrich/geolocation.hpp"
#include "simulate/random.hpp"
#include "simulate/scenario.hpp"

namespace nightjar::simulate {

/// The IPv4 addresses that the installed geolocation data really give to a country, or to an AS of it. Left out are reserved addresses,
/// the modelled sensors' (100.127.0.0/16), and those that end in .0 or .255: legal, but most networks use neither for a host. Addresses
/// without an AS belong to a country's pool only where the data know no AS there (country data alone): what no AS announces sends
/// nothing. Immutable once built and safe to share between threads; the data are needed for `build` only.
class Origins {
 public:
  /// Takes a tenth of a second and 10 MB for the whole world. Fails where the data give no address to a country.
  static Result<Origins> build(const Geolocation& data);
  Origins(Origins&&) noexcept;
  Origins& operator=(Origins&&) noexcept;
  ~Origins();

  /// A place to draw addresses from; found once for each OriginWeight, then drawn from by the million. Lives as long as the Origins,
  /// also when those are moved.
  struct Pool;
  /// The pool of a country, or of one AS of it (`asn` not 0). Fails where the data know none of their addresses, with a sentence that
  /// names both, the country's largest ASes, and where else the AS has addresses.
  Result<const Pool*> pool(CountryCode country, std::uint32_t asn) const;
  /// Number of addresses, at least 1.
  static std::uint64_t size(const Pool& pool);
  /// An address of the pool, every one as likely as another over all 64-bit numbers, decided by `number` alone (which need not be
  /// random: it is mixed here, and so has nothing to do with what else is drawn from the same number). 5 to 25 ns.
  static std::uint32_t address(const Pool& pool, std::uint64_t number);
  /// The hour of the day when it is 00:00 UTC in the country (its most populous zone, no summer time), -11 to 13; 0 where unknown.
  static double utc_offset_hours(CountryCode country);

 private:
  Origins();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nightjar::simulate
