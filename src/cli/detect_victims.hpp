#pragma once
#include <string>

#include "cli/commands.hpp"
#include "detect/detect_attacks.hpp"
#include "detect/victim_definition.hpp"

namespace nightjar::cli {

/// `nightjar detect attacks` by a definition of victims (names_victims): judges, prints a line or two, returns the exit status. Of
/// `wanted` the days and threads.
int detect_victims(const std::string& definition, const VictimChanges& changes, const DetectAttacksOptions& wanted, const Context& context);

/// The presets for the help.
std::string victim_presets_text();

}  // namespace nightjar::cli
