#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "figure/filter.hpp"
#include "store/query.hpp"

namespace nightjar::cli {

/// Which attacks are asked for.
struct AttackQuestion {
  std::string definition = "amppot";             ///< as it calls itself
  std::optional<std::int64_t> from_day, to_day;  ///< UTC days in which they begin, the end not included
  FilterExpression filter;
  std::size_t top = 20;
  bool parts = false;  ///< also those that are part of another that fits
};

/// An attack as the lake keeps it.
struct AttackEntry {
  std::string id, parent, kind, service, sensor, country;
  std::string victim;       ///< the address, or the prefix
  std::string first, last;  ///< ISO 8601 UTC
  double seconds = 0;       ///< last - first
  std::uint64_t level = 1, victims = 1, sensors = 0, port = 0, asn = 0, packets = 0, bytes_in = 0, bytes_out = 0;
  std::string protocol;  ///< tcp, udp, icmp ...
  // Of attacks seen as backscatter; 0 of others.
  std::uint64_t ports = 0, peak_per_minute = 0, destinations = 0, mismatches = 0;
  /// Packets a second of the whole attack, on average and at its peak: what was seen times 2^32 / addresses that the sensor observed. None
  /// where it is not known how many those were, and for IPv6.
  std::optional<double> rate, peak_rate;
  // What the questions behind it need.
  std::uint64_t src = 0, src_low = 0, ip_version = 0, prefix_length = 0, protocol_number = 0;

  /// Seen at darknets by its backscatter, so not at reflectors.
  bool is_backscatter() const { return peak_per_minute != 0; }
};

struct AttackList {
  std::string parameters;
  std::vector<std::string> remarks;
  std::vector<AttackEntry> rows;  ///< most requests first
  std::uint64_t total = 0;        ///< that fit, shown or not
  std::uint64_t attacks = 0;      ///< of level 1 among all that fit, parts too: what figures count
  std::uint64_t carpets = 0;
};

/// What one sensor got through one service, or from one port of a victim.
struct AttackShare {
  std::string sensor, service, query, first, last;
  std::uint64_t port = 0, packets = 0, bytes_in = 0, bytes_out = 0, request_bytes = 0, reply_bytes = 0, kinds = 0;
};
struct AttackMinute {
  std::string minute;
  std::uint64_t packets = 0;
};
/// One attack in full.
struct AttackFound {
  std::string definition, parameters;
  AttackEntry attack;
  std::vector<AttackEntry> parts;     ///< of level 1
  std::vector<AttackShare> shares;    ///< of the requests or the backscatter that the lake holds of it
  std::vector<AttackMinute> minutes;  ///< with packets, at most kMostMinutes
};
inline constexpr std::size_t kMostMinutes = 50'000;  // 34 days

/// Errors: nobody judged by that definition, a field of the filter that attacks do not have.
Result<AttackList> ask_attacks(QuerySession& session, const AttackQuestion& question);

/// The attack whose id begins so (lower-case digits). Errors: none, or several.
Result<AttackFound> ask_attack(QuerySession& session, const std::string& id);

}  // namespace nightjar::cli
