#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "simulate/expectation.hpp"

namespace nightjar::simulate {

/// A line of what `simulate --expect` prints. Empty fields: all of them together.
struct ExpectedRow {
  std::string day;
  std::string protocol;  ///< "tcp", "udp", "icmp"
  std::optional<std::uint16_t> port;
  std::string country, fingerprint;
  double packets = 0, packets_deviation = 0;  ///< mean and standard deviation over seeds
  std::optional<double> hosts;                ///< unique sources of scans and requests
};

/// What the rows are to be about; the parts that are not named are broken down.
struct ExpectedQuestion {
  std::optional<std::uint8_t> protocol;
  std::optional<std::uint16_t> port;
  std::optional<CountryCode> country;
};

/// Expected packets and hosts a day, days of the scenario's UTC offset: in all, by protocol, port, fingerprint and country. Packets of rows
/// in all and by protocol are those of every class, others those of scans and requests. Ports are those that the scenario names.
std::vector<ExpectedRow> expected_table(const Model& model, double addresses, std::int64_t from, std::int64_t to,
                                        const ExpectedQuestion& question);

}  // namespace nightjar::simulate
