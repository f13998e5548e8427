#include "simulate/tcp_connection.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "net/packet.hpp"

namespace nightjar::simulate {
namespace {

using namespace tcp_flag;

constexpr std::int64_t kMicrosecond = 1'000, kMillisecond = 1'000'000, kSecond = 1'000'000'000;
constexpr std::uint16_t kPotWindow = 29'200;  ///< 20 segments, Linux since 3.x
constexpr std::uint8_t kPotScale = 7;
constexpr std::uint8_t kOptionEnd = 0, kOptionNop = 1, kOptionMss = 2, kOptionScale = 3;

struct SynOptions {
  std::uint16_t largest_segment = 536;  // where the option is missing (RFC 9293 3.7.1)
  int scale = -1;                       // -1: not offered
};

SynOptions read_options(std::span<const std::uint8_t> options) {
  SynOptions found;
  for (std::size_t at = 0; at < options.size() && options[at] != kOptionEnd;) {
    if (options[at] == kOptionNop) {
      ++at;
      continue;
    }
    if (at + 1 >= options.size() || options[at + 1] < 2 || at + options[at + 1] > options.size()) break;
    if (options[at] == kOptionMss && options[at + 1] == 4)
      found.largest_segment = static_cast<std::uint16_t>(options[at + 2] << 8 | options[at + 3]);
    if (options[at] == kOptionScale && options[at + 1] == 3) found.scale = std::min<int>(options[at + 2], 14);
    at += options[at + 1];
  }
  return found;
}

}  // namespace

std::int64_t TcpConnection::between(std::int64_t least_ns, std::int64_t most_ns) {
  return least_ns + static_cast<std::int64_t>(random_.unit() * static_cast<double>(most_ns - least_ns));
}

std::int64_t TcpConnection::thinking(double mean_s) {
  // Nobody thinks longer than five times the mean: a visit has an end.
  return static_cast<std::int64_t>(std::min(random_.exponential(), 5.0) * mean_s * kSecond);
}

void TcpConnection::send(Side& from, const Side& to, std::uint8_t flags, std::uint32_t sequence, std::uint32_t acknowledgement,
                         std::string_view bytes, std::span<const std::uint8_t> options) {
  Knock knock;
  knock.time_ns = now_;
  knock.from = from.address;
  knock.to = to.address;
  knock.src_port = from.port;
  knock.dst_port = to.port;
  knock.sequence = sequence;
  knock.acknowledgement = (flags & kAck) ? acknowledgement : 0;
  knock.window = (flags & kRst) ? 0 : from.window;
  knock.ip_id = from.ip_id++;
  knock.protocol = protocol::kTcp;
  knock.ttl = from.ttl;
  knock.tcp_flags = flags;
  knock.dont_fragment = from.dont_fragment;
  knock.payload = {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
  knock.tcp_options = options;
  // SYN-ACK and RST count as answers, whoever sends them, and are filed under the sender's port.
  const bool answers = (flags & (kRst | kSyn)) != 0;
  knock.traffic_class = answers ? TrafficClass::backscatter : TrafficClass::other;
  knock.filed_port = answers ? from.port : to.port;
  sheet_->add(knock);
  last_ = std::max(last_, now_);
}

void TcpConnection::from_visitor(std::uint8_t flags, std::uint32_t sequence, std::string_view bytes, bool same_ip_id) {
  if (same_ip_id) --visitor_.ip_id;
  send(visitor_, pot_, flags, sequence, visitor_got_, bytes);
}

void TcpConnection::from_pot(std::uint8_t flags, std::string_view bytes) {
  send(pot_, visitor_, flags, pot_.next, pot_got_, bytes);
  pot_.next += static_cast<std::uint32_t>(bytes.size()) + ((flags & kFin) ? 1 : 0);
  pot_owes_ack_ = false;
}

void TcpConnection::open(const Knock& syn) {
  assert(syn.from.version == 4 && syn.protocol == protocol::kTcp);
  sheet_->add(syn);
  const SynOptions options = read_options(syn.tcp_options);
  visitor_ = {.address = syn.from,
              .port = syn.src_port,
              .next = syn.sequence + 1,
              .window = options.scale > 0 ? static_cast<std::uint16_t>(std::max(1, syn.window >> options.scale)) : syn.window,
              .ip_id = static_cast<std::uint16_t>(syn.ip_id + 1),
              .largest_segment = 1460,
              .ttl = syn.ttl,
              .dont_fragment = syn.dont_fragment};
  visitor_window_ = static_cast<std::uint32_t>(visitor_.window) << std::max(options.scale, 0);
  pot_ = {.address = syn.to,
          .port = syn.dst_port,
          .next = static_cast<std::uint32_t>(random_.next()),
          .window = kPotWindow,
          .ip_id = 0,
          .largest_segment = std::clamp<std::uint16_t>(options.largest_segment, 88, 1460)};
  pot_got_ = visitor_.next;

  // MSS 1460; NOP and window scale only where the visitor offers it (RFC 7323 2.2).
  constexpr std::array<std::uint8_t, 8> kAnswer = {kOptionMss, 4, 1460 >> 8, 1460 & 255, kOptionNop, kOptionScale, 3, kPotScale};
  now_ = syn.time_ns + between(20 * kMicrosecond, 90 * kMicrosecond);
  send(pot_, visitor_, kSyn | kAck, pot_.next++, pot_got_, {}, std::span(kAnswer).first(options.scale >= 0 ? 8 : 4));
  if (options.scale >= 0) pot_.window = kPotWindow >> kPotScale;
  pot_.ip_id = static_cast<std::uint16_t>(random_.next());
}

void TcpConnection::establish() {
  visitor_got_ = pot_.next;
  now_ += rtt_ns_ + between(0, rtt_ns_ / 50);
  from_visitor(kAck, visitor_.next);
}

void TcpConnection::refuse() {
  now_ += rtt_ns_ + between(0, rtt_ns_ / 50);
  // Without a socket the kernel counts no identifications, and lets nobody fragment.
  visitor_.ip_id = 0;
  visitor_.dont_fragment = true;
  if (visitor_.ttl > 128) visitor_.ttl = static_cast<std::uint8_t>(visitor_.ttl - (255 - 64));
  from_visitor(kRst, visitor_.next);
}

/// While the visitor's packets go on to come: time stands still.
void TcpConnection::pot_acknowledges() {
  if (!pot_owes_ack_) return;
  const std::int64_t arrived = now_;
  now_ += between(20 * kMicrosecond, 90 * kMicrosecond);
  from_pot(kAck);
  now_ = arrived;
}

void TcpConnection::visitor_acknowledges() {
  if (unheard_since_ == 0) return;
  now_ = std::max(now_, unheard_since_ + rtt_ns_ + between(0, rtt_ns_ / 50));
  unheard_since_ = 0;
  visitor_got_ = pot_.next;
  from_visitor(kAck, visitor_.next);
}

/// Time goes on to when the visitor has heard all and thought. What it acknowledges at once it acknowledges with its answer.
void TcpConnection::visitor_hears(double think_s) {
  constexpr std::int64_t kDelayedAck = 40 * kMillisecond;  // Linux
  const std::int64_t think = thinking(think_s);
  if (unheard_since_ != 0 && (think > kDelayedAck || random_.below(2) == 0)) {
    visitor_acknowledges();
  } else if (unheard_since_ != 0) {
    now_ = std::max(now_, unheard_since_ + rtt_ns_ + between(0, rtt_ns_ / 50));
    unheard_since_ = 0;
    visitor_got_ = pot_.next;
  }
  now_ += think + between(100 * kMicrosecond, 600 * kMicrosecond);
}

std::vector<TcpConnection::Arrival> TcpConnection::cut(std::uint32_t size) {
  std::vector<std::uint32_t> borders = {0, size};
  // What is short programs hand over in one piece, and readers of telnet or of SSH's first line take it so.
  constexpr std::uint32_t kShort = 24;
  if (size > kShort && random_.below(3) == 0) {
    for (std::uint32_t more = 1 + random_.below(3); more > 0; --more) borders.push_back(2 + random_.below(size - 3));
  }
  std::sort(borders.begin(), borders.end());
  std::vector<Arrival> arrivals;
  std::uint32_t begin = 0;
  for (const std::uint32_t border : borders) {
    // A segment of one byte would look like a keep-alive once it is repeated.
    if (border != size && (border < begin + 2 || border + 2 > size)) continue;
    while (begin < border) {
      const std::uint32_t end = std::min<std::uint32_t>(border, begin + visitor_.largest_segment);
      arrivals.push_back({begin, end, 0});
      begin = end;
    }
  }
  for (std::size_t i = 1; i < arrivals.size(); ++i) {
    // One after the other, or, by Nagle's rule (RFC 896), after the acknowledgement of the one before.
    arrivals[i].gap_ns =
        random_.below(4) == 0 ? rtt_ns_ + between(100 * kMicrosecond, 2 * kMillisecond) : between(120 * kMicrosecond, 1'500 * kMicrosecond);
  }
  return arrivals;
}

/// What networks do to segments: bytes come twice, late or in another order, and stay the same bytes.
void TcpConnection::disturb(std::vector<Arrival>& arrivals) {
  if (random_.below(10) != 0) return;
  const std::uint32_t size = arrivals.back().end;
  if (size < 2) return;
  disturbed_ = true;
  const auto count = static_cast<std::uint32_t>(arrivals.size());
  const std::int64_t timeout = std::max(200 * kMillisecond, rtt_ns_ + rtt_ns_ / 4) + between(0, 20 * kMillisecond);
  const std::uint32_t which = random_.below(count);
  switch (random_.below(count > 1 ? 4 : 2)) {
    case 0: {  // the network doubles a packet
      Arrival twin = arrivals[which];
      twin.gap_ns = between(120 * kMicrosecond, 900 * kMicrosecond);
      twin.copy = true;
      arrivals.insert(arrivals.begin() + which + 1, twin);
      break;
    }
    case 1: {  // the acknowledgements got lost: all that fits into a segment comes again
      const std::uint32_t begin = size - arrivals[which].begin <= visitor_.largest_segment ? arrivals[which].begin : arrivals.back().begin;
      arrivals.push_back({begin, size, timeout});
      break;
    }
    case 2: {  // a packet takes a shorter way
      const std::uint32_t first = random_.below(count - 1);
      std::swap(arrivals[first].begin, arrivals[first + 1].begin);
      std::swap(arrivals[first].end, arrivals[first + 1].end);
      arrivals[first + 1].gap_ns = between(120 * kMicrosecond, 1'500 * kMicrosecond);
      break;
    }
    default: {  // the last segment got lost; it comes again together with the one before, as Linux collapses them
      const Arrival before = arrivals[count - 2];
      arrivals.pop_back();
      const std::uint32_t begin = size - before.begin <= visitor_.largest_segment ? before.begin : before.end;
      arrivals.push_back({begin, size, timeout});
    }
  }
}

void TcpConnection::visitor_says(const Turn& turn) {
  pot_acknowledges();
  if (visitor_spoke_last_) now_ += rtt_ns_;  // Nagle's rule: a second small call of send waits for the answer to the first
  visitor_hears(turn.think_s);
  const auto size = static_cast<std::uint32_t>(turn.bytes.size());
  std::vector<Arrival> arrivals = cut(size);
  disturb(arrivals);
  const std::uint32_t first = visitor_.next;
  std::uint32_t got = 0;               // bytes of the turn that the pot has without a hole
  std::vector<Arrival> behind_a_hole;  // what came too early
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const Arrival& arrival = arrivals[i];
    now_ += arrival.gap_ns;
    const auto flags = static_cast<std::uint8_t>(arrival.end == size ? kPsh | kAck : kAck);
    from_visitor(flags, first + arrival.begin, std::string_view(turn.bytes).substr(arrival.begin, arrival.end - arrival.begin),
                 arrival.copy);
    const bool in_order = arrival.begin <= got && arrival.end > got;
    behind_a_hole.push_back(arrival);
    for (bool more = true; more;) {
      more = false;
      for (const Arrival& piece : behind_a_hole) {
        if (piece.begin > got || piece.end <= got) continue;
        got = piece.end;
        more = true;
      }
    }
    pot_got_ = first + got;
    // The last segment may be acknowledged with the answer; every other, and one that came as none should, at once.
    if (i + 1 == arrivals.size() && in_order && random_.below(2) == 0) {
      pot_owes_ack_ = true;
    } else {
      pot_owes_ack_ = true;
      pot_acknowledges();
    }
  }
  assert(got == size);
  visitor_.next = first + size;
}

void TcpConnection::pot_says(const Turn& turn) {
  visitor_acknowledges();
  const std::int64_t think = thinking(turn.think_s) + between(100 * kMicrosecond, 400 * kMicrosecond);
  if (think > 20 * kMillisecond) pot_acknowledges();
  now_ += think;
  // A window of less than two segments would be full at once, and tiny ones would never let anything through.
  const std::uint32_t window = std::max<std::uint32_t>(visitor_window_, 2);
  std::uint32_t in_flight = 0;
  for (std::string_view rest = turn.bytes; !rest.empty();) {
    const std::size_t size = std::min<std::size_t>({rest.size(), pot_.largest_segment, window - 1});
    if (in_flight + size >= window) {
      visitor_acknowledges();
      in_flight = 0;
    }
    now_ += between(5 * kMicrosecond, 30 * kMicrosecond);
    from_pot(static_cast<std::uint8_t>(size == rest.size() ? kPsh | kAck : kAck), rest.substr(0, size));
    unheard_since_ = now_;
    in_flight += static_cast<std::uint32_t>(size);
    rest.remove_prefix(size);
  }
}

void TcpConnection::say(const Turn& turn) {
  if (turn.bytes.empty()) return;
  if (turn.visitor)
    visitor_says(turn);
  else
    pot_says(turn);
  visitor_spoke_last_ = turn.visitor;
}

void TcpConnection::end(Ending ending) {
  switch (ending) {
    case Ending::visitor_closes: {
      pot_acknowledges();
      visitor_hears(0.02);
      from_visitor(kFin | kAck, visitor_.next++);
      pot_got_ = visitor_.next;
      now_ += between(30 * kMicrosecond, 900 * kMicrosecond);
      if (random_.below(3) == 0) {  // the pot's program takes a while to notice
        from_pot(kAck);
        now_ += between(kMillisecond, 30 * kMillisecond);
      }
      from_pot(kFin | kAck);
      visitor_got_ = pot_.next;
      now_ += rtt_ns_ + between(0, rtt_ns_ / 50);
      from_visitor(kAck, visitor_.next);
      break;
    }
    case Ending::pot_closes: {
      now_ += between(100 * kMicrosecond, 900 * kMicrosecond);
      from_pot(kFin | kAck);
      unheard_since_ = now_;
      visitor_hears(0.02);
      from_visitor(kFin | kAck, visitor_.next++);
      pot_got_ = visitor_.next;
      now_ += between(20 * kMicrosecond, 90 * kMicrosecond);
      from_pot(kAck);
      break;
    }
    case Ending::visitor_resets:
      pot_acknowledges();
      visitor_hears(0.02);
      from_visitor(kRst | kAck, visitor_.next);
      break;
    case Ending::pot_resets:
    case Ending::silence:
      pot_acknowledges();
      visitor_acknowledges();
      if (ending == Ending::silence) break;
      now_ += 30 * kSecond + between(0, kSecond);  // the pot's patience
      from_pot(kRst | kAck);
  }
}

}  // namespace nightjar::simulate
