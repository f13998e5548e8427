// Every reader of requests: the first two bytes are the port, the rest the datagram; also at a port that is nobody's own.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "payload/request_kinds.hpp"
#include "payload/udp_request.hpp"

namespace {

using namespace nightjar;

/// The bits that request_kinds names for a service, and bit 0.
std::uint32_t named_bits(Service service) {
  std::uint32_t bits = kOtherRequest;
  for (const RequestKind& kind : request_kinds()) {
    if (kind.service == service) bits |= 1u << kind.bit;
  }
  return bits;
}

void require(bool holds) {
  if (!holds) std::abort();
}

void read(std::span<const std::uint8_t> payload, std::uint16_t port) {
  const UdpRequest request = read_request(payload, port);
  require(static_cast<std::size_t>(request.service) < kServices);
  require((request.kinds & ~named_bits(request.service)) == 0);
  require((request.kinds == 0) == request.answer);
  if (request.kinds & kOtherRequest) require(request.kinds == kOtherRequest && request.reply_bytes == 0 && request.query.empty());
  const std::string_view query = request.query.view();
  require(query.size() <= QueryText::kMost);
  for (const char c : query) require(c >= ' ' && c <= '~');
  const UdpRequest again = read_request(payload, port);
  require(again.kinds == request.kinds && again.reply_bytes == request.reply_bytes && again.query.view() == query);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 2) return 0;
  const std::span payload(bytes + 2, size - 2);
  read(payload, static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]));
  read(payload, 40'000);
  return 0;
}
