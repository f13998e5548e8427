#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "explain/population.hpp"

namespace nightjar {

/// Share of the population's sources of the peak day that the darknets saw on any port in the 28 days before the onset, of at most some
/// 20,000 sources chosen by a hash. Nothing where that cannot be known: the darknets are so small that hosts of this population are rarely
/// seen twice (of a day's sources fewer than 20 are seen again next day, unless that is half of them and at least 5; or fewer than 10 %).
/// Fewer than 14 of the days before watched: it is a lower bound, told from one half on. `basis` hears of the days and of the sources read.
Result<std::optional<double>> returning_hosts(QuerySession& session, const Population& population, const Rise& rise,
                                              const std::map<std::int64_t, Exposure>& exposures, Basis& basis);

/// Bots behind the `hosts` sources of the peak day: Mirai keeps one source port and one window as long as it runs, so different pairs of
/// one source are several bots behind one address. Nothing where that cannot be told: fewer than nine in ten sources are Mirai's, fewer
/// than 20 have several rows, most of those never repeat a pair (then each packet has its own), or no more bots than sources are found.
/// Of more than 300,000 sources estimated from as many, chosen by a hash.
Result<std::optional<std::uint64_t>> bots_behind(QuerySession& session, const Population& population, std::uint64_t hosts, Basis& basis);

/// Other ports that the population's sources asked on the peak day, by hosts, at most 8; in small lakes on the peak day and at most six
/// days of the rise before it. Asked by at least 3 of them and 0.5 % (all, where there are fewer), 1.5 times as often as other hosts ask it
/// besides another port, and more often than chance. Nothing of backscatter and daily totals.
Result<std::vector<RelatedPort>> co_scanned_ports(QuerySession& session, const Population& population, const Rise& rise, Basis& basis);

}  // namespace nightjar
