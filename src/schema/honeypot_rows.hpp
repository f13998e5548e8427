#pragma once
#include <cstdint>
#include <string_view>

#include "schema/rows.hpp"
#include "schema/services.hpp"

namespace nightjar {

/// Rows of honeypots and reflectors, as the program holds them before they are stored. columns of honeypot_columns.cpp say of every field
/// what column it becomes. Texts are views: whoever hands rows to the store keeps the characters until they are written. Texts must be
/// UTF-8 (outside bytes escaped); `bytes` of payloads are any.

/// A row of `requests`: one victim and one service in one minute.
struct RequestRow {
  std::int64_t minute = 0;             ///< minutes since 1970
  std::uint64_t src = 0, src_low = 0;  ///< the victim
  std::uint64_t packets = 0;
  std::uint64_t bytes_in = 0;       ///< IP lengths of the requests
  std::uint64_t bytes_out = 0;      ///< IP lengths of what the sensor sent back
  std::uint64_t replies = 0;        ///< packets that it sent back
  std::uint64_t request_bytes = 0;  ///< UDP payloads of the requests
  std::uint64_t reply_bytes = 0;    ///< UDP payloads that an open server would have sent back
  std::uint64_t batch = 0;
  std::string_view query;
  std::uint32_t kinds = 0;  ///< bits by service (payload/request_kinds.hpp)
  std::uint32_t asn = 0;
  std::uint16_t first_ms = 0xffff;  ///< milliseconds after `minute`; of a row without requests (replies only) the largest number
  std::uint16_t last_ms = 0;
  std::uint16_t sensor = 0;  ///< index into Names
  std::uint16_t port = 0;
  CountryCode country = 0;
  std::uint8_t ip_version = 0;
  std::uint8_t service = 0;  ///< Service
};

/// A row of `sessions`: one TCP conversation.
struct SessionRow {
  std::int64_t first = 0, last = 0;  ///< microseconds since 1970
  std::uint64_t src = 0, src_low = 0;
  std::uint64_t dst = 0, dst_low = 0;
  std::uint64_t packets = 0;
  std::uint64_t segments = 0;
  std::uint64_t bytes = 0;
  std::uint64_t server_bytes = 0;
  std::uint64_t batch = 0;
  std::string_view payload, logins, commands, tags, urls, injections;
  std::uint32_t facts = 0;
  std::uint32_t asn = 0;
  std::uint16_t src_port = 0, port = 0;
  std::uint16_t window = 0;
  std::uint16_t sensor = 0;
  CountryCode country = 0;
  std::uint8_t ip_version = 0;
  std::uint8_t handshake = 0;
  std::uint8_t cut = 0;
};

/// A row of `payloads`.
struct PayloadRow {
  std::string_view sha256, bytes, tags, urls;
  std::int64_t first = 0, last = 0;  ///< microseconds since 1970
  std::uint64_t size = 0;
  std::uint64_t src = 0, src_low = 0;
  std::uint64_t batch = 0;
  std::uint16_t port = 0;
  std::uint16_t sensor = 0;
  std::uint8_t protocol = 0;
  std::uint8_t ip_version = 0;
};

/// A row of `attacks`.
struct AttackRow {
  std::string_view id, definition, parameters, kind, parent, sensor, service;
  std::int64_t first = 0, last = 0;  ///< microseconds since 1970, whole milliseconds
  std::uint64_t sensors = 0;
  std::uint64_t src = 0, src_low = 0;
  std::uint64_t victims = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::uint64_t ports = 0;
  std::uint64_t peak_per_minute = 0;
  std::uint64_t destinations = 0;
  std::uint64_t mismatches = 0;
  std::uint32_t asn = 0;
  std::uint16_t port = 0;
  CountryCode country = 0;
  std::uint8_t protocol = 0;
  std::uint8_t level = 1;
  std::uint8_t ip_version = 0;
  std::uint8_t prefix_length = 0;
};

}  // namespace nightjar
