#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "exposure/day_sessions.hpp"
#include "incident/incident.hpp"
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
/// `onsets`, milliseconds since 1970: only what came first within 24 hours from one of them on; none: all.
Result<std::vector<PayloadNews>> read_payload_news(QuerySession& session, const Rules& rules, std::int64_t from_day, std::int64_t to_day,
                                                   const std::vector<std::int64_t>& onsets = {});

/// The first UTC day that `read_payload_news` reads for these.
std::int64_t first_day_of_news(const Rules& rules, std::int64_t from_day);

/// Those of the incidents told before (by id) that may have changed and began before `told_anew_day`, so that `new_payloads` does not tell
/// them: of kind new-payload, not over for long on `judge_day`, from which on days are new. After a year nobody follows one any more: what
/// is told of it then stays.
std::vector<const Incident*> payloads_to_follow(const std::map<std::string, Incident>& told, std::int64_t judge_day,
                                                std::int64_t told_anew_day);
/// Tells them anew, as `new_payloads` would from their beginning on.
Result<std::vector<Incident>> followed_payloads(const DaySessions& days, const Rules& rules, const std::vector<const Incident*>& told,
                                                std::int64_t to_day);

/// The condition that a row of `sessions` brought it.
std::string brought(const PayloadNews& news);
/// The same without macros, for `nightjar sql`.
std::string brought_sql(const PayloadNews& news);

/// "203.0.113.7" of "http://203.0.113.7:80/okiru.mips", in brackets of IPv6; empty where there is none.
std::string host_of_url(std::string_view url);

}  // namespace nightjar
