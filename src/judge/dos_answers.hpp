#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "incident/rules.hpp"
#include "judge/day_totals.hpp"
#include "judge/dos_groups.hpp"
#include "store/query.hpp"

namespace nightjar {

/// So many days before those that are judged are looked at for answers that go on.
inline constexpr std::int64_t kDaysOfAnswersBefore = 28;

/// Groups without a row in `attacks`, of victims too small for one each: on UTC days of [from_day - 28, to_day) on which a daily total of
/// TCP, UDP or ICMP left its range by itself (rules.total_ratio, total_score), backscatter carries half of that rise or more, and the
/// answers of one network half of it too; of ICMP's total, where none does, those of one country. A group lasts from the first to the last
/// hour that has a tenth of the packets of its largest, also on the days beside, and begins and ends with a minute like that. Its victims
/// are counted by who answered; it is a carpet where they are spread as over ten equal ones or more. One for each day: those at one time
/// belong together. `darknets`: darknet_condition().
Result<std::vector<DosGroup>> read_answer_groups(QuerySession& session, const std::string& darknets, const DayTotals& totals,
                                                 std::int64_t from_day, std::int64_t to_day);

/// The protocols that the network's errors by ICMP quote in the group's time, beside those that it has: such of which a twentieth speaks.
Result<void> add_quoted_protocols(QuerySession& session, const std::string& darknets, DosGroup& group);

}  // namespace nightjar
