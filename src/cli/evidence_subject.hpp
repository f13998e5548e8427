#pragma once
#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "figure/values.hpp"
#include "schema/columns.hpp"
#include "store/query.hpp"

namespace nightjar::cli {

/// What evidence is wanted of: rows of one table in a time.
struct EvidenceSubject {
  std::string name;                     ///< "the incident 0123456789abcdef (host-spike, 23/tcp)"
  std::string about;                    ///< "23/tcp", of an incident; may be empty
  Table table = Table::flows;           ///< flows, backscatter or requests
  std::string condition;                ///< of the rows, in SQL with macros
  std::int64_t from_ns = 0, to_ns = 0;  ///< the end not included; whole hours of flows, else whole minutes
};

/// The incident or the attack whose id begins with these digits. Errors: none, several, or one that no packets are behind.
Result<EvidenceSubject> find_evidence_subject(QuerySession& session, const std::string& digits);

/// The sensors of each kind in a lake, as conditions over a column `sensor`.
struct SensorsByKind {
  std::string darknets = "1 = 0", honeypots = "1 = 0", reflectors = "1 = 0";
};
Result<SensorsByKind> sensors_by_kind(QuerySession& session);

/// The packets of an incident, out of a row of `incidents` with the columns kind, protocol, port, country, onset, population and, as m_end,
/// end: those that the sensors got by which incidents of its kind are judged, unless its filter names sensors. An error for one that no
/// packets are behind.
Result<EvidenceSubject> incident_subject(const NamedRows& rows, std::size_t row, const std::string& id, const SensorsByKind& sensors);

/// Length of a row of the table in nanoseconds: an hour or a minute.
std::int64_t row_length_ns(Table table);
/// Name of its column of the time: "hour" or "minute".
std::string time_column(Table table);

}  // namespace nightjar::cli
