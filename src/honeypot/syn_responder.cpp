#include "honeypot/syn_responder.hpp"

#include <algorithm>

#include "enrich/geolocation.hpp"
#include "net/packet.hpp"

namespace nightjar {
namespace {

/// A cookie is good in the slot of its SYN and in the next one: for 64 s at least, longer than a client waits.
constexpr std::int64_t kSlot = 64'000'000'000;
constexpr std::uint16_t kIpv6More = 20;  ///< bytes that its header is longer

bool any_contains(const std::vector<Prefix>& prefixes, const Address& address) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const Prefix& prefix) { return prefix.contains(address); });
}

}  // namespace

SynResponder::SynResponder(const Settings& settings, budget::Secret secret)
    : settings_(settings), secret_(secret), budget_(settings.budget, budget::Secret{secret.second, ~secret.first}) {}

SynResponder::Outcome SynResponder::react(std::span<const std::uint8_t> packet, std::int64_t now_ns, bool checksummed) {
  Outcome outcome;
  reply_.clear();
  switch (read_segment(packet, settings_.check_checksums && checksummed, outcome.segment)) {
    case SegmentFault::not_tcp: outcome.reaction = SynReaction::not_tcp; return outcome;
    case SegmentFault::malformed: outcome.reaction = SynReaction::malformed; return outcome;
    case SegmentFault::wrong_checksum: outcome.reaction = SynReaction::wrong_checksum; return outcome;
    case SegmentFault::none: break;
  }
  outcome.reaction = answer(outcome.segment, now_ns);
  outcome.reply = reply_;
  return outcome;
}

SynReaction SynResponder::answer(const TcpSegment& segment, std::int64_t now_ns) {
  const auto& left_out = settings_.ports_left_out;
  if (!any_contains(settings_.served, segment.dst) || std::find(left_out.begin(), left_out.end(), segment.dst_port) != left_out.end())
    return SynReaction::not_ours;
  if (never_answers(segment)) return SynReaction::never_answered;
  const std::uint8_t flags = segment.flags & (tcp_flag::kSyn | tcp_flag::kAck | tcp_flag::kRst | tcp_flag::kFin);
  const std::int64_t slot = now_ns / kSlot;
  if (flags == tcp_flag::kSyn) {
    if (!budget_.take(segment.src, now_ns)) return SynReaction::over_budget;
    // Data of a SYN is not acknowledged: its sender is not known yet.
    reply_to(segment, cookie(segment, slot), segment.sequence + 1, tcp_flag::kSyn | tcp_flag::kAck);
    return SynReaction::answered_syn;
  }
  if (flags != tcp_flag::kAck && flags != (tcp_flag::kAck | tcp_flag::kFin)) return SynReaction::ignored;
  const std::uint32_t now = cookie(segment, slot) + 1, before = cookie(segment, slot - 1) + 1;
  const bool fresh = segment.acknowledgement == now || segment.acknowledgement == before;              // of our SYN
  const bool after_fin = segment.acknowledgement == now + 1 || segment.acknowledgement == before + 1;  // of our FIN, too
  if (!fresh && !after_fin) return SynReaction::no_cookie;
  budget_.prove(segment.src, now_ns);
  const bool fin = (flags & tcp_flag::kFin) != 0;
  const auto size = static_cast<std::uint32_t>(segment.payload.size());
  if (size == 0 && !fin) return fresh ? SynReaction::finished_handshake : SynReaction::ignored;
  // Every packet with bytes is acknowledged by the same FIN, so bytes in many packets are taken as far as they come.
  const std::uint8_t reply_flags = fresh ? tcp_flag::kAck | tcp_flag::kFin : tcp_flag::kAck;
  reply_to(segment, segment.acknowledgement, segment.sequence + size + (fin ? 1 : 0), reply_flags);
  return size > 0 ? SynReaction::took_payload : SynReaction::closed;
}

bool SynResponder::never_answers(const TcpSegment& segment) const {
  if (segment.src_port == 0 || any_contains(settings_.served, segment.src) || any_contains(settings_.never, segment.src)) return true;
  return !settings_.answer_reserved && is_reserved(segment.src.version, segment.src.high, segment.src.low);
}

/// Of the client's address and port, ours, and the time.
std::uint32_t SynResponder::cookie(const TcpSegment& segment, std::int64_t slot) const {
  budget::SipState state(secret_);
  for (const std::uint64_t word : {segment.src.high, segment.src.low, segment.dst.high, segment.dst.low}) state.add(word);
  state.add(std::uint64_t{segment.src_port} << 16 | segment.dst_port | std::uint64_t{segment.src.version} << 32);
  state.add(static_cast<std::uint64_t>(slot));
  return static_cast<std::uint32_t>(state.finish());
}

void SynResponder::reply_to(const TcpSegment& segment, std::uint32_t sequence, std::uint32_t acknowledgement, std::uint8_t flags) {
  TcpSegment reply;
  reply.src = segment.dst;
  reply.dst = segment.src;
  reply.src_port = segment.dst_port;
  reply.dst_port = segment.src_port;
  reply.sequence = sequence;
  reply.acknowledgement = acknowledgement;
  reply.flags = flags;
  reply.window = settings_.window;
  // A SYN without options, as scanners send it, gets none back: no answer is longer than what it answers.
  const bool room = (flags & tcp_flag::kSyn) != 0 && segment.options_bytes >= 4;
  const std::uint16_t less = segment.src.version == 6 ? kIpv6More : 0;
  if (room && settings_.mss > less) reply.mss = static_cast<std::uint16_t>(settings_.mss - less);
  write_segment(reply, settings_.ttl, reply_);
}

}  // namespace nightjar
