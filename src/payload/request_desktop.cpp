// Screens at a distance: Apple Remote Desktop, RDP over UDP (MS-RDPEUDP), XDMCP.
#include <cstddef>

#include "base/byte_reader.hpp"
#include "payload/request_parsers.hpp"

namespace nightjar::requests {

void read_ard(Bytes bytes, UdpRequest& request) {
  if (bytes.size() >= 4 && bytes[0] == 0x00 && bytes[1] == 0x14) mark(request, ard_kind::discovery);
}

void read_rdp(Bytes bytes, UdpRequest& request) {
  constexpr std::uint16_t kSyn = 1, kAck = 4;
  ByteReader reader(bytes);
  reader.be32();  // the last packet it got
  reader.be16();  // room for more
  const std::uint16_t flags = reader.be16();
  // Probes set more flags than make sense, 00ff; an honest first packet has SYN without ACK.
  if (reader.ok() && (flags & kSyn) && (!(flags & kAck) || flags == 0x00ff)) mark(request, rdp_kind::syn);
}

void read_xdmcp(Bytes bytes, UdpRequest& request) {
  ByteReader reader(bytes);
  const std::uint16_t version = reader.be16(), operation = reader.be16();
  if (!reader.ok() || version != 1) return;
  switch (operation) {
    case 1: return mark(request, xdmcp_kind::broadcast);
    case 2: return mark(request, xdmcp_kind::query);
    case 3: return mark(request, xdmcp_kind::indirect);
    default: return;
  }
}

/// At other ports: a query without names of ways to authenticate, the only form that probes have.
bool is_xdmcp(Bytes bytes) {
  using namespace std::string_view_literals;
  return text_of(bytes) == "\0\1\0\2\0\1\0"sv;
}

}  // namespace nightjar::requests
