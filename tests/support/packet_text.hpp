#pragma once
#include <string>

#include "net/address.hpp"
#include "net/packet.hpp"

namespace nightjar::test {

/// Every field of a packet as text, so that a failed comparison shows which differs.
inline std::string text(const Packet& packet) {
  const auto number = [](auto value) { return std::to_string(static_cast<std::uint64_t>(value)); };
  const auto wide = [&](std::uint64_t high, std::uint64_t low) { return number(high) + "/" + number(low); };
  std::string out = "time " + number(packet.time_ns) + " ip" + number(packet.ip_version) + " " + wide(packet.src, packet.src_low) + " > " +
                    wide(packet.dst, packet.dst_low) + " length " + number(packet.ip_length) + " id " + number(packet.ip_id) + " ttl " +
                    number(packet.ttl) + " df " + number(packet.dont_fragment) + " later " + number(packet.later_fragment) + " protocol " +
                    number(packet.protocol) + " transport " + number(packet.has_transport) + " ports " + number(packet.src_port) + ">" +
                    number(packet.dst_port) + " seq " + number(packet.tcp_sequence) + " flags " + number(packet.tcp_flags) + " window " +
                    number(packet.window) + " layout " + number(packet.option_layout) + " icmp " + number(packet.icmp_type) + "/" +
                    number(packet.icmp_code) + " head " + number(packet.payload_head_size) + ":";
  for (const std::uint8_t byte : packet.payload_head) out += " " + number(byte);
  const Quote& quote = packet.quote;
  return out + " quote ip" + number(quote.ip_version) + " " + wide(quote.src, quote.src_low) + " > " + wide(quote.dst, quote.dst_low) +
         " protocol " + number(quote.protocol) + " ports " + number(quote.src_port) + ">" + number(quote.dst_port);
}

}  // namespace nightjar::test
