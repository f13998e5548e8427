#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nightjar {

/// By what a rise is taken apart. The order is that of telling: who, then how.
enum class Attribute : std::uint8_t { country, asn, src, sensor, traffic_class, tcp_flags, src_port, fingerprint, window, ttl_band };
inline constexpr std::size_t kAttributes = 10;
/// The keys of the answers: "country" ...
std::string_view name_of(Attribute attribute);
/// Says who sends rather than how.
constexpr bool tells_origin(Attribute attribute) { return attribute <= Attribute::sensor; }

/// What of a row of `flows` its values are made of.
struct AttributeRow {
  std::uint64_t src = 0;
  std::uint32_t asn = 0, facts = 0;
  std::uint16_t country = 0;  ///< CountryCode
  std::uint16_t window = 0, port = 0, src_port = 0;
  std::uint8_t protocol = 0, traffic_class = 0;
  std::uint16_t sensor = 0;  ///< index into the darknets' names
};

/// A value as a number; 0 where the row has none (unknown country, no tool, source ports that differ ...), and then it explains nothing.
std::uint64_t code_of(Attribute attribute, const AttributeRow& row);
/// The value as the answers write it: "JP", "9605", "mirai", "14600", "up to 64", "backscatter", "192.0.2.7", "SYN+ACK".
/// An IPv6 source is its /64.
std::string text_of(Attribute attribute, std::uint64_t code, const std::vector<std::string>& sensors);
/// The condition (DuckDB, over the columns of `flows`) that a row has this value.
std::string condition_of(Attribute attribute, std::uint64_t code, const std::vector<std::string>& sensors);

/// The condition that the tool of a row, as `port_days` names it, is one of these; an empty name is no tool. Unknown names match nothing.
std::string tools_condition(const std::vector<std::string>& tools);

}  // namespace nightjar
