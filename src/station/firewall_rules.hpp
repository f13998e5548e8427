#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "honeypot/syn_budget.hpp"
#include "net/address.hpp"

namespace nightjar {

/// How packets to unused addresses come to the program.
enum class PotWay : std::uint8_t {
  transparent,  ///< TPROXY: every TCP port, no connection tracking, the real destination is the socket's
  redirect,     ///< NAT of destination ports, where TPROXY is not: every TCP port, by connection tracking
  wide,         ///< frames out of a ring, answered without the kernel (SynResponder)
  listen        ///< sockets at the ports themselves; for reflectors (UDP), and honeypots of a few ports
};

struct PotNet {
  Prefix prefix;
  PotWay way = PotWay::transparent;
  /// The machine itself lives here too: its other protocols and its own connections are left alone, and the address is already its own.
  bool shared = false;
};

/// What the kernel of a sensor must be told.
struct FirewallPlan {
  std::vector<PotNet> nets;
  std::uint16_t door_port = 1;                    ///< where TcpDoor listens (kDoorPort); transparent and redirect
  std::vector<std::uint16_t> ports_left_out{22};  ///< TCP ports that stay the operator's own: without that of his SSH he locks himself out
  std::vector<Prefix> never;                      ///< sources that get nothing: own sensors, who opted out; reserved ones never do
  /// Safety rule 18 for SYN-ACKs of the kernel; the tables' sizes too.
  SynBudget::Settings syn{};
  /// Safety rule 9: UDP that leaves the addresses, whatever the program believes. The reflector's own limits for a sensor.
  std::uint32_t udp_packets_per_second = 100;
  std::uint32_t udp_bytes_per_second = 8'000;  ///< of IP packets
  bool answer_reserved = false;                ///< for tests in name spaces of networks only
  /// net.ipv4.tcp_synack_retries as it is without the rules: what the undoing brings back. The table's comment keeps it.
  std::uint32_t synack_retries = 5;
};

/// Texts for an operator, or for who runs them in his name.
struct FirewallRules {
  /// A file for `nft -f`: one table of its own, `inet nightjar_pots`, replaced as a whole each time.
  std::string nftables;
  /// Commands of the shell, to be run after the file was loaded and before the program starts: routes, settings of the kernel.
  std::vector<std::string> commands;
  /// What takes all of it back, in this order.
  std::vector<std::string> undo;
};

/// Port of TcpDoor's socket unless told otherwise, and the mark on it by which the rules know conversations whose handshake is done.
inline constexpr std::uint16_t kDoorPort = 1;
inline constexpr std::uint32_t kDoorMark = 0x4e4a;

/// Pure. Empty plan: empty texts.
FirewallRules firewall_rules(const FirewallPlan& plan);

/// FirewallPlan::synack_retries of the rules that `nft list table inet nightjar_pots` lists; nothing where they do not say it.
std::optional<std::uint32_t> synack_retries_in(std::string_view listed);

}  // namespace nightjar
