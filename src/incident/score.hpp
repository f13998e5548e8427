#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "incident/incident.hpp"
#include "incident/score_truth.hpp"

namespace nightjar {

/// What became of an incident of the lake when it was held against the truth.
enum class Verdict : std::uint8_t {
  found,      ///< the one incident for a true one
  duplicate,  ///< about a true one that has its incident already
  unknown,    ///< the truth knows nothing of it
  forbidden,  ///< begins at the port and in the time of a true one of kind "none"
  remark,     ///< of a sensor's size, which the truth does not tell: neither right nor wrong
};
std::string_view name_of(Verdict verdict);

/// Something that the truth says of an incident, and whether the lake's incident says it too.
struct ScoreHit {
  std::string what;  ///< "country=AR", "port=23", "payload=realtek-soap"
  bool hit = false;
  friend bool operator==(const ScoreHit&, const ScoreHit&) = default;
};

/// A true incident and what was found of it.
struct ScoredIncident {
  std::size_t truth = 0;             ///< in IncidentTruth::incidents
  std::optional<std::size_t> found;  ///< in the list of incidents; never of a true one of kind "none"
  std::vector<std::size_t> duplicates, forbidden;
  double allowed_hours = 0;
  std::optional<double> delay_hours;  ///< onset found less true onset: negative where it was found too early; see score_incidents()
  std::vector<ScoreHit> because;      ///< the port, then what explains it
  std::vector<ScoreHit> related;      ///< ports
  std::vector<ScoreHit> payloads;     ///< conversations, by the tags of their signatures
  bool in_report = false;             ///< of the table of incidents in the report for 2017
  bool hardly_visible = false;        ///< the sensors saw next to nothing of it
  bool in_time() const;               ///< found, and with a delay that is allowed
};

struct ScoreSum {
  std::size_t hits = 0, asked = 0;
};

struct Score {
  std::vector<ScoredIncident> truths;  ///< those that began in the truth's span, in its order
  std::vector<Verdict> verdicts;       ///< of the list of incidents, one each
  std::size_t expected = 0, found = 0, in_time = 0;
  std::size_t expected_visible = 0, found_visible = 0;  ///< without those of which the sensors saw next to nothing
  std::size_t expected_report = 0, found_report = 0;    ///< of the report, visible or not
  std::size_t duplicates = 0, unknown = 0, forbidden = 0, remarks = 0;
  std::optional<double> median_delay_hours;      ///< of the delays' absolute values
  double months = 0;                             ///< of the truth's span, of 30.44 days each
  ScoreSum because, related, payloads;           ///< of the found ones
  std::optional<double> precision() const;       ///< found / (found, duplicates, unknown and forbidden); nothing without any
  std::optional<double> recall() const;          ///< found / expected; nothing where nothing was to be found
  std::optional<double> recall_visible() const;  ///< the same without those that are hardly visible
  double unknown_a_month() const;                ///< unknown and forbidden ones
};

/// Fewer packets in the darknet's captures, or of kind drdos fewer attacks, and an incident is hardly visible: the least that a rise
/// of a few a day can be told from chance by.
inline constexpr std::uint64_t kVisiblePackets = 10;
inline constexpr std::uint64_t kVisibleAttacks = 20;

/// Holds incidents against the truth.
///
/// An incident is about a true one when
/// - their kinds are of one family: traffic to ports (host-spike, packet-spike, new-port, heavy-source, scan-campaign, new-payload),
///   backscatter (dos-victim, carpet-bombing), drdos, sensor;
/// - it begins in the true one's time or at most three days before, and does not end before the true one by more than the delay that is
///   allowed: an hour where packets flood (dos-victim, carpet-bombing, heavy-source, packet-spike), else a day;
/// - for traffic and backscatter, protocol and port are the same, or one's port is among the other's related ports (and the incident is
///   not about another true one directly), or the incident is of a whole protocol and begins at most a day outside the true one's rise;
/// - for drdos, the country is one of those of the truth, where both name one.
/// The delay is counted from the true onset, or from the first packet in the darknet where that came later: an onset between the two has
/// none. Each incident is given to one true one at most, and one to each: those in time first, then those with more of the explanation,
/// then the nearest onset. Only true incidents that begin in the truth's span count; the incidents should be those of that span.
Score score_incidents(const IncidentTruth& truth, const std::vector<Incident>& incidents);

/// Signatures of which one is enough to tell a modelled conversation (docs/model.md); empty for those that have none.
std::vector<std::string_view> signatures_of_conversation(std::string_view conversation);

}  // namespace nightjar
