#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.hpp"

namespace nightjar::reflector {

/// The largest reply that may ever leave, in bytes of UDP payload: 1232 + 40 + 8 is IPv6's smallest MTU of 1280, so nothing is fragmented.
inline constexpr std::int64_t kMostReplyBytes = 1232;
/// The most packets that one request may draw, whatever the settings are.
inline constexpr std::int64_t kMostReplyPackets = 10;

/// How much may be sent to whom. Numbers have their unit, range and reason in `budget_settings()`; an hour rolls, it has no border.
struct BudgetSettings {
  std::int64_t replies_per_host = 3;
  std::int64_t free_replies_per_host = 3;
  std::int64_t replies_per_host_alone = 1;
  std::int64_t replies_per_prefix = 10;
  std::int64_t sensor_replies_per_second = 100;
  std::int64_t sensor_bits_per_second = 64'000;
  std::int64_t deployment_bits_per_second = 256'000;
  std::int64_t sensors = 1;
  std::int64_t reply_bytes = kMostReplyBytes;
  std::int64_t attack_packets = 6;
  std::int64_t prefix_attack_packets = 100;
  std::int64_t silence_seconds = 3'600;
  std::int64_t hosts = 65'536;
  std::int64_t prefixes = 32'768;
  std::int64_t sketch_cells = 262'144;
};

struct BudgetSetting {
  std::string_view key;
  std::int64_t BudgetSettings::*value;
  std::string_view unit;
  std::int64_t least, most;   ///< closed range
  std::string_view sentence;  ///< what it does
  std::string_view reason;    ///< why it has this default and range
};

/// All of them, in the order of the struct.
std::span<const BudgetSetting> budget_settings();

/// Whether every number is in its range and they fit together; else a sentence with the key.
Result<void> check(const BudgetSettings& settings);

}  // namespace nightjar::reflector
