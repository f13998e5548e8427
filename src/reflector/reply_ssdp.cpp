// SSDP (UPnP Device Architecture 1.0): an Internet gateway of the sort whose SOAP service is abused; its LOCATION is our own pot's port.
#include <algorithm>
#include <array>

#include "payload/request_kinds.hpp"
#include "reflector/service.hpp"

namespace nightjar::reflector {
namespace {

constexpr std::string_view kRoot = "upnp:rootdevice";
/// What it advertises besides its UUID: the root, devices, services.
constexpr std::array<std::string_view, 8> kTargets = {kRoot,
                                                      "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
                                                      "urn:schemas-upnp-org:device:WANDevice:1",
                                                      "urn:schemas-upnp-org:device:WANConnectionDevice:1",
                                                      "urn:schemas-upnp-org:service:Layer3Forwarding:1",
                                                      "urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1",
                                                      "urn:schemas-upnp-org:service:WANIPConnection:1",
                                                      "urn:schemas-upnp-org:service:WANPPPConnection:1"};

void write_uuid(PacketWriter& packet, const Persona& persona) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  packet.text("uuid:");
  // The device's number, and a constant behind it: 00e0fc37-2525-2828-2500-00e0fc372525
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) packet.u8('-');
    const std::uint64_t number = i < 16 ? persona.device_id : i < 20 ? std::uint64_t{0x2500} << 48 : persona.device_id;
    const int place = i < 16 ? i : i < 20 ? i - 16 : i - 20;
    packet.u8(static_cast<std::uint8_t>(kDigits[number >> (60 - place * 4) & 15]));
  }
}

void write_answer(const Asked& asked, std::string_view target, ReplyPackets& replies) {
  PacketWriter packet = replies.open();
  packet.text("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nST: ");
  if (target.empty()) {
    write_uuid(packet, asked.persona);
  } else {
    packet.text(target);
  }
  packet.text("\r\nUSN: ");
  write_uuid(packet, asked.persona);
  if (!target.empty()) {
    packet.text("::");
    packet.text(target);
  }
  packet.text("\r\nEXT:\r\nSERVER: Linux UPnP/1.0 Huawei-ATP-IGD\r\nLOCATION: http://");
  if (asked.destination.version == 4) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      packet.decimal(asked.destination.high >> shift & 255);
      if (shift != 0) packet.u8('.');
    }
  } else {
    packet.text("192.168.1.1");  // such devices name their address at home, also to those outside
  }
  packet.text(":52869/picsdesc.xml\r\n\r\n");
  replies.close(packet);
}

}  // namespace

void reply_ssdp(const Asked& asked, ReplyPackets& replies) {
  if (!asked.is(ssdp_kind::search)) return;
  if (asked.is(ssdp_kind::all)) {
    for (const std::string_view target : kTargets) write_answer(asked, target, replies);
    return write_answer(asked, "", replies);
  }
  // Targets that no standard knows are answered by devices that take them for "whoever is there".
  if (asked.is(ssdp_kind::root_device) || asked.is(ssdp_kind::upnp_all) || asked.is(ssdp_kind::upnp_discover))
    return write_answer(asked, kRoot, replies);
  if (!asked.is(ssdp_kind::urn)) return;
  const std::string_view wanted = asked.request.query.view();
  const auto same = [&](std::string_view target) {
    return std::equal(target.begin(), target.end(), wanted.begin(), wanted.end(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
  };
  const auto* found = std::find_if(kTargets.begin(), kTargets.end(), same);
  if (found != kTargets.end()) write_answer(asked, *found, replies);
}

}  // namespace nightjar::reflector
