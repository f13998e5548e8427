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

/// What payloads are asked for, and which conversations count for them.
struct PayloadQuestion {
  enum class Order : std::uint8_t { time, port, tag, hosts, sessions };
  std::optional<std::int64_t> from_hour, to_hour;  ///< hours since 1970, the end not included; none: no limit
  FilterExpression filter;
  std::vector<std::string> sensors;  ///< empty: all
  std::uint64_t least_hosts = 0;
  std::size_t top = 20;
  Order order = Order::time;
};

/// A payload as `sessions` and `payloads` tell of it.
struct PayloadEntry {
  std::string sha256;
  std::uint64_t size = 0;
  std::string first, last;  ///< ISO 8601 UTC: of the payload in the lake, whatever the question
  /// Conversations of the question that sent it, and their sources (IPv6 by /64). Of a datagram the lake keeps its first sender only:
  /// 0 sessions, 1 host.
  std::uint64_t sessions = 0, hosts = 0;
  std::vector<std::uint16_t> ports;  ///< rising
  bool datagram = false;             ///< first seen as a UDP datagram
  std::vector<std::string> tags, urls;
  std::string bytes;  ///< of a list the first kPayloadBeginning
};
inline constexpr std::size_t kPayloadBeginning = 4096;

struct PayloadList {
  std::vector<PayloadEntry> rows;
  std::uint64_t total = 0;  ///< payloads that fit, shown or not
  std::vector<std::string> remarks;
};

/// A conversation that sent a payload.
struct PayloadSession {
  std::string time, source, sensor, country;
  std::uint16_t source_port = 0, port = 0;
};
struct PayloadCountry {
  std::string country;
  std::uint64_t hosts = 0, sessions = 0;
};

/// One payload in full.
struct PayloadFound {
  PayloadEntry entry;
  std::string first_source, first_sensor;  ///< who sent it first, and where it came
  std::uint16_t first_port = 0;
  std::vector<PayloadCountry> countries;  ///< most hosts first
  std::vector<PayloadSession> sessions;   ///< the newest of the question first, at most `top`
};

/// Payloads that conversations of the question sent, and UDP datagrams seen in its span. Errors: a field of the filter that
/// conversations do not have, an unknown sensor.
Result<PayloadList> ask_payloads(QuerySession& session, const PayloadQuestion& question);

/// The payload whose SHA-256 begins so (lower-case digits). Errors: none, or several, which are named.
Result<PayloadFound> ask_payload(QuerySession& session, const PayloadQuestion& question, const std::string& hash);

}  // namespace nightjar::cli
