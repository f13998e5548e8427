// Any frame of any link type: the first two bytes name it. Whatever comes out must be usable by classification.
#include "decode/decode.hpp"

#include <cstdlib>

#include "fingerprint/catalogue.hpp"
#include "fingerprint/classify.hpp"

namespace {

/// What schema/traffic.hpp says of the bits: 14 and 15 of TCP backscatter, the others of scans, none of anything else.
bool allowed(std::uint32_t facts, nightjar::TrafficClass traffic_class) {
  using namespace nightjar;
  constexpr std::uint32_t kAnswers = fact::kSynAck | fact::kReset;
  if (facts >> fact::kBits != 0) return false;
  if (traffic_class == TrafficClass::scan) return (facts & kAnswers) == 0;
  return facts == 0 || (traffic_class == TrafficClass::backscatter && (facts & ~kAnswers) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace nightjar;
  if (size < 2) return 0;
  const auto link_type = static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
  const auto captured = static_cast<std::uint32_t>(size - 2);
  const RawPacket raw{0, bytes + 2, captured, captured, link_type, 0};
  static Packet used;  // keeps what the input before left: it must not show
  Packet fresh;
  for (const bool tunnels : {false, true}) {
    const DecodeOptions options{tunnels, tunnels, tunnels, tunnels};
    const Undecodable reason = decode(raw, options, used);
    if (decode(raw, options, fresh) != reason) std::abort();
    if (reason != Undecodable::none) continue;
    const TrafficClass traffic_class = classify(used);
    const std::uint32_t facts = facts_of(used);
    if (classify(fresh) != traffic_class || facts_of(fresh) != facts) std::abort();
    if (!allowed(facts, traffic_class)) std::abort();
    const std::uint16_t port = row_port(used, traffic_class);
    for (const Fingerprint& entry : fingerprint_catalogue()) {
      (void)entry.matches(facts, used.window, port, static_cast<std::uint8_t>(traffic_class));
    }
  }
  return 0;
}
