#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "machine/interfaces.hpp"
#include "net/address.hpp"
#include "station/firewall_rules.hpp"

namespace nightjar::cli {

/// What `nightjar init` was told.
struct InitAnswers {
  std::filesystem::path folder;  ///< of the files, complete
  std::filesystem::path data;    ///< folder of lake, segments and state; the same: beside the files
  std::string interface, sensor, user;
  std::vector<Prefix> prefixes;
  std::string honeypot;  ///< "transparent", "redirect" or "wide"; empty: none
  bool reflector = false;
  std::string contact;  ///< of the reflector; empty: it only listens
};

/// What init knows of the machine; for tests too.
struct InitMachine {
  std::vector<NetInterface> interfaces;
  std::vector<std::uint16_t> listening;  ///< TCP ports of its own programs
  std::uint32_t synack_retries = 5;      ///< as they were before any rules of ours
};

struct InitFile {
  std::filesystem::path path;
  std::string text, purpose;
  bool program = false;
};

/// The files, complete and not written yet: nightjar.toml, and where the kernel has to be told something, firewall-up.sh and
/// firewall-down.sh. Fails for answers that contradict each other or would cut the operator off.
Result<std::vector<InitFile>> init_files(const InitAnswers& answers, const InitMachine& machine);

}  // namespace nightjar::cli
