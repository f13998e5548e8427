#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace nightjar {

/// A name for a pattern of facts: a rule asked when a question is asked, never stored in rows, so a changed rule tags
/// all history.
struct Fingerprint {
  std::string_view name;                  ///< "mirai"
  std::string_view sentence;              ///< what it is, for people
  std::string_view source;                ///< where the rule comes from
  std::string_view valid_from, valid_to;  ///< dates between which the tool sent like this; empty = open
  std::string_view sql;  ///< condition over columns of `flows` (facts, window, port, class, protocol, ip_version), both engines
  bool (*matches)(std::uint32_t facts, std::uint16_t window, std::uint16_t port, std::uint8_t traffic_class);
  std::uint8_t chance_bits;  ///< random packets match at 2^-chance_bits; 0: not a relation
};

/// All fingerprints, one entry each: the only list.
std::span<const Fingerprint> fingerprint_catalogue();
const Fingerprint* find_fingerprint(std::string_view name);
/// Changes when any rule changes: kept in every batch manifest.
std::string catalogue_version();

}  // namespace nightjar
