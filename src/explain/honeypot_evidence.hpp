#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "incident/incident.hpp"
#include "incident/rules.hpp"
#include "store/query.hpp"

namespace nightjar {

/// What honeypots got at a port in a time: payloads by the conversations that brought them, those that load a program or match a signature
/// of an exploit first; at most `most`. Empty where no honeypot was called there. Times in milliseconds since 1970.
Result<std::vector<IncidentPayload>> payloads_at(QuerySession& session, std::uint16_t port, std::int64_t from_ms, std::int64_t to_ms,
                                                 std::size_t most = 5);

/// Incidents of kind new-payload that begin in UTC days [from_day, to_day), or before where something was added to them since, or where the
/// conversations of the days before were too few: a signature's tag or the host of a malware address that no conversation had in
/// `payload_days` before, brought by at least `payload_sessions` conversations of `payload_hosts` hosts within a day of its first, at one
/// port, and unlikely to be there by chance for the first time (payload_news.hpp). Several new things at one port at once are one incident.
/// A lake whose honeypot data begin less than `payload_days` before says nothing of what is older: then those days that there are, at least
/// one, must lack it. `end` is the day after the last conversation. Words are not set. The session must see the days from `payload_days` +
/// 7 before from_day on.
Result<std::vector<Incident>> new_payloads(QuerySession& session, const Rules& rules, std::int64_t from_day, std::int64_t to_day);

}  // namespace nightjar
