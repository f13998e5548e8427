#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "net/packet.hpp"
#include "payload/conversation.hpp"

namespace nightjar {

/// Puts packets of honeypots together to conversations.
///
/// One begins with a bare SYN of a client, whether anybody answers or not, or, where the SYN was not captured, with a client's segment that
/// carries bytes. Nothing else begins one: neither answers to SYNs that a honeypot never sent, nor acknowledgements without bytes, nor a
/// connection that the honeypot itself opens.
/// It ends
/// - by FIN of both sides, or RST: it then lingers, so that late and repeated segments begin no other;
/// - by silence, longer than `idle_seconds` between two of its packets;
/// - by a SYN with another sequence number on the same two addresses and ports, if it had ended, or the client had not yet said
///   anything, or the honeypot answers that SYN with SYN-ACK (else a forged SYN could break it off; until then none counts it);
/// - when there are too many: first those that have ended go, then those without a handshake, which anybody can forge, if they hold more
///   than a quarter of the room, then the others; of each kind those that were silent longest.
///
/// Times may be any, also earlier than those before. A conversation's silence is judged by its own packets' times, in whichever direction
/// the clock went; for all others of its sensor to be taken for silent two of the sensor's packets in a row must agree on the time, so one
/// wrong time does nothing. Packets of other sensors say nothing of it: their captures may be read an hour apart.
///
/// Memory is bounded by Config whatever comes. Not safe for several threads. Checksums are not looked at.
class Conversations {
 public:
  struct Config {
    std::size_t most_open = 100'000;         ///< at least 1; conversations that linger count
    std::uint64_t most_bytes = 256'000'000;  ///< of memory for what was said
    std::int64_t idle_seconds = 300;         ///< longer than people and their tools pause, shorter than ports take to come round again
    std::int64_t linger_seconds = 30;        ///< longer than segments are repeated for after an end that the other side missed
    std::size_t most_syn_places = 50'000;    ///< clients' SYNs to this many addresses and ports are remembered, and up to twice as many
  };
  /// Gets each conversation when it is over; must not call back. A conversation that was handed over while it was open is handed over
  /// again, whole, if more packets of it came, or if the client said something and it has ended since, by silence too: what it said is
  /// read otherwise then. It is the same if first_ns, addresses, ports and sensor are.
  using Sink = std::function<void(Conversation&&)>;

  Conversations(Config config, Sink sink);
  ~Conversations();
  Conversations(const Conversations&) = delete;
  Conversations& operator=(const Conversations&) = delete;

  /// A packet from or to a honeypot of the sensor, in the order of the capture. Anything but TCP with its header is ignored. `payload`: the
  /// captured bytes that it carries. `facts`: the fact bits of a bare SYN (schema/traffic.hpp), else 0. `known`: the packet is in the lake
  /// already and comes again so that what follows is understood; a conversation that has no other packets is only handed over when one
  /// that is not known shows that it has ended.
  void add(const Packet& packet, std::span<const std::uint8_t> payload, std::uint16_t sensor, bool from_client, std::uint32_t facts,
           bool known);

  /// Hands over what is still open and keeps it. What was silent for longer than `idle_seconds` by the time of its sensor's last packet
  /// has ended: that packet may be the last that ever comes. Where its time was wrong, the conversation goes on all the same.
  void hand_over_open();
  /// Hands over everything that is left, judged in the same way, and forgets it.
  void finish();

  /// Memory held, in bytes (within some percent).
  std::uint64_t memory_bytes() const;

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace nightjar
