#include "simulate/frame.hpp"

#include <bit>
#include <cassert>
#include <cstring>

#include "base/time.hpp"
#include "net/packet.hpp"

namespace nightjar::simulate {
namespace {

static_assert(std::endian::native == std::endian::little, "the same arguments make the same bytes: write records byte by byte here");

/// Writes numbers in network order one after another.
class ByteWriter {
 public:
  explicit ByteWriter(std::uint8_t* at) : at_(at) {}
  std::uint8_t* position() const { return at_; }
  void u8(unsigned value) { *at_++ = static_cast<std::uint8_t>(value); }
  void be16(unsigned value) { store(__builtin_bswap16(static_cast<std::uint16_t>(value))); }
  void be32(std::uint32_t value) { store(__builtin_bswap32(value)); }
  void be64(std::uint64_t value) { store(__builtin_bswap64(value)); }
  void bytes(std::span<const std::uint8_t> source) {
    if (!source.empty()) std::memcpy(at_, source.data(), source.size());
    at_ += source.size();
  }

 private:
  template <class Number>
  void store(Number value) {
    std::memcpy(at_, &value, sizeof value);
    at_ += sizeof value;
  }
  std::uint8_t* at_;
};

/// The Internet checksum (RFC 1071) of numbers and bytes, each standing at an even place. Headers are summed as numbers, not in a loop:
/// reading back what was just written in another size stalls the processor and doubles the time of a packet.
class InternetSum {
 public:
  void add(std::uint32_t words) { sum_ += words; }
  void add64(std::uint64_t words) { sum_ += (words >> 32) + (words & 0xffffffff); }
  void add(std::span<const std::uint8_t> bytes) {
    // In the machine's order: swapping the sum is the same as swapping each word.
    std::uint64_t sum = 0;
    std::size_t i = 0;
    for (; i + 4 <= bytes.size(); i += 4) {
      std::uint32_t words;
      std::memcpy(&words, bytes.data() + i, sizeof words);
      sum += words;
    }
    std::uint32_t rest = 0;
    if (i < bytes.size()) std::memcpy(&rest, bytes.data() + i, bytes.size() - i);
    sum_ += __builtin_bswap16(fold(sum + rest));
  }
  std::uint16_t checksum() const { return static_cast<std::uint16_t>(~fold(sum_)); }

 private:
  static std::uint16_t fold(std::uint64_t sum) {
    sum = (sum >> 32) + (sum & 0xffffffff);
    while (sum >> 16 != 0) sum = (sum >> 16) + (sum & 0xffff);
    return static_cast<std::uint16_t>(sum);
  }
  std::uint64_t sum_ = 0;
};

/// What follows the IP header.
enum class Transport : std::uint8_t { tcp, udp, icmp, bare };

Transport transport_of(const Knock& knock) {
  if (knock.fragment_offset != 0) return Transport::bare;
  switch (knock.protocol) {
    case protocol::kTcp: return Transport::tcp;
    case protocol::kUdp: return Transport::udp;
    case protocol::kIcmp:
    case protocol::kIcmpv6: return Transport::icmp;
    default: return Transport::bare;
  }
}

std::size_t header_bytes(Transport transport, const Knock& knock) {
  switch (transport) {
    case Transport::tcp: return 20 + knock.tcp_options.size();
    case Transport::udp:
    case Transport::icmp: return 8;
    case Transport::bare: break;
  }
  return 0;
}

/// A checksum that no receiver accepts. Never 0, which is none in UDP.
std::uint16_t wrong(std::uint16_t checksum) { return checksum == 0x5555 ? 0x1234 : checksum ^ 0x5555; }

void write_ipv4(ByteWriter& out, const Knock& knock, std::size_t length, bool wrong_checksum) {
  constexpr unsigned kHeader = 20, kTooShort = 16;
  const unsigned first = (knock.broken == Broken::ip_header_length ? 0x40 + kTooShort / 4 : 0x40 + kHeader / 4) << 8;
  const unsigned total = knock.broken == Broken::ip_total_length ? kTooShort : kHeader + static_cast<unsigned>(length);
  const unsigned fragment = (knock.dont_fragment ? 0x4000U : 0U) | (knock.more_fragments ? 0x2000U : 0U) | knock.fragment_offset;
  const unsigned life = static_cast<unsigned>(knock.ttl << 8 | knock.protocol);
  const auto from = static_cast<std::uint32_t>(knock.from.high), to = static_cast<std::uint32_t>(knock.to.high);
  InternetSum sum;
  sum.add(first + total + knock.ip_id + fragment + life);
  sum.add(from);
  sum.add(to);
  out.be16(first);
  out.be16(total);
  out.be16(knock.ip_id);
  out.be16(fragment);
  out.be16(life);
  out.be16(wrong_checksum ? wrong(sum.checksum()) : sum.checksum());
  out.be32(from);
  out.be32(to);
}

void write_ipv6(ByteWriter& out, const Knock& knock, std::size_t length) {
  out.be32(0x60000000);
  out.be16(static_cast<unsigned>(length));
  out.u8(knock.protocol);
  out.u8(knock.ttl);
  out.be64(knock.from.high);
  out.be64(knock.from.low);
  out.be64(knock.to.high);
  out.be64(knock.to.low);
}

/// `sum`: of pseudo-header and payload.
void write_tcp(ByteWriter& out, const Knock& knock, InternetSum sum) {
  const unsigned ports_sum = knock.src_port + knock.dst_port;
  const auto flags = static_cast<unsigned>((5 + knock.tcp_options.size() / 4) << 12 | knock.tcp_flags);
  sum.add(ports_sum + flags + knock.window);
  sum.add(knock.sequence);
  sum.add(knock.acknowledgement);
  if (!knock.tcp_options.empty()) sum.add(knock.tcp_options);
  out.be16(knock.src_port);
  out.be16(knock.dst_port);
  out.be32(knock.sequence);
  out.be32(knock.acknowledgement);
  out.be16(flags);
  out.be16(knock.window);
  out.be16(knock.broken == Broken::wrong_checksum ? wrong(sum.checksum()) : sum.checksum());
  out.be16(0);
  out.bytes(knock.tcp_options);
}

void write_udp(ByteWriter& out, const Knock& knock, std::size_t datagram, InternetSum sum) {
  sum.add(knock.src_port);
  sum.add(knock.dst_port);
  sum.add(static_cast<std::uint32_t>(datagram));
  std::uint16_t checksum = sum.checksum();
  if (checksum == 0) checksum = 0xffff;  // RFC 768: 0 means "none"
  out.be16(knock.src_port);
  out.be16(knock.dst_port);
  out.be16(static_cast<unsigned>(datagram));
  out.be16(knock.broken == Broken::wrong_checksum ? wrong(checksum) : checksum);
}

void write_icmp(ByteWriter& out, const Knock& knock, InternetSum sum) {
  const auto type = static_cast<unsigned>(knock.icmp_type << 8 | knock.icmp_code);
  sum.add(type);
  sum.add(knock.sequence);
  out.be16(type);
  out.be16(knock.broken == Broken::wrong_checksum ? wrong(sum.checksum()) : sum.checksum());
  out.be32(knock.sequence);
}

/// The caller's mistakes.
void check(const Knock& knock, Transport transport, std::size_t length) {
  const bool in_fragments = knock.more_fragments || knock.fragment_offset != 0;
  const bool ip_broken = knock.broken == Broken::ip_header_length || knock.broken == Broken::ip_total_length;
  assert(knock.from.version == knock.to.version);
  assert(knock.from.version == 4 || (!in_fragments && !ip_broken));
  assert(knock.from.version == 4 || knock.broken != Broken::wrong_checksum || transport != Transport::bare);
  assert(knock.payload.size() <= kLargestPayload);
  assert(knock.tcp_options.size() % 4 == 0 && knock.tcp_options.size() <= 40);
  assert(!knock.more_fragments || length % 8 == 0);
  assert(knock.fragment_offset < 1 << 13);
  assert(knock.fragmented_rest.empty() || (knock.more_fragments && knock.fragment_offset == 0));
  assert(knock.broken != Broken::tcp_cut_off || transport == Transport::tcp);
  assert(knock.broken != Broken::udp_cut_off || transport == Transport::udp);
  static_cast<void>(in_fragments), static_cast<void>(ip_broken), static_cast<void>(transport), static_cast<void>(length);
}

}  // namespace

std::uint8_t* write_packet(std::uint8_t* at, const Knock& knock) {
  const Transport transport = transport_of(knock);
  const std::size_t length = header_bytes(transport, knock) + knock.payload.size();
  check(knock, transport, length);
  // The ports and half of what follows; the checksum stays that of the whole.
  const std::size_t sent = knock.broken == Broken::tcp_cut_off ? 12 : knock.broken == Broken::udp_cut_off ? 4 : length;

  ByteWriter out(at);
  if (knock.from.version == 4) {
    write_ipv4(out, knock, sent, knock.broken == Broken::wrong_checksum && transport == Transport::bare);
  } else {
    write_ipv6(out, knock, sent);
  }
  std::uint8_t* const start = out.position();
  if (transport != Transport::bare) {
    const std::size_t datagram = length + knock.fragmented_rest.size();
    InternetSum sum;
    if (!knock.payload.empty()) sum.add(knock.payload);
    if (!knock.fragmented_rest.empty()) sum.add(knock.fragmented_rest);
    if (knock.protocol != protocol::kIcmp) {  // RFC 792: no pseudo-header
      sum.add64(knock.from.high);
      sum.add64(knock.from.low);
      sum.add64(knock.to.high);
      sum.add64(knock.to.low);
      sum.add(static_cast<std::uint32_t>(datagram + knock.protocol));
    }
    switch (transport) {
      case Transport::tcp: write_tcp(out, knock, sum); break;
      case Transport::udp: write_udp(out, knock, datagram, sum); break;
      default: write_icmp(out, knock, sum);
    }
  }
  out.bytes(knock.payload);
  return start + sent;
}

std::uint8_t* write_record(std::uint8_t* at, const Knock& knock) {
  static constexpr std::array<std::uint8_t, 12> kMacAddresses = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
  assert(knock.time_ns >= 0 && knock.time_ns < (std::int64_t{1} << 32) * kNanosPerSecond);
  std::uint8_t* const frame = at + 16;
  ByteWriter out(frame);
  out.bytes(kMacAddresses);
  out.be16(knock.from.version == 4 ? 0x0800 : 0x86dd);
  std::uint8_t* end = write_packet(out.position(), knock);
  if (end < frame + kSmallestFrame) {
    std::memset(end, 0, static_cast<std::size_t>(frame + kSmallestFrame - end));
    end = frame + kSmallestFrame;
  }
  const auto size = static_cast<std::uint32_t>(end - frame);
  const auto time_us = static_cast<std::uint64_t>(knock.time_ns) / 1000;
  const std::array<std::uint32_t, 4> header = {static_cast<std::uint32_t>(time_us / 1'000'000),
                                               static_cast<std::uint32_t>(time_us % 1'000'000), size, size};
  std::memcpy(at, header.data(), sizeof header);
  return end;
}

}  // namespace nightjar::simulate
