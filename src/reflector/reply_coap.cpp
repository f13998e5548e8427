// CoAP (RFC 7252, RFC 6690): the list of its resources; 4.04 for others, 4.05 for what would change something.
#include "base/byte_reader.hpp"
#include "payload/request_kinds.hpp"
#include "reflector/service.hpp"

namespace nightjar::reflector {
namespace {

constexpr std::string_view kResources =
    "</.well-known/core>;ct=40,</sensors/temp>;rt=\"temperature-c\";if=\"sensor\";obs,</sensors/light>;rt=\"light-lux\";if=\"sensor\","
    "</sensors/battery>;rt=\"battery-mv\";if=\"sensor\",</device/name>;rt=\"ucum.name\";ct=0,</device/firmware>;rt=\"firmware\";ct=0,"
    "</device/reboot>;rt=\"action\",</config/network>;rt=\"config\";ct=50,</config/time>;rt=\"config\";ct=50";

}  // namespace

void reply_coap(const Asked& asked, ReplyPackets& replies) {
  constexpr std::uint8_t kVersion1 = 0x40, kAcknowledgement = 0x20, kNonConfirmable = 0x10, kReset = 0x30;
  constexpr std::uint8_t kContent = 0x45, kNotFound = 0x84, kMethodNotAllowed = 0x85;
  ByteReader reader(asked.payload);
  const std::uint8_t head = reader.u8();
  reader.u8();
  const std::uint16_t message = reader.be16();
  const auto token = reader.bytes(head & 15u);
  if (!reader.ok()) return;
  PacketWriter packet = replies.open();
  if (asked.is(coap_kind::ping)) {
    packet.u8(kVersion1 | kReset);
    packet.u8(0);
    packet.be16(message);
    replies.close(packet);
    return;
  }
  const bool core = asked.is(coap_kind::core), method = asked.is(coap_kind::method);
  if (!core && !method && !asked.is(coap_kind::get)) return;
  const bool confirmable = (head >> 4 & 3) == 0;
  packet.u8(static_cast<std::uint8_t>(kVersion1 | (confirmable ? kAcknowledgement : kNonConfirmable) | token.size()));
  packet.u8(core ? kContent : method ? kMethodNotAllowed : kNotFound);
  packet.be16(message);
  packet.bytes(token);
  if (core) {
    packet.u8(0xc1);  // option 12, Content-Format, of one byte
    packet.u8(40);    // application/link-format
    packet.u8(0xff);
    packet.text(kResources);
  }
  replies.close(packet);
}

}  // namespace nightjar::reflector
