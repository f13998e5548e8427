#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "figure/figure_file.hpp"
#include "figure/left_out.hpp"
#include "store/query.hpp"

namespace nightjar {

/// What is asked.
struct FigureRequest {
  std::string figure;
  std::optional<std::int64_t> from_day, to_day;  ///< local days since 1970, `to_day` not included; none: as far as there are packets
  std::string tz = "UTC";                        ///< name of the IANA database
  std::string where;                             ///< figure/filter.hpp; empty: everything
  std::vector<std::string> sensors;              ///< empty: all sensors of `kind`
  std::optional<std::string> kind;               ///< darknet, honeypot, reflector; none: darknet, or any for named sensors
  LeftOut without;                               ///< traffic that is left out; figures over flows only
  std::size_t top = 10;                          ///< rows of a ranking
  std::optional<std::pair<std::int64_t, std::int64_t>> compare;  ///< another span of local days (port-share)
  std::string definition;                                        ///< of attacks; empty: kReportsDefinition
  bool use_derived = true;                                       ///< false: never answer from `counts` and `minutes`
};
inline constexpr std::size_t kHighestTop = 100'000;
/// Figures of attacks count as NICTER's report of 2017 does, unless another definition is asked for.
inline constexpr std::string_view kReportsDefinition = "per-sensor";

/// A part of a row that sums others up ("other" of port-share).
struct FigurePart {
  std::string name;
  std::uint64_t packets = 0;
  double share = 0;
};

/// What is answered: rows of the columns that the figure's file names.
struct FigureAnswer {
  std::string figure, title_en, title_ja;
  std::optional<std::string> from, to;  ///< dates in `tz`, `to` not included; none: the lake holds nothing that was asked for
  std::string tz;
  std::string filter;  ///< canonical text
  std::string unit, denominator;
  std::uint64_t version = 0;  ///< of the lake
  bool modelled = false;      ///< any of the data comes from a model, not from the Internet
  std::vector<std::string> sensors;
  std::vector<std::string> remarks;                            ///< sentences that belong beside the numbers
  std::optional<std::string> definition, parameters;           ///< of attacks: which, and its key, minimum, gap and way of counting
  std::vector<std::string> without;                            ///< survey, backscatter: what was left out
  std::optional<std::uint64_t> total;                          ///< the denominator of shares
  std::optional<std::pair<std::string, std::string>> compare;  ///< dates of the other span
  std::vector<FigureColumn> columns;
  std::vector<std::vector<Value>> rows;
  std::vector<FigurePart> other_parts;  ///< of the row "other"
  std::vector<std::string> queries;     ///< the SQL that was run, macros unexpanded
};

/// What a figure may need from outside the lake.
struct FigureSurroundings {
  const FigureCatalogue* figures = nullptr;             ///< nullptr: the built-in figures
  std::function<std::string(std::uint32_t)> as_name;    ///< empty: names of networks stay empty
  std::optional<std::string> port_groups;               ///< TOML text; none: that of the catalogue
  std::string port_groups_origin = "port-groups.toml";  ///< for sentences
  /// Asked to make the counts of UTC days [from_day, to_day) where a figure would read them: a session over a version that has more
  /// of them, which lives as long as the answer is made, or nullptr to go on without. Empty: never.
  std::function<QuerySession*(std::int64_t from_day, std::int64_t to_day)> count_days;
  /// Asked to find the survey scanners (table scanner_days) of UTC days [from_day, to_day) where a figure needs them and the version lacks
  /// them: a session over a version that has them, which lives as long as the answer is made, or why there is none. Empty: such a
  /// figure is an error.
  std::function<Result<QuerySession*>(std::int64_t from_day, std::int64_t to_day)> find_scanners;
};

/// Runs a figure over one version of a lake. Errors are sentences for whoever asked: an unknown figure, zone or sensor, a
/// filter that points at its wrong word, a field that the figure's table does not keep.
Result<FigureAnswer> run_figure(QuerySession& session, const FigureRequest& request, const FigureSurroundings& surroundings = {});

/// Parameters of a definition, "key=victim+port min=100", as a JSON object; numbers are numbers.
std::string parameters_json(std::string_view parameters);

/// {"figure", "title", "from", "to", "tz", "filter", "denominator", "unit", "version", "modelled", "sensors", "total",
/// "remarks", "rows"}: rows as objects with the figure's columns as keys. Whole numbers stay whole, shares have four decimals.
std::string to_json(const FigureAnswer& answer);

}  // namespace nightjar
