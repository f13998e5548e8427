// STUN (RFC 5389; RFC 3489 without the cookie): the address and port that the request came from.
#include "payload/request_kinds.hpp"
#include "reflector/service.hpp"

namespace nightjar::reflector {

void reply_stun(const Asked& asked, ReplyPackets& replies) {
  constexpr std::uint16_t kBindingSuccess = 0x0101, kMappedAddress = 0x0001, kXorMappedAddress = 0x0020;
  constexpr std::uint64_t kCookie = 0x2112a442;
  constexpr std::size_t kTransactionAt = 4, kTransaction = 16;
  const bool with_cookie = asked.is(stun_kind::binding);
  if (!with_cookie && !asked.is(stun_kind::classic)) return;
  const bool ipv4 = asked.source.version == 4;
  const auto transaction = asked.payload.subspan(kTransactionAt, kTransaction);  // the cookie is its first part
  PacketWriter packet = replies.open();
  packet.be16(kBindingSuccess);
  packet.be16(ipv4 ? 12 : 24);
  packet.bytes(transaction);
  packet.be16(with_cookie ? kXorMappedAddress : kMappedAddress);
  packet.be16(ipv4 ? 8 : 20);
  packet.u8(0);
  packet.u8(ipv4 ? 1 : 2);
  packet.be16(asked.source_port ^ (with_cookie ? kCookie >> 16 : 0));
  const auto mask = [&](std::size_t at) -> std::uint64_t {
    if (!with_cookie) return 0;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number = number << 8 | transaction[at + i];
    return number;
  };
  if (ipv4) {
    packet.be32(asked.source.high ^ (with_cookie ? kCookie : 0));
  } else {
    packet.be64(asked.source.high ^ mask(0));
    packet.be64(asked.source.low ^ mask(8));
  }
  replies.close(packet);
}

}  // namespace nightjar::reflector
