#include "simulate/country_networks.hpp"

#include <algorithm>
#include <cassert>

#include "simulate/host_addresses.hpp"

namespace nightjar::simulate {

void CountryNetworks::add(std::uint32_t asn, std::uint32_t first, std::uint32_t last) {
  assert(first <= last);
  assert(ases_.empty() || ases_.back().asn <= asn);
  const std::uint32_t rank = hosts_below(first), hosts = hosts_below(last + 1ULL) - rank;
  if (hosts == 0) return;
  if (ases_.empty() || ases_.back().asn != asn) ases_.push_back({asn, hosts_, 0});
  networks_.push_back({hosts_, rank});
  ases_.back().hosts += hosts;
  hosts_ += hosts;
}

void CountryNetworks::finish() {
  networks_.shrink_to_fit();
  ases_.shrink_to_fit();
  // About as many slots as networks: most draws then compare with two or three networks.
  while ((static_cast<std::uint64_t>(hosts_) >> slot_bits_) > networks_.size()) ++slot_bits_;
  std::uint32_t network = 0;
  for (std::uint64_t host = 0; host < hosts_; host += 1ULL << slot_bits_) {
    while (network + 1 < networks_.size() && networks_[network + 1].first <= host) ++network;
    guide_.push_back(network);
  }
  guide_.push_back(static_cast<std::uint32_t>(networks_.size()) - 1);
}

const CountryNetworks::As* CountryNetworks::find(std::uint32_t asn) const {
  const auto as = std::lower_bound(ases_.begin(), ases_.end(), asn, [](const As& each, std::uint32_t number) { return each.asn < number; });
  return as != ases_.end() && as->asn == asn ? &*as : nullptr;
}

std::uint32_t CountryNetworks::host(std::uint32_t number) const {
  assert(number < hosts_);
  const std::size_t slot = number >> slot_bits_;
  // The last network that starts at or before the host, which is not after the first one of the next slot.
  const auto begin = networks_.begin() + guide_[slot], end = networks_.begin() + guide_[slot + 1] + 1;
  const auto behind = std::upper_bound(begin, end, number, [](std::uint32_t host, const Network& each) { return host < each.first; });
  return host_address(behind[-1].rank + (number - behind[-1].first));
}

}  // namespace nightjar::simulate
