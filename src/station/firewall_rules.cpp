#include "station/firewall_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <iterator>

namespace nightjar {
namespace {

constexpr char kRetriesComment[] = "net.ipv4.tcp_synack_retries was ";

/// How one version of IP is written.
struct Family {
  std::uint8_t version;
  const char* word;     ///< before a field
  const char* type;     ///< of a set's elements
  const char* host;     ///< whom a budget is kept for
  const char* network;  ///< and the network around it
  const char* reserved;
};
// The reserved blocks are those of enrich/reserved.cpp; a test holds them against it.
constexpr Family kFamilies[] = {
    {4, "ip", "ipv4_addr", "ip saddr", "ip saddr & 255.255.255.0",
     "0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24, 192.0.2.0/24, 192.31.196.0/24, "
     "192.52.193.0/24, 192.88.99.0/24, 192.168.0.0/16, 192.175.48.0/24, 198.18.0.0/15, 198.51.100.0/24, 203.0.113.0/24, 224.0.0.0/3"},
    {6, "ip6", "ipv6_addr", "ip6 saddr & ffff:ffff:ffff:ffff::", "ip6 saddr & ffff:ffff:ffff::",
     "::/3, 4000::/2, 8000::/1, 2001::/23, 2001:db8::/32, 2002::/16, 2620:4f:8000::/48, 3fff::/20, 3ffe::/16"},
};

class Writer {
 public:
  explicit Writer(const FirewallPlan& plan) : plan_(plan) {}

  FirewallRules write() {
    if (plan_.nets.empty()) return {};
    text_ =
        "#!/usr/sbin/nft -f\n# Written by Nightjar: what its honeypots and reflectors need. `nft delete table inet nightjar_pots` undoes "
        "it.\n"
        "table inet nightjar_pots {}\ndelete table inet nightjar_pots\ntable inet nightjar_pots {\n";
    line("  comment \"{}{}\"", kRetriesComment, plan_.synack_retries);
    sets();
    arriving();
    for (const Family& family : kFamilies) syn(family);
    conversations();
    proof();
    leaving();
    text_ += "}\n";
    return {text_, commands(), undo()};
  }

 private:
  template <class... Parts>
  void line(fmt::format_string<Parts...> form, Parts&&... parts) {
    fmt::format_to(std::back_inserter(text_), form, std::forward<Parts>(parts)...);
    text_ += '\n';
  }

  static bool is_tcp_of_kernel(const PotNet& net) { return net.way == PotWay::transparent || net.way == PotWay::redirect; }

  using Which = std::function<bool(const PotNet&)>;
  std::vector<Prefix> nets(const Family& family, const Which& which) const {
    std::vector<Prefix> list;
    for (const PotNet& net : plan_.nets) {
      if (net.prefix.first.version == family.version && which(net)) list.push_back(net.prefix);
    }
    return list;
  }
  bool any(const Family& family, PotWay way) const {
    return !nets(family, [way](const PotNet& net) { return net.way == way; }).empty();
  }
  bool any(PotWay way) const { return any(kFamilies[0], way) || any(kFamilies[1], way); }
  bool any(const Family& family) const {
    return !nets(family, [](const PotNet&) { return true; }).empty();
  }

  static std::string joined(const std::vector<Prefix>& list) {
    std::string all;
    for (const Prefix& prefix : list) all += (all.empty() ? "" : ", ") + format(prefix);
    return all;
  }
  void addresses(const char* name, const Family& family, const std::string& elements) {
    line("  set {}{} {{ type {}; flags interval; auto-merge;{} }}", name, family.version, family.type,
         elements.empty() ? "" : " elements = { " + elements + " };");
  }
  void budget(const char* name, const Family& family, std::size_t size, const char* timeout) {
    line("  set {}{} {{ type {}; size {}; flags dynamic, timeout; timeout {}; }}", name, family.version, family.type, size, timeout);
  }

  void sets() {
    std::string ports;
    for (const std::uint16_t port : plan_.ports_left_out) ports += (ports.empty() ? "" : ", ") + std::to_string(port);
    line("  set left_out {{ type inet_service;{} }}", ports.empty() ? "" : " elements = { " + ports + " };");
    for (const Family& family : kFamilies) {
      if (!any(family)) continue;
      const auto with = [](PotWay way) { return [way](const PotNet& net) { return net.way == way; }; };
      addresses("through", family, joined(nets(family, with(PotWay::transparent))));
      addresses("turned", family, joined(nets(family, with(PotWay::redirect))));
      addresses("wide", family, joined(nets(family, with(PotWay::wide))));
      // Addresses where nothing lives but pots: what is not for them is for nobody.
      addresses("dark", family, joined(nets(family, [](const PotNet& net) { return !net.shared; })));
      addresses("pots", family, joined(nets(family, [](const PotNet&) { return true; })));
      std::string never = plan_.answer_reserved ? "" : family.reserved;
      for (const Prefix& prefix : plan_.never) {
        if (prefix.first.version == family.version) never += (never.empty() ? "" : ", ") + format(prefix);
      }
      addresses("never", family, never);
      // Who finished a handshake in the last hour.
      budget("proven", family, plan_.syn.most_proven, "1h");
      budget("proven_rate", family, plan_.syn.most_proven, "1m");
      budget("hosts", family, plan_.syn.most_hosts, "1m");
      budget("networks", family, plan_.syn.most_prefixes, "1m");
      budget("silent_hosts", family, plan_.syn.most_hosts, "1m");
      budget("silent_networks", family, plan_.syn.most_prefixes, "1m");
    }
  }

  /// Before connection tracking: a flood must not fill its table. Whoever captures the interface has seen every packet already.
  void arriving() {
    text_ += "  chain arriving {\n    type filter hook prerouting priority raw; policy accept;\n";
    for (const Family& family : kFamilies) {
      if (any(family)) line("    {} daddr @pots{} jump pots{}", family.word, family.version, family.version);
    }
    text_ += "  }\n";
    for (const Family& family : kFamilies) {
      if (!any(family)) continue;
      line("  chain pots{} {{", family.version);
      line("    tcp dport @left_out accept");
      line("    {} saddr @never{} drop", family.word, family.version);
      line("    {} daddr @wide{} drop", family.word, family.version);
      line("    tcp flags & (fin | syn | rst | ack) == syn jump syn{}", family.version);
      line("    {} daddr @through{} meta l4proto tcp notrack", family.word, family.version);
      // Pings and the like are answered for nobody; neighbours of IPv6 are found by ICMPv6.
      line("    {} daddr @dark{} meta l4proto != {{ tcp, udp, icmpv6 }} drop", family.word, family.version);
      if (family.version == 6) line("    ip6 daddr @dark6 icmpv6 type echo-request drop");
      text_ += "  }\n";
    }
  }

  /// Safety rule 18. Rates and bursts are chosen so that no window is above the budget, wherever it begins.
  void syn(const Family& family) {
    if (!any(family)) return;
    const auto& syn = plan_.syn;
    const auto split = [](std::uint32_t all, const char* unit) {
      const std::uint32_t rate = std::max(1U, all / 10), burst = std::max(1U, all - rate);
      return fmt::format("{}/{} burst {} packets", rate, unit, burst);
    };
    const char v = static_cast<char>('0' + family.version);
    line("  chain syn{} {{", v);
    line("    {} @proven{} update @proven_rate{} {{ {} limit rate {} }} return", family.host, v, v, family.host,
         split(syn.proven_per_minute, "minute"));
    line("    {} @proven{} drop", family.host, v);
    line("    {} @silent_hosts{} drop", family.host, v);
    line("    {} @silent_networks{} drop", family.network, v);
    // Before the tables: a flood of forged sources does not fill them.
    line("    limit rate over {} drop", split(syn.per_second, "second"));
    line("    update @hosts{} {{ {} limit rate over {} }} add @silent_hosts{} {{ {} }} drop", v, family.host,
         split(syn.host_per_minute, "minute"), v, family.host);
    line("    update @networks{} {{ {} limit rate over {} }} add @silent_networks{} {{ {} }} drop", v, family.network,
         split(syn.prefix_per_minute, "minute"), v, family.network);
    text_ += "  }\n";
  }

  void conversations() {
    if (any(PotWay::transparent)) {
      text_ += "  chain to_door {\n    type filter hook prerouting priority mangle; policy accept;\n    tcp dport @left_out accept\n";
      for (const Family& family : kFamilies) {
        if (any(family, PotWay::transparent))
          line("    {} daddr @through{} meta l4proto tcp tproxy {} to :{} accept", family.word, family.version, family.word,
               plan_.door_port);
      }
      text_ += "  }\n";
    }
    if (any(PotWay::redirect)) {
      text_ += "  chain turn_to_door {\n    type nat hook prerouting priority dstnat; policy accept;\n    tcp dport @left_out accept\n";
      for (const Family& family : kFamilies) {
        if (any(family, PotWay::redirect))
          line("    {} daddr @turned{} meta l4proto tcp redirect to :{}", family.word, family.version, plan_.door_port);
      }
      text_ += "  }\n";
    }
  }

  /// Packets of a conversation that exists: only its listening socket is bound to no address.
  void proof() {
    text_ += "  chain proofs {\n    type filter hook input priority filter; policy accept;\n";
    for (const Family& family : kFamilies) {
      if (any(family))
        line("    meta nfproto {} tcp flags & (syn | rst) == 0 socket wildcard 0 socket mark {:#x} update @proven{} {{ {} }}",
             family.version == 4 ? "ipv4" : "ipv6", kDoorMark, family.version, family.host);
    }
    text_ += "  }\n";
  }

  void leaving() {
    text_ += "  chain leaving {\n    type filter hook output priority raw; policy accept;\n";
    // In redirect the packets still carry the machine's own address here.
    if (any(PotWay::redirect)) line("    tcp sport {} tcp flags & rst == rst drop", plan_.door_port);
    for (const Family& family : kFamilies) {
      if (!any(family)) continue;
      const char* word = family.word;
      const auto v = family.version;
      line("    tcp sport != @left_out {} saddr @pots{} tcp flags & rst == rst drop", word, v);
      line("    {} saddr @through{} meta l4proto tcp notrack", word, v);
      line("    {} saddr @wide{} meta l4proto tcp notrack", word, v);
      // Dark addresses connect to nobody and say nothing of their own.
      line("    {} saddr @dark{} tcp flags & (syn | ack) == syn drop", word, v);
      if (v == 4)
        line("    ip saddr @dark4 meta l4proto icmp drop");
      else
        line("    ip6 saddr @dark6 icmpv6 type {{ 1, 2, 3, 4, 129 }} drop");
      line("    {} saddr @dark{} meta l4proto udp jump udp_quota", word, v);
    }
    text_ += "  }\n  chain udp_quota {\n";
    line("    limit rate over {}/second burst {} packets drop", plan_.udp_packets_per_second, plan_.udp_packets_per_second);
    line("    limit rate over {} bytes/second burst {} bytes drop", plan_.udp_bytes_per_second, plan_.udp_bytes_per_second);
    text_ += "  }\n";
  }

  std::vector<std::string> routes(const char* verb) const {
    std::vector<std::string> list;
    for (const PotNet& net : plan_.nets) {
      if (net.shared) continue;
      list.push_back(fmt::format("ip {}route {} local {} dev lo", net.prefix.first.version == 6 ? "-6 " : "", verb, format(net.prefix)));
    }
    return list;
  }
  bool kernel_answers() const { return std::any_of(plan_.nets.begin(), plan_.nets.end(), is_tcp_of_kernel); }

  std::vector<std::string> commands() const {
    std::vector<std::string> list;
    if (kernel_answers()) list.emplace_back("sysctl -w net.ipv4.tcp_synack_retries=0");
    for (std::string& route : routes("replace")) list.push_back(std::move(route));
    return list;
  }
  std::vector<std::string> undo() const {
    std::vector<std::string> list = routes("del");
    list.emplace_back("nft delete table inet nightjar_pots");
    if (kernel_answers()) list.push_back(fmt::format("sysctl -w net.ipv4.tcp_synack_retries={}", plan_.synack_retries));
    return list;
  }

  const FirewallPlan& plan_;
  std::string text_;
};

}  // namespace

std::optional<std::uint32_t> synack_retries_in(std::string_view listed) {
  const std::size_t at = listed.find(kRetriesComment);
  if (at == std::string_view::npos) return std::nullopt;
  listed.remove_prefix(at + std::string_view(kRetriesComment).size());
  std::uint32_t number = 0;
  const auto read = std::from_chars(listed.data(), listed.data() + listed.size(), number);
  if (read.ec != std::errc{}) return std::nullopt;
  return number;
}

FirewallRules firewall_rules(const FirewallPlan& plan) { return Writer(plan).write(); }

}  // namespace nightjar
