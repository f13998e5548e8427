// Quote of the day (RFC 865): any datagram draws one, of at most 512 characters.
#include <array>

#include "reflector/service.hpp"

namespace nightjar::reflector {

void reply_qotd(const Asked& asked, ReplyPackets& replies) {
  // Old proverbs: they are nobody's.
  constexpr std::array<std::string_view, 6> kQuotes = {
      "Make hay while the sun shines.\r\n", "A watched pot never boils.\r\n",
      "Still waters run deep.\r\n",         "The early bird catches the worm, but the second mouse gets the cheese.\r\n",
      "Rome was not built in a day.\r\n",   "Better late than never, but better never late.\r\n"};
  constexpr std::int64_t kDay = 86'400'000'000'000;
  PacketWriter packet = replies.open();
  packet.text(kQuotes[static_cast<std::uint64_t>(asked.utc_ns / kDay) % kQuotes.size()]);
  replies.close(packet);
}

}  // namespace nightjar::reflector
