#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "figure/figure_file.hpp"
#include "figure/filter.hpp"
#include "figure/left_out.hpp"
#include "figure/observation.hpp"

namespace nightjar {

/// Words in braces that a figure's SQL may hold, and what they stand for:
///   {rows}          the figure's table; rows of one key first made one where the filter needs it and files share keys
///   {where}         sensors, span, filter, what is left out and (classes: hosts) the classes of hosts, over the query's table
///   {day}           local date of the row's time
///   {by_day}        before the other columns of a GROUP BY: {day} and a comma, nothing for a span of one day
///   {port_host_classes}  classes 1 and 3, or 1, 3 and 5 where the filter names class: whose hosts a destination port has
///   {mark_sums} {named_hosts} {packets_and_hosts}  the catalogue of fingerprints (figure/shape_fingerprints.cpp)
///   {top} {protocol} {ports} {sources} {definition} {within}  what a shape fills in
using Words = std::map<std::string, std::string>;

/// Puts the words in. An error for a brace that names no word.
Result<std::string> fill_in(std::string_view sql, const Words& words);

/// The words that every shape has, for a query over `table` of that version in `hours`. An error if the table lacks a field of the
/// filter.
Result<Words> words_for(const FigureFile& figure, Table table, const LakeVersion& version, const Observation& observation,
                        const FilterExpression& filter, const LeftOut& left_out, HourSpan hours);

/// The name of a table's time column; of sensor_days the date.
std::string_view time_column(Table table);
/// Condition for a span of a table's rows.
std::string span_sql(Table table, HourSpan hours);
/// Local date of a time column, with the changes of clock between two hours.
Result<std::string> day_sql(std::string_view column, const TimeZone& zone, HourSpan hours);

}  // namespace nightjar
