#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "explain/lake_darknets.hpp"
#include "exposure/exposure.hpp"
#include "incident/incident.hpp"
#include "incident/rules.hpp"
#include "store/query.hpp"

namespace nightjar {

/// A rise that is to be explained: the level of a population on some days against usual ones.
struct Rise {
  std::uint8_t protocol = 6;
  std::uint16_t port = 0;              ///< 0 with `whole_protocol`
  bool whole_protocol = false;         ///< a rise of a daily total: all ports of the protocol, all classes
  Metric metric = Metric::hosts;       ///< hosts or packets
  bool backscatter = false;            ///< of class backscatter (then `port` is the victims' service); else scan, request and echo
  std::vector<std::string> countries;  ///< the population: sources of these countries; empty: of any
  std::vector<std::string> tools;      ///< and of these fingerprints ("" is none of them); empty: any
  std::int64_t peak_day = 0;           ///< UTC day that is explained
  std::int64_t onset_day = 0;
  std::vector<std::int64_t> usual_days;               ///< UTC days before the onset to compare with, at most 7 are read
  std::shared_ptr<const LakeDarknets> darknets = {};  ///< of the lake; null: they are read from the session
};

/// What can be said of it.
struct Explanation {
  std::vector<RisePart> parts;           ///< at most 5, by share of the rise; the shortest set that covers most of it is among them
  double unexplained = 0;                ///< share of the rise that the dominating parts leave
  std::string country;                   ///< that carries most of it, else empty
  std::string tool;                      ///< that carries at least 0.7 of it, else empty
  std::uint64_t hosts = 0, packets = 0;  ///< of the population on the peak day
  std::optional<double> effective_sources, returning_hosts;
  std::optional<std::uint64_t> bots;
  std::vector<RelatedPort> co_scanned;  ///< by hosts, at most 8
  Basis basis;                          ///< rows and days of all these numbers; level and times are not told
};

/// Reads `flows` of the peak day, the usual days, and of the days before the onset for returning hosts. Shares are computed as
///   share_of_rise(x) = (now(population and x) - usual(population and x)) / (now(population) - usual(population)), clamped to 0..1
///   usual_share(x)   = usual(port and x) / usual(port)
/// with `usual` the mean per exposure of the usual days, scaled to the exposure of the peak day.
Result<Explanation> explain_rise(QuerySession& session, const Rise& rise, const std::map<std::int64_t, Exposure>& exposures);

}  // namespace nightjar
