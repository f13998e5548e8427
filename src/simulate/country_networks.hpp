#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "schema/rows.hpp"

namespace nightjar::simulate {

/// The networks of one country, AS after AS, and its hosts numbered in that order from 0, so that each AS has a stretch of numbers.
class CountryNetworks {
 public:
  struct As {
    std::uint32_t asn;    ///< 0: addresses that no AS announces
    std::uint32_t first;  ///< number of its first host
    std::uint32_t hosts;
  };

  explicit CountryNetworks(CountryCode country) : country_(country) {}
  /// ASes ascend, and so do the networks of each. Networks without a host are passed over. `last` is included.
  void add(std::uint32_t asn, std::uint32_t first, std::uint32_t last);
  /// To be called once, after the last `add` and before `host`.
  void finish();

  CountryCode country() const { return country_; }
  const std::vector<As>& ases() const { return ases_; }
  /// nullptr where the country has no host of the AS.
  const As* find(std::uint32_t asn) const;
  std::uint32_t hosts() const { return hosts_; }
  /// The address of a host; `number` below hosts().
  std::uint32_t host(std::uint32_t number) const;

 private:
  struct Network {
    std::uint32_t first;  ///< number of its first host
    std::uint32_t rank;   ///< what host_address() needs for that one
  };

  CountryCode country_;
  std::uint32_t hosts_ = 0;
  std::vector<As> ases_;
  std::vector<Network> networks_;
  int slot_bits_ = 0;                 ///< a slot of the guide is 2^slot_bits_ hosts
  std::vector<std::uint32_t> guide_;  ///< [slot]: the network of its first host; one more behind the last
};

}  // namespace nightjar::simulate
