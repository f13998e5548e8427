#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "net/packet.hpp"
#include "payload/conversation.hpp"
#include "payload/tcp_stream.hpp"

namespace nightjar {

/// Both ends of a connection with a honeypot.
struct ConversationKey {
  std::uint64_t src = 0, src_low = 0;  ///< the client
  std::uint64_t dst = 0, dst_low = 0;  ///< the honeypot
  std::uint16_t src_port = 0, port = 0;
  std::uint16_t sensor = 0;
  std::uint8_t ip_version = 0;

  friend bool operator==(const ConversationKey&, const ConversationKey&) = default;
  template <class H>
  friend H AbslHashValue(H state, const ConversationKey& key) {
    return H::combine(std::move(state), key.src, key.src_low, key.dst, key.dst_low, key.src_port, key.port, key.sensor, key.ip_version);
  }
};

/// A conversation while its packets come. What the honeypot sends is believed; what the client sends may be made to mislead, so of it
/// counts what a kernel would take (RFC 9293 3.10.7.4): bytes and FIN with ACK set, a RST where the next byte stands.
class OpenConversation {
 public:
  /// The most turns that are told apart. From then on what either says is added to its last turn, so that the sizes still add up.
  static constexpr std::size_t kMostTurns = 4'096;

  /// A bare SYN of a client that was not taken for the beginning of another connection, but may have been.
  struct DoubtfulSyn {
    std::int64_t time_ns;
    std::uint32_t sequence;
    bool known;
  };

  /// `first_byte`: the number of the client's first byte, behind its SYN or (`syn` false) of the first segment that was captured.
  OpenConversation(const ConversationKey& key, std::int64_t time_ns, std::uint32_t first_byte, bool syn);

  void add(const Packet& packet, std::span<const std::uint8_t> payload, bool from_client, bool known);
  /// A packet of which nothing is looked at.
  void count(std::int64_t time_ns, bool known);

  const ConversationKey& key() const { return key_; }
  /// Notes the SYN that came before (conversation.hpp).
  void note_other_syn(std::uint32_t facts, std::uint16_t window);
  bool begun_by(std::uint32_t syn_sequence) const { return syn_sequence + 1 == first_byte_; }

  bool ended() const { return ended_; }
  std::int64_t ended_ns() const { return ended_ns_; }
  /// Time of the last packet in the order of the capture.
  std::int64_t heard_ns() const { return heard_ns_; }
  bool handshake() const { return told_.handshake; }
  /// Whether the client said something that another connection would not have said.
  bool client_spoke() const { return client_.bytes() > 0; }
  /// Over, for a reason that the packets' flags do not tell. `known`: by a packet that the lake knows, so it knows the end too.
  void end(std::int64_t time_ns, bool known);

  /// There are packets that the lake does not know and that were not handed over; or the lake has it as one that is open, it has ended,
  /// and the client said something: its last words are read otherwise when nothing can follow them.
  bool untold() const { return untold(ended_); }
  /// The same if it is taken for one that `has_ended`.
  bool untold(bool has_ended) const { return fresh_ || (has_ended && open_in_lake_ && said_something()); }
  /// What is known so far; `untold` is false from then on.
  Conversation told() { return told(ended_); }
  /// The same, told as one that `has_ended`, which changes nothing of what becomes of it.
  Conversation told(bool has_ended);

  /// Bytes of memory beside the object itself.
  std::size_t heap_bytes() const;

  std::optional<DoubtfulSyn> doubtful_syn;

 private:
  void hear_client(const Packet& packet, std::span<const std::uint8_t> payload, bool known);
  void hear_pot(const Packet& packet, std::span<const std::uint8_t> payload, bool known);
  void open_pots_stream(const Packet& packet);
  void turn(bool client, std::size_t size);
  bool said_something() const { return client_.bytes() > 0 || !syn_text_.empty(); }

  ConversationKey key_;
  Conversation told_;  ///< without its texts, which the streams have
  TcpStream client_, server_;
  std::string syn_text_;           ///< data of the SYN, until the pot takes it
  std::uint32_t syn_missing_ = 0;  ///< and behind it what the capture lacks of them
  std::int64_t heard_ns_ = 0, ended_ns_ = 0;
  std::uint32_t first_byte_ = 0;
  bool syn_ = false, syn_acknowledged_ = false, ended_ = false, fresh_ = false;
  bool open_in_lake_ = false;  ///< as far as the lake knows it, or will when what was told is written, it has not ended
};

}  // namespace nightjar
