#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "simulate/scenario.hpp"

namespace nightjar::simulate {

/// The nightjar.toml beside the captures: every sensor with its kind, prefixes and captures, and the mark `modelled`. `from` and `to`
/// (seconds since 1970): the span that is written.
std::string observatory_toml(const Scenario& scenario, std::uint32_t addresses, std::uint32_t pots, std::int64_t from, std::int64_t to);

/// Addresses of the darknet that are observed at a time; at least 1.
std::uint32_t observed_addresses(const Scenario& scenario, std::uint32_t addresses, std::int64_t second);

inline constexpr const char* kDarknetName = "darknet";
inline constexpr const char* kHoneypotName = "honeypot";
/// "reflector-1" for pot 0.
std::string pot_name(std::uint32_t pot);

}  // namespace nightjar::simulate
