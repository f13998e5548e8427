// Multicast DNS asked by unicast from any port (RFC 6762, 6.7): which services are there, and one of them.
#include <array>

#include "payload/request_kinds.hpp"
#include "reflector/dns_message.hpp"
#include "reflector/service.hpp"

namespace nightjar::reflector {
namespace {

constexpr std::array<std::string_view, 3> kServices = {"_http", "_workstation", "_device-info"};
constexpr std::uint16_t kPtr = 12, kInternet = 1;
constexpr std::uint32_t kTtl = 10;  // RFC 6762, 6.7: at most, for askers who know nothing of multicast

/// A name of three labels that ends in _tcp.local.
void write_service(PacketWriter& packet, std::string_view service) {
  packet.be16(1 + service.size() + 1 + 4 + 1 + 5 + 1);
  packet.u8(service.size());
  packet.text(service);
  packet.u8(4);
  packet.text("_tcp");
  packet.u8(5);
  packet.text("local");
  packet.u8(0);
}

void write_head(PacketWriter& packet) {
  packet.be16(kDnsNameOfQuestion);
  packet.be16(kPtr);
  packet.be16(kInternet);
  packet.be32(kTtl);
}

}  // namespace

void reply_mdns(const Asked& asked, ReplyPackets& replies) {
  constexpr std::string_view kHttp("\5_http\4_tcp\5local\0", 18);
  constexpr std::uint16_t kAnswer = 0x8400;  // QR, AA
  const auto question = read_dns_question(asked.payload);
  if (!question) return;
  const bool services = asked.is(mdns_kind::services), http = question->type == kPtr && question->name_view() == kHttp;
  if (!services && !http) return;  // multicast: who does not have it says nothing
  PacketWriter packet = replies.open();
  packet.bytes(asked.payload.first(2));
  packet.be16(kAnswer);
  packet.be16(1);
  packet.be16(services ? kServices.size() : 1);
  packet.be32(0);
  packet.bytes(asked.payload.subspan(kDnsHeader, question->end - kDnsHeader));
  if (services) {
    for (const std::string_view service : kServices) {
      write_head(packet);
      write_service(packet, service);
    }
  } else {
    const std::string_view name = asked.persona.host_name;
    write_head(packet);
    packet.be16(1 + name.size() + 2);
    packet.u8(name.size());
    packet.text(name);
    packet.be16(kDnsNameOfQuestion);
  }
  replies.close(packet);
}

}  // namespace nightjar::reflector
