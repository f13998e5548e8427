#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "incident/incident.hpp"

namespace nightjar {

/// An incident as the truth of `nightjar simulate --truth` tells it (docs/model.md). Times are milliseconds since 1970, UTC.
struct TrueIncident {
  std::string id, title;
  std::optional<IncidentKind> kind;  ///< nothing: "none", which must not be found
  std::uint8_t protocol = 6;
  std::uint16_t port = 0;  ///< 0: any, or none
  std::int64_t onset_ms = 0, peak_ms = 0, end_ms = 0;
  std::int64_t first_ms = 0;                 ///< its first packet in the darknet's captures; 0: none, or not told
  std::vector<AttributeValue> because;       ///< what explains it
  std::vector<std::uint16_t> related_ports;  ///< TCP
  std::vector<std::string> payloads;         ///< names of conversations
  /// In the darknet's captures; of kind drdos `packets` are its requests that reflectors got.
  std::uint64_t hosts_seen = 0, packets = 0;
  std::uint64_t attacks = 0;  ///< of kind drdos, by the report's way of counting
  /// When it can first be known in the darknet: the onset, or its first packet there where that came later.
  std::int64_t visible_from_ms() const { return first_ms > onset_ms ? first_ms : onset_ms; }
  friend bool operator==(const TrueIncident&, const TrueIncident&) = default;
};

/// The part of a truth that incidents are compared with.
struct IncidentTruth {
  std::string scenario;
  std::uint64_t seed = 0, addresses = 0;
  std::int64_t from_ms = 0, to_ms = 0;  ///< what was written, the end not included
  std::vector<TrueIncident> incidents;
};

/// Reads the truth; `file` stands in sentences, which say what is missing or wrong in it.
Result<IncidentTruth> incident_truth(std::string_view json, const std::string& file);

}  // namespace nightjar
