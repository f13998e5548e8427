// NTP: the time (RFC 5905), variables (mode 6, RFC 9327), and mode 7's monlist as ntpd answered it before 4.2.7p26.
#include "reflector/ntp_packets.hpp"

#include <algorithm>
#include <array>

#include "payload/request_kinds.hpp"
#include "reflector/service.hpp"

namespace nightjar::reflector {
namespace {

constexpr std::uint8_t kResponse = 0x80, kMore = 0x40;
constexpr std::int64_t kSecond = 1'000'000'000;

/// Seconds since 1900 and a binary fraction. Modulo 2^32 s, as era 0 ends in 2036.
std::uint64_t ntp_time(std::int64_t utc_ns) {
  constexpr std::uint64_t kSecondsTo1970 = 2'208'988'800;
  const auto seconds = static_cast<std::uint64_t>(utc_ns / kSecond) + kSecondsTo1970;
  const std::uint64_t fraction = (static_cast<std::uint64_t>(utc_ns % kSecond) << 32) / kSecond;
  return seconds << 32 | fraction;
}

/// A server of stratum 2 that follows one in its own network. 192.168.1.1 tells nothing of anybody.
constexpr std::uint32_t kReference = 0xc0a80101;
constexpr std::uint32_t kRootDelay = 0x00000a3d, kRootDispersion = 0x000013b6;  // 40 ms and 77 ms, in 1/65536 s

void write_time(const Asked& asked, ReplyPackets& replies) {
  const unsigned version = asked.payload[0] >> 3 & 7u, mode = asked.payload[0] & 7u;
  constexpr unsigned kSymmetric = 1, kPassive = 2, kServer = 4;
  const std::int64_t pace = 64 * kSecond;
  PacketWriter packet = replies.open();
  packet.u8(version << 3 | (mode == kSymmetric ? kPassive : kServer));
  packet.u8(2);                 // stratum
  packet.u8(asked.payload[2]);  // poll interval, as asked
  packet.u8(0xec);              // precision 2^-20 s
  packet.be32(kRootDelay);
  packet.be32(kRootDispersion);
  packet.be32(kReference);
  packet.be64(ntp_time(asked.utc_ns / pace * pace));
  packet.bytes(asked.payload.subspan(40, 8));  // what the client sent as its time
  packet.be64(ntp_time(asked.utc_ns));
  packet.be64(ntp_time(asked.utc_ns));
  replies.close(packet);
}

/// What `ntpq -c rv` shows, in ntpd 4.2.6's order.
void write_variables(const Asked& asked, ReplyPackets& replies) {
  constexpr std::size_t kHeader = 12, kMostBody = 468;
  const std::uint64_t now = ntp_time(asked.utc_ns);
  const auto hexadecimal = [](PacketWriter& packet, std::uint64_t value) {
    for (int shift = 28; shift >= 0; shift -= 4) packet.u8(static_cast<std::uint8_t>("0123456789abcdef"[value >> shift & 15]));
  };
  PacketWriter packet = replies.open();
  packet.u8((asked.payload[0] & 0x38u) | 6u);
  packet.u8(kResponse | (asked.payload[1] & 0x1fu));
  packet.bytes(asked.payload.subspan(2, 2));  // sequence
  packet.be16(0x0615);                        // status: synchronised by NTP, one event: clock set
  packet.be16(0);                             // association: the system
  packet.be16(0);                             // offset
  packet.be16(0);                             // length of the body, below
  packet.text(
      "version=\"ntpd 4.2.6p5@1.2349-o Wed Jul 12 12:22:58 UTC 2017 (1)\", processor=\"mips\", system=\"Linux/3.10.14\", leap=0, "
      "stratum=3, precision=-20, rootdelay=40.012, rootdisp=77.033, refid=192.168.1.1, reftime=0x");
  hexadecimal(packet, (now >> 32) - now % 64);
  packet.text(".00000000, clock=0x");
  hexadecimal(packet, now >> 32);
  packet.u8('.');
  hexadecimal(packet, now & 0xffffffff);
  packet.text(", peer=31337, tc=6, mintc=3, offset=0.142, frequency=-12.804, sys_jitter=0.231, clk_jitter=0.094, clk_wander=0.011\r\n");
  const std::size_t body = packet.size() - kHeader;
  if (body > kMostBody) return;  // it is not; a longer text would need fragments
  packet.patch_be16(kHeader - 2, body);
  while (packet.size() % 4 != 0) packet.u8(0);
  replies.close(packet);
}

/// Who asked before: the one who asks now, and the clients of a home.
void write_clients(const Asked& asked, ReplyPackets& replies) {
  constexpr std::uint32_t kHomeServer = 0xc0a80101;
  std::array<MonitoredClient, 9> clients{};
  const bool ipv4 = asked.source.version == 4;
  clients[0] = {0, 0, 1, ipv4 ? static_cast<std::uint32_t>(asked.source.high) : kHomeServer + 1, kHomeServer, asked.source_port, 7, 2};
  for (std::uint32_t i = 1; i < clients.size(); ++i) {
    const auto seconds = static_cast<std::uint32_t>(asked.utc_ns / kSecond % 1'024);
    clients[i] = {1'024, (seconds + i * 113) % 1'024, 40 + i * 371, kHomeServer + 9 + i * 4, kHomeServer, 123, 3, 4};
  }
  write_monlist(asked.payload, clients, replies);
}

}  // namespace

void write_monlist(std::span<const std::uint8_t> request, std::span<const MonitoredClient> clients, ReplyPackets& replies) {
  const std::size_t packets = std::max<std::size_t>((clients.size() + kMonitoredPerPacket - 1) / kMonitoredPerPacket, 1);
  for (std::size_t number = 0; number < packets; ++number) {
    const auto rest = clients.subspan(number * kMonitoredPerPacket);
    const auto here = rest.first(std::min(rest.size(), kMonitoredPerPacket));
    PacketWriter packet = replies.open();
    packet.u8(kResponse | (number + 1 < packets ? kMore : 0u) | (request[0] & 0x3fu));
    packet.u8(number % 128);
    packet.bytes(request.subspan(2, 2));  // implementation and code
    packet.be16(here.size());             // error 0
    packet.be16(kMonitoredBytes);
    for (const MonitoredClient& client : here) {
      packet.be32(client.average_interval_s);
      packet.be32(client.last_s);
      packet.be32(0);  // no restrictions
      packet.be32(client.packets);
      packet.be32(client.address);
      packet.be32(client.server);
      packet.be32(0);  // flags
      packet.be16(client.port);
      packet.u8(client.mode);
      packet.u8(client.version);
      packet.zeros(4 + 4 + 16 + 16);  // IPv4, unused, two IPv6 addresses
    }
    if (!replies.close(packet)) return;
  }
}

void reply_ntp(const Asked& asked, ReplyPackets& replies) {
  if (asked.is(ntp_kind::client) || asked.is(ntp_kind::symmetric)) return write_time(asked, replies);
  if (asked.is(ntp_kind::readvar) && asked.payload.size() >= 12) return write_variables(asked, replies);
  if (asked.is(ntp_kind::monlist)) return write_clients(asked, replies);
}

}  // namespace nightjar::reflector
