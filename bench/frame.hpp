#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "net/address.hpp"
#include "net/packet.hpp"

namespace nightjar::bench {

/// A packet to be written: what decides its bytes.
struct Knock {
  std::uint64_t time_us = 0;  ///< since 1970
  Address from, to;           ///< of one version
  std::uint32_t sequence = 0, acknowledgement = 0;
  std::uint16_t src_port = 0, dst_port = 0;
  std::uint16_t window = 0, ip_id = 0;
  std::uint8_t protocol = 0, ttl = 64, tcp_flags = 0, icmp_type = 0, icmp_code = 0;
  bool dont_fragment = false;
  std::span<const std::uint8_t> tcp_options;  ///< a multiple of 4 bytes
  std::span<const std::uint8_t> payload;      ///< of UDP and ICMP
};

/// Bytes that a frame and its pcap record take at most.
inline constexpr std::size_t kLargestRecord = 16 + 14 + 40 + 60 + 512;
/// Ethernet's smallest frame without its checksum; shorter ones are padded with zeros.
inline constexpr std::size_t kSmallestFrame = 60;

/// Writes big-endian numbers one after another.
class ByteWriter {
 public:
  explicit ByteWriter(std::uint8_t* at) : at_(at) {}
  std::uint8_t* position() const { return at_; }
  void u8(unsigned value) { *at_++ = static_cast<std::uint8_t>(value); }
  void be16(unsigned value) {
    u8(value >> 8);
    u8(value);
  }
  void be32(std::uint32_t value) {
    be16(value >> 16);
    be16(value & 0xffff);
  }
  void be64(std::uint64_t value) {
    be32(static_cast<std::uint32_t>(value >> 32));
    be32(static_cast<std::uint32_t>(value));
  }
  void bytes(std::span<const std::uint8_t> source) {
    if (!source.empty()) std::memcpy(at_, source.data(), source.size());
    at_ += source.size();
  }

 private:
  std::uint8_t* at_;
};

/// Sum of 16-bit words as the Internet checksum wants it (RFC 1071), not yet folded.
inline std::uint32_t sum_words(const std::uint8_t* bytes, std::size_t size, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i + 1 < size; i += 2) sum += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
  return size % 2 ? sum + static_cast<std::uint32_t>(bytes[size - 1] << 8) : sum;
}
inline std::uint16_t fold(std::uint32_t sum) {
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

/// Writes the header of IPv4 or IPv6 for `length` bytes of transport; returns the sum of its pseudo-header.
inline std::uint32_t write_ip(ByteWriter& out, const Knock& knock, std::size_t length) {
  std::uint8_t* const start = out.position();
  const auto size = static_cast<unsigned>(length);
  if (knock.from.version == 4) {
    out.be16(0x4500);
    out.be16(20 + size);
    out.be16(knock.ip_id);
    out.be16(knock.dont_fragment ? 0x4000 : 0);
    out.u8(knock.ttl);
    out.u8(knock.protocol);
    out.be16(0);
    out.be32(static_cast<std::uint32_t>(knock.from.high));
    out.be32(static_cast<std::uint32_t>(knock.to.high));
    ByteWriter(start + 10).be16(fold(sum_words(start, 20)));
    return sum_words(start + 12, 8) + knock.protocol + size;
  }
  out.be32(0x60000000);
  out.be16(size);
  out.u8(knock.protocol);
  out.u8(knock.ttl);
  out.be64(knock.from.high);
  out.be64(knock.from.low);
  out.be64(knock.to.high);
  out.be64(knock.to.low);
  return sum_words(start + 8, 32) + knock.protocol + size;
}

inline void write_transport(ByteWriter& out, const Knock& knock, std::uint32_t pseudo_sum) {
  std::uint8_t* const start = out.position();
  std::size_t checksum_at = 16;
  if (knock.protocol == protocol::kTcp) {
    out.be16(knock.src_port);
    out.be16(knock.dst_port);
    out.be32(knock.sequence);
    out.be32(knock.acknowledgement);
    out.u8(static_cast<unsigned>((5 + knock.tcp_options.size() / 4) << 4));
    out.u8(knock.tcp_flags);
    out.be16(knock.window);
    out.be32(0);
    out.bytes(knock.tcp_options);
  } else if (knock.protocol == protocol::kUdp) {
    checksum_at = 6;
    out.be16(knock.src_port);
    out.be16(knock.dst_port);
    out.be16(static_cast<unsigned>(8 + knock.payload.size()));
    out.be16(0);
    out.bytes(knock.payload);
  } else {
    checksum_at = 2;
    if (knock.protocol == protocol::kIcmp) pseudo_sum = 0;  // RFC 792: no pseudo-header
    out.u8(knock.icmp_type);
    out.u8(knock.icmp_code);
    out.be16(0);
    out.be32(knock.sequence);
    out.bytes(knock.payload);
  }
  std::uint16_t checksum = fold(sum_words(start, static_cast<std::size_t>(out.position() - start), pseudo_sum));
  if (knock.protocol == protocol::kUdp && checksum == 0) checksum = 0xffff;  // RFC 768: 0 means "none"
  ByteWriter(start + checksum_at).be16(checksum);
}

/// Writes the IP packet alone (as an ICMP error quotes it); returns its end.
inline std::uint8_t* write_packet(std::uint8_t* at, const Knock& knock) {
  const std::size_t length = knock.protocol == protocol::kTcp ? 20 + knock.tcp_options.size() : 8 + knock.payload.size();
  ByteWriter out(at);
  const std::uint32_t pseudo_sum = write_ip(out, knock, length);
  write_transport(out, knock, pseudo_sum);
  return out.position();
}

/// Writes a pcap record (little-endian, microseconds) with an Ethernet frame; returns its end.
inline std::uint8_t* write_record(std::uint8_t* at, const Knock& knock) {
  static constexpr std::array<std::uint8_t, 12> kMacAddresses = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
  std::uint8_t* const frame = at + 16;
  ByteWriter out(frame);
  out.bytes(kMacAddresses);
  out.be16(knock.from.version == 4 ? 0x0800 : 0x86dd);
  std::uint8_t* end = write_packet(out.position(), knock);
  while (end < frame + kSmallestFrame) *end++ = 0;
  const auto size = static_cast<std::uint32_t>(end - frame);
  const std::array<std::uint32_t, 4> header = {static_cast<std::uint32_t>(knock.time_us / 1000000),
                                               static_cast<std::uint32_t>(knock.time_us % 1000000), size, size};
  std::memcpy(at, header.data(), sizeof header);
  return end;
}

}  // namespace nightjar::bench
