#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <fstream>
#include <memory>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/init_files.hpp"
#include "sensor/sensors.hpp"

namespace nightjar::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string folder = ".", data, interface, sensor = "sensor", user, honeypot, contact;
  std::vector<std::string> prefixes;
  bool reflector = false;
};

/// The words of a file of one line a value must stay on theirs.
Result<void> check_word(const char* option, const std::string& text) {
  for (const char letter : text) {
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) return Error{std::string(option) + " may not hold control characters"};
  }
  return {};
}

Result<InitAnswers> answers_of(const Options& options) {
  InitAnswers answers;
  std::error_code error;
  answers.folder = fs::absolute(options.folder, error).lexically_normal();
  if (!answers.folder.has_filename()) answers.folder = answers.folder.parent_path();
  answers.data = options.data.empty() ? answers.folder : fs::absolute(options.data, error).lexically_normal();
  if (error) return errno_error("cannot find the folder " + options.folder, error.value());
  for (const auto& [name, text] : {std::pair{"FOLDER", &options.folder},
                                   {"--data", &options.data},
                                   {"--interface", &options.interface},
                                   {"--user", &options.user},
                                   {"--contact", &options.contact}}) {
    if (auto good = check_word(name, *text); !good) return good.error();
  }
  if (auto good = check_sensor_name(options.sensor); !good) return Error{"--sensor: " + good.error().sentence};
  if (!options.contact.empty() && !options.reflector)
    return Error{"--contact is where people reach the operator of a reflector: add --reflector"};
  for (const std::string& text : options.prefixes) {
    auto prefix = parse_prefix(text);
    if (!prefix) return Error{"--prefix: " + prefix.error().sentence};
    for (const Prefix& other : answers.prefixes) {
      if (other.contains(prefix->first) || prefix->contains(other.first))
        return Error{"--prefix: " + format(*prefix) + " and " + format(other) + " overlap: name each address once"};
    }
    answers.prefixes.push_back(*prefix);
  }
  answers.interface = options.interface;
  answers.sensor = options.sensor;
  answers.user = options.user;
  answers.honeypot = options.honeypot;
  answers.reflector = options.reflector;
  answers.contact = options.contact;
  return answers;
}

InitMachine this_machine() {
  InitMachine machine;
  if (auto interfaces = network_interfaces()) machine.interfaces = *std::move(interfaces);
  for (const PortTaken& taken : ports_taken()) {
    if (taken.tcp) machine.listening.push_back(taken.port);
  }
  std::ifstream("/proc/sys/net/ipv4/tcp_synack_retries") >> machine.synack_retries;
  // Rules of ours are at work: what was there before them is the kernel's own number.
  if (machine.synack_retries == 0) machine.synack_retries = InitMachine().synack_retries;
  return machine;
}

std::string interfaces_text(const InitMachine& machine) {
  std::string text;
  for (const NetInterface& interface : machine.interfaces) {
    text += (text.empty() ? "" : ", ") + interface.name;
    if (!interface.addresses.empty()) text += " (" + format(interface.addresses.front()) + ")";
  }
  return text;
}

/// Makes a file that must not be there.
Result<void> make_file(const InitFile& file) {
  const int made = ::open(file.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file.program ? 0755 : 0644);
  if (made < 0) return errno_error("cannot make " + file.path.string(), errno);
  std::size_t written = 0;
  while (written < file.text.size()) {
    const ssize_t part = ::write(made, file.text.data() + written, file.text.size() - written);
    if (part < 0 && errno == EINTR) continue;
    if (part <= 0) {
      const int error = part < 0 ? errno : ENOSPC;
      ::close(made);
      ::unlink(file.path.c_str());
      return errno_error("cannot write " + file.path.string(), error);
    }
    written += static_cast<std::size_t>(part);
  }
  ::close(made);
  return sync_path(file.path);
}

/// All of them or none.
Result<void> make_files(const fs::path& folder, const std::vector<InitFile>& files) {
  for (const InitFile& file : files) {
    std::error_code error;
    if (fs::exists(fs::symlink_status(file.path, error)))
      return Error{file.path.string() + " is there already, and nothing is overwritten: name another folder, or move it away"};
  }
  if (auto made = make_folders(folder); !made) return made;
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto made = make_file(files[i]);
    if (made) continue;
    while (i > 0) ::unlink(files[--i].path.c_str());
    return made;
  }
  return {};
}

/// A word of a command line of the shell.
std::string shell_word(const std::string& text) {
  if (text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-:@%+=,") == std::string::npos) return text;
  std::string word = "'";
  for (const char letter : text) word += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return word + "'";
}

void print_next_steps(const InitAnswers& answers, const std::vector<InitFile>& files) {
  const std::string config = shell_word((answers.folder / "nightjar.toml").string());
  const bool firewall = files.size() > 1;
  fmt::print("Written:\n");
  for (const InitFile& file : files) fmt::print("  {}\n      {}\n", escape_for_terminal(file.path.string()), file.purpose);
  int step = 0;
  const auto next = [&](const char* why, const std::string& command) {
    fmt::print("  {}. {}\n       {}\n", ++step, why, escape_for_terminal(command));
  };
  fmt::print("\nNext:\n");
  if (!answers.user.empty()) {
    if (getpwnam(answers.user.c_str()) == nullptr)
      next("make the user that it runs as:", "sudo adduser --system --group --no-create-home " + shell_word(answers.user));
    std::string folders;
    for (const char* name : {"lake", "segments", "state"}) folders += " " + shell_word((answers.data / name).string());
    next("make the folders that this user writes:", "sudo install -d -o " + shell_word(answers.user) + folders);
  }
  if (firewall)
    next("tell the kernel, now and after each start of the machine:", "sudo " + shell_word((answers.folder / "firewall-up.sh").string()));
  next("let it be checked:", "sudo nightjar doctor --config " + config);
  next("run it until Ctrl-C, or as a service (docs/operations.md):", "sudo nightjar run --config " + config);
  fmt::print("\nTo undo it: stop it, then\n");
  if (firewall) fmt::print("  sudo {}\n", escape_for_terminal(shell_word((answers.folder / "firewall-down.sh").string())));
  fmt::print("and delete what is listed above. What was recorded stays until you delete it.\n");
}

int init(const Options& options, const Context& context) {
  const InitMachine machine = this_machine();
  if (options.interface.empty())
    return wrong_usage("--interface IF says where packets come in; this machine has " + interfaces_text(machine));
  if (options.prefixes.empty()) return wrong_usage("--prefix P says which addresses are watched, like 198.51.100.0/24; it may be repeated");
  const auto answers = answers_of(options);
  if (!answers) return wrong_usage(answers.error().sentence);
  const auto files = init_files(*answers, machine);
  if (!files) return wrong_usage(files.error().sentence);
  if (auto made = make_files(answers->folder, *files); !made) return fail(made.error().sentence);
  if (!context.quiet) {
    if (find_interface(machine.interfaces, options.interface) == nullptr)
      fail("remark: there is no interface '" + options.interface + "' here at the moment; there are " + interfaces_text(machine));
    print_next_steps(*answers, *files);
  }
  return kDone;
}

}  // namespace

void add_init(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("init", "write nightjar.toml, and the firewall rules that honeypots need; overwrites nothing");
  command->add_option("folder", options->folder, "where the files are written")->capture_default_str();
  command->add_option("-i,--interface", options->interface, "network interface where packets come in (ip link lists them)");
  command->add_option("--prefix", options->prefixes, "addresses that are watched: 198.51.100.0/24, or one address. May be repeated");
  command->add_option("--sensor", options->sensor, "name of the sensor")->capture_default_str();
  command->add_option("--data", options->data, "folder of the lake, segments and state; left out: beside the file");
  command->add_option("--user", options->user, "user that everything runs as, once the sockets are open");
  command->add_option("--honeypot", options->honeypot, "answer TCP at these addresses: transparent (best), redirect, or wide (large nets)")
      ->check(CLI::IsMember({"transparent", "redirect", "wide"}));
  command->add_flag("--reflector", options->reflector, "listen at the UDP services that attackers abuse");
  command->add_option("--contact", options->contact, "mail address or page where people reach you; with it the reflector answers, sparely");
  command->footer(
      "Examples: sudo nightjar init /etc/nightjar -i eth1 --prefix 198.51.100.0/24 --data /var/lib/nightjar --user nightjar\n"
      "          nightjar init . -i eth1 --prefix 198.51.100.0/24 --honeypot transparent\n"
      "It changes nothing but these files: neither the firewall nor a service.\n");
  command->callback([options, &context] { context.run = [options, &context] { return init(*options, context); }; });
}

}  // namespace nightjar::cli
