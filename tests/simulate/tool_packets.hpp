#pragma once
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "simulate/event.hpp"
#include "simulate/frame.hpp"
#include "simulate/random.hpp"
#include "simulate/tool.hpp"

namespace nightjar::simulate {

/// A packet as the program makes it: the record of a capture, and what the tool said of it.
struct MadePacket {
  Event event{};
  Knock knock;  ///< its spans are no longer valid
  std::vector<std::uint8_t> record;

  std::vector<std::uint8_t> frame() const { return {record.begin() + 16, record.end()}; }
};

/// Makes the packets of events, in a scratch and a knock that keep what the last packet left there.
class Maker {
 public:
  MadePacket make(const Tool& tool, const Event& event) {
    knock_.time_ns = event.time_ns;
    knock_.from = {4, event.src, 0};
    knock_.to = {4, event.dst, 0};
    tool.make(event, knock_, *scratch_);
    std::array<std::uint8_t, kLargestRecord> room;
    const std::uint8_t* const end = write_record(room.data(), knock_);
    return {event, knock_, std::vector<std::uint8_t>(room.data(), room.data() + (end - room.data()))};
  }

 private:
  Knock knock_;
  std::unique_ptr<Scratch> scratch_ = std::make_unique<Scratch>();
};

/// Ports that some rule names: those of fingerprints, and those of UDP services that answer forged requests.
inline constexpr std::array<std::uint16_t, 36> kNamedPorts = {17,   19,   22,   23,   53,   69,   80,    81,    111,   123,   137,   161,
                                                              389,  443,  445,  514,  520,  1434, 1900,  2323,  3283,  3702,  5060,  5353,
                                                              5358, 5555, 5683, 6789, 6881, 7547, 11211, 23231, 27015, 37215, 52869, 53413};

/// An event that the tool may get: the first packet of a probe by a host, of a hundred hosts if `hosts` is 100, in 2017.
inline Event event_for(const Tool& tool, Random& random, std::uint32_t hosts = 1U << 31) {
  Event event{};
  const std::uint32_t host = random.below(hosts);
  event.time_ns = 1'483'196'400'000'000'000 + static_cast<std::int64_t>(random.below(31'536'000)) * 1'000'000'000 + 123'456'000;
  event.host_seed = static_cast<std::uint32_t>(mix64(host));
  event.src = 0x08000000 | static_cast<std::uint32_t>(mix64(host + 1) >> 40);
  event.dst = 0x647f0000 | random.below(65'536);
  event.probe_seed = static_cast<std::uint32_t>(random.next());
  event.protocol = tool.protocols[random.below(static_cast<std::uint32_t>(tool.protocols.size()))];
  event.port = tool.port != 0         ? tool.port
               : random.below(2) == 0 ? kNamedPorts[random.below(kNamedPorts.size())]
                                      : static_cast<std::uint16_t>(random.below(65'536));
  return event;
}

/// The same probe's next packet.
inline Event attempt_of(const Tool& tool, Event event, std::size_t attempt) {
  event.attempt = static_cast<std::uint8_t>(attempt);
  event.time_ns += static_cast<std::int64_t>(tool.attempts[attempt] * 1e6) * 1000;
  return event;
}

}  // namespace nightjar::simulate
