// CharGen (RFC 864): any datagram draws 512 characters.
#include "reflector/service.hpp"

namespace nightjar::reflector {
void reply_chargen(const Asked&, ReplyPackets& replies) {
  // RFC 864: lines of 72 of the 95 printable characters, each begins one further. Servers that lack the blank or the tilde are known as
  // honeypots by it.
  constexpr std::size_t kMostCharacters = 512, kLine = 72, kAlphabet = 95;
  PacketWriter packet = replies.open();
  for (std::size_t line = 0; packet.size() < kMostCharacters; ++line) {
    for (std::size_t i = 0; i < kLine && packet.size() < kMostCharacters; ++i) packet.u8(' ' + (line + i) % kAlphabet);
    if (packet.size() + 2 <= kMostCharacters) packet.text("\r\n");
  }
  replies.close(packet);
}

}  // namespace nightjar::reflector
