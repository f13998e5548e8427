#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/lake.hpp"

namespace nightjar {

/// Who is a survey scanner: a source that on one UTC day sent the darknets TCP SYNs and asking UDP to at least `survey_ports` ports, and at
/// least `survey_packets` packets for `survey_addresses` observed addresses, scaled to those observed that day. NICTER's later reports;
/// the number of packets is unverified, so every number that depends on it names it.
struct SurveyRule {
  std::uint64_t survey_ports = 30;
  std::uint64_t survey_packets = 300'000;
  std::uint64_t survey_addresses = 300'000;  ///< not 0

  /// "at least 30 ports and 300,000 packets a day for 300,000 addresses (unverified)"
  std::string text() const;
};

/// Sources that asked more ports than this in a day have a row (JPCERT/CC's number).
inline constexpr std::uint64_t kFewPorts = 10;

struct ScannerDaysOptions {
  SurveyRule rule;
  bool keep_other_rules = false;                 ///< days that were judged by another rule stay as they are
  int threads = 0;                               ///< of the engine; 0: one a core
  std::uint64_t memory_bytes = 0;                ///< of the engine; 0: a quarter of the machine, at most 1.5 GB
  std::function<void(std::int64_t day)> on_day;  ///< hears the first of the days that are made next
};

/// Makes the derived table `scanner_days` (schema/derived_columns.cpp) for the days in [from_day, to_day) that have flows and no rows made
/// from just these by this rule. On a day when the size of any darknet is unknown nobody is a survey scanner. Many days are one commit.
/// Returns how many were made; a day that another process makes at the same time is left to it.
Result<std::size_t> ensure_scanner_days(Lake& lake, std::int64_t from_day, std::int64_t to_day, const ScannerDaysOptions& options = {});

}  // namespace nightjar
