#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "figure/figure.hpp"
#include "figure/filter.hpp"
#include "figure/observation.hpp"
#include "figure/placeholders.hpp"
#include "figure/values.hpp"

namespace nightjar {

/// One run of a figure, as a shape sees it: it asks the file's queries and fills `answer`.
class FigureRun {
 public:
  FigureRun(QuerySession& session, const FigureRequest& asked, const FigureSurroundings& around, const FigureCatalogue& all,
            const FigureFile& figure, const FilterExpression& condition, const Observation& read)
      : request(asked), surroundings(around), catalogue(all), file(figure), filter(condition), observation(read), session_(session) {}

  const FigureRequest& request;
  const FigureSurroundings& surroundings;
  const FigureCatalogue& catalogue;
  const FigureFile& file;
  const FilterExpression& filter;
  const Observation& observation;
  FigureAnswer answer;

  /// Runs a query of the file over its table and the figure's span; `words` are those of the shape. Columns lose the `m_`
  /// that keeps aliases apart from columns. Whatever span is asked for, modelled rows in it mark the answer.
  Result<Answer> ask(std::string_view query, const Words& words = {}) { return ask(query, file.table, observation.hours, words); }
  Result<Answer> ask(std::string_view query, Table table, HourSpan hours, const Words& words);
  /// SQL that is complete but for `words`.
  Result<Answer> ask_sql(std::string_view sql, const Words& words);
  const Snapshot& snapshot() const { return session_.snapshot(); }

 private:
  QuerySession& session_;
};

/// Shapes the rows of a query into those of the figure: one function a shape, named in the file's header.
using Shape = Result<void> (*)(FigureRun&);
Shape find_shape(std::string_view name);

Result<void> shape_days(FigureRun& run);                 ///< a row a day, with the days that saw nothing
Result<void> shape_days_by_fingerprint(FigureRun& run);  ///< a row a day and fingerprint
Result<void> shape_ranked(FigureRun& run);               ///< the query's rows with rank and share
Result<void> shape_port_share(FigureRun& run);
Result<void> shape_port_groups(FigureRun& run);
Result<void> shape_fingerprints(FigureRun& run);
Result<void> shape_sources(FigureRun& run);
Result<void> shape_victims(FigureRun& run);
Result<void> shape_yearly(FigureRun& run);
Result<void> shape_days_by_tag(FigureRun& run);     ///< a row a day and tag
Result<void> shape_counted(FigureRun& run);         ///< the query's rows as they are, and the query `total`
Result<void> shape_attacks_by_day(FigureRun& run);  ///< a row a day and service
Result<void> shape_attack_countries(FigureRun& run);
Result<void> shape_attack_services(FigureRun& run);
Result<void> shape_attack_durations(FigureRun& run);  ///< cumulative shares
Result<void> shape_attack_summary(FigureRun& run);    ///< one row; with `country = JP` in the filter that country's rank and share
Result<void> shape_scan_events(FigureRun& run);       ///< the largest events, and how far they were judged
Result<void> shape_survey_scanners(FigureRun& run);   ///< a row a day: survey scanners, their packets and share

/// A host as text: an IPv4 address, or the /64 of an IPv6 address.
std::string host_text(std::uint8_t ip_version, std::uint64_t src);
/// tcp, udp, icmp (both families) ...
std::string figure_protocol(std::uint64_t number);
/// The local days of the span that an answer of days shows: those with rows, and those without any in which a sensor was there.
std::vector<std::int64_t> shown_days(FigureRun& run, const Answer& rows);
/// A country code as people read it: "unknown" for none.
std::string country_text(const std::string& code);

}  // namespace nightjar
