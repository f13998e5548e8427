#pragma once
// Packets of captures as steps of a script.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <tuple>

#include "capture/reader.hpp"
#include "decode/decode.hpp"
#include "packet_script.hpp"
#include "schema/traffic.hpp"

namespace nightjar::test {

/// A decoded frame. Of the facts of SYNs only those of Mirai's are noted, or that it is an ordinary one; the client's side is left open.
inline Step step_of(const RawPacket& raw) {
  Step step{};
  EXPECT_EQ(decode(raw, {}, step.packet), Undecodable::none);
  const Packet& packet = step.packet;
  if (packet.payload_size > 0) step.payload.assign(reinterpret_cast<const char*>(raw.bytes) + packet.payload_offset, packet.payload_size);
  if (is_bare_syn(packet)) step.facts = packet.tcp_sequence == packet.dst ? fact::kSeqIsDst : fact::kDontFragment;
  return step;
}

/// The TCP packets of a capture. Who sent a SYN is the client; where there was none, who sent the first packet.
inline std::vector<Step> steps_of_capture(const std::filesystem::path& path) {
  using Flow = std::tuple<std::uint64_t, std::uint64_t, std::uint16_t, std::uint64_t, std::uint64_t, std::uint16_t>;
  const auto flow = [](const Packet& p) { return Flow{p.src, p.src_low, p.src_port, p.dst, p.dst_low, p.dst_port}; };
  const auto back = [](const Packet& p) { return Flow{p.dst, p.dst_low, p.dst_port, p.src, p.src_low, p.src_port}; };
  std::vector<Step> steps;
  std::set<Flow> clients;
  auto reader = CaptureReader::open(path, {});
  EXPECT_TRUE(reader) << (reader ? "" : reader.error().sentence);
  if (!reader) return steps;
  for (PacketBlock block; (*reader)->next(block);) {
    for (const RawPacket& raw : block.packets) {
      Packet packet;
      if (decode(raw, {}, packet) == Undecodable::none && packet.protocol == protocol::kTcp) steps.push_back(step_of(raw));
    }
  }
  for (const Step& step : steps)
    if (is_bare_syn(step.packet)) clients.insert(flow(step.packet));
  for (Step& step : steps) {
    if (!clients.contains(back(step.packet))) clients.insert(flow(step.packet));
    step.from_client = clients.contains(flow(step.packet));
  }
  return steps;
}

}  // namespace nightjar::test
