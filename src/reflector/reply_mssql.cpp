// SQL Server Resolution Protocol (MC-SQLR): one instance.
#include <algorithm>

#include "payload/request_kinds.hpp"
#include "reflector/service.hpp"

namespace nightjar::reflector {
namespace {

constexpr std::string_view kInstance = "MSSQLSERVER";

/// The name behind the first byte, up to its 0, whatever its letters' case.
bool names_ours(std::span<const std::uint8_t> payload) {
  const auto name = payload.subspan(1, std::min<std::size_t>(payload.size() - 1, kInstance.size()));
  const bool ends = payload.size() == 1 + kInstance.size() || (payload.size() > 1 + kInstance.size() && payload[1 + kInstance.size()] == 0);
  return ends && std::equal(name.begin(), name.end(), kInstance.begin(), kInstance.end(),
                            [](std::uint8_t a, char b) { return (a >= 'a' && a <= 'z' ? a - 32 : a) == b; });
}

}  // namespace

void reply_mssql(const Asked& asked, ReplyPackets& replies) {
  constexpr std::uint8_t kResponse = 5;
  PacketWriter packet = replies.open();
  packet.u8(kResponse);
  if (asked.is(mssql_kind::admin)) {
    packet.le16(6);  // all six bytes of it
    packet.u8(1);    // version of the protocol
    packet.le16(1434);
    replies.close(packet);
    return;
  }
  const bool instance = asked.is(mssql_kind::instance);
  if (!instance && !asked.is(mssql_kind::broadcast) && !asked.is(mssql_kind::unicast)) return;
  if (instance && !names_ours(asked.payload)) return;
  packet.le16(0);
  const std::size_t begin = packet.size();
  packet.text("ServerName;");
  for (const char letter : asked.persona.host_name)
    packet.u8(static_cast<std::uint8_t>(letter >= 'a' && letter <= 'z' ? letter - 32 : letter));
  packet.text(";InstanceName;");
  packet.text(kInstance);
  packet.text(";IsClustered;No;Version;10.50.1600.1;tcp;1433;;");
  const std::size_t size = packet.size() - begin;
  packet.patch_be16(1, (size & 0xff) << 8 | size >> 8);  // little-endian
  replies.close(packet);
}

}  // namespace nightjar::reflector
