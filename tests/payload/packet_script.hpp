#pragma once
// Packets of conversations with a honeypot in words: Script().syn().syn_ack().ack().says("GET /").at(301).pot_says("200").
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "payload/conversations.hpp"
#include "support/packet_builder.hpp"

namespace nightjar::test {

inline constexpr std::int64_t kSecondNs = 1'000'000'000;
inline constexpr std::int64_t kScriptBegin = 1'511'395'200 * kSecondNs;  // 2017-11-23 00:00 UTC

struct Step {
  Packet packet;
  std::string payload;
  bool from_client;
  std::uint32_t facts = 0;
};

inline void play(Conversations& conversations, const Step& step, bool known = false, std::uint16_t sensor = 3) {
  const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(step.payload.data()), step.payload.size());
  conversations.add(step.packet, bytes, sensor, step.from_client, step.facts, known);
}

/// One connection's packets, or several one after the other. Sequence numbers go on by themselves; the client's SYN has the number 1,000,
/// the pot's 5,000.
class Script {
 public:
  /// Seconds since the script's beginning, for all packets that follow.
  Script& at(double seconds) {
    now_ = kScriptBegin + static_cast<std::int64_t>(seconds * 1e9);
    return *this;
  }
  Script& at_ns(std::int64_t time_ns) {
    now_ = time_ns;
    return *this;
  }
  /// Another connection, with numbers from the beginning.
  Script& from(std::string_view client, std::uint16_t src_port) {
    client_ = client;
    src_port_ = src_port;
    return numbers(1'000, 5'000);
  }
  Script& src_port(std::uint16_t number) { return from(client_, number); }
  Script& to(std::string_view pot, std::uint16_t port) {
    pot_ = pot;
    port_ = port;
    return *this;
  }
  /// The numbers that the SYNs bear.
  Script& numbers(std::uint32_t client, std::uint32_t pot) {
    client_first_ = client_next_ = client;
    pot_first_ = pot_next_ = pot;
    return *this;
  }

  Script& syn(std::uint32_t facts = 0, std::uint16_t window = 14'600, std::string_view data = {}) {
    client_next_ = client_first_;
    client(tcp_flag::kSyn, client_next_++, data);
    steps.back().facts = facts;
    steps.back().packet.window = window;
    return *this;
  }
  /// `taken`: bytes of the SYN that it acknowledges.
  Script& syn_ack(std::uint32_t taken = 0) {
    client_next_ = client_first_ + 1 + taken;
    pot(tcp_flag::kSyn | tcp_flag::kAck, pot_first_, {});
    pot_next_ = pot_first_ + 1;
    return *this;
  }
  Script& ack() { return client(tcp_flag::kAck, client_next_, {}); }
  Script& pot_ack() { return pot(tcp_flag::kAck, pot_next_, {}); }
  Script& handshake() { return syn().syn_ack().ack(); }
  Script& says(std::string_view text) {
    client(tcp_flag::kPsh | tcp_flag::kAck, client_next_, text);
    client_next_ += static_cast<std::uint32_t>(text.size());
    return *this;
  }
  Script& pot_says(std::string_view text) {
    pot(tcp_flag::kPsh | tcp_flag::kAck, pot_next_, text);
    pot_next_ += static_cast<std::uint32_t>(text.size());
    return *this;
  }
  /// A segment of the client `offset` bytes behind its first byte, wherever it has got to.
  Script& piece(std::int64_t offset, std::string_view text) {
    return client(tcp_flag::kAck, client_first_ + 1 + static_cast<std::uint32_t>(offset), text);
  }
  Script& fin() { return client(tcp_flag::kFin | tcp_flag::kAck, client_next_++, {}); }
  Script& pot_fin() { return pot(tcp_flag::kFin | tcp_flag::kAck, pot_next_++, {}); }
  Script& rst() { return client(tcp_flag::kRst, client_next_, {}); }
  Script& pot_rst() { return pot(tcp_flag::kRst | tcp_flag::kAck, pot_next_, {}); }

  Script& client(int flags, std::uint32_t sequence, std::string_view text) {
    Packet packet = PacketBuilder().at(now_).from(client_).to(pot_).src_port(src_port_).port(port_).decoded();
    packet.tcp_acknowledgement = (flags & tcp_flag::kAck) ? pot_next_ : 0;
    return add(packet, flags, sequence, text, true);
  }
  Script& pot(int flags, std::uint32_t sequence, std::string_view text) {
    Packet packet = PacketBuilder().at(now_).from(pot_).to(client_).src_port(port_).port(src_port_).decoded();
    packet.tcp_acknowledgement = (flags & tcp_flag::kAck) ? client_next_ : 0;
    return add(packet, flags, sequence, text, false);
  }
  /// The capture has only the first `captured` bytes of what the last packet carried.
  Script& cut_to(std::uint32_t captured) {
    Step& last = steps.back();
    last.packet.payload_missing = last.packet.payload_size - captured;
    last.packet.payload_size = captured;
    last.payload.resize(captured);
    return *this;
  }

  std::vector<Step> steps;

 private:
  Script& add(Packet& packet, int flags, std::uint32_t sequence, std::string_view text, bool from_client) {
    packet.tcp_flags = static_cast<std::uint8_t>(flags);
    packet.tcp_sequence = sequence;
    packet.payload_size = static_cast<std::uint32_t>(text.size());
    packet.ip_length += packet.payload_size;
    steps.push_back({packet, std::string(text), from_client});
    return *this;
  }

  std::int64_t now_ = kScriptBegin;
  std::string client_ = "198.51.100.7", pot_ = "192.0.2.1";
  std::uint16_t src_port_ = 40'000, port_ = 23;
  std::uint32_t client_first_ = 1'000, client_next_ = 1'000, pot_first_ = 5'000, pot_next_ = 5'000;
};

/// Everything that comes out, finish included.
inline std::vector<Conversation> played(const std::vector<Step>& steps, const Conversations::Config& config = {}) {
  std::vector<Conversation> told;
  Conversations conversations(config, [&](Conversation&& each) { told.push_back(std::move(each)); });
  for (const Step& step : steps) play(conversations, step);
  conversations.finish();
  return told;
}
inline std::vector<Conversation> played(const Script& script, const Conversations::Config& config = {}) {
  return played(script.steps, config);
}

}  // namespace nightjar::test
