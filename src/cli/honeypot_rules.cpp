#include "cli/honeypot_rules.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace nightjar::cli {
namespace {

constexpr char kListTable[] = "nft list table inet nightjar_pots 2>/dev/null";
constexpr std::uint32_t kKernelsRetries = 5;

/// Only of lines that firewall_rules() wrote: prefixes and numbers.
bool runs(const std::string& line) { return std::system((line + " >/dev/null 2>&1").c_str()) == 0; }

std::string output_of(const char* line) {
  std::string output;
  std::FILE* pipe = popen(line, "r");
  if (pipe == nullptr) return output;
  std::array<char, 4096> bytes;
  while (const std::size_t got = std::fread(bytes.data(), 1, bytes.size(), pipe)) output.append(bytes.data(), got);
  pclose(pipe);
  return output;
}

Result<void> ready_for_rules() {
  if (geteuid() != 0) return Error{"the rules of the firewall need root (sudo)"};
  if (!runs("nft --version")) return Error{"the program nft is not there, which loads the rules: apt install nftables"};
  if (!runs("ip -V")) return Error{"the program ip is not there, which sets the routes: apt install iproute2"};
  return {};
}

}  // namespace

bool rules_are_loaded() { return runs(kListTable); }

std::uint32_t synack_retries_before() {
  if (geteuid() == 0) {
    if (const auto noted = synack_retries_in(output_of(kListTable))) return *noted;
  }
  std::uint32_t now = kKernelsRetries;
  std::ifstream("/proc/sys/net/ipv4/tcp_synack_retries") >> now;
  return now;
}

std::string script_of(const FirewallRules& rules) {
  std::string script =
      "#!/bin/sh\n# What nightjar honeypot needs of this machine's kernel. Run it as root before the program starts.\nset -e\nnft -f - "
      "<<'END'\n" +
      rules.nftables + "END\n";
  for (const std::string& line : rules.commands) script += line + "\n";
  script += "\n# To undo it:\n";
  for (const std::string& line : rules.undo) script += "#   " + line + "\n";
  return script;
}

Result<void> apply_rules(const FirewallRules& rules) {
  if (auto ready = ready_for_rules(); !ready) return ready;
  std::FILE* nft = popen("nft -f -", "w");
  if (nft == nullptr) return Error{"nft cannot be started"};
  const bool written = std::fwrite(rules.nftables.data(), 1, rules.nftables.size(), nft) == rules.nftables.size();
  if (pclose(nft) != 0 || !written)
    return Error{
        "nft did not take the rules; what it says stands above. Does this kernel have nftables with tproxy (modules nft_tproxy, "
        "nft_socket)?"};
  for (const std::string& line : rules.commands) {
    if (runs(line)) continue;
    for (const std::string& back : rules.undo) runs(back);
    return Error{"'" + line + "' did not work, so everything is taken back; run it by hand to see why"};
  }
  return {};
}

Result<void> remove_rules(const FirewallRules& rules) {
  if (auto ready = ready_for_rules(); !ready) return ready;
  for (const std::string& line : rules.undo) runs(line);
  if (rules_are_loaded()) return Error{"the table is still there: nft delete table inet nightjar_pots"};
  return {};
}

}  // namespace nightjar::cli
