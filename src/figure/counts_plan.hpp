#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "figure/shapes.hpp"

namespace nightjar {

/// How the derived table `counts` answers instead of `flows`.
struct CountsPlan {
  std::string where;
  std::string total_where;  ///< the same without the dimension: the denominator
  bool complete = true;     ///< false: cells that are too small are left out, so an absent day may have packets
};

/// A plan if the file has that query, and `counts` gives exactly the answer that flows would give: UTC days, one sensor or all
/// darknets, a filter made of one value each of protocol, port (with tcp or udp), class and one of country, asn and
/// fingerprint, and cells that are up to date. What a query can use stands behind its name:
///   level=any                cells of the port, the protocol or everything, as the filter says
///   level=protocol,total     one row a protocol and one for all (no filter of port or protocol)
///   dimension=country|asn    rows of a dimension; hosts of several days do not add up, so one day only
std::optional<CountsPlan> plan_counts(const FigureRun& run, std::string_view query);

/// UTC days, the end not included.
struct DaySpan {
  std::int64_t from = 0, to = 0;
};

/// Days to count before the figure runs: those of a span of at least a week that counts would answer, if some of its days lack
/// them and all are over (counts of a day that still grows would be made in vain).
std::optional<DaySpan> days_worth_counting(const FigureRun& run);

/// Runs a query over `counts`.
Result<Answer> ask_counts(FigureRun& run, std::string_view query, const CountsPlan& plan, Words words = {});

}  // namespace nightjar
