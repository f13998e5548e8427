#include "cli/honeypot_plan.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>

#include "honeypot/services.hpp"

namespace nightjar::cli {
namespace {

/// Larger blocks are a slip of the finger: their routes would make half the Internet unreachable.
constexpr std::uint8_t kShortestIpv4 = 8, kShortestIpv6 = 19;
constexpr std::uint16_t kSsh = 22;

std::vector<Address> own_addresses() {
  std::vector<Address> list;
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return list;
  for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || (at->ifa_flags & IFF_LOOPBACK) != 0) continue;
    const int family = at->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    sockaddr_storage address{};
    std::copy_n(reinterpret_cast<const char*>(at->ifa_addr), family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6),
                reinterpret_cast<char*>(&address));
    list.push_back(endpoint_of(address).address);
  }
  freeifaddrs(first);
  return list;
}

/// TCP ports at which something on this machine listens: the operator's own, whatever they are.
std::set<std::uint16_t> ports_listened_at() {
  std::set<std::uint16_t> ports;
  for (const char* file : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream lines(file);
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      // "  0: 00000000:0016 00000000:0000 0A ...": own address and port, the other's, state (10: listening)
      std::istringstream words(line);
      std::string number, own, other, state;
      if (!(words >> number >> own >> other >> state) || state != "0A") continue;
      const std::size_t colon = own.rfind(':');
      std::uint16_t port = 0;
      if (colon != own.npos && std::from_chars(own.data() + colon + 1, own.data() + own.size(), port, 16).ec == std::errc{})
        ports.insert(port);
    }
  }
  return ports;
}

Result<std::vector<Prefix>> prefixes_of(const std::vector<std::string>& texts, const char* option) {
  std::vector<Prefix> prefixes;
  for (const std::string& text : texts) {
    auto prefix = parse_prefix(text);
    if (!prefix) return Error{std::string(option) + ": " + prefix.error().sentence};
    prefixes.push_back(*prefix);
  }
  return prefixes;
}

Result<void> add_net(const Prefix& prefix, PotWay way, const std::vector<Address>& own, FirewallPlan& plan) {
  const std::string text = format(prefix);
  if (prefix.length < (prefix.first.version == 4 ? kShortestIpv4 : kShortestIpv6))
    return Error{text + " is larger than any net of one sensor: this machine would reach nobody in it any more"};
  for (const PotNet& other : plan.nets) {
    if (prefix.contains(other.prefix.first) || other.prefix.contains(prefix.first))
      return Error{text + " and " + format(other.prefix) + " overlap: an address is answered in one way"};
  }
  PotNet net{prefix, way};
  for (const Address& address : own) {
    if (!prefix.contains(address)) continue;
    if (way == PotWay::wide)
      return Error{"--wide " + text + " holds " + format(address) +
                   ", an address of this machine itself, which would become unreachable; name blocks without it"};
    if (prefix.size() != 1)
      return Error{text + " holds " + format(address) + ", an address of this machine itself; name blocks without it, and " +
                   format(address) + " alone if you want honeypots there too"};
    net.shared = true;
  }
  plan.nets.push_back(net);
  return {};
}

Result<void> add_listening(const HoneypotOptions& options, HoneypotPlan& plan) {
  std::vector<std::uint16_t> ports = options.ports;
  plan.any_port_will_do = ports.empty();
  if (ports.empty()) {
    for (const Service& service : honeypot_services()) ports.insert(ports.end(), service.ports.begin(), service.ports.end());
  }
  for (const std::string& text : options.listen) {
    const auto address = parse_address(text);
    if (!address) return Error{"--listen " + text + ": an IP address of this machine, or 0.0.0.0 or :: for all of them"};
    for (const std::uint16_t port : ports) plan.door.listen.push_back({*address, port});
  }
  return {};
}

void leave_ports_out(const HoneypotOptions& options, HoneypotPlan& plan) {
  FirewallPlan& firewall = plan.firewall;
  firewall.ports_left_out = options.leave_out;
  const bool shared = std::any_of(firewall.nets.begin(), firewall.nets.end(), [](const PotNet& net) { return net.shared; });
  if (shared && options.leave_out.empty()) {
    std::set<std::uint16_t> listening = ports_listened_at();
    listening.insert(kSsh);
    listening.erase(firewall.door_port);
    firewall.ports_left_out.assign(listening.begin(), listening.end());
  }
  if (firewall.ports_left_out.empty()) return;
  std::string list;
  for (const std::uint16_t port : firewall.ports_left_out) list += " " + std::to_string(port);
  plan.remarks.push_back("left to this machine's own programs, at all addresses: TCP ports" + list);
}

}  // namespace

Result<HoneypotPlan> plan_honeypot(const HoneypotOptions& options) {
  HoneypotPlan plan;
  if (options.wide.empty() != options.interface.empty())
    return Error{"--wide PREFIX and --interface IF belong together: the interface where the prefix's packets come in"};
  if (options.listen.empty() && !options.ports.empty())
    return Error{"--port says where --listen ADDRESS listens; the other ways take every port"};
  const std::vector<Address> own = own_addresses();
  const struct {
    const std::vector<std::string>& texts;
    const char* option;
    PotWay way;
    std::vector<Prefix>& prefixes;
  } ways[] = {{options.transparent, "--transparent", PotWay::transparent, plan.door.transparent},
              {options.redirect, "--redirect", PotWay::redirect, plan.door.redirect},
              {options.wide, "--wide", PotWay::wide, plan.wide.answers.served}};
  for (const auto& way : ways) {
    auto prefixes = prefixes_of(way.texts, way.option);
    if (!prefixes) return prefixes.error();
    way.prefixes = *std::move(prefixes);
    for (const Prefix& prefix : way.prefixes) {
      if (auto added = add_net(prefix, way.way, own, plan.firewall); !added) return added.error();
    }
  }
  if (auto added = add_listening(options, plan); !added) return added.error();
  if (!plan.has_door() && plan.wide.answers.served.empty())
    return Error{"say where to answer: --listen ADDRESS, --transparent PREFIX, --redirect PREFIX, or --wide PREFIX --interface IF"};
  auto never = prefixes_of(options.never, "--never");
  if (!never) return never.error();
  leave_ports_out(options, plan);

  plan.firewall.never = plan.door.never = plan.wide.answers.never = *std::move(never);
  plan.wide.interface = options.interface;
  plan.wide.answers.ports_left_out = plan.firewall.ports_left_out;
  // The budget is the sensor's: where the kernel answers some nets and we others, each has half of it.
  const bool both = !plan.wide.answers.served.empty() && (!plan.door.transparent.empty() || !plan.door.redirect.empty());
  plan.firewall.syn.per_second = plan.wide.answers.budget.per_second = std::max(1U, options.syn_acks / (both ? 2 : 1));

  DoorLimits& limits = plan.door.limits;
  limits.conversations = options.conversations;
  limits.of_network = options.of_network;
  limits.visit.total = std::chrono::seconds(options.seconds);
  limits.visit.idle = std::chrono::seconds(options.idle);
  limits.visit.bytes_in = options.kilobytes_in << 10;
  limits.visit.bytes_out = options.kilobytes_out << 10;
  plan.door.login.share_percent = static_cast<std::uint8_t>(options.let_in);
  return plan;
}

}  // namespace nightjar::cli
