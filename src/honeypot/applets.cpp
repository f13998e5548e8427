#include "honeypot/applets.hpp"

#include <algorithm>
#include <array>

#include "payload/http_request.hpp"
#include "payload/malware_url.hpp"
#include "payload/shell_output.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kElfStart =
    "\x7f"
    "ELF";

std::string padded(std::string text, std::size_t width) {
  text.insert(0, width - std::min(width, text.size()), ' ');
  return text;
}

/// Digits and dots only, or an IPv6 address: nothing that would have to be asked of a name server.
bool is_address(std::string_view host) {
  return !host.empty() && host.find_first_not_of("0123456789.:[]abcdefABCDEF") == host.npos && host.find_first_of(".:") != host.npos;
}

}  // namespace

int Applets::nothing(Shell&, const Call&) { return 0; }
int Applets::fails(Shell&, const Call&) { return 1; }

int Applets::cat(Shell& shell, const Call& call) {
  int status = 0;
  std::size_t files = 0;
  for (std::size_t i = 1; i < call.words.size(); ++i) {
    const std::string& path = call.words[i].text;
    if (path.starts_with('-') && path.size() > 1) continue;
    ++files;
    const std::string full = shell.full_path(path);
    const std::string content = file_content(shell.device_, shell.persona_, full);
    if (!content.empty()) {
      call.out += content;
    } else if (const auto* file = shell.find(full)) {
      call.out += file->text;
    } else if (path != "/dev/null") {
      call.out += "cat: can't open '" + path.substr(0, Shell::kLongestPath) + "': No such file or directory\n";
      status = 1;
    }
    if (call.out.size() > Shell::kMostOutput) return status;
  }
  if (files == 0) {
    for (const ShellRedirection& from : call.command.redirections)
      if (!from.output) call.out += file_content(shell.device_, shell.persona_, shell.full_path(from.target.text));
    call.out += call.input;
  }
  return status;
}

int Applets::change_folder(Shell& shell, const Call& call) {
  const std::string full = call.words.size() < 2 ? "/" : shell.full_path(call.word(1));
  constexpr std::string_view kFolders[] = {"/",    "/bin",     "/sbin", "/etc",  "/proc", "/sys",
                                           "/usr", "/usr/bin", "/root", "/home", "/lib",  "/system"};
  if (full.size() <= Shell::kLongestPath &&
      (is_writable(shell.device_, full) || std::find(std::begin(kFolders), std::end(kFolders), full) != std::end(kFolders))) {
    shell.folder_ = full;
    return 0;
  }
  call.out += "-sh: cd: can't cd to " + std::string(call.word(1).substr(0, Shell::kLongestPath)) + "\n";
  return 1;
}

/// cp, mv, ln: the target is there afterwards, an executable if the source was one.
int Applets::copy(Shell& shell, const Call& call) {
  if (call.words.size() < 3) return 1;
  const std::string from = shell.full_path(call.words[call.words.size() - 2].text), to = shell.full_path(call.words.back().text);
  std::string content = file_content(shell.device_, shell.persona_, from);
  if (const auto* file = shell.find(from); content.empty() && file != nullptr) content = file->text;
  if (content.empty() && shell.find(from) == nullptr) {
    call.out += std::string(call.word(0)) + ": can't stat '" + call.words[call.words.size() - 2].text.substr(0, Shell::kLongestPath) +
                "': No such file or directory\n";
    return 1;
  }
  return shell.write_to(to, content, false, call.out) ? 0 : 1;
}

int Applets::remove(Shell& shell, const Call& call) {
  const bool force = call.word(1).starts_with("-") && call.word(1).find('f') != std::string_view::npos;
  int status = 0;
  for (std::size_t i = 1; i < call.words.size(); ++i) {
    const std::string& path = call.words[i].text;
    if (path.starts_with('-')) continue;
    const std::string full = shell.full_path(path);
    if (std::erase_if(shell.files_, [&](const auto& file) { return file.path == full; }) > 0 || force || path.find('*') != path.npos)
      continue;
    call.out += "rm: can't remove '" + path.substr(0, Shell::kLongestPath) + "': No such file or directory\n";
    status = 1;
  }
  return status;
}

int Applets::touch(Shell& shell, const Call& call) {
  for (std::size_t i = 1; i < call.words.size(); ++i)
    if (!call.words[i].text.starts_with('-')) shell.write_to(call.words[i].text, {}, true, call.out);
  return 0;
}

int Applets::echo(Shell&, const Call& call) {
  call.out += shell_output(ShellCommand{{call.words.begin(), call.words.end()}, {}, 0, false}).value_or("");
  return 0;
}

/// dd if=FILE: the front of it, as `dd bs=52 count=1 if=/bin/echo` wants to see an executable's header.
int Applets::dd(Shell& shell, const Call& call) {
  std::string content;
  std::size_t block = 512, count = 16;
  const auto number = [](std::string_view text) {
    std::size_t value = 0;
    for (const char c : text.substr(0, 6))
      if (c >= '0' && c <= '9') value = value * 10 + static_cast<std::size_t>(c - '0');
    return value;
  };
  std::string written;
  for (const ShellWord& word : call.words) {
    const std::string_view text = word.text;
    if (text.starts_with("if=")) {
      const std::string full = shell.full_path(text.substr(3));
      content = file_content(shell.device_, shell.persona_, full);
      if (const auto* file = shell.find(full); content.empty() && file != nullptr) content = file->text;
      if (content.empty() && shell.find(full) == nullptr) {
        call.out += "dd: can't open '" + std::string(text.substr(3, Shell::kLongestPath)) + "': No such file or directory\n";
        return 1;
      }
    }
    if (text.starts_with("bs=")) block = number(text.substr(3));
    if (text.starts_with("count=")) count = number(text.substr(6));
    if (text.starts_with("of=")) written = text.substr(3);
  }
  content.resize(std::min({content.size(), block * count, Shell::kMostOutput}));
  if (!written.empty()) return shell.write_to(written, content, false, call.out) ? 0 : 1;
  call.out += content;
  return 0;
}

int Applets::grep(Shell& shell, const Call& call) {
  std::string_view wanted;
  std::string text(call.input);
  bool other_way = false;
  for (std::size_t i = 1; i < call.words.size(); ++i) {
    const std::string_view word = call.words[i].text;
    if (word.starts_with('-'))
      other_way = other_way || word.find('v') != word.npos;
    else if (wanted.empty())
      wanted = word;
    else
      text += file_content(shell.device_, shell.persona_, shell.full_path(word));
  }
  bool found = false;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, std::min(rest.find('\n'), rest.size() - 1) + 1);
    rest.remove_prefix(line.size());
    if ((line.find(wanted) == line.npos) != other_way) continue;
    found = true;
    call.out += line;
  }
  return found ? 0 : 1;
}

int Applets::ps(Shell& shell, const Call& call) {
  call.out += "  PID USER  VSZ    STAT COMMAND\n" + process_list(shell.device_, shell.persona_);
  return 0;
}

/// Without an address: how to call it, which is how bots see that it is there. With one: a download as it would look, and no packet.
int Applets::wget(Shell& shell, const Call& call) {
  std::string_view url, target;
  for (std::size_t i = 1; i < call.words.size(); ++i) {
    const std::string_view word = call.words[i].text;
    if ((word == "-O" || word == "-P" || word == "-o" || word == "-U" || word == "-T" || word == "-l" || word == "-r" || word == "-g") &&
        i + 1 < call.words.size()) {
      const std::string_view value = call.words[++i].text;
      if (word == "-O" || word == "-l") target = value;
      if (word == "-r" || (word == "-g" && url.empty())) url = value;
    } else if (!word.starts_with('-')) {
      url = word;
    }
  }
  if (url.empty()) {
    call.out += "BusyBox " + shell.device_.busybox + " multi-call binary.\n\nUsage: wget [-csq] [-O FILE] [-Y on/off] URL...\n";
    return 1;
  }
  std::string_view host = url;
  if (const std::size_t scheme = host.find("://"); scheme != host.npos) host.remove_prefix(scheme + 3);
  host = host.substr(0, host.find('/'));
  const bool has_port = host.find(':') != host.npos && !host.starts_with('[');
  const std::string_view name = has_port ? host.substr(0, host.find(':')) : host;
  if (!is_address(name)) {
    call.out += "wget: bad address '" + std::string(name.substr(0, Shell::kLongestPath)) + "'\n";
    return 1;
  }
  call.out += "Connecting to " + std::string(host.substr(0, 64)) + " (" + std::string(host.substr(0, 64)) + (has_port ? "" : ":80") + ")\n";
  std::string file(target.empty() ? base_name(url) : target);
  if (file.empty()) file = "index.html";
  const std::uint64_t kib = 40 + shell.persona_.number("download size", url.size()) % 90;
  call.out += file.substr(0, 20) + std::string(21 - std::min<std::size_t>(20, file.size()), ' ') +
              "100% |*******************************|" + padded(std::to_string(kib), 6) + "k --:--:-- ETA\n";
  if (file != "-") return shell.write_to(file, kElfStart, false, call.out) ? 0 : 1;
  return 0;
}

int Applets::tftp(Shell& shell, const Call& call) {
  std::string_view local, remote, last;
  for (std::size_t i = 1; i < call.words.size(); ++i) {
    const std::string_view word = call.words[i].text;
    if ((word == "-l" || word == "-r" || word == "-b" || word == "-u" || word == "-p" || word == "-P" || word == "-c") &&
        i + 1 < call.words.size()) {
      const std::string_view value = call.words[++i].text;
      if (word == "-l") local = value;
      if (word == "-r") remote = value;
    } else if (!word.starts_with('-')) {
      last = word;
    }
  }
  if (call.words.size() < 2) {
    call.out +=
        "BusyBox " + shell.device_.busybox + " multi-call binary.\n\nUsage: " + std::string(call.word(0)) + " [OPTIONS] HOST [PORT]\n";
    return 1;
  }
  const std::string_view file = !local.empty() ? local : !remote.empty() ? base_name(remote) : base_name(last);
  return file.empty() || shell.write_to(file, kElfStart, false, call.out) ? 0 : 1;
}

int Applets::uname(Shell& shell, const Call& call) {
  const std::string_view option = call.word(1);
  if (option == "-a")
    call.out += "Linux " + shell.device_.host + " " + shell.device_.kernel + " #" +
                std::to_string(1 + shell.persona_.number("kernel build") % 90) + " PREEMPT " + std::string(shell.device_.machine()) +
                " GNU/Linux\n";
  else if (option == "-m" || option == "-p")
    call.out += std::string(shell.device_.machine()) + "\n";
  else if (option == "-r")
    call.out += shell.device_.kernel + "\n";
  else
    call.out += option == "-n" ? shell.device_.host + "\n" : "Linux\n";
  return 0;
}

int Applets::id(Shell& shell, const Call& call) {
  call.out += shell.device_.android ? "uid=0(root) gid=0(root)\n" : "uid=0(root) gid=0(root) groups=0(root)\n";
  return 0;
}
int Applets::whoami(Shell&, const Call& call) { return call.out += "root\n", 0; }
int Applets::pwd(Shell& shell, const Call& call) { return call.out += shell.folder_ + "\n", 0; }
int Applets::hostname(Shell& shell, const Call& call) { return call.out += shell.device_.host + "\n", 0; }
int Applets::nproc(Shell& shell, const Call& call) { return call.out += shell.device_.android ? "4\n" : "1\n", 0; }

int Applets::uptime(Shell& shell, const Call& call) {
  constexpr std::int64_t kDay = 86'400, kLongest = 90 * kDay;
  const std::int64_t up = (call.unix_seconds + shell.device_.started) % kLongest, now = call.unix_seconds % kDay;
  const auto two = [](std::int64_t number) { return std::string(number < 10 ? "0" : "") + std::to_string(number); };
  call.out += " " + two(now / 3'600) + ":" + two(now / 60 % 60) + ":" + two(now % 60) + " up " + std::to_string(up / kDay) + " days, " +
              padded(std::to_string(up / 3'600 % 24), 2) + ":" + two(up / 60 % 60) + ", load average: 0.08, 0.12, 0.09\n";
  return 0;
}

int Applets::free(Shell& shell, const Call& call) {
  const std::uint32_t total = shell.device_.memory_kib, free = total / 5, buffers = total / 20;
  const auto number = [](std::uint32_t kib) { return padded(std::to_string(kib), 13); };
  call.out += "              total         used         free       shared      buffers\nMem: " + number(total) + number(total - free) +
              number(free) + number(0) + number(buffers) + "\n";
  return 0;
}

int Applets::list_files(Shell& shell, const Call& call) {
  for (const auto& file : shell.files_)
    if (const std::string_view path = file.path; path.substr(0, path.rfind('/') + 1) == (shell.folder_ == "/" ? "/" : shell.folder_ + "/"))
      call.out += std::string(base_name(path)) + "\n";
  if (shell.folder_ == "/" && call.words.size() < 2)
    call.out += "bin      dev      etc      home     lib      mnt      proc     root     sbin     sys      tmp      usr      var\n";
  return 0;
}

int Applets::get_property(Shell& shell, const Call& call) {
  const std::string_view name = call.word(1);
  if (name == "ro.product.cpu.abi") call.out += "armeabi-v7a";
  if (name == "ro.product.model" || name == "ro.product.name") call.out += shell.device_.hardware;
  if (name == "ro.build.version.sdk") call.out += "19";
  call.out += "\n";
  return 0;
}

int Applets::mount(Shell& shell, const Call& call) {
  if (call.words.size() < 2) call.out += file_content(shell.device_, shell.persona_, "/proc/mounts");
  return 0;
}

int Applets::leave(Shell& shell, const Call&) {
  shell.left_ = true;
  return 0;
}

const Applets::Applet* Applets::find(std::string_view name) {
  static constexpr auto kApplets = std::to_array<Applet>({
      {"cat", cat, true},         {"cd", change_folder, false},
      {"cp", copy, true},         {"mv", copy, true},
      {"ln", copy, true},         {"rm", remove, true},
      {"touch", touch, true},     {"echo", echo, true},
      {"printf", echo, true},     {"dd", dd, true},
      {"grep", grep, true},       {"ps", ps, true},
      {"wget", wget, true},       {"tftp", tftp, true},
      {"ftpget", tftp, true},     {"uname", uname, true},
      {"id", id, true},           {"whoami", whoami, true},
      {"pwd", pwd, true},         {"hostname", hostname, true},
      {"uptime", uptime, true},   {"free", free, true},
      {"nproc", nproc, false},    {"ls", list_files, true},
      {"mount", mount, true},     {"getprop", get_property, false},
      {"exit", leave, false},     {"logout", leave, false},
      {"quit", leave, false},     {"chmod", nothing, true},
      {"mkdir", nothing, true},   {"kill", nothing, true},
      {"killall", nothing, true}, {"sleep", nothing, true},
      {"true", nothing, true},    {"false", fails, true},
      {"test", fails, true},      {"[", fails, true},
      {"export", nothing, false}, {"unset", nothing, false},
      {"set", nothing, false},    {"ulimit", nothing, false},
      {"umask", nothing, false},  {"history", nothing, false},
      {"alias", nothing, false},  {"read", nothing, false},
      {":", nothing, false},      {"iptables", nothing, false},
      {"reboot", nothing, true},  {"sync", nothing, true},
      {"crontab", nothing, true}, {"date", nothing, true},
      {"chown", nothing, true},   {"umount", nothing, true},
      {"trap", nothing, false},   {"renice", nothing, true},
      {"nice", nothing, true},    {"watchdog", nothing, true},
      {"pm", nothing, false},     {"am", nothing, false},
      {"su", nothing, false},     {"setprop", nothing, false},
      {"pkill", nothing, true},   {"find", nothing, true},
      {"hash", nothing, false},
  });
  const auto found = std::find_if(kApplets.begin(), kApplets.end(), [&](const Applet& applet) { return applet.name == name; });
  return found == kApplets.end() ? nullptr : &*found;
}

}  // namespace nightjar
