// Portmapper (RFC 1833 version 2, RFC 5531): tells which programs are there, calls none of them (rule 8: CALLIT stays unanswered).
#include <array>

#include "base/byte_reader.hpp"
#include "payload/request_kinds.hpp"
#include "reflector/service.hpp"

namespace nightjar::reflector {
namespace {

struct Program {
  std::uint32_t number, version, protocol, port;
};
constexpr std::uint32_t kTcp = 6, kUdp = 17;
constexpr std::array kPrograms = {Program{100'000, 2, kTcp, 111},    Program{100'000, 2, kUdp, 111},   Program{100'024, 1, kUdp, 38'171},
                                  Program{100'024, 1, kTcp, 42'363}, Program{100'003, 3, kTcp, 2'049}, Program{100'005, 3, kUdp, 635}};

/// The call's header: transaction, 0, 2, 100000, version, procedure, credentials, verifier; then the arguments.
struct Call {
  std::uint32_t transaction = 0, version = 0;
  std::uint32_t program = 0, program_version = 0, protocol = 0;  ///< of GETPORT
  bool ok = false;
};

Call read_call(std::span<const std::uint8_t> payload) {
  ByteReader reader(payload);
  Call call;
  call.transaction = reader.be32();
  reader.skip(12);
  call.version = reader.be32();
  reader.be32();
  for (int i = 0; i < 2; ++i) {  // credentials, verifier: flavour and length; opaque, filled up to 4
    reader.be32();
    const std::uint32_t length = reader.be32();
    if (length > 400) return call;  // RFC 5531, 8.2
    reader.skip((length + 3) / 4 * 4);
  }
  call.ok = reader.ok();
  call.program = reader.be32();
  call.program_version = reader.be32();
  call.protocol = reader.be32();
  return call;
}

}  // namespace

void reply_portmap(const Asked& asked, ReplyPackets& replies) {
  constexpr std::uint32_t kReply = 1, kVersionMismatch = 2;
  const bool dump = asked.is(portmap_kind::dump), port = asked.is(portmap_kind::get_port);
  if (!dump && !port && !asked.is(portmap_kind::null)) return;
  const Call call = read_call(asked.payload);
  if (!call.ok) return;
  PacketWriter packet = replies.open();
  packet.be32(call.transaction);
  packet.be32(kReply);
  packet.be32(0);  // accepted
  packet.be64(0);  // no verifier
  if (call.version != 2) {
    packet.be32(kVersionMismatch);
    packet.be32(2);  // the lowest and the highest that are there
    packet.be32(2);
    replies.close(packet);
    return;
  }
  packet.be32(0);  // success
  if (port) {
    std::uint32_t found = 0;
    for (const Program& program : kPrograms) {
      if (program.number == call.program && program.protocol == call.protocol) found = program.port;
    }
    packet.be32(found);
  }
  if (dump) {
    for (const Program& program : kPrograms) {
      packet.be32(1);  // one more follows
      packet.be32(program.number);
      packet.be32(program.version);
      packet.be32(program.protocol);
      packet.be32(program.port);
    }
    packet.be32(0);
  }
  replies.close(packet);
}

}  // namespace nightjar::reflector
