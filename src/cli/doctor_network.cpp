#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "cli/doctor_checks.hpp"
#include "cli/honeypot_rules.hpp"
#include "machine/interfaces.hpp"
#include "machine/kernel_state.hpp"
#include "machine/privileges.hpp"
#include "reflector/service.hpp"

namespace nightjar::cli {
namespace {

using Level = Finding::Level;

/// The prefixes that the honeypot's options give to a way of answering.
std::vector<Prefix> prefixes_after(const Examined& examined, const std::string& option) {
  std::vector<Prefix> prefixes;
  if (!examined.settings->honeypot) return prefixes;
  const auto* given = examined.settings->honeypot->find("options");
  if (given == nullptr) return prefixes;
  for (std::size_t i = 0; i + 1 < given->values.size(); ++i) {
    if (given->values[i] != option) continue;
    if (auto prefix = parse_prefix(given->values[i + 1])) prefixes.push_back(*prefix);
  }
  return prefixes;
}

void check_interface(const std::string& name, const std::vector<NetInterface>& interfaces, Findings& findings) {
  const NetInterface* interface = find_interface(interfaces, name);
  if (interface == nullptr) {
    std::string names;
    for (const NetInterface& each : interfaces) names += (names.empty() ? "" : ", ") + each.name;
    findings.push_back({Level::fail, "interface", "there is no interface " + name, "name another in [[capture]]: there are " + names});
    return;
  }
  if (!interface->up) {
    findings.push_back({Level::fail, "interface", "interface " + name + " is down", "ip link set " + name + " up"});
    return;
  }
  if (interface->carrier) {
    findings.push_back({Level::ok, "interface", "interface " + name + " is up", ""});
  } else {
    findings.push_back({Level::warn, "interface", "interface " + name + " is up, but nothing is at its other end",
                        "look at the cable, or the other side"});
  }
  const auto merging = packet_merging(name);
  if (interface->loopback || !merging) return;
  if (!merging->gro && !merging->lro) {
    findings.push_back({Level::ok, "merging", "interface " + name + " leaves packets as they came", ""});
    return;
  }
  findings.push_back({Level::warn, "merging", "interface " + name + " puts packets of a conversation together before they are counted",
                      fmt::format("ethtool -K {}{}{}", name, merging->gro ? " gro off" : "", merging->lro ? " lro off" : "")});
}

void check_sensors(const Examined& examined, const std::vector<NetInterface>& interfaces, Findings& findings) {
  for (const SectionValues& capture : examined.settings->captures) {
    const std::string name = capture.text("sensor").empty() ? capture.text("interface") : capture.text("sensor");
    const auto& sensors = examined.sensors.sensors;
    const auto sensor = std::find_if(sensors.begin(), sensors.end(), [&](const Sensor& each) { return each.name == name; });
    if (sensor == sensors.end() || sensor->prefixes.empty()) {
      findings.push_back({Level::warn, "sensor", "sensor " + name + " has no prefixes: all packets count as observed, its size is unknown",
                          "add a [[sensor]] of that name with prefixes"});
      continue;
    }
    std::uint64_t inside = 0;
    for (const DatedPrefix& dated : sensor->prefixes) {
      for (const NetInterface& interface : interfaces) {
        for (const Address& address : interface.addresses) {
          if (interface.loopback || !dated.prefix.contains(address) || examined.answers()) continue;
          ++inside;
          findings.push_back({Level::warn, "sensor",
                              fmt::format("{} of interface {} lies among the addresses of sensor {}: this machine's own traffic is counted",
                                          format(address), interface.name, name),
                              "watch addresses that nobody uses"});
        }
      }
    }
    if (inside == 0)
      findings.push_back({Level::ok, "sensor",
                          fmt::format("sensor {} has {} of addresses", name,
                                      sensor->prefixes.size() == 1 ? "one block" : std::to_string(sensor->prefixes.size()) + " blocks"),
                          ""});
  }
}

void check_kernel(const Examined& examined, Findings& findings) {
  const auto expect = [&](const std::string& path, const std::string& wanted, const std::string& why) {
    const auto value = kernel_setting(path);
    if (!value) return;
    std::string name = path;
    std::replace(name.begin(), name.end(), '/', '.');
    if (*value == wanted) {
      findings.push_back({Level::ok, "kernel", name + " is " + *value, ""});
    } else {
      findings.push_back({Level::warn, "kernel", name + " is " + *value + ": " + why, "sysctl -w " + name + "=" + wanted});
    }
  };
  expect("net/ipv4/ip_forward", "0", "packets to watched addresses may be sent on to others");
  if (!examined.answers()) return;
  if (!prefixes_after(examined, "--transparent").empty() || !prefixes_after(examined, "--redirect").empty())
    expect("net/ipv4/tcp_synack_retries", "0", "a forged source gets SYN-ACKs again and again");
}

void check_routes(const Examined& examined, Findings& findings) {
  std::vector<Prefix> wanted = prefixes_after(examined, "--transparent");
  for (const Prefix& prefix : prefixes_after(examined, "--redirect")) wanted.push_back(prefix);
  if (examined.settings->reflector) {
    for (const Sensor& sensor : examined.sensors.sensors) {
      for (const DatedPrefix& dated : sensor.prefixes) {
        const bool known = std::find(wanted.begin(), wanted.end(), dated.prefix) != wanted.end();
        if (sensor.kind == SensorKind::reflector && !known) wanted.push_back(dated.prefix);
      }
    }
  }
  for (const Prefix& prefix : wanted) {
    if (is_own_address(prefix.first) && is_own_address(prefix.last())) {
      findings.push_back({Level::ok, "route", "packets to " + format(prefix) + " come to the programs of this machine", ""});
    } else {
      findings.push_back({Level::fail, "route", "packets to " + format(prefix) + " do not come to the programs of this machine",
                          fmt::format("ip {}route replace local {} dev lo, as firewall-up.sh does", prefix.first.version == 6 ? "-6 " : "",
                                      format(prefix))});
    }
  }
}

void check_firewall(const Examined& examined, Findings& findings) {
  const bool needed = !prefixes_after(examined, "--transparent").empty() || !prefixes_after(examined, "--redirect").empty() ||
                      !prefixes_after(examined, "--wide").empty();
  if (!needed) return;
  if (!is_root()) {
    findings.push_back(
        {Level::warn, "firewall", "whether the rules of the firewall are loaded was not looked at", "start doctor as root (sudo)"});
  } else if (std::system("nft --version >/dev/null 2>&1") != 0) {
    findings.push_back({Level::fail, "firewall", "the program nft is not there, which loads the rules", "apt install nftables"});
  } else if (rules_are_loaded()) {
    findings.push_back({Level::ok, "firewall", "the rules of the firewall are loaded (nft list table inet nightjar_pots)", ""});
  } else {
    findings.push_back({Level::fail, "firewall", "the rules of the firewall are not loaded: the honeypots are reached by nobody",
                        "run firewall-up.sh, which nightjar init wrote"});
  }
}

/// A port that the program wants and somebody else has. Its own are fine: doctor may look while it runs.
void check_port(bool tcp, std::uint16_t port, const std::string& what, const std::vector<PortTaken>& ports, bool& free,
                Findings& findings) {
  const auto taken = std::find_if(ports.begin(), ports.end(), [&](const PortTaken& each) { return each.tcp == tcp && each.port == port; });
  if (taken == ports.end()) return;
  const std::string holder = holder_of(taken->inode);
  if (holder.rfind("nightjar", 0) == 0) return;
  free = false;
  findings.push_back(
      {Level::fail, "port",
       fmt::format("{} port {} ({}) is taken by {}", tcp ? "TCP" : "UDP", port, what, holder.empty() ? "another program" : holder),
       holder.empty() ? "ss -lpn as root shows which; stop it, or leave the service out"
                      : "stop it, or run Nightjar on a machine without it"});
}

void check_ports(const Examined& examined, Findings& findings) {
  const auto ports = ports_taken();
  bool free = true;
  if (examined.settings->reflector) {
    for (const reflector::OfferedService& service : reflector::offered_services()) {
      for (const std::uint16_t port : service.ports) check_port(false, port, std::string(name_of(service.service)), ports, free, findings);
    }
  }
  const std::string listen = examined.settings->run.text("listen");
  if (const std::size_t colon = listen.rfind(':'); colon != std::string::npos) {
    const int port = std::atoi(listen.c_str() + colon + 1);
    if (port > 0 && port < 65'536) check_port(true, static_cast<std::uint16_t>(port), "/metrics and /health", ports, free, findings);
  }
  if (free) findings.push_back({Level::ok, "port", "the ports that are needed are free, or Nightjar's already", ""});
}

}  // namespace

void check_network(const Examined& examined, Findings& findings) {
  const auto interfaces = network_interfaces();
  if (!interfaces) {
    findings.push_back({Level::fail, "interface", interfaces.error().sentence, "is /proc mounted?"});
    return;
  }
  if (!examined.settings) return;
  std::set<std::string> names;
  for (const SectionValues& capture : examined.settings->captures) names.insert(capture.text("interface"));
  for (const std::string& name : names) check_interface(name, *interfaces, findings);
  if (names.empty() && examined.settings->watches.empty() && !examined.answers())
    findings.push_back({Level::warn, "interface", "nothing is captured, watched or answered",
                        "add a [[capture]] with an interface: nightjar init writes one"});
  check_sensors(examined, *interfaces, findings);
  check_kernel(examined, findings);
  check_firewall(examined, findings);
  check_routes(examined, findings);
  check_ports(examined, findings);
}

}  // namespace nightjar::cli
