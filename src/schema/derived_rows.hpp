#pragma once
#include <cstdint>
#include <string_view>

#include "schema/rows.hpp"

namespace nightjar {

/// A row of `port_days`.
struct PortDayRow {
  std::int64_t day = 0;  ///< days since 1970
  std::uint64_t hosts = 0, packets = 0, largest = 0;
  double squares = 0;
  std::string_view part, tool;
  std::uint16_t port = 0;
  CountryCode country = 0;
  std::uint8_t protocol = 0;
};

}  // namespace nightjar
