#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <optional>
#include <thread>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/honeypot_plan.hpp"
#include "cli/honeypot_rules.hpp"
#include "cli/honeypot_state.hpp"
#include "honeypot/services.hpp"
#include "live/child_process.hpp"
#include "machine/privileges.hpp"
#include "machine/system_calls.hpp"

namespace nightjar::cli {
namespace {

std::atomic<bool> stopping{false};
void on_stop(int) { stopping = true; }

void say(const std::string& sentence) { std::fprintf(stderr, "nightjar: %s\n", escape_for_terminal(sentence).c_str()); }

/// A line on standard output, if whoever reads it keeps up: nobody else waits for him.
class LineOutput {
 public:
  void print(const std::string& line) {
    pollfd output{STDOUT_FILENO, POLLOUT, 0};
    // A pipe that is ready takes 4096 bytes at once; no line is as long.
    if (poll(&output, 1, 0) != 1 || (output.revents & POLLOUT) == 0 || ::write(STDOUT_FILENO, line.data(), line.size()) < 0) ++lost_;
  }
  std::uint64_t lost() const { return lost_; }

 private:
  std::uint64_t lost_ = 0;
};

std::uint64_t count(const WideDoor::Counters& counters, SynReaction reaction) {
  return counters.by_reaction[static_cast<std::size_t>(reaction)];
}

void print_line(const char* what, std::uint64_t number) { fmt::print(stderr, "  {:<34} {:>16}\n", what, with_thousands(number)); }

void print_counters(const DoorCounters& counters) {
  fmt::print(stderr, "conversations\n");
  print_line("all", counters.conversations);
  print_line("most at a time", counters.most_at_a_time);
  print_line("bytes from clients", counters.bytes_in);
  print_line("bytes to them", counters.bytes_out);
  const auto print_some = [](const char* what, std::uint64_t number) {
    if (number > 0) print_line(what, number);
  };
  const auto by_ending = [&](Ending ending) { return counters.by_ending[static_cast<std::size_t>(ending)]; };
  print_some("closed, as nothing was read", by_ending(Ending::unread));
  print_some("closed to make room", by_ending(Ending::made_room));
  print_some("refused: too many of a network", counters.of_network);
  print_some("refused: --never", counters.never);
  print_some("refused: to other addresses", counters.not_ours);
  print_some("refused: no file or memory left", counters.exhausted);
  for (std::size_t i = 0; i < counters.by_service.size(); ++i) print_some(honeypot_services()[i].name.data(), counters.by_service[i]);
}

void print_counters(const WideDoor::Counters& counters) {
  fmt::print(stderr, "wide nets\n");
  print_line("SYNs answered", count(counters, SynReaction::answered_syn));
  print_line("SYNs beyond the budget", count(counters, SynReaction::over_budget));
  print_line("handshakes finished", count(counters, SynReaction::finished_handshake));
  print_line("packets of payload", count(counters, SynReaction::took_payload));
  print_line("from sources never answered", count(counters, SynReaction::never_answered));
  print_line("acknowledging nothing of ours", count(counters, SynReaction::no_cookie));
  print_line("malformed, or a wrong checksum", count(counters, SynReaction::malformed) + count(counters, SynReaction::wrong_checksum));
  print_line("lost by the kernel", counters.dropped);
  if (counters.unsent > 0) print_line("answers that could not be sent", counters.unsent);
}

std::string minute_line(const TcpDoor* door, const WideDoor* wide) {
  std::string line;
  if (door != nullptr) {
    const DoorCounters& counters = door->counters();
    line = fmt::format("{} conversations, {} now; {} in, {} out", with_thousands(counters.conversations), with_thousands(counters.now),
                       human_bytes(counters.bytes_in), human_bytes(counters.bytes_out));
  }
  if (wide != nullptr) {
    const WideDoor::Counters counters = wide->counters();
    line +=
        fmt::format("{}wide: {} SYNs answered, {} beyond the budget, {} packets of payload", line.empty() ? "" : "; ",
                    with_thousands(count(counters, SynReaction::answered_syn)), with_thousands(count(counters, SynReaction::over_budget)),
                    with_thousands(count(counters, SynReaction::took_payload)));
  }
  return line;
}

/// Where no port was named, those are taken that are free.
Result<std::unique_ptr<TcpDoor>> open_door(HoneypotPlan& plan, const Persona& persona, const TcpDoor::OnEnd& on_end) {
  std::string taken;
  if (plan.any_port_will_do) {
    std::vector<Endpoint> free;
    for (const Endpoint& endpoint : plan.door.listen) {
      if (listen_at(endpoint, DoorSocket::plain)) {
        free.push_back(endpoint);
      } else {
        taken += " " + std::to_string(endpoint.port);
      }
    }
    if (!taken.empty() && !free.empty()) say("left out, as they cannot be listened at (taken, or below 1024 without root): ports" + taken);
    if (!free.empty()) plan.door.listen = std::move(free);  // else the door says what is wrong with the first
  }
  return TcpDoor::open(plan.door, persona, on_end);
}

std::string places_of(const HoneypotPlan& plan) {
  std::string places;
  const auto add = [&](const std::string& one) { places += (places.empty() ? "" : ", ") + one; };
  for (const PotNet& net : plan.firewall.nets) add(format(net.prefix));
  for (std::size_t i = 0; i < plan.door.listen.size(); ++i) {
    if (i == 0 || plan.door.listen[i - 1].address != plan.door.listen[i].address) add(format(plan.door.listen[i].address));
  }
  return places;
}

/// Whether this run begins with budgets of its own, of which an earlier one may have spent a share.
bool spends_syn_acks(const HoneypotOptions& options) { return !options.wide.empty() || options.rules == "apply"; }

void listen_to_signals() {
  std::signal(SIGINT, on_stop);
  std::signal(SIGTERM, on_stop);
  std::signal(SIGPIPE, SIG_IGN);
}

/// Opens everything, gives root's rights away, and answers until the end.
int answer(const HoneypotOptions& options, const Context& context, HoneypotPlan plan) {
  auto become = become_user(options.user, {Capability::net_bind_service, Capability::net_admin, Capability::net_raw, Capability::ipc_lock});
  if (!become) return fail(become.error().sentence);
  HoneypotState state(options.state);
  if (!options.user.empty()) {
    if (auto may = check_may_write(options.state); !may) return fail(may.error().sentence);
  }
  const auto persona = state.persona();
  if (!persona) return fail(persona.error().sentence);
  LineOutput output;
  TcpDoor::OnEnd on_end;
  if (options.say) on_end = [&output](const EndedConversation& ended) { output.print(to_json(ended) + "\n"); };
  std::unique_ptr<TcpDoor> door;
  std::unique_ptr<WideDoor> wide;
  if (plan.has_door()) {
    auto opened = open_door(plan, *persona, on_end);
    if (!opened) return fail(opened.error().sentence);
    door = *std::move(opened);
    if (door->options().limits.conversations < options.conversations)
      say("at most " + with_thousands(door->options().limits.conversations) +
          " conversations at a time: the limit of open files (ulimit -n)");
  }
  if (!plan.wide.answers.served.empty()) {
    auto opened = WideDoor::open(plan.wide);
    if (!opened) return fail(opened.error().sentence);
    wide = *std::move(opened);
  }
  if (auto given = give_up_after_opening(options.user); !given) return fail(given.error().sentence);
  // From here on strangers are heard.
  if (auto kept = options.any_call ? Result<void>() : keep_to_answering(); !kept) return fail(kept.error().sentence);
  if (spends_syn_acks(options)) {
    if (auto begun = state.begin(); !begun) return fail(begun.error().sentence);
  }
  if (!context.quiet) {
    for (const std::string& remark : plan.remarks) say(remark);
    if (options.user.empty() && is_root()) say("this goes on with root's rights; --user NAME gives them up once the sockets are open");
    say("answering at " + places_of(plan) + "; nothing is recorded here, `nightjar capture` does that. Ctrl-C ends it");
  }
  const auto each_minute = [&] {
    if (!context.quiet) say(minute_line(door.get(), wide.get()));
  };
  std::thread wide_thread;
  if (wide != nullptr) wide_thread = std::thread([&] { wide->run(stopping); });
  if (door != nullptr) door->run(stopping, each_minute);
  for (int tenths = 1; !stopping; ++tenths) {
    usleep(100'000);
    if (tenths % 600 == 0) each_minute();
  }
  if (wide_thread.joinable()) wide_thread.join();
  if (spends_syn_acks(options)) state.end();
  if (context.quiet) return kDone;
  if (door != nullptr) print_counters(door->counters());
  if (wide != nullptr) print_counters(wide->counters());
  if (output.lost() > 0) print_line("lines not printed, nobody read", output.lost());
  return kDone;
}

/// Root applies the rules, a child answers (as --user), and root takes the rules back when it ends.
int answer_with_rules(const HoneypotOptions& options, const Context& context, const HoneypotPlan& plan, const FirewallRules& rules) {
  if (auto applied = apply_rules(rules); !applied) return fail(applied.error().sentence);
  auto child = ChildProcess::fork_to([&] {
    listen_to_signals();
    return answer(options, context, plan);
  });
  int status = kFailed;
  if (child) {
    bool told = false;
    while (!child->ended()) {
      if (stopping && !told) {
        child->signal(SIGTERM);
        told = true;
      }
      usleep(50'000);
    }
    status = child->ended()->by_signal ? kFailed : child->ended()->code;
    if (child->ended()->by_signal) say("the honeypot was ended by signal " + std::to_string(child->ended()->code));
  } else {
    fail(child.error().sentence);
  }
  if (auto removed = remove_rules(rules); !removed) return fail(removed.error().sentence);
  if (!context.quiet) say("the rules and routes are taken back");
  return status;
}

/// False: it was stopped meanwhile.
bool wait_out(const HoneypotOptions& options, bool quiet) {
  if (!spends_syn_acks(options)) return true;
  const std::chrono::seconds wait = HoneypotState(options.state).wait_before_answers();
  if (wait.count() == 0) return true;
  if (!quiet)
    say("the last run ended a moment ago: it begins in " + std::to_string(wait.count()) +
        " s, so that nobody gets a minute's share of SYN-ACKs twice");
  const auto until = std::chrono::steady_clock::now() + wait;
  while (!stopping && std::chrono::steady_clock::now() < until) usleep(100'000);
  return !stopping;
}

int honeypot(const HoneypotOptions& options, const Context& context) {
  auto plan = plan_honeypot(options);
  if (!plan) return wrong_usage(plan.error().sentence);
  if (!options.rules.empty() && !plan->needs_rules())
    return wrong_usage("--listen needs no rules of the firewall; --rules belongs to --transparent, --redirect and --wide");
  plan->firewall.synack_retries = synack_retries_before();
  const FirewallRules rules = firewall_rules(plan->firewall);
  if (options.rules == "print") {
    fmt::print("{}", script_of(rules));
    return kDone;
  }
  if (options.rules == "remove") {
    const auto removed = remove_rules(rules);
    return removed ? kDone : fail(removed.error().sentence);
  }
  listen_to_signals();
  if (!wait_out(options, context.quiet)) return kDone;
  if (options.rules == "apply") return answer_with_rules(options, context, *plan, rules);
  if (plan->needs_rules() && geteuid() == 0 && !rules_are_loaded())
    plan->remarks.push_back(
        "no rules of ours are loaded: nothing will come unless the kernel is told (--rules apply, or print and run them)");
  return answer(options, context, *std::move(plan));
}

}  // namespace

void add_honeypot(CLI::App& app, Context& context) {
  auto options = std::make_shared<HoneypotOptions>();
  CLI::App* command = app.add_subcommand("honeypot", "answer those who connect, as the devices they look for: all TCP ports, or some");
  const auto number = [&](const char* name, std::uint32_t& value, std::uint32_t least, std::uint32_t most, const char* text) {
    command->add_option(name, value, text)->type_name("N")->check(CLI::Range(least, most))->capture_default_str();
  };
  command->add_option("--listen", options->listen, "answer at ports of this address (0.0.0.0: all of them)")->type_name("ADDRESS");
  command->add_option("--port", options->ports, "port for --listen; left out: all services' ports that are free")
      ->type_name("PORT")
      ->check(CLI::Range(1, 65'535));
  command->add_option("--transparent", options->transparent, "unused prefix that is routed here: every TCP port, by TPROXY")
      ->type_name("PREFIX");
  command->add_option("--redirect", options->redirect, "the same by redirection, where TPROXY is not to be had")->type_name("PREFIX");
  command->add_option("--wide", options->wide, "large unused prefix: handshakes and first bytes, by packets")->type_name("PREFIX");
  command->add_option("-i,--interface", options->interface, "where the packets of --wide come in")->type_name("IF");
  command->add_option("--never", options->never, "sources that get no answer: your own, who asked for it")->type_name("PREFIX");
  command->add_option("--leave-out", options->leave_out, "TCP port left to this machine (docs/honeypot.md says which are)")
      ->type_name("PORT")
      ->check(CLI::Range(1, 65'535));
  command->add_option("--rules", options->rules, "nftables and routes: print, apply (until the end), or remove")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"print", "apply", "remove"}));
  command->add_option("--user", options->user, "become this user once the sockets are open")->type_name("NAME");
  command->add_flag("--any-call", options->any_call, "without the filter of system calls (docs/operations.md)");
  command->add_option("--state", options->state, "folder of the devices' seed")->type_name("FOLDER")->capture_default_str();
  command->add_flag("--say", options->say, "print a line of JSON for each conversation that ended");
  number("--conversations", options->conversations, 1, 1'000'000, "conversations at a time; then the most silent ends");
  number("--of-network", options->of_network, 1, 1'000'000, "of them with one IPv4 /24 or IPv6 /48");
  number("--seconds", options->seconds, 1, 3'600, "a conversation lasts at most so long");
  number("--idle", options->idle, 1, 3'600, "seconds that a client may be silent");
  number("--kilobytes-in", options->kilobytes_in, 1, 65'536, "taken of a client in a conversation");
  number("--kilobytes-out", options->kilobytes_out, 1, 1'024, "told to a client in a conversation");
  number("--let-in", options->let_in, 0, 100, "percent of logins that work, the same ones always");
  number("--syn-acks", options->syn_acks, 1, 100'000, "SYN-ACKs a second to sources not proven yet");
  command->footer(
      "Examples: sudo nightjar honeypot --listen 0.0.0.0 --port 23 --port 8080 --say\n"
      "          sudo nightjar honeypot --transparent 198.51.100.0/24 --rules apply\n"
      "It records nothing: let `nightjar capture -i IF --kind honeypot` run beside it (docs/honeypot.md).\n");
  command->callback([options, &context] { context.run = [options, &context] { return honeypot(*options, context); }; });
}

}  // namespace nightjar::cli
