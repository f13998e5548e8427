#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "simulate/conversation_plan.hpp"
#include "simulate/frame_sheet.hpp"
#include "simulate/knock.hpp"
#include "simulate/random.hpp"

namespace nightjar::simulate {

/// One TCP connection as the pot's network card sees it: the visitor's packets come half a round trip after they were sent, and know of
/// the pot's only half a round trip later. Calls are in order of time; open first.
class TcpConnection {
 public:
  /// `rtt_ns`: the way there and back. `random` is copied: connections of a visit need streams of their own.
  TcpConnection(FrameSheet& sheet, const Random& random, std::int64_t rtt_ns) : sheet_(&sheet), random_(random), rtt_ns_(rtt_ns) {}

  /// The visitor's SYN as it stands, and the pot's SYN-ACK.
  void open(const Knock& syn);
  /// The visitor's ACK of the SYN-ACK.
  void establish();
  /// A visitor whose kernel knows nothing of the SYN: RST, as RFC 9293 3.10.7.1 asks for.
  void refuse();
  void say(const Turn& turn);
  /// Packets of the end, after which nothing may follow.
  void end(Ending ending);

  /// Time of the last packet so far.
  std::int64_t last_ns() const { return last_; }
  /// Whether segments came in another order, twice or overlapping.
  bool disturbed() const { return disturbed_; }

 private:
  struct Side {
    Address address;
    std::uint16_t port = 0;
    std::uint32_t next = 0;  ///< sequence number of the next byte it says
    std::uint16_t window = 0, ip_id = 0;
    std::uint16_t largest_segment = 536;  ///< that the other side takes (RFC 9293 3.7.1)
    std::uint8_t ttl = 64;
    bool dont_fragment = true;
  };
  /// A piece of what the visitor says, in the order in which the pot gets them.
  struct Arrival {
    std::uint32_t begin, end;  ///< bytes of the turn
    std::int64_t gap_ns;       ///< after the arrival before
    bool copy = false;         ///< the network doubled the packet: it has the same IP identification
  };

  void visitor_says(const Turn& turn);
  void pot_says(const Turn& turn);
  void pot_acknowledges();
  void visitor_acknowledges();
  void visitor_hears(double think_s);
  std::vector<Arrival> cut(std::uint32_t size);
  void disturb(std::vector<Arrival>& arrivals);
  void from_visitor(std::uint8_t flags, std::uint32_t sequence, std::string_view bytes = {}, bool same_ip_id = false);
  void from_pot(std::uint8_t flags, std::string_view bytes = {});
  void send(Side& from, const Side& to, std::uint8_t flags, std::uint32_t sequence, std::uint32_t acknowledgement, std::string_view bytes,
            std::span<const std::uint8_t> options = {});
  std::int64_t between(std::int64_t least_ns, std::int64_t most_ns);
  std::int64_t thinking(double mean_s);

  FrameSheet* sheet_;
  Random random_;
  std::int64_t rtt_ns_;
  std::int64_t now_ = 0, last_ = 0;
  Side visitor_, pot_;
  std::uint32_t pot_got_ = 0;         ///< what the pot acknowledges
  std::uint32_t visitor_got_ = 0;     ///< what the visitor acknowledges
  std::uint32_t visitor_window_ = 0;  ///< bytes that the visitor takes at once
  std::int64_t unheard_since_ = 0;    ///< when the pot said what the visitor has not yet acknowledged; 0: nothing
  bool pot_owes_ack_ = false;
  bool visitor_spoke_last_ = false;
  bool disturbed_ = false;
};

}  // namespace nightjar::simulate
