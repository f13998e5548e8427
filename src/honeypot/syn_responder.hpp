#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "honeypot/syn_budget.hpp"
#include "honeypot/tcp_segment.hpp"
#include "net/address.hpp"

namespace nightjar {

/// What a packet was to the responder, and why it was or was not answered.
enum class SynReaction : std::uint8_t {
  not_ours,  ///< not to an address or port that is served
  not_tcp,   ///< or a fragment
  malformed,
  wrong_checksum,
  never_answered,      ///< a source that must not be: reserved, multicast, our own, opted out, port 0
  over_budget,         ///< a SYN beyond what may be answered
  answered_syn,        ///< a SYN-ACK goes out
  finished_handshake,  ///< of a source that is proven now; nothing goes out
  took_payload,        ///< it is acknowledged, and the conversation closed
  closed,              ///< the client's end of a conversation is acknowledged
  no_cookie,           ///< an acknowledgement of what was never said, or too late
  ignored              ///< RST, SYN-ACK, and flags that mean nothing
};

/// Answers for whole prefixes that nobody lives in, without keeping anything of a conversation: a SYN gets a SYN-ACK whose sequence number
/// is a keyed hash of both ends and the time; who acknowledges it has received it, so is where it says, and its first bytes are taken. The
/// conversation is then closed by a FIN. Never a RST, nothing twice, no data, and no packet longer than the one it answers. Owned by one
/// thread.
class SynResponder {
 public:
  struct Settings {
    std::vector<Prefix> served;                 ///< addresses to answer for
    std::vector<Prefix> never;                  ///< sources left alone besides `served`: other sensors, who asked for it
    std::vector<std::uint16_t> ports_left_out;  ///< of the served addresses: the operator's own
    SynBudget::Settings budget;
    std::uint16_t mss = 1'460;      ///< said where the client's SYN has options, too; IPv6: 20 less
    std::uint16_t window = 14'600;  ///< bytes that may come before our FIN arrives
    std::uint8_t ttl = 64;
    bool check_checksums = true;   ///< tcp_segment.hpp
    bool answer_reserved = false;  ///< sources in reserved prefixes; for tests in namespaces only
  };
  /// `secret`: of this run.
  SynResponder(const Settings& settings, budget::Secret secret);

  struct Outcome {
    SynReaction reaction = SynReaction::ignored;
    TcpSegment segment;                   ///< what came; its payload (took_payload) points into the packet
    std::span<const std::uint8_t> reply;  ///< an IP packet to be sent, empty: none; until the next call
  };
  /// `packet`: from its IP header on. `now_ns`: monotonic. `checksummed`: false for one whose checksum is known not to be there.
  Outcome react(std::span<const std::uint8_t> packet, std::int64_t now_ns, bool checksummed = true);

  /// For who answers a flood with something else as well: the same sources, the same budget.
  SynBudget& budget() { return budget_; }

 private:
  std::uint32_t cookie(const TcpSegment& segment, std::int64_t slot) const;
  bool never_answers(const TcpSegment& segment) const;
  SynReaction answer(const TcpSegment& segment, std::int64_t now_ns);
  void reply_to(const TcpSegment& segment, std::uint32_t sequence, std::uint32_t acknowledgement, std::uint8_t flags);

  Settings settings_;
  budget::Secret secret_;
  SynBudget budget_;
  std::vector<std::uint8_t> reply_;
};

}  // namespace nightjar
