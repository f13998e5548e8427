// CoAP (RFC 7252).
#include <cstddef>

#include "base/byte_reader.hpp"
#include "payload/request_parsers.hpp"

namespace nightjar::requests {
namespace {

constexpr std::uint8_t kGet = 1, kLastMethod = 7;

/// A delta or a length of an option: 13 and 14 say that it stands in one or two bytes of its own; 15 is none.
std::size_t extended(std::size_t nibble, ByteReader& reader) {
  if (nibble == 13) return 13u + reader.u8();
  if (nibble == 14) return 269u + reader.be16();
  return nibble;
}

/// "/.well-known/core?rt=x" out of the options; false where they are broken.
bool read_path(ByteReader& reader, QueryText& query) {
  constexpr std::uint8_t kPayload = 0xff;
  constexpr std::size_t kUriPath = 11, kUriQuery = 15, kLastOption = 65'535;
  std::size_t option = 0;
  bool asked = false;
  while (reader.remaining() > 0) {
    const std::uint8_t head = reader.u8();
    if (head == kPayload) break;
    if ((head >> 4) == 15 || (head & 15) == 15) return false;
    option += extended(head >> 4, reader);
    const Bytes value = reader.bytes(extended(head & 15u, reader));
    if (!reader.ok() || option > kLastOption) return false;
    if (option != kUriPath && option != kUriQuery) continue;
    query.add_words(option == kUriPath ? "/" : asked ? "&" : "?");
    asked = option == kUriQuery;
    query.add(value);
  }
  if (query.empty()) query.add_words("/");
  return true;
}

struct Head {
  bool ok = false;
  std::uint8_t type = 0, code = 0;
};

/// Up to the end of the token.
Head read_head(ByteReader& reader) {
  Head head;
  const std::uint8_t first = reader.u8();
  head.type = first >> 4 & 3;
  head.code = reader.u8();
  reader.be16();  // message id
  const std::size_t token = first & 15u;
  head.ok = first >> 6 == 1 && token <= 8 && reader.skip(token);
  return head;
}

}  // namespace

void read_coap(Bytes bytes, UdpRequest& request) {
  ByteReader reader(bytes);
  const Head head = read_head(reader);
  if (!head.ok || head.type > 1) return;  // neither acknowledgements nor resets ask
  if (head.code == 0) {
    if (bytes.size() == 4) mark(request, coap_kind::ping);
    return;
  }
  if (head.code > kLastMethod) return;
  if (!read_path(reader, request.query)) return request.query.clear();
  if (head.code != kGet) return mark(request, coap_kind::method);
  mark(request, request.query.view().starts_with("/.well-known/core") ? coap_kind::core : coap_kind::get);
}

bool is_coap(Bytes bytes) {
  if (bytes.size() < 6 || bytes[0] >> 6 != 1 || bytes[1] != kGet) return false;
  UdpRequest request;
  request.service = Service::coap;
  read_coap(bytes, request);
  return (request.kinds >> coap_kind::core & 1) != 0;
}

}  // namespace nightjar::requests
