#include "reflector/reflector.hpp"

#include <fmt/format.h>

#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "live/child_process.hpp"
#include "machine/privileges.hpp"
#include "machine/system_calls.hpp"
#include "relay/https_client.hpp"
#include "relay/hub_courier.hpp"
#include "relay/tokens.hpp"
#include "station/udp_door.hpp"

namespace nightjar::cli {
namespace {

struct Options {
  std::string contact, answers, state = "reflector-state", user;
  std::string hub, hub_token, hub_authority;
  std::vector<std::string> modes, own, opted_out;
  std::uint64_t sensors = 1;
  bool no_ipv6 = false, any_call = false;
};

/// For connecting, a request, an answer: what others see is to be known here within five seconds (safety rule 4).
constexpr std::uint32_t kHubSeconds = 5;
constexpr std::uint64_t kMostAnswersFile = reflector::CannedAnswers::kMostFileBytes;

std::atomic<bool> stopping{false};
void on_stop(int) { stopping = true; }

void say(const std::string& sentence) { std::fprintf(stderr, "nightjar: %s\n", escape_for_terminal(sentence).c_str()); }

/// "dns=emulated", "all=listen".
Result<void> set_mode(const std::string& text, reflector::ReflectorConfig& config) {
  const std::size_t sign = text.find('=');
  const std::string what = text.substr(0, sign), how = sign == std::string::npos ? "" : text.substr(sign + 1);
  const auto* mode = std::find(reflector::kModeNames.begin(), reflector::kModeNames.end(), how);
  if (mode == reflector::kModeNames.end())
    return Error{"--mode " + text + ": SERVICE=listen, SERVICE=emulated or SERVICE=canned; SERVICE may be 'all'"};
  const auto value = static_cast<reflector::Mode>(mode - reflector::kModeNames.begin());
  bool known = false;
  for (const reflector::OfferedService& service : reflector::offered_services()) {
    if (what != "all" && what != name_of(service.service)) continue;
    config.modes[static_cast<std::size_t>(service.service)] = value;
    known = true;
  }
  if (known) return {};
  std::string names;
  for (const reflector::OfferedService& service : reflector::offered_services()) names += " " + std::string(name_of(service.service));
  return Error{"--mode " + text + ": no service '" + what + "'; there are:" + names};
}

Result<std::vector<Prefix>> prefixes_of(const std::vector<std::string>& texts) {
  std::vector<Prefix> prefixes;
  for (const std::string& text : texts) {
    auto prefix = parse_prefix(text);
    if (!prefix) return prefix.error();
    prefixes.push_back(*prefix);
  }
  return prefixes;
}

Result<reflector::ReflectorConfig> config_of(const Options& options) {
  reflector::ReflectorConfig config;
  config.contact = options.contact;
  for (const std::string& mode : options.modes) {
    if (auto set = set_mode(mode, config); !set) return set.error();
  }
  config.budget.sensors = static_cast<std::uint32_t>(options.sensors);
  auto own = prefixes_of(options.own), opted_out = prefixes_of(options.opted_out);
  if (!own) return own.error();
  if (!opted_out) return opted_out.error();
  config.never = {*std::move(own), *std::move(opted_out)};
  if (!options.answers.empty()) {
    auto text = read_file(options.answers, kMostAnswersFile);
    if (!text) return text.error();
    auto answers = reflector::CannedAnswers::parse(*text, options.answers);
    if (!answers) return answers.error();
    config.canned = *std::move(answers);
  }
  if (auto good = reflector::check(config); !good) return good.error();
  return config;
}

/// Starts the process that shares attacks with other sensors (it can speak to the hub, and knows nothing else); this side's end of the link
/// to it. -1: no hub is named.
Result<int> start_courier(const Options& options) {
  if (options.hub.empty()) return -1;
  HttpsClientOptions central;
  auto url = parse_central_url(options.hub);
  if (!url) return Error{"--hub: " + url.error().sentence};
  auto token = read_token(options.hub_token);
  if (!token) return token.error();
  central = {*std::move(url), *std::move(token), options.hub_authority, kHubSeconds};
  auto connection = HttpsClient::make(central);
  if (!connection) return connection.error();
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return errno_error("cannot make a link to the hub", errno);
  auto child = ChildProcess::fork_to([&] {
    close(ends[0]);
    if (auto given = become_user(options.user, {}); !given) return fail(given.error().sentence);
    if (auto given = give_up_after_opening(options.user); !given) return fail(given.error().sentence);
    carry_attacks(ends[1], **connection, stopping, say);
    return kDone;
  });
  close(ends[1]);
  if (!child) return child.error();
  return ends[0];
}

void print_counters(const UdpDoor& door) {
  const auto line = [](std::string_view what, std::uint64_t number) { fmt::print("  {:<28} {:>20}\n", what, with_thousands(number)); };
  const reflector::ReflectorCounters& counters = door.counters();
  fmt::print("reflector\n");
  line("requests", counters.requests);
  line("their bytes", counters.request_bytes);
  line("reply packets", counters.replies);
  line("their bytes", counters.reply_bytes);
  line("lost by the kernel", door.dropped());
  for (std::size_t reason = 0; reason < counters.by_silence.size(); ++reason) {
    if (counters.by_silence[reason] == 0) continue;
    line(reason == 0 ? "answered" : "silent: " + std::string(name_of(static_cast<reflector::Silence>(reason))),
         counters.by_silence[reason]);
  }
}

int reflect(const Options& options, const Context& context) {
  auto config = config_of(options);
  if (!config) return wrong_usage(config.error().sentence);
  std::signal(SIGINT, on_stop);
  std::signal(SIGTERM, on_stop);
  if (options.hub.empty() != options.hub_token.empty()) return wrong_usage("--hub and --hub-token go together");
  const auto hub = start_courier(options);
  if (!hub) return fail(hub.error().sentence);
  // Ports below 1024, and receive buffers larger than a user may ask for.
  if (auto user = become_user(options.user, {Capability::net_bind_service, Capability::net_admin}); !user)
    return fail(user.error().sentence);
  if (auto may = options.user.empty() ? Result<void>() : check_may_write(options.state); !may) return fail(may.error().sentence);
  auto door = UdpDoor::open({options.state, !options.no_ipv6, *hub}, *std::move(config), say);
  if (!door) return fail(door.error().sentence);
  if (auto given = give_up_after_opening(options.user); !given) return fail(given.error().sentence);
  // From here on strangers are heard.
  if (auto kept = options.any_call ? Result<void>() : keep_to_answering(); !kept) return fail(kept.error().sentence);
  if (!context.quiet) {
    if (options.user.empty() && is_root()) say("this goes on with root's rights; --user NAME gives them up once the ports are open");
    say(options.contact.empty()
            ? "listening; nothing is answered, because no --contact is named. Ctrl-C ends it"
            : "reachable as " + options.contact + "; what was sent stands in " + options.state + "/egress.log. Ctrl-C ends it");
  }
  const auto done = (*door)->run(stopping);
  if (!context.quiet) print_counters(**door);
  return done ? kDone : fail(done.error().sentence);
}

}  // namespace

void add_reflector(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("reflector", "listen at the ports of UDP services that attackers abuse, and answer within a small budget");
  command->add_option("--contact", options->contact, "mail address or page where people reach you; without it nothing is ever answered");
  command->add_option("--mode", options->modes, "SERVICE=listen|emulated|canned, SERVICE or 'all'; listen is the default. May be repeated");
  command->add_option("--answers", options->answers, "file of written answers and records of the DNS zone (docs/reflector.md)");
  command->add_option("--own", options->own, "prefix of your own sensors, never answered. May be repeated");
  command->add_option("--opted-out", options->opted_out, "prefix of who asked to be left alone. May be repeated");
  command->add_option("--sensors", options->sensors, "how many sensors share the deployment's budget")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--hub", options->hub,
                      "central node (nightjar receive) by which sensors tell each other of attacks: https://HOST[:PORT]");
  command->add_option("--hub-token", options->hub_token, "file with this sensor's token for it");
  command->add_option("--hub-ca", options->hub_authority, "PEM file of the certificate that is believed; the system's if it is left out");
  command->add_option("--state", options->state, "folder of what must survive a restart: budgets, and the ledger of what was sent")
      ->capture_default_str();
  command->add_option("--user", options->user, "started as root, become this user once the ports are open");
  command->add_flag("--any-call", options->any_call,
                    "without the filter of system calls: for debuggers, and kernels that have none (docs/operations.md)");
  command->add_flag("--no-ipv6", options->no_ipv6, "IPv4 only");
  command->footer(
      "Example: sudo nightjar reflector --contact abuse@example.org --mode dns=emulated --mode ntp=emulated\n"
      "It records nothing: let `nightjar capture -i IF --kind reflector udp` run beside it.\n");
  command->callback([options, &context] { context.run = [options, &context] { return reflect(*options, context); }; });
}

}  // namespace nightjar::cli
