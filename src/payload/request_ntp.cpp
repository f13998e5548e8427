// NTP: RFC 5905 for modes 1 to 5, RFC 9327 for mode 6; mode 7 is ntpd's own (its ntp_request.h names the codes).
#include <array>
#include <cstddef>

#include "payload/request_parsers.hpp"

namespace nightjar::requests {
namespace {

constexpr std::size_t kTimePacket = 48;
constexpr std::uint8_t kImplementationOld = 2, kImplementationXntpd = 3;  // 0 is any
constexpr std::uint8_t kPeerList = 0, kPeerListSum = 1, kGetRestrict = 16, kMonGetList = 20, kMonGetList1 = 42;

unsigned mode_of(Bytes bytes) { return bytes[0] & 7u; }

void read_control(std::uint8_t opcode, UdpRequest& request) {
  constexpr std::uint8_t kReadStatus = 1, kReadVariables = 2;
  mark(request, opcode == kReadVariables ? ntp_kind::readvar : opcode == kReadStatus ? ntp_kind::readstat : ntp_kind::control);
}

void read_private(std::uint8_t implementation, std::uint8_t code, UdpRequest& request) {
  const bool old = implementation == kImplementationOld;
  switch (code) {
    case kMonGetList1: return mark(request, old ? ntp_kind::monlist_old : ntp_kind::monlist);
    case kMonGetList: return mark(request, old ? ntp_kind::monlist_old : ntp_kind::monlist_short);
    case kPeerList: return mark(request, ntp_kind::peer_list);
    case kPeerListSum: return mark(request, ntp_kind::peer_list_sum);
    case kGetRestrict: return mark(request, ntp_kind::get_restrict);
    default: return mark(request, ntp_kind::private_other);
  }
}

void mark_version(unsigned version, UdpRequest& request) {
  if (version >= 1 && version <= 4) mark(request, static_cast<std::uint8_t>(ntp_kind::version_1 + version - 1));
}

}  // namespace

void read_ntp(Bytes bytes, UdpRequest& request) {
  constexpr std::uint8_t kResponse = 0x80;  // in the first byte of mode 7, in the second of mode 6
  if (bytes.size() < 2) return;
  switch (mode_of(bytes)) {
    case 1:
    case 3:
      if (bytes.size() < kTimePacket) return;
      mark(request, mode_of(bytes) == 3 ? ntp_kind::client : ntp_kind::symmetric);
      break;
    case 4: request.answer = true; return;
    case 6:
      request.answer = bytes[1] & kResponse;
      if (request.answer) return;
      read_control(bytes[1] & 0x1f, request);
      break;
    case 7:
      request.answer = bytes[0] & kResponse;
      if (request.answer || bytes.size() < 4 || bytes[2] > kImplementationXntpd) return;
      read_private(bytes[2], bytes[3], request);
      break;
    default: return;
  }
  mark_version(bytes[0] >> 3 & 7u, request);
}

/// At other ports: a list of the monitor in one of the lengths that are sent (8 bytes, or padded to an old or a new whole packet).
bool is_ntp(Bytes bytes) {
  if (bytes.size() != 8 && bytes.size() != 48 && bytes.size() != 192) return false;
  const bool list = bytes[3] == kMonGetList || bytes[3] == kMonGetList1;
  const bool implementation = bytes[2] == kImplementationXntpd || bytes[2] == kImplementationOld;
  return (bytes[0] & 0xc7) == 7 && bytes[1] == 0 && implementation && list && bytes[4] == 0 && bytes[5] == 0;
}

}  // namespace nightjar::requests
