#pragma once
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

namespace nightjar::test {

/// Runs a part of a test in a process that has a network of its own: nothing it sends can leave it. The process may set up interfaces, and
/// mount.
class OwnNetwork {
 public:
  /// Whether this machine allows such networks; tests skip where it does not.
  static bool allowed() {
    static const bool answer = run([] { return true; }) == 0;
    return answer;
  }

  /// True if `part` was. What it prints is printed.
  static bool passes(const std::function<bool()>& part) { return run(part) == 0; }

  /// A command of the shell, in the process at hand; true if it said yes.
  static bool command(const std::string& line) { return std::system(("{ " + line + " ; } >/dev/null 2>&1").c_str()) == 0; }

 private:
  static void write_to(const char* file, const std::string& text) {
    const int descriptor = ::open(file, O_WRONLY);
    if (descriptor < 0) return;
    if (::write(descriptor, text.data(), text.size()) < 0) std::perror(file);
    ::close(descriptor);
  }

  static int run(const std::function<bool()>& part) {
    std::fflush(nullptr);
    const uid_t user = getuid();
    const gid_t group = getgid();
    const pid_t child = fork();
    if (child == 0) {
      // Root needs no name space of users, and is not allowed to mount in one on some machines.
      const int spaces = CLONE_NEWNET | CLONE_NEWNS;
      if ((user != 0 || unshare(spaces) != 0) && unshare(CLONE_NEWUSER | spaces) != 0) _exit(3);
      if (user != 0) {
        write_to("/proc/self/setgroups", "deny");
        write_to("/proc/self/uid_map", "0 " + std::to_string(user) + " 1");
        write_to("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
      }
      if (!command("ip link set lo up")) _exit(3);
      const bool passed = part();
      std::fflush(nullptr);
      _exit(passed ? 0 : 1);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) return 3;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 4;
  }
};

/// Sends frames out of an interface as they are.
class FrameSender {
 public:
  explicit FrameSender(const std::string& interface) : socket_(socket(AF_PACKET, SOCK_RAW, 0)) {
    address_.sll_family = AF_PACKET;
    address_.sll_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
    address_.sll_halen = ETH_ALEN;
  }
  FrameSender(const FrameSender&) = delete;
  FrameSender& operator=(const FrameSender&) = delete;
  ~FrameSender() { ::close(socket_); }

  template <class Bytes>
  bool send(const Bytes& frame) {
    return ::sendto(socket_, frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&address_), sizeof address_) ==
           static_cast<ssize_t>(frame.size());
  }

 private:
  int socket_;
  sockaddr_ll address_{};
};

}  // namespace nightjar::test
