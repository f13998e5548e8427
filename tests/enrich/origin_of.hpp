#pragma once
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "enrich/geolocation.hpp"
#include "net/address.hpp"

namespace nightjar {

/// "BR 64500", "BR -", "- -": what is known of an address, for a comparison that reads well.
inline std::string origin_of(const Geolocation& data, std::string_view text) {
  const auto address = parse_address(text);
  if (!address) return "no address: " + std::string(text);
  const Origin origin = data.lookup(address->version, address->high, address->low);
  std::string answer = "- ";
  if (origin.country != 0) answer = {static_cast<char>(origin.country & 0xff), static_cast<char>(origin.country >> 8), ' '};
  return answer + (origin.asn == 0 ? "-" : std::to_string(origin.asn));
}

}  // namespace nightjar
