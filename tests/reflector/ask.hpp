#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "reflector/service.hpp"
#include "support/packet_builder.hpp"

namespace nightjar::reflector::test {

using nightjar::test::ByteVector;
using nightjar::test::hex;
using nightjar::test::operator+;

inline ByteVector text_bytes(std::string_view text) { return {text.begin(), text.end()}; }
inline std::string text_of(const ByteVector& bytes) { return {bytes.begin(), bytes.end()}; }
inline Address address(std::string_view text) { return *parse_address(text); }

inline constexpr std::int64_t kSecond = 1'000'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
/// 2017-11-23 05:00:00 UTC.
inline constexpr std::int64_t kNow = 1'511'413'200 * kSecond;

struct From {
  std::string_view source = "104.16.1.1";
  std::uint16_t port = 40'000;
};

/// What the service at `port` answers, without budgets.
inline std::vector<ByteVector> ask(std::uint16_t port, const ByteVector& bytes, const DnsZone& zone = {}, From from = {}) {
  static ReplyPackets replies;
  replies.clear();
  const UdpRequest request = read_request(bytes, port);
  const Persona persona;
  const Asked asked{request, bytes, address(from.source), from.port, address("198.41.0.4"), port, kNow, persona, zone};
  offered_at(port)->reply(asked, replies);
  std::vector<ByteVector> packets;
  for (std::size_t i = 0; i < replies.size(); ++i) packets.emplace_back(replies[i].begin(), replies[i].end());
  return packets;
}

/// The only packet of the answer; empty where there is none or more.
inline ByteVector one(const std::vector<ByteVector>& packets) { return packets.size() == 1 ? packets[0] : ByteVector(); }

}  // namespace nightjar::reflector::test
