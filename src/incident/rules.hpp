#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace nightjar {

/// Thresholds of detection. Every number has its unit, range and reason in `rule_table()`; nightjar.toml sets them under [detect].
struct Rules {
  // What is usual.
  double baseline_days = 28;
  double shortest_baseline_days = 1;
  double new_usual_days = 14;
  double least_coverage = 0.5;
  // What is a rise.
  double host_score = 7;
  double host_ratio = 1.5;
  double fewest_hosts = 8;
  double packet_score = 7;
  double packet_ratio = 2;
  double fewest_packets = 50;
  double packet_share = 0.0005;
  double country_packet_share = 0.01;
  double total_score = 7;
  double total_ratio = 1.25;
  double flood_score = 4;
  double source_share = 0.5;
  double new_port_hosts = 0.02;
  double campaign_ports = 3;
  double campaign_hosts = 1000;
  double over_share = 0.1;
  double over_days = 2;
  // Victims, honeypots, reflectors.
  double attacks_score = 7;
  double fewest_attacks = 8;
  double payload_sessions = 3;
  double payload_hosts = 2;
  double payload_days = 28;
  double dropper_days = 7;
  // Sensors.
  double silence_minutes = 60;
  double drops_share = 0.01;
  double clock_steps = 1;
  double size_share = 0.05;

  friend bool operator==(const Rules&, const Rules&) = default;

  /// "default", or what differs: "host_ratio=2 over_days=3". Rows of other rules stand beside.
  std::string name() const;
};

struct Rule {
  std::string_view key;
  double Rules::*value;
  std::string_view unit;
  double least, most;         ///< closed range
  std::string_view sentence;  ///< what it does
  std::string_view reason;    ///< why it has this default, with its source
  bool whole = true;          ///< wants a whole number
};
std::span<const Rule> rule_table();

/// The rules of the table [detect] of a nightjar.toml; defaults for what it does not name. Errors name the line: an unknown key (with the
/// nearest), a value that is no number or out of its range. A text without [detect] gives the defaults.
Result<Rules> rules_of_toml(std::string_view text, const std::string& file);

/// All rules with value, unit, range, sentence and reason, for --explain-rules; at most `columns` wide.
std::string explain_rules(const Rules& rules, std::size_t columns = 80);

}  // namespace nightjar
