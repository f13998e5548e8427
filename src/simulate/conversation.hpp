#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulate/event.hpp"
#include "simulate/frame_sheet.hpp"
#include "simulate/knock.hpp"
#include "simulate/random.hpp"

namespace nightjar::simulate {

struct VisitPlace;
struct VisitPlan;

/// What a visitor of a honeypot says and what the pot answers, TCP from SYN to FIN or RST.
struct Conversation {
  std::string_view name;      ///< "goahead"
  std::string_view sentence;  ///< for people who write scenarios
  std::string_view source;    ///< where its bytes are known from
  std::uint16_t port;         ///< the port it is about; a visitor may use it on another one too
  /// Where its commands load from, an address for documentation (RFC 5737), so never anybody's; empty: it loads nothing. The visits
  /// of a campaign share it.
  std::string_view malware_host;
  /// Draws the words of a visit (conversation_plan.hpp).
  void (*plan)(const VisitPlace& place, Random& random, VisitPlan& plan);
};
/// All conversations, one entry each: the only list.
std::span<const Conversation> conversations();
const Conversation* find_conversation(std::string_view name);

/// What a program that reads the captures should find in a visit.
struct VisitTold {
  struct Login {
    std::string user, password;
    bool accepted = false;
    friend bool operator==(const Login&, const Login&) = default;
  };
  /// An ordinary connection, which got through its handshake.
  struct Connection {
    std::uint32_t from = 0;  ///< the visitor's address; of Mirai's loader another one
    std::uint16_t from_port = 0;
    std::int64_t first_ns = 0;           ///< its SYN
    std::string visitor_says, pot_says;  ///< the bytes of each direction, put together
    /// Segments come in another order, twice, or overlap: a reader must put them together. Without it no reader has a reason to
    /// complain.
    bool disturbed = false;
  };
  std::vector<Connection> connections;  ///< in order of time
  std::vector<Login> logins;
  std::vector<std::string> commands;  ///< for a shell, typed or injected, in order
  std::vector<std::string> urls;      ///< what the commands load
  bool broken_off = false;            ///< the visitor went before it said anything
};

/// Adds all packets of a visit, the pot's answers too: `syn` is the probe that the visitor's tool made (all fields set, IPv4); it is the
/// first packet, as it stands.
/// - A SYN without options comes from a raw socket: the visitor's kernel knows of no connection and answers the pot's SYN-ACK with RST
///   (or a firewall keeps that back). With a conversation an ordinary connection from another port follows within 6 s, as Mirai
///   does it. Any other SYN is the first packet of the conversation's first connection.
/// - Without a conversation that is all; a visitor with an ordinary SYN ends with RST, or with ACK and FIN, or says nothing more.
/// - One visit in 25 is broken off before the visitor's first byte.
/// Sequence numbers, acknowledgements and checksums are right throughout; the model's words on each packet too (knock.hpp). The pot
/// offers neither timestamps nor SACK and never repeats itself. `seed` alone decides credentials, segment borders, delays and the like.
/// Returns the time of the last packet, mostly within a minute, at most 15 minutes later. `told` is overwritten.
std::int64_t add_visit(const Knock& syn, const Conversation* conversation, std::uint64_t seed, FrameSheet& sheet,
                       VisitTold* told = nullptr);

}  // namespace nightjar::simulate
