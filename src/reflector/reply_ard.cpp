// Apple Remote Desktop (net-assistant): its answer is not published; size and place of the name are from memory, the rest is empty.
#include <algorithm>

#include "payload/request_kinds.hpp"
#include "reflector/service.hpp"

namespace nightjar::reflector {

void reply_ard(const Asked& asked, ReplyPackets& replies) {
  constexpr std::size_t kSize = 1'006, kNameAt = 12, kMostName = 64;
  if (!asked.is(ard_kind::discovery)) return;
  PacketWriter packet = replies.open();
  packet.be16(0x0001);
  packet.be16(kSize - 4);
  packet.be64(asked.persona.device_id);
  const std::string_view name = std::string_view(asked.persona.host_name).substr(0, kMostName);
  packet.text(name);
  packet.zeros(kSize - kNameAt - name.size());
  replies.close(packet);
}

}  // namespace nightjar::reflector
