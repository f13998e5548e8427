#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "net/address.hpp"
#include "net/packet.hpp"

namespace nightjar::test {

using ByteVector = std::vector<std::uint8_t>;

/// "4500 0028" → bytes; blanks do not matter.
inline ByteVector hex(std::string_view text) {
  ByteVector bytes;
  int high = -1;
  for (const char c : text) {
    if (c == ' ' || c == '\n') continue;
    const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<std::uint8_t>(high << 4 | digit));
      high = -1;
    }
  }
  return bytes;
}

inline ByteVector operator+(ByteVector front, const ByteVector& back) {
  front.insert(front.end(), back.begin(), back.end());
  return front;
}

/// A packet in words: packet().tcp().syn().seq(0x0a000001).to("10.0.0.1"). Gives the bytes (`ip`, `ethernet`) and, made from the
/// same words without looking at them, the Packet that decoding must yield (`decoded`). An IPv6 address makes it an IPv6 packet;
/// the other address follows. Transport checksums are left 0.
class PacketBuilder {
 public:
  PacketBuilder() {
    from("198.51.100.7");
    to("192.0.2.1");
    packet_.ttl = 64;
    packet_.has_transport = true;
    packet_.protocol = protocol::kTcp;
    packet_.src_port = 40000;
    packet_.dst_port = 23;
  }

  PacketBuilder& at(std::int64_t time_ns) { return set(packet_.time_ns, time_ns); }
  PacketBuilder& from(std::string_view text) {
    address(text, packet_.src, packet_.src_low);
    return *this;
  }
  PacketBuilder& to(std::string_view text) {
    address(text, packet_.dst, packet_.dst_low);
    return *this;
  }
  PacketBuilder& ttl(std::uint8_t value) { return set(packet_.ttl, value); }
  PacketBuilder& ip_id(std::uint16_t value) { return set(packet_.ip_id, value); }
  PacketBuilder& dont_fragment(bool value = true) { return set(packet_.dont_fragment, value); }
  /// A later fragment, `offset` bytes (a multiple of 8) into its datagram.
  PacketBuilder& fragment(std::uint16_t offset) {
    fragment_ = offset;
    packet_.later_fragment = true;
    packet_.has_transport = false;
    return *this;
  }

  PacketBuilder& tcp() { return set(packet_.protocol, protocol::kTcp); }
  PacketBuilder& udp() { return set(packet_.protocol, protocol::kUdp); }
  PacketBuilder& icmp(std::uint8_t type, std::uint8_t code = 0) {
    packet_.protocol = packet_.ip_version == 6 ? protocol::kIcmpv6 : protocol::kIcmp;
    packet_.icmp_type = type;
    packet_.icmp_code = code;
    return *this;
  }
  /// A protocol without a transport header of ours.
  PacketBuilder& protocol_number(std::uint8_t number) {
    packet_.has_transport = false;
    return set(packet_.protocol, number);
  }
  PacketBuilder& src_port(std::uint16_t value) { return set(packet_.src_port, value); }
  PacketBuilder& port(std::uint16_t value) { return set(packet_.dst_port, value); }
  PacketBuilder& flags(std::uint8_t value) { return set(packet_.tcp_flags, value); }
  PacketBuilder& syn() { return flags(packet_.tcp_flags | tcp_flag::kSyn); }
  PacketBuilder& ack() { return flags(packet_.tcp_flags | tcp_flag::kAck); }
  PacketBuilder& rst() { return flags(packet_.tcp_flags | tcp_flag::kRst); }
  PacketBuilder& fin() { return flags(packet_.tcp_flags | tcp_flag::kFin); }
  PacketBuilder& seq(std::uint32_t value) { return set(packet_.tcp_sequence, value); }
  PacketBuilder& window(std::uint16_t value) { return set(packet_.window, value); }
  /// TCP options, a multiple of 4 bytes, and the layout number that decoding must find.
  PacketBuilder& options(ByteVector bytes, std::uint8_t layout) {
    options_ = std::move(bytes);
    return set(packet_.option_layout, layout);
  }
  PacketBuilder& payload(ByteVector bytes) {
    payload_ = std::move(bytes);
    return *this;
  }
  PacketBuilder& payload(std::string_view text) { return payload(ByteVector(text.begin(), text.end())); }

  /// The IP packet.
  ByteVector ip() const {
    const ByteVector transport = transport_bytes();
    return (packet_.ip_version == 6 ? ipv6_header(transport.size()) : ipv4_header(transport.size())) + transport;
  }
  /// The IP packet in an Ethernet frame, without padding.
  ByteVector ethernet() const { return hex("02000000000a 02000000000b") + hex(packet_.ip_version == 6 ? "86dd" : "0800") + ip(); }

  Packet decoded() const {
    Packet packet = packet_;
    const bool tcp = packet.protocol == protocol::kTcp && packet.has_transport;
    const bool udp = packet.protocol == protocol::kUdp && packet.has_transport;
    if (!tcp && !udp) packet.src_port = packet.dst_port = 0;
    if (udp) {
      packet.payload_head_size = static_cast<std::uint8_t>(std::min(payload_.size(), packet.payload_head.size()));
      std::copy_n(payload_.begin(), packet.payload_head_size, packet.payload_head.begin());
    }
    packet.ip_length = static_cast<std::uint32_t>(ip().size());
    return packet;
  }

 private:
  template <class T, class V>
  PacketBuilder& set(T& field, V value) {
    field = static_cast<T>(value);
    return *this;
  }

  void address(std::string_view text, std::uint64_t& high, std::uint64_t& low) {
    const auto parsed = parse_address(text);
    if (!parsed) std::abort();
    if (packet_.ip_version != 0 && packet_.ip_version != parsed->version) {
      packet_.src = packet_.dst = 0x20010db800000000;
      packet_.src_low = 7;
      packet_.dst_low = 1;
    }
    packet_.ip_version = parsed->version;
    high = parsed->high;
    low = parsed->low;
  }

  static void put(ByteVector& bytes, std::uint64_t value, unsigned size) {
    while (size-- > 0) bytes.push_back(static_cast<std::uint8_t>(value >> size * 8));
  }

  ByteVector ipv4_header(std::size_t payload) const {
    ByteVector bytes = {0x45, 0};
    put(bytes, 20 + payload, 2);
    put(bytes, packet_.ip_id, 2);
    put(bytes, (packet_.dont_fragment ? 0x4000u : 0u) | fragment_ / 8u, 2);
    put(bytes, packet_.ttl, 1);
    put(bytes, packet_.protocol, 1);
    put(bytes, 0, 2);
    put(bytes, packet_.src, 4);
    put(bytes, packet_.dst, 4);
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 2) sum += std::uint32_t{bytes[i]} << 8 | bytes[i + 1];
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    bytes[10] = static_cast<std::uint8_t>(~sum >> 8);
    bytes[11] = static_cast<std::uint8_t>(~sum);
    return bytes;
  }

  ByteVector ipv6_header(std::size_t payload) const {
    ByteVector bytes = {0x60, 0, 0, 0};
    put(bytes, payload, 2);
    put(bytes, packet_.protocol, 1);
    put(bytes, packet_.ttl, 1);
    put(bytes, packet_.src, 8);
    put(bytes, packet_.src_low, 8);
    put(bytes, packet_.dst, 8);
    put(bytes, packet_.dst_low, 8);
    return bytes;
  }

  ByteVector transport_bytes() const {
    ByteVector bytes;
    if (!packet_.has_transport) return payload_;
    if (packet_.protocol == protocol::kTcp) {
      put(bytes, packet_.src_port, 2);
      put(bytes, packet_.dst_port, 2);
      put(bytes, packet_.tcp_sequence, 4);
      put(bytes, 0, 4);
      put(bytes, (5 + options_.size() / 4) << 4, 1);
      put(bytes, packet_.tcp_flags, 1);
      put(bytes, packet_.window, 2);
      put(bytes, 0, 4);
      return bytes + options_ + payload_;
    }
    if (packet_.protocol == protocol::kUdp) {
      put(bytes, packet_.src_port, 2);
      put(bytes, packet_.dst_port, 2);
      put(bytes, 8 + payload_.size(), 2);
      put(bytes, 0, 2);
      return bytes + payload_;
    }
    bytes = {packet_.icmp_type, packet_.icmp_code, 0, 0};
    return bytes + payload_;
  }

  Packet packet_;
  std::uint16_t fragment_ = 0;
  ByteVector options_;
  ByteVector payload_;
};

inline PacketBuilder packet() { return {}; }

/// The frame as a capture hands it over. Points into `bytes`: they must outlive it.
inline RawPacket raw(const ByteVector& bytes, std::uint16_t link_type = 1, std::int64_t time_ns = 0) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  return {time_ns, bytes.data(), size, size, link_type, 0};
}
RawPacket raw(const ByteVector&& bytes, std::uint16_t link_type = 1, std::int64_t time_ns = 0) = delete;

}  // namespace nightjar::test
