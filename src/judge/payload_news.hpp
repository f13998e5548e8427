#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "incident/rules.hpp"
#include "store/query.hpp"

namespace nightjar {

/// Something that honeypots had not got before: a signature's tag, or the host that a program is loaded from.
struct PayloadNews {
  bool is_host = false;  ///< of a malware address; else a tag
  std::string name;
  std::int64_t first_ms = 0;                   ///< milliseconds since 1970
  double days_known = 0;                       ///< of honeypots before it, in which it was not seen; at most rules.payload_days
  std::map<std::int64_t, std::uint64_t> days;  ///< conversations by UTC day, from the first on
  std::uint16_t port = 0;                      ///< where most conversations of the first 24 hours brought it
  std::uint64_t sessions = 0, hosts = 0;       ///< of the first 24 hours, at that port
  bool before = false;                         ///< begins before from_day, and was enough by then
};

/// News that begin in UTC days [from_day - 7, to_day), by their beginning. Of those `payload_days` more before are read: the session must
/// show them.
/// Chance: a thing that comes now and then is new once, too. So its n conversations of the first day must be unlikely to fall all into
/// this one day and none into the d days before: (1 / (d + 1))^n below 1e-4.
Result<std::vector<PayloadNews>> read_payload_news(QuerySession& session, const Rules& rules, std::int64_t from_day, std::int64_t to_day);

/// The condition that a row of `sessions` brought it.
std::string brought(const PayloadNews& news);
/// The same without macros, for `nightjar sql`.
std::string brought_sql(const PayloadNews& news);

/// "203.0.113.7" of "http://203.0.113.7:80/okiru.mips", in brackets of IPv6; empty where there is none.
std::string host_of_url(std::string_view url);

}  // namespace nightjar
