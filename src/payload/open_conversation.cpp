#include "payload/open_conversation.hpp"

#include <algorithm>

namespace nightjar {
namespace {

using namespace tcp_flag;

/// Bytes on the wire, captured or not.
std::uint64_t carried(const Packet& packet, std::span<const std::uint8_t> payload) {
  return payload.size() + std::uint64_t{packet.payload_missing};
}

}  // namespace

OpenConversation::OpenConversation(const ConversationKey& key, std::int64_t time_ns, std::uint32_t first_byte, bool syn)
    : key_(key), client_(kMostClientBytes), server_(kMostServerBytes), first_byte_(first_byte), syn_(syn) {
  told_.first_ns = told_.last_ns = heard_ns_ = time_ns;
  told_.src = key.src;
  told_.src_low = key.src_low;
  told_.dst = key.dst;
  told_.dst_low = key.dst_low;
  told_.src_port = key.src_port;
  told_.port = key.port;
  told_.sensor = key.sensor;
  told_.ip_version = key.ip_version;
  client_.begin(first_byte, syn);
}

void OpenConversation::note_other_syn(std::uint32_t facts, std::uint16_t window) {
  told_.facts = facts;
  told_.window = window;
}

void OpenConversation::end(std::int64_t time_ns, bool known) {
  if (ended_) return;
  ended_ = true;
  open_in_lake_ &= !known;
  ended_ns_ = time_ns;
}

void OpenConversation::count(std::int64_t time_ns, bool known) {
  ++told_.packets;
  told_.last_ns = std::max(told_.last_ns, time_ns);
  heard_ns_ = time_ns;
  fresh_ |= !known;
  open_in_lake_ |= known && !ended_;
}

void OpenConversation::add(const Packet& packet, std::span<const std::uint8_t> payload, bool from_client, bool known) {
  count(packet.time_ns, known);
  if (from_client)
    hear_client(packet, payload, known);
  else
    hear_pot(packet, payload, known);
  if (client_.finished() && server_.finished()) end(packet.time_ns, known);
}

void OpenConversation::hear_client(const Packet& packet, std::span<const std::uint8_t> payload, bool known) {
  const std::uint64_t size = carried(packet, payload);
  if (size > 0) ++told_.segments;
  if (packet.tcp_flags & kRst) {
    if (client_.at_end(packet.tcp_sequence)) end(packet.time_ns, known);
    return;
  }
  if (packet.tcp_flags & kSyn) {
    // Data of a SYN (RFC 7413) wait for the pot's word: it may take them, or have them sent again.
    const bool own = is_bare_syn(packet) && syn_ && packet.tcp_sequence + 1 == first_byte_;
    if (own && !syn_acknowledged_ && syn_text_.empty()) {
      syn_text_.assign(payload.begin(), payload.end());
      syn_missing_ = packet.payload_missing;
    }
    return;
  }
  if (!(packet.tcp_flags & kAck)) return;
  if (syn_acknowledged_ && server_.has_sent(packet.tcp_acknowledgement)) told_.handshake = true;
  if (size > 0) turn(true, client_.add(packet.tcp_sequence, payload, packet.payload_missing));
  if (packet.tcp_flags & kFin) client_.end(packet.tcp_sequence + static_cast<std::uint32_t>(size));
}

/// The pot's SYN-ACK.
void OpenConversation::open_pots_stream(const Packet& packet) {
  const std::uint32_t taken = packet.tcp_acknowledgement - first_byte_;
  if (syn_ && taken > syn_text_.size() + std::uint64_t{syn_missing_}) return;  // it answers another SYN
  if (server_.bytes() == 0) server_.begin(packet.tcp_sequence + 1, true);
  if (!syn_) return;
  syn_acknowledged_ = true;
  const std::span<const std::uint8_t> text(reinterpret_cast<const std::uint8_t*>(syn_text_.data()), syn_text_.size());
  const std::size_t captured = std::min<std::size_t>(taken, text.size());
  turn(true, client_.add(first_byte_, text.first(captured), taken - static_cast<std::uint32_t>(captured)));
  syn_text_ = {};
  syn_missing_ = 0;
}

void OpenConversation::hear_pot(const Packet& packet, std::span<const std::uint8_t> payload, bool known) {
  if (packet.tcp_flags & kRst) {
    end(packet.time_ns, known);
    return;
  }
  const std::uint64_t size = carried(packet, payload);
  std::uint32_t sequence = packet.tcp_sequence;
  if (packet.tcp_flags & kSyn) {
    if (packet.tcp_flags & kAck) open_pots_stream(packet);
    ++sequence;
  }
  if (packet.tcp_flags & kAck) client_.acknowledged(packet.tcp_acknowledgement);
  if (size > 0 || (packet.tcp_flags & kFin)) {
    if (!server_.begun()) server_.begin(sequence, false);
    turn(false, server_.add(sequence, payload, packet.payload_missing));
  }
  if (packet.tcp_flags & kFin) server_.end(sequence + static_cast<std::uint32_t>(size));
}

void OpenConversation::turn(bool client, std::size_t size) {
  if (size == 0) return;
  std::vector<Turn>& turns = told_.turns;
  const auto grown = static_cast<std::uint32_t>(size);
  if (!turns.empty() && turns.back().client == client)
    turns.back().size += grown;
  else if (turns.size() < kMostTurns)
    turns.push_back({client, grown});
  else
    turns[turns.size() - 2].size += grown;  // they take turns: the last but one is of this side
}

Conversation OpenConversation::told(bool has_ended) {
  fresh_ = false;
  open_in_lake_ = !has_ended;
  Conversation told = told_;
  told.client = client_.text();
  told.server = server_.text();
  told.bytes = client_.bytes();
  told.server_bytes = server_.bytes();
  told.cut = client_.cut();
  told.ended = has_ended;
  // Nobody answered the SYN as far as is known, and the client said nothing more: its data are all that it sent.
  if (!syn_acknowledged_ && told.bytes == 0 && !syn_text_.empty()) {
    told.client.assign(syn_text_, 0, kMostClientBytes);
    told.bytes = syn_text_.size() + std::uint64_t{syn_missing_};
    told.cut = told.bytes != told.client.size();
    told.turns.insert(told.turns.begin(), {true, static_cast<std::uint32_t>(told.client.size())});
  }
  return told;
}

std::size_t OpenConversation::heap_bytes() const {
  return client_.heap_bytes() + server_.heap_bytes() + heap_bytes_of(syn_text_) + told_.turns.capacity() * sizeof(Turn);
}

}  // namespace nightjar
