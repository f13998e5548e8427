#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "figure/figure_file.hpp"
#include "store/lake.hpp"

namespace nightjar {

struct HourSpan;

/// Traffic that a figure leaves out (--without).
struct LeftOut {
  bool survey = false;       ///< all packets of a source on UTC days on which it is a survey scanner (table scanner_days)
  bool backscatter = false;  ///< packets of class backscatter

  bool any() const { return survey || backscatter; }
  friend bool operator==(const LeftOut&, const LeftOut&) = default;
};

/// Reads "survey", "backscatter" or both with a comma between; empty: nothing is left out. A sentence for other words.
Result<LeftOut> parse_left_out(std::string_view list);

/// "survey", "backscatter", in this order.
std::vector<std::string> names_of(const LeftOut& left_out);
/// "survey scanners and backscatter"
std::string words_of(const LeftOut& left_out);

/// An error if the figure reads a table that does not know sources, or classes.
Result<void> check_left_out(const LeftOut& left_out, const FigureFile& figure);

/// Condition for the rows of `flows` that stay, with " AND " before it; empty where nothing is left out.
std::string stays_sql(const LeftOut& left_out, HourSpan hours);

/// UTC days of these hours that have flows and no rows of scanner_days made from just these, ascending.
std::vector<std::int64_t> days_without_scanners(const LakeVersion& version, const std::vector<HourSpan>& spans);

/// By which rules the survey scanners of these hours were told, a sentence a rule.
std::vector<std::string> survey_rules(const LakeVersion& version, const std::vector<HourSpan>& spans);

}  // namespace nightjar
