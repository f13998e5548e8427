// Any packets, one behind the other: no answer longer than what it answers, none to whom nothing may be sent, and none that asks for more.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "enrich/geolocation.hpp"
#include "honeypot/syn_responder.hpp"
#include "net/packet.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace nightjar;
  SynResponder::Settings settings;
  settings.served = {{{4, 0x14000000, 0}, 8}, {{6, 0x2a00000100000000, 0}, 32}};
  settings.budget.most_hosts = settings.budget.most_prefixes = settings.budget.most_proven = 64;
  settings.check_checksums = size % 2 == 0;
  SynResponder responder(settings, budget::Secret{1, 2});
  std::int64_t now = 0;
  for (std::span<const std::uint8_t> rest(bytes, size); !rest.empty();) {
    const std::span<const std::uint8_t> packet = rest.subspan(1, std::min<std::size_t>(rest[0], rest.size() - 1));
    rest = rest.subspan(1 + packet.size());
    const SynResponder::Outcome outcome = responder.react(packet, now += 1'000'000'000);
    if (outcome.reply.size() > packet.size()) std::abort();
    if (outcome.reply.empty()) continue;
    TcpSegment reply;
    if (read_segment(outcome.reply, true, reply) != SegmentFault::none) std::abort();
    if ((reply.flags & tcp_flag::kRst) != 0 || !reply.payload.empty() || is_reserved(reply.dst.version, reply.dst.high, reply.dst.low))
      std::abort();
  }
  return 0;
}
