#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "base/result.hpp"
#include "detect/attack.hpp"
#include "detect/attack_definition.hpp"
#include "schema/rows.hpp"
#include "store/query.hpp"

namespace nightjar {

/// Reads `requests` in an order in which the requests of one stream follow one another, however they came into the lake. The engine sorts
/// and spills what does not fit its memory; a row at a time is held here.
class RequestsWalk {
 public:
  explicit RequestsWalk(QuerySession& session) : session_(session) {}

  using Visit = std::function<void(const RequestsSeen&)>;

  /// By victim, then by what attacks are told apart by (port, service, sensor), then time. Victims with fewer requests than the definition
  /// asks for are left out: a flood of sources that come once costs a sum each.
  Result<void> by_victim(const AttackDefinition& definition, const Visit& visit);

  /// By prefix (kCarpetBits4 or kCarpetBits6 of the address), then port or service, sensor and time; without prefixes that have too few
  /// addresses or requests for a carpet.
  Result<void> by_prefix(const AttackDefinition& definition, const Visit& visit);

  /// What `sensor` of a row is an index into; grows while rows are read.
  const Names& sensors() const { return sensors_; }
  std::uint64_t rows() const { return rows_; }

 private:
  Result<void> walk(const std::string& from, const std::string& order, const Visit& visit);
  std::uint16_t sensor_index(const std::string& name);

  QuerySession& session_;
  Names sensors_;
  std::uint64_t rows_ = 0;
};

/// Carpets are looked for in prefixes of this length.
inline constexpr std::uint8_t kCarpetBits4 = 24, kCarpetBits6 = 48;

/// The first address of the prefix that carpets are looked for in, in the column `src`.
constexpr std::uint64_t carpet_prefix(std::uint8_t ip_version, std::uint64_t src) {
  return ip_version == 6 ? src >> (64 - kCarpetBits6) << (64 - kCarpetBits6) : src >> (32 - kCarpetBits4) << (32 - kCarpetBits4);
}

}  // namespace nightjar
