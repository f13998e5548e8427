#pragma once
#include <cstdint>
#include <cstdlib>
#include <span>

#include "capture/reader.hpp"

namespace nightjar {

/// What a whole capture has to promise, whatever its bytes: ends, stays inside its storage, and gives the same packets
/// when it is read in slices. Aborts where that is broken.
inline void fuzz_capture(std::span<const std::uint8_t> bytes) {
  const auto require = [](bool promise) {
    if (!promise) std::abort();
  };
  struct Sum {
    std::uint64_t packets = 0, bytes = 0, content = 0;
    std::int64_t times = 0;
    bool operator==(const Sum&) const = default;
  };
  const auto add = [&](Sum& sum, const PacketBlock& block) {
    for (const RawPacket& packet : block.packets) {
      const std::uint8_t* begin = block.storage->bytes.data();
      require(packet.bytes >= begin && packet.bytes + packet.captured <= begin + block.storage->bytes.size());
      ++sum.packets;
      sum.bytes += packet.captured;
      sum.times ^= packet.time_ns;
      for (std::uint32_t i = 0; i < packet.captured; ++i) sum.content = sum.content * 31 + packet.bytes[i];
    }
  };

  auto whole = CaptureReader::open_bytes(bytes, {.block_bytes = 4096});
  if (!whole) return;
  Sum expected;
  PacketBlock block;
  while ((*whole)->next(block)) add(expected, block);
  const CaptureFacts& facts = (*whole)->facts();
  require(facts.packets == expected.packets && facts.captured_bytes == expected.bytes);
  require(facts.readable_bytes <= facts.bytes && !(*whole)->stopped());
  if (expected.packets > 64) return;

  Sum sliced;
  std::uint64_t position = 0;
  for (bool more = true; more;) {
    auto slice = CaptureReader::open_bytes(bytes, {.skip_bytes = position, .stop_packets = 3, .block_bytes = 128});
    require(slice.has_value());
    while ((*slice)->next(block)) add(sliced, block);
    position = (*slice)->facts().readable_bytes;
    more = (*slice)->stopped();
    if (!more) require((*slice)->facts().digest == facts.digest && (*slice)->facts().damage == facts.damage);
  }
  require(sliced == expected);
}

}  // namespace nightjar
