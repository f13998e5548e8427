#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "station/tcp_door.hpp"
#include "station/wide_door.hpp"

namespace nightjar::cli {

/// The command line of `nightjar honeypot`, as it was typed.
struct HoneypotOptions {
  std::vector<std::string> transparent, redirect, listen, wide, never;
  std::vector<std::uint16_t> ports, leave_out;
  std::string interface, user, rules, state = "honeypot-state";
  std::uint32_t conversations = DoorLimits().conversations, of_network = DoorLimits().of_network;
  std::uint32_t seconds = 120, idle = 30, let_in = LoginRule().share_percent, syn_acks = SynBudget::Settings().per_second;
  std::uint32_t kilobytes_in = 2048, kilobytes_out = 64;
  bool say = false, any_call = false;
};

/// What it means.
struct HoneypotPlan {
  FirewallPlan firewall;
  TcpDoor::Options door;
  WideDoor::Options wide;
  bool any_port_will_do = false;     ///< none was named: those of `door.listen` that are taken are left out
  std::vector<std::string> remarks;  ///< sentences for the operator
  bool has_door() const { return !door.transparent.empty() || !door.redirect.empty() || !door.listen.empty(); }
  bool needs_rules() const { return !firewall.nets.empty(); }
};

/// Fails with a sentence for what contradicts itself or would lock the operator out. Looks at this machine's addresses, and at the ports it
/// listens at where pots share an address with it.
Result<HoneypotPlan> plan_honeypot(const HoneypotOptions& options);

}  // namespace nightjar::cli
