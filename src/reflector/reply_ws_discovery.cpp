// WS-Discovery (OASIS 1.1; devices speak the draft of April 2005): a camera that matches every probe; a fault for what is no envelope.
#include <algorithm>

#include "payload/request_kinds.hpp"
#include "reflector/service.hpp"

namespace nightjar::reflector {
namespace {

constexpr std::string_view kEnvelope =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
    "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://www.w3.org/2003/05/soap-envelope\" "
    "xmlns:wsa=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\" "
    "xmlns:dn=\"http://www.onvif.org/ver10/network/wsdl\">";

/// What the prober named its message: letters, digits and ":-_." alone, as its bytes go into our XML; at most 80 of them.
std::string_view message_id(std::span<const std::uint8_t> payload) {
  constexpr std::size_t kMostText = 4'096, kMostId = 80;
  const std::string_view text = std::string_view(reinterpret_cast<const char*>(payload.data()), payload.size()).substr(0, kMostText);
  const std::size_t name = text.find("MessageID");
  if (name == std::string_view::npos) return {};
  const std::size_t begin = text.find('>', name);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = text.substr(begin + 1);
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '-' || c == '_' || c == '.';
  };
  const auto end = std::find_if_not(rest.begin(), rest.end(), plain);
  return rest.substr(0, std::min<std::size_t>(static_cast<std::size_t>(end - rest.begin()), kMostId));
}

void write_uuid(PacketWriter& packet, std::uint64_t number) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  packet.text("urn:uuid:3fa1fe68-b915-4053-");
  for (int shift = 60; shift >= 0; shift -= 4) {
    if (shift == 44) packet.u8('-');
    packet.u8(static_cast<std::uint8_t>(kDigits[number >> shift & 15]));
  }
}

void write_match(const Asked& asked, ReplyPackets& replies) {
  PacketWriter packet = replies.open();
  packet.text(kEnvelope);
  packet.text("<SOAP-ENV:Header><wsa:MessageID>");
  write_uuid(packet, static_cast<std::uint64_t>(asked.utc_ns));
  packet.text("</wsa:MessageID><wsa:RelatesTo>");
  packet.text(message_id(asked.payload));
  packet.text(
      "</wsa:RelatesTo><wsa:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:To>"
      "<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action></SOAP-ENV:Header>"
      "<SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch><wsa:EndpointReference><wsa:Address>");
  write_uuid(packet, asked.persona.device_id);
  packet.text(
      "</wsa:Address></wsa:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types>"
      "<d:Scopes>onvif://www.onvif.org/type/video_encoder</d:Scopes>"
      "<d:XAddrs>http://192.168.1.64/onvif/device_service</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>"
      "</d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>\r\n");
  replies.close(packet);
}

}  // namespace

void reply_ws_discovery(const Asked& asked, ReplyPackets& replies) {
  if (asked.is(ws_discovery_kind::probe)) return write_match(asked, replies);
  if (!asked.is(ws_discovery_kind::xml)) return;  // a Resolve asks for somebody else
  PacketWriter packet = replies.open();
  packet.text(kEnvelope);
  packet.text(
      "<SOAP-ENV:Header><wsa:Action>http://schemas.xmlsoap.org/ws/2004/08/addressing/fault</wsa:Action></SOAP-ENV:Header>"
      "<SOAP-ENV:Body><SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value></SOAP-ENV:Code>"
      "<SOAP-ENV:Reason><SOAP-ENV:Text xml:lang=\"en\">Validation constraint violation: SOAP message expected</SOAP-ENV:Text>"
      "</SOAP-ENV:Reason></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>\r\n");
  replies.close(packet);
}

}  // namespace nightjar::reflector
