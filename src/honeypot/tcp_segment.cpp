#include "honeypot/tcp_segment.hpp"

#include <algorithm>

#include "base/byte_reader.hpp"
#include "net/packet.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kLeastHeader = 20, kIpv6Header = 40;
constexpr std::uint8_t kOptionMss = 2, kMssBytes = 4;

/// Sum of 16-bit words, to be folded and inverted (RFC 1071). An odd byte at the end counts as the upper half of a word.
std::uint64_t sum_of(std::span<const std::uint8_t> bytes) {
  std::uint64_t sum = 0;
  std::size_t i = 0;
  for (; i + 1 < bytes.size(); i += 2) sum += static_cast<std::uint64_t>(bytes[i] << 8 | bytes[i + 1]);
  if (i < bytes.size()) sum += static_cast<std::uint64_t>(bytes[i]) << 8;
  return sum;
}

std::uint16_t folded(std::uint64_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

/// Over the pseudo-header (RFC 9293, 3.1; RFC 8200, 8.1): its sum is the same whether lengths take two bytes or four.
std::uint16_t tcp_checksum(const Address& src, const Address& dst, std::span<const std::uint8_t> tcp) {
  std::uint64_t sum = sum_of(tcp) + tcp.size() + protocol::kTcp;
  for (const std::uint64_t part : {src.high, src.low, dst.high, dst.low})
    for (int shift = 0; shift < 64; shift += 16) sum += part >> shift & 0xffff;
  return folded(sum);
}

void put_be(std::vector<std::uint8_t>& bytes, std::uint64_t value, int count) {
  for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

/// The IP header; `rest` are the TCP header and its payload.
SegmentFault read_ip(std::span<const std::uint8_t> packet, bool check, TcpSegment& segment, std::span<const std::uint8_t>& rest) {
  ByteReader reader(packet);
  const std::uint8_t first = reader.u8();
  std::size_t header = kIpv6Header, length = 0;
  bool tcp = false;
  if (first >> 4 == 4) {
    reader.skip(1);
    length = reader.be16();
    reader.skip(2);
    const bool fragment = (reader.be16() & 0x3fff) != 0;  // more of them, or an offset
    reader.skip(1);
    tcp = reader.u8() == protocol::kTcp && !fragment;
    reader.skip(2);
    segment.src = {4, reader.be32(), 0};
    segment.dst = {4, reader.be32(), 0};
    header = std::size_t{first & 15U} * 4;
  } else if (first >> 4 == 6) {
    reader.skip(3);
    length = std::size_t{reader.be16()} + kIpv6Header;
    tcp = reader.u8() == protocol::kTcp;
    reader.skip(1);
    segment.src.version = segment.dst.version = 6;
    segment.src.high = reader.be64();
    segment.src.low = reader.be64();
    segment.dst.high = reader.be64();
    segment.dst.low = reader.be64();
  } else {
    return SegmentFault::not_tcp;
  }
  if (!reader.ok() || header < kLeastHeader || length < header || length > packet.size()) return SegmentFault::malformed;
  if (!tcp) return SegmentFault::not_tcp;
  if (check && segment.src.version == 4 && folded(sum_of(packet.first(header))) != 0) return SegmentFault::wrong_checksum;
  rest = packet.subspan(header, length - header);
  return SegmentFault::none;
}

}  // namespace

SegmentFault read_segment(std::span<const std::uint8_t> packet, bool check, TcpSegment& segment) {
  segment = {};
  std::span<const std::uint8_t> tcp;
  if (const SegmentFault fault = read_ip(packet, check, segment, tcp); fault != SegmentFault::none) return fault;
  ByteReader reader(tcp);
  segment.src_port = reader.be16();
  segment.dst_port = reader.be16();
  segment.sequence = reader.be32();
  segment.acknowledgement = reader.be32();
  const std::size_t header = static_cast<std::size_t>(reader.u8() >> 4) * 4;
  segment.flags = reader.u8();
  segment.window = reader.be16();
  if (!reader.ok() || header < kLeastHeader || header > tcp.size()) return SegmentFault::malformed;
  if (check && tcp_checksum(segment.src, segment.dst, tcp) != 0) return SegmentFault::wrong_checksum;
  segment.options_bytes = header - kLeastHeader;
  segment.payload = tcp.subspan(header);
  return SegmentFault::none;
}

void write_segment(const TcpSegment& segment, std::uint8_t ttl, std::vector<std::uint8_t>& packet) {
  const std::size_t tcp_bytes = kLeastHeader + (segment.mss > 0 ? kMssBytes : 0);
  packet.clear();
  if (segment.src.version == 4) {
    put_be(packet, 0x4500, 2);
    put_be(packet, kLeastHeader + tcp_bytes, 2);
    put_be(packet, 0, 2);
    put_be(packet, 0x4000, 2);  // never in fragments
    put_be(packet, ttl, 1);
    put_be(packet, protocol::kTcp, 1);
    put_be(packet, 0, 2);
    put_be(packet, segment.src.high, 4);
    put_be(packet, segment.dst.high, 4);
    const std::uint16_t checksum = folded(sum_of(packet));
    packet[10] = static_cast<std::uint8_t>(checksum >> 8);
    packet[11] = static_cast<std::uint8_t>(checksum);
  } else {
    put_be(packet, 0x60000000, 4);
    put_be(packet, tcp_bytes, 2);
    put_be(packet, protocol::kTcp, 1);
    put_be(packet, ttl, 1);
    for (const std::uint64_t part : {segment.src.high, segment.src.low, segment.dst.high, segment.dst.low}) put_be(packet, part, 8);
  }
  const std::size_t begin = packet.size();
  put_be(packet, segment.src_port, 2);
  put_be(packet, segment.dst_port, 2);
  put_be(packet, segment.sequence, 4);
  put_be(packet, segment.acknowledgement, 4);
  put_be(packet, tcp_bytes / 4 << 4, 1);
  put_be(packet, segment.flags, 1);
  put_be(packet, segment.window, 2);
  put_be(packet, 0, 4);  // checksum and urgent pointer
  if (segment.mss > 0) {
    put_be(packet, kOptionMss, 1);
    put_be(packet, kMssBytes, 1);
    put_be(packet, segment.mss, 2);
  }
  const std::uint16_t checksum = tcp_checksum(segment.src, segment.dst, std::span(packet).subspan(begin));
  packet[begin + 16] = static_cast<std::uint8_t>(checksum >> 8);
  packet[begin + 17] = static_cast<std::uint8_t>(checksum);
}

}  // namespace nightjar
