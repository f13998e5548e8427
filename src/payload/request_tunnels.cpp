// Ways through: STUN (RFC 5389, RFC 3489), OpenVPN, DTLS (RFC 6347).
#include <cstddef>

#include "base/byte_reader.hpp"
#include "payload/request_parsers.hpp"

namespace nightjar::requests {
namespace {

constexpr std::uint32_t kMagicCookie = 0x2112a442;
constexpr std::size_t kStunHeader = 20;

struct Stun {
  std::uint16_t type = 0, length = 0;
  std::uint32_t cookie = 0;
};

Stun read_head(Bytes bytes) {
  ByteReader reader(bytes);
  const std::uint16_t type = reader.be16(), length = reader.be16();
  return {type, length, reader.be32()};
}

/// Neither an answer nor a notice, and its two upper bits are 0.
bool is_stun_request(std::uint16_t type) { return (type & 0xc110) == 0; }

}  // namespace

void read_stun(Bytes bytes, UdpRequest& request) {
  constexpr std::uint16_t kBinding = 1;
  if (bytes.size() < kStunHeader) return;
  const Stun head = read_head(bytes);
  if (!is_stun_request(head.type)) return;
  if (head.cookie == kMagicCookie) return mark(request, head.type == kBinding ? stun_kind::binding : stun_kind::other_method);
  if (head.type == kBinding && head.length + kStunHeader == bytes.size()) mark(request, stun_kind::classic);
}

bool is_stun(Bytes bytes) {
  if (bytes.size() < kStunHeader) return false;
  const Stun head = read_head(bytes);
  return head.cookie == kMagicCookie && is_stun_request(head.type);
}

void read_openvpn(Bytes bytes, UdpRequest& request) {
  constexpr unsigned kResetV1 = 1, kResetV2 = 7, kResetV3 = 10;
  constexpr std::size_t kShortest = 14;  // opcode, session, no acknowledgements, number of the packet
  if (bytes.size() < kShortest) return;
  const unsigned opcode = bytes[0] >> 3;
  if (opcode == kResetV1 || opcode == kResetV2 || opcode == kResetV3) mark(request, openvpn_kind::reset);
}

void read_dtls(Bytes bytes, UdpRequest& request) {
  if (is_dtls(bytes)) mark(request, dtls_kind::client_hello);
}

bool is_dtls(Bytes bytes) {
  constexpr std::uint8_t kHandshake = 22, kVersionOnes = 0xfe, kClientHello = 1;
  constexpr std::size_t kRecordHeader = 13;
  return bytes.size() > kRecordHeader && bytes[0] == kHandshake && bytes[1] == kVersionOnes && (bytes[2] == 0xff || bytes[2] == 0xfd) &&
         bytes[kRecordHeader] == kClientHello;
}

}  // namespace nightjar::requests
