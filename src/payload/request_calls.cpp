// Old services of Unix: any datagram to CharGen (RFC 864) and the quote of the day (RFC 865), calls of the portmapper (RFC 1833,
// RFC 5531), TFTP (RFC 1350).
#include <algorithm>
#include <cstddef>

#include "base/byte_reader.hpp"
#include "payload/request_parsers.hpp"

namespace nightjar::requests {
namespace {

struct Call {
  bool ok = false;
  std::uint32_t procedure = 0;
};

Call read_call(Bytes bytes) {
  constexpr std::uint32_t kCall = 0, kRpcVersion = 2, kPortmap = 100'000;
  ByteReader reader(bytes);
  Call call;
  reader.be32();  // transaction
  const bool form = reader.be32() == kCall && reader.be32() == kRpcVersion && reader.be32() == kPortmap;
  const std::uint32_t version = reader.be32();
  call.procedure = reader.be32();
  call.ok = form && version >= 2 && version <= 4 && reader.ok();
  return call;
}

/// The characters up to the next 0, which is taken too; empty and not ok where there is none.
Bytes take_text(ByteReader& reader) {
  const std::uint8_t* begin = reader.position();
  const std::uint8_t* end = std::find(begin, begin + reader.remaining(), std::uint8_t{0});
  const Bytes text = reader.bytes(static_cast<std::size_t>(end - begin));
  reader.u8();
  return reader.ok() ? text : Bytes();
}

}  // namespace

void read_datagram(Bytes, UdpRequest& request) {
  static_assert(static_cast<int>(chargen_kind::datagram) == static_cast<int>(qotd_kind::datagram));
  mark(request, chargen_kind::datagram);
}

void read_portmap(Bytes bytes, UdpRequest& request) {
  const Call call = read_call(bytes);
  if (!call.ok) return;
  switch (call.procedure) {
    case 0: return mark(request, portmap_kind::null);
    case 3: return mark(request, portmap_kind::get_port);
    case 4: return mark(request, portmap_kind::dump);
    case 5: return mark(request, portmap_kind::call_it);
    default: return mark(request, portmap_kind::procedure);
  }
}

bool is_portmap(Bytes bytes) { return read_call(bytes).ok; }

void read_tftp(Bytes bytes, UdpRequest& request) {
  constexpr std::uint16_t kRead = 1, kWrite = 2;
  ByteReader reader(bytes);
  const std::uint16_t operation = reader.be16();
  const Bytes name = take_text(reader);
  if (!reader.ok() || (operation != kRead && operation != kWrite)) return;
  mark(request, operation == kRead ? tftp_kind::read : tftp_kind::write);
  request.query.add(name);
}

/// At other ports: a request to read a named file in one of the two modes that are used.
bool is_tftp(Bytes bytes) {
  ByteReader reader(bytes);
  if (reader.be16() != 1) return false;
  const Bytes name = take_text(reader);
  const std::string_view mode = text_of(take_text(reader));
  return reader.ok() && !name.empty() && (mode == "octet" || mode == "netascii");
}

}  // namespace nightjar::requests
