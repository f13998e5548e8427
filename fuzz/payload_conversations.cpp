// Packets of honeypots, as hostile as they come: nine bytes make one (see `packet_of`). What they carry follows from the sequence numbers
// alone, so whatever was put together must count upwards, however segments overlap.
#include "payload/conversations.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

namespace {

using namespace nightjar;

constexpr std::size_t kRecord = 9;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_counting(const std::string& text) {
  for (std::size_t i = 1; i < text.size(); ++i)
    require(static_cast<std::uint8_t>(text[i]) == static_cast<std::uint8_t>(static_cast<std::uint8_t>(text[i - 1]) + 1));
}

void check(const Conversation& told) {
  require(told.client.size() <= kMostClientBytes && told.server.size() <= kMostServerBytes);
  require(told.client.size() <= told.bytes && told.server.size() <= told.server_bytes);
  require(told.cut || told.client.size() == told.bytes);
  require(told.first_ns <= told.last_ns && told.packets > 0 && told.segments <= told.packets);
  require(told.packets > 2 || !told.handshake);
  require(told.turns.size() <= 4'096);
  std::size_t client = 0, server = 0;
  for (std::size_t i = 0; i < told.turns.size(); ++i) {
    const Turn& turn = told.turns[i];
    require(turn.size > 0 && (i == 0 || told.turns[i - 1].client != turn.client));
    (turn.client ? client : server) += turn.size;
  }
  require(client == told.client.size() && server == told.server.size());
  check_counting(told.client);
  check_counting(told.server);
}

struct Step {
  Packet packet;
  std::vector<std::uint8_t> payload;
  bool from_client, known, commit;
};

/// The first byte: direction, one of four connections, known, a commit behind it, near or any numbers, a small or a wide step of the
/// clock, a short capture. Then flags, size, two bytes of each number, two of the clock.
Step packet_of(const std::uint8_t* record, std::int64_t& now) {
  const unsigned bits = record[0];
  Step step{{}, {}, (bits & 1) != 0, (bits & 8) != 0, (bits & 16) != 0};
  Packet& packet = step.packet;
  const auto step_of_clock = static_cast<std::int16_t>(record[7] << 8 | record[8]);
  const std::uint64_t wide = (bits & 64) ? std::uint64_t{1} << 48 : 1'000'000'000;
  now = static_cast<std::int64_t>(static_cast<std::uint64_t>(now) + static_cast<std::uint64_t>(std::int64_t{step_of_clock}) * wide);
  packet.time_ns = now;
  const auto number = [&](std::size_t at, std::uint32_t near) {
    const auto value = static_cast<std::uint32_t>(record[at] << 8 | record[at + 1]);
    return (bits & 32) ? value << 16 : near + value;
  };
  constexpr std::uint32_t kClientNear = 0xffffff00, kPotNear = 5'000;
  packet.tcp_sequence = number(3, step.from_client ? kClientNear : kPotNear);
  packet.tcp_acknowledgement = number(5, step.from_client ? kPotNear : kClientNear);
  packet.ip_version = 4;
  packet.protocol = protocol::kTcp;
  packet.has_transport = true;
  packet.tcp_flags = record[1];
  const std::uint64_t client = 1 + (bits >> 2 & 1), pot = 9;
  const auto client_port = static_cast<std::uint16_t>(1 + (bits >> 1 & 1));
  packet.src = step.from_client ? client : pot;
  packet.dst = step.from_client ? pot : client;
  packet.src_port = step.from_client ? client_port : 23;
  packet.dst_port = step.from_client ? 23 : client_port;
  // Eight bytes a unit where the capture has all, so that texts grow long.
  const std::uint32_t size = (bits & 128) ? record[2] : record[2] * 8U;
  step.payload.resize(size);
  const std::uint32_t first = packet.tcp_sequence + ((packet.tcp_flags & tcp_flag::kSyn) ? 1 : 0);
  for (std::uint32_t i = 0; i < size; ++i) step.payload[i] = static_cast<std::uint8_t>(first + i);
  if (bits & 128) {
    packet.payload_missing = size / 2;
    step.payload.resize(size - size / 2);
  }
  packet.payload_size = static_cast<std::uint32_t>(step.payload.size());
  return step;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  Conversations::Config config;
  config.most_open = 1 + (bytes[0] & 3);
  config.most_bytes = (bytes[0] & 4) ? 5'000 : config.most_bytes;
  config.most_syn_places = 2;
  std::uint64_t told_packets = 0, packets = 0, unknown = 0, fullest = 0;
  Conversations conversations(config, [&](Conversation&& told) {
    check(told);
    fullest = std::max(fullest, told.packets);
    ++told_packets;
  });
  std::int64_t now = 1'500'000'000'000'000'000;
  for (std::size_t at = 1; at + kRecord <= size; at += kRecord) {
    const Step step = packet_of(bytes + at, now);
    ++packets;
    unknown += !step.known;
    conversations.add(step.packet, step.payload, 1, step.from_client, step.packet.tcp_flags & 0x42, step.known);
    // Four conversations of at most 64 + 64 and 16 + 16 KiB in buffers of twice their length, turns, and the tables.
    require(conversations.memory_bytes() < (config.most_bytes < 10'000 ? 20'000U : 4 * 400'000U));
    if (step.commit) conversations.hand_over_open();
  }
  conversations.finish();
  // Once more at the most for each packet that was not known, and for an end that other packets show.
  require(fullest <= packets && told_packets <= unknown + packets && conversations.memory_bytes() < 10'000);
  return 0;
}
