#pragma once
#include <string>

#include "base/result.hpp"
#include "station/firewall_rules.hpp"

namespace nightjar::cli {

/// FirewallPlan::synack_retries of this machine, as it was before any rules of ours.
std::uint32_t synack_retries_before();

/// Whether the kernel has any of ours. Needs root.
bool rules_are_loaded();

/// The rules as one script for an operator: what to run, and what takes it back.
std::string script_of(const FirewallRules& rules);

/// Loads the rules (nft) and runs their commands; on failure all is taken back, and the sentence says what did not work.
Result<void> apply_rules(const FirewallRules& rules);
/// Takes everything back as far as it is there; fails where our table stays.
Result<void> remove_rules(const FirewallRules& rules);

}  // namespace nightjar::cli
