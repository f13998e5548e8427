#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/address.hpp"
#include "store/query.hpp"

namespace nightjar {

/// A row of `attacks` of definition corsaro2: one victim, or a carpet (then without the attacks that are part of it).
struct DosAttack {
  std::string id;
  std::string target;                      ///< the victim's address, or the first of the carpet's prefix
  std::int64_t first_ms = 0, last_ms = 0;  ///< milliseconds since 1970
  std::uint64_t packets = 0, victims = 0;
  bool carpet = false;
  std::uint8_t protocol = 6;  ///< that was attacked
  std::string country;        ///< ISO 3166 code of the target; empty: not known
};

/// Whose network: the AS where it is known, else the country, else the /24 (IPv6 /48).
struct Network {
  std::uint32_t asn = 0;
  std::string country;  ///< of one that has no AS; empty: none
  std::string prefix;   ///< of one that has neither
  /// All networks of the country: errors by ICMP quote addresses beside the network that is attacked.
  bool whole_country = false;
  friend auto operator<=>(const Network&, const Network&) = default;
};
Network network_of(std::uint32_t asn, std::string country, const Address& victim);
/// As a condition in SQL with macros over `asn`, `country`, `src` and `src_low`.
std::string network_sql(const Network& network);
/// The same without macros, for `nightjar sql`.
std::string network_user_sql(const Network& network);
/// As a condition of --where.
std::string network_filter(const Network& network);

/// Attacks on one network at the same time whose answers may have moved one total: those through TCP that of TCP, those through UDP that of
/// UDP, and any of them that of ICMP.
struct DosGroup {
  Network network;
  std::uint8_t total = 6;                  ///< IANA number of what arrives: 1, 6 or 17
  std::vector<std::uint8_t> protocols;     ///< that were attacked, ascending; of TCP and UDP the total's own
  std::vector<DosAttack> attacks;          ///< by their beginning; empty: only the total tells of the answers (dos_answers.hpp)
  std::int64_t first_ms = 0, last_ms = 0;  ///< of all
  std::uint64_t packets = 0;
  std::uint64_t victims = 0;        ///< each victim once, of each carpet the most
  bool carpet = false;              ///< carpets carry most of its packets
  std::set<std::string> countries;  ///< ISO 3166 codes of its victims, as far as they are known
};

/// Attacks of one network belong together where no more than six hours lie between them. Small ones that happen to fall beside large ones
/// are left out: what is kept carries 95 % of the packets of those that begin up to seven days before or after.
inline constexpr std::int64_t kDosGapMs = 6LL * 3600 * 1000;
std::vector<DosGroup> groups_of(const Network& network, std::uint8_t total, std::vector<DosAttack> attacks);

/// Whether they are one incident where both moved a total: of one network, with no more than six hours between them or on one UTC day,
/// since totals are told by the day. `one_network`: false leaves aside whose they are.
bool at_one_time(const DosGroup& a, const DosGroup& b, bool one_network = true);
/// Of several groups of one network and one total one that holds them all.
DosGroup joined(const std::vector<DosGroup>& groups);

/// Groups of the attacks that begin in UTC days [from_day - 56, to_day), as far as the session shows them (from first_seen_day on); by
/// their beginning. A group that goes on for longer begins where it is first seen. An attack through TCP or UDP is in two groups: it may
/// have been answered by ICMP.
Result<std::vector<DosGroup>> read_dos_groups(QuerySession& session, std::int64_t from_day, std::int64_t to_day,
                                              std::int64_t first_seen_day);
/// Leaves out what ends before from_day, and is at one time neither with a group that does not nor with another that stays.
void keep_from(std::int64_t from_day, std::vector<DosGroup>& groups);

}  // namespace nightjar
