#pragma once
#include <arpa/inet.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "station/firewall_rules.hpp"
#include "support/own_network.hpp"

namespace nightjar::test {

/// In the child of a test: says what is wrong, and makes it fail.
inline bool check(bool truth, const std::string& what) {
  if (!truth) std::printf("not so: %s\n", what.c_str());
  return truth;
}

/// A sensor's network and that of its clients, with a cable between them, inside of an OwnNetwork, which is the sensor's:
/// 45.0.0.0/24, 45.0.8.0/22 and 2a00:45::/48 come to it. Clients have 45.1.0.2, 45.2.0.2, all of 45.3.0.0/16 and 2a00:46::2. What runs in
/// this process runs in the clients' network between `enter_clients` and `enter_sensor`.
class PotNetwork {
 public:
  PotNetwork() {
    sensor_ = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    int ready[2] = {-1, -1};
    if (pipe(ready) != 0) return;
    holder_ = fork();
    if (holder_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      const char said = unshare(CLONE_NEWNET) == 0 ? 'y' : 'n';
      if (write(ready[1], &said, 1) == 1) pause();
      _exit(0);
    }
    char said = 'n';
    const bool heard = read(ready[0], &said, 1) == 1 && said == 'y';
    close(ready[0]);
    close(ready[1]);
    const std::string there = "/proc/" + std::to_string(holder_) + "/ns/net";
    clients_ = ::open(there.c_str(), O_RDONLY | O_CLOEXEC);
    const std::string no_wait = "sysctl -w net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0";
    if (!heard || clients_ < 0) return;
    OwnNetwork::command(no_wait);
    good_ = OwnNetwork::command("ip link add vs type veth peer name vc && ip link set vc netns " + std::to_string(holder_)) &&
            OwnNetwork::command(
                "ip link set vs address 02:00:00:00:00:0a && ip addr add 45.1.0.1/24 dev vs && ip -6 addr add 2a00:46::1/64 dev vs nodad "
                "&& ip link set vs up && ip route add 45.2.0.0/16 "
                "dev vs && ip route add 45.3.0.0/16 dev vs");
    enter_clients();
    OwnNetwork::command(no_wait);
    good_ =
        good_ && OwnNetwork::command(
                     "ip link set lo up && ip addr add 45.1.0.2/24 dev vc && ip addr add 45.2.0.2/32 dev vc && ip -6 addr add "
                     "2a00:46::2/64 dev vc nodad && ip link set vc up && ip route add local 45.3.0.0/16 dev lo && ip route add 45.0.0.0/24 "
                     "via 45.1.0.1 && ip route add 45.0.8.0/22 via 45.1.0.1 && ip -6 route add 2a00:45::/48 via 2a00:46::1");
    enter_sensor();
    // Whom nobody is: what is sent there goes over the cable, and no further.
    good_ = good_ && OwnNetwork::command("ip route add default via 45.1.0.2");
  }
  PotNetwork(const PotNetwork&) = delete;
  PotNetwork& operator=(const PotNetwork&) = delete;
  ~PotNetwork() {
    if (holder_ > 0) {
      kill(holder_, SIGKILL);
      waitpid(holder_, nullptr, 0);
    }
    close(sensor_);
    close(clients_);
  }

  bool good() const { return good_; }
  void enter_clients() const { enter(clients_); }
  void enter_sensor() const { enter(sensor_); }

  /// Loads the rules and runs their commands, in the sensor's network.
  static bool apply(const FirewallPlan& plan, const std::string& folder) {
    const FirewallRules rules = firewall_rules(plan);
    std::ofstream(folder + "/rules.nft") << rules.nftables;
    bool good = check(std::system(("nft -f " + folder + "/rules.nft").c_str()) == 0, "nft takes the rules");
    for (const std::string& line : rules.commands) good = check(OwnNetwork::command(line), line) && good;
    return good;
  }

 private:
  static void enter(int network) {
    if (setns(network, CLONE_NEWNET) != 0) std::perror("setns");
  }
  int sensor_ = -1, clients_ = -1;
  pid_t holder_ = -1;
  bool good_ = false;
};

/// A client's connection.
class Caller {
 public:
  /// `from`: an address of this machine, or empty. Waits for the connection for at most two seconds.
  Caller(const std::string& from, const std::string& to, std::uint16_t port, int receive_buffer = 0) {
    const int family = to.find(':') == to.npos ? AF_INET : AF_INET6;
    socket_ = socket(family, SOCK_STREAM, 0);
    if (receive_buffer > 0) setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const int on = 1;
    setsockopt(socket_, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    timeval patience{2, 0};
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_storage address;
    if (!from.empty()) {
      const socklen_t size = fill(address, family, from, 0);
      if (bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0) std::perror("bind");
    }
    const socklen_t size = fill(address, family, to, port);
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0;
  }
  Caller(Caller&& other) noexcept : socket_(std::exchange(other.socket_, -1)), connected_(other.connected_) {}
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  Caller& operator=(Caller&&) = delete;
  ~Caller() { hang_up(); }

  bool connected() const { return connected_; }
  void hang_up() {
    if (socket_ >= 0) close(socket_);
    socket_ = -1;
  }
  void say_no_more() const { shutdown(socket_, SHUT_WR); }
  bool say(std::string_view bytes) const {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  /// What comes next: waits for it for `patience_ms`. Empty: nothing, or the end (see `over`).
  std::string hear(int patience_ms = 3'000) {
    pollfd asked{socket_, POLLIN, 0};
    if (poll(&asked, 1, patience_ms) <= 0) return {};
    char bytes[65'536];
    const ssize_t got = recv(socket_, bytes, sizeof bytes, 0);
    over_ = got <= 0;
    reset_ = got < 0 && errno == ECONNRESET;
    return {bytes, static_cast<std::size_t>(got > 0 ? got : 0)};
  }
  /// All that comes until `word` does, or nothing more within `patience_ms`.
  std::string hear_until(std::string_view word, int patience_ms = 3'000) {
    std::string all;
    while (all.find(word) == all.npos) {
      const std::string more = hear(patience_ms);
      if (more.empty()) break;
      all += more;
    }
    return all;
  }
  /// Until the other side ends it; true if it does, within `patience_ms` of its last byte, by a FIN.
  bool is_closed(int patience_ms = 5'000) {
    while (!over_ && !hear(patience_ms).empty()) {
    }
    return over_ && !reset_;
  }
  bool over() const { return over_; }
  bool reset() const { return reset_; }

 private:
  static socklen_t fill(sockaddr_storage& storage, int family, const std::string& text, std::uint16_t port) {
    storage = {};
    storage.ss_family = static_cast<sa_family_t>(family);
    if (family == AF_INET) {
      auto& ipv4 = reinterpret_cast<sockaddr_in&>(storage);
      inet_pton(family, text.c_str(), &ipv4.sin_addr);
      ipv4.sin_port = htons(port);
      return sizeof ipv4;
    }
    auto& ipv6 = reinterpret_cast<sockaddr_in6&>(storage);
    inet_pton(family, text.c_str(), &ipv6.sin6_addr);
    ipv6.sin6_port = htons(port);
    return sizeof ipv6;
  }
  int socket_ = -1;
  bool connected_ = false, over_ = false, reset_ = false;
};

/// Runs `work` in a child while `meanwhile` goes on here, and ends it by SIGTERM. `work` is given what becomes true then, and says when it
/// is ready.
inline bool beside(const std::function<bool(const std::atomic<bool>&, const std::function<void()>&)>& work,
                   const std::function<bool()>& meanwhile) {
  int ready[2] = {-1, -1};
  if (pipe(ready) != 0) return false;
  const pid_t child = fork();
  if (child == 0) {
    static std::atomic<bool> stop{false};
    std::signal(SIGTERM, [](int) { stop = true; });
    const bool good = work(stop, [&] {
      if (write(ready[1], "y", 1) != 1) _exit(2);
    });
    std::fflush(nullptr);
    _exit(good ? 0 : 1);
  }
  close(ready[1]);
  char said = 'n';
  const bool begun = read(ready[0], &said, 1) == 1;
  close(ready[0]);
  const bool good = check(begun, "it begins") && meanwhile();
  kill(child, SIGTERM);
  int status = 0;
  waitpid(child, &status, 0);
  return check(WIFEXITED(status) && WEXITSTATUS(status) == 0, "it ends well") && good;
}

}  // namespace nightjar::test
