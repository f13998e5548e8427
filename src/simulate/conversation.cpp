#include "simulate/conversation.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>

#include "net/packet.hpp"
#include "simulate/conversation_plan.hpp"
#include "simulate/tcp_connection.hpp"

namespace nightjar::simulate {
namespace {

// Hosts of 203.0.113.0/24 and 198.51.100.0/24 (RFC 5737). Those of the two SOAP payloads are as long as it takes for the
// Content-Length that was seen to be right.
constexpr std::array kConversations = {
    Conversation{"mirai-telnet", "Mirai: passwords of devices over telnet, then its loader",
                 "Mirai's source, mirai/bot/scanner.c and loader/src/server.c (published 2016-09-30)", 23, "203.0.113.66", plan_mirai},
    Conversation{"okiru-telnet", "A descendant of Mirai that asks for OKIRU where Mirai asks for MIRAI",
                 "as mirai-telnet; the name after the payloads of NICTER's observation report 2017, figures 7 and 9", 23, "198.51.100.142",
                 plan_okiru},
    Conversation{"hajime-telnet", "Hajime over telnet: looks for a place to write, asks for the processor, loads .i",
                 "public analyses of Hajime (Rapidity Networks 2016-10-16) and logs of telnet honeypots", 23, "203.0.113.201",
                 plan_hajime_telnet},
    Conversation{"goahead", "IP cameras with GoAhead's web server: reads the password, then sets an FTP server that is a command",
                 "CVE-2017-8225; Pierre Kim's advisory of 2017-03-08; Emerging Threats rule 2024242", 81, "198.51.100.23", plan_goahead},
    Conversation{"hajime-goahead", "The same hole as Hajime used it from May 2017 on", "NICTER's observation report 2017, section 3.2", 81,
                 "203.0.113.201", plan_hajime_goahead},
    Conversation{"realtek-soap", "Routers with Realtek's miniigd: a command in a port mapping",
                 "NICTER's observation report 2017, figure 7; CVE-2014-8361", 52869, "198.51.100.142", plan_realtek},
    Conversation{"huawei-soap", "Huawei HG532 routers: a command in an upgrade",
                 "NICTER's observation report 2017, figure 9 (body); CVE-2017-17215 (request line and header)", 37215, "203.0.113.7",
                 plan_huawei},
    Conversation{"tr064", "Routers that take TR-064 from outside: a command in the name of a time server", "CVE-2016-10372", 7547,
                 "203.0.113.90", plan_tr064},
    Conversation{"adb", "Android devices with an open debug bridge: a shell command",
                 "AOSP, adb/protocol.txt; Emerging Threats rule 2025887", 5555, "198.51.100.77", plan_adb},
    Conversation{"ssh", "A program that tries SSH: banners, algorithms, and away", "RFC 4253 4.2 and 7.1", 22, "", plan_ssh},
    Conversation{"smb", "A probe for MS17-010: negotiates, logs in as nobody, peeks into a pipe that is none",
                 "MS-CIFS 2.2; Emerging Threats rules 2025649 and 2025650", 445, "", plan_smb},
    Conversation{"crawler", "A harmless web crawler: robots.txt and the front page", "RFC 9110, RFC 9309", 80, "", plan_crawler},
    Conversation{"http-proxy-check", "Somebody looks for open web proxies", "RFC 9110 7.1 and 9.3.6", 8080, "", plan_proxy_check},
};

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr double kSecond = 1e9;

std::uint32_t address_of(std::string_view text) {
  const auto address = parse_address(text);
  assert(address && address->version == 4);
  return static_cast<std::uint32_t>(address->high);
}

/// Linux' options: MSS, SACK permitted, timestamps, NOP, window scale.
struct KernelSyn {
  std::array<std::uint8_t, 20> options;
  Knock knock;
};

/// A number that is none of the relations fingerprints ask for (masscan's, ZMap's, Mirai's).
void draw_numbers(Knock& syn, Random& random) {
  constexpr std::uint16_t kZmap = 54321;
  const auto to = static_cast<std::uint32_t>(syn.to.high);
  do {
    syn.sequence = static_cast<std::uint32_t>(random.next());
    syn.ip_id = static_cast<std::uint16_t>(random.next());
  } while (syn.sequence == to || syn.ip_id == 0 || syn.ip_id == kZmap || syn.ip_id == ((to ^ syn.dst_port ^ syn.sequence) & 0xffff));
}

/// Windows of Linux: four segments before 2.6.39, as devices have it; twenty on servers of 2017. Never 14600, Hajime's mark.
struct Kernel {
  std::uint16_t window;
  std::uint8_t scale;
};
constexpr Kernel kDevice{5'840, 2}, kServer{29'200, 7};

/// The SYN of connect() on the machine that sent `probe`.
void fill(KernelSyn& syn, const Knock& probe, Kernel kernel, std::int64_t time_ns, std::uint16_t port, Random& random) {
  const auto ticks = static_cast<std::uint32_t>(random.next());
  syn.options = {2, 4, 1460 >> 8, 1460 & 255, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, kernel.scale};
  for (std::size_t i = 0; i < 4; ++i) syn.options[8 + i] = static_cast<std::uint8_t>(ticks >> (24 - 8 * i));
  Knock& knock = syn.knock;
  knock.time_ns = time_ns;
  knock.from = probe.from;
  knock.to = probe.to;
  knock.src_port = port;
  knock.dst_port = probe.dst_port;
  knock.window = kernel.window;
  knock.protocol = protocol::kTcp;
  knock.ttl = probe.ttl <= 128 ? probe.ttl : static_cast<std::uint8_t>(probe.ttl - (255 - 64));  // a raw socket's may start at 255
  knock.tcp_flags = tcp_flag::kSyn;
  knock.dont_fragment = true;
  knock.tcp_options = syn.options;
  knock.traffic_class = TrafficClass::scan;
  knock.filed_port = probe.dst_port;
  knock.fingerprints = 0;
  draw_numbers(knock, random);
}

/// Ports as Linux gives them to connections, each another one.
class Ports {
 public:
  explicit Ports(std::uint16_t taken) { given_.push_back(taken); }
  std::uint16_t next(Random& random) {
    std::uint16_t port = 0;
    do port = static_cast<std::uint16_t>(32'768 + random.below(28'232));
    while (std::find(given_.begin(), given_.end(), port) != given_.end());
    given_.push_back(port);
    return port;
  }

 private:
  std::vector<std::uint16_t> given_;
};

/// The visitor says nothing; what the pot would say at once it says.
void break_off(VisitPlan& plan, Random& random) {
  constexpr std::array kEndings = {Ending::visitor_closes, Ending::visitor_resets, Ending::pot_resets, Ending::silence};
  plan.dialogues.resize(1);
  Dialogue& dialogue = plan.dialogues.front();
  const auto visitor = std::find_if(dialogue.turns.begin(), dialogue.turns.end(), [](const Turn& turn) { return turn.visitor; });
  dialogue.turns.erase(visitor, dialogue.turns.end());
  dialogue.ending = kEndings[random.below(kEndings.size())];
  plan.logins.clear();
  plan.commands.clear();
  plan.urls.clear();
}

VisitTold::Connection told_of(const Dialogue& dialogue, const Knock& syn) {
  VisitTold::Connection told;
  told.from = static_cast<std::uint32_t>(syn.from.high);
  told.from_port = syn.src_port;
  told.first_ns = syn.time_ns;
  for (const Turn& turn : dialogue.turns) (turn.visitor ? told.visitor_says : told.pot_says) += turn.bytes;
  return told;
}

/// What a visitor does who only wants to know whether the port is open. Returns when.
std::int64_t look_only(TcpConnection& connection, bool raw, Random& random) {
  if (raw) {
    if (random.below(6) != 0) connection.refuse();  // else a firewall keeps the RST back
    return connection.last_ns();
  }
  switch (random.below(4)) {
    case 0: break;
    case 1: connection.refuse(); break;
    case 2:
      connection.establish();
      connection.end(Ending::visitor_resets);
      break;
    default: connection.establish(); connection.end(Ending::visitor_closes);
  }
  return connection.last_ns();
}

}  // namespace

std::span<const Conversation> conversations() { return kConversations; }

const Conversation* find_conversation(std::string_view name) {
  const auto found = std::find_if(kConversations.begin(), kConversations.end(), [&](const auto& entry) { return entry.name == name; });
  return found == kConversations.end() ? nullptr : &*found;
}

std::int64_t add_visit(const Knock& syn, const Conversation* conversation, std::uint64_t seed, FrameSheet& sheet, VisitTold* told) {
  assert(syn.to.version == 4 && syn.from.version == 4);
  Random random({seed, 1});
  const auto draw_rtt = [&random] { return 50 * kMillisecond + std::int64_t{random.below(250'000)} * 1'000; };
  const std::int64_t visitor_rtt = draw_rtt();
  const bool raw = syn.tcp_options.empty();
  if (told) *told = {};

  std::int64_t now = syn.time_ns, last = syn.time_ns;
  if (raw || !conversation) {
    TcpConnection connection(sheet, Random({seed, 2}), visitor_rtt);
    connection.open(syn);
    last = look_only(connection, raw, random);
    if (!conversation) return last;
    // Mirai looks for answers once a second or so.
    now = syn.time_ns + visitor_rtt + static_cast<std::int64_t>((0.2 + 5 * random.unit()) * kSecond);
  }

  VisitPlan plan;
  Random words({seed, 3});
  conversation->plan({static_cast<std::uint32_t>(syn.to.high), syn.dst_port, conversation->malware_host}, words, plan);
  const bool broken_off = random.below(25) == 0;
  if (broken_off) break_off(plan, random);

  Knock loader;
  loader.from = conversation->malware_host.empty() ? syn.from : Address{4, address_of(conversation->malware_host), 0};
  loader.to = syn.to;
  loader.dst_port = syn.dst_port;
  loader.ttl = 49;
  const std::int64_t loader_rtt = draw_rtt();
  Ports ports(syn.src_port);
  KernelSyn kernel;
  for (std::size_t i = 0; i < plan.dialogues.size(); ++i) {
    const Dialogue& dialogue = plan.dialogues[i];
    TcpConnection connection(sheet, Random({seed, 4, i}), dialogue.from_loader ? loader_rtt : visitor_rtt);
    const bool first = i == 0 && !raw;
    if (!first) {
      if (i > 0) now += static_cast<std::int64_t>((0.05 + std::min(random.exponential(), 3.0) * dialogue.pause_s) * kSecond);
      fill(kernel, dialogue.from_loader ? loader : syn, dialogue.from_loader ? kServer : kDevice, now, ports.next(random), random);
    }
    const Knock& opening = first ? syn : kernel.knock;
    connection.open(opening);
    connection.establish();
    for (const Turn& turn : dialogue.turns) connection.say(turn);
    connection.end(dialogue.ending);
    now = connection.last_ns();
    last = now;
    if (told) {
      told->connections.push_back(told_of(dialogue, opening));
      told->connections.back().disturbed = connection.disturbed();
    }
  }
  if (told) {
    told->logins = std::move(plan.logins);
    told->commands = std::move(plan.commands);
    told->urls = std::move(plan.urls);
    told->broken_off = broken_off;
  }
  return last;
}

}  // namespace nightjar::simulate
