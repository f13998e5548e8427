#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "reflector/reflector.hpp"

namespace nightjar {

/// A reflector at the sockets of this machine: every port of its services, at every address that is this machine's (a whole prefix is,
/// after `ip route add local PREFIX dev lo`). Answers leave from the address that was asked. Does not record: whoever captures the
/// interface does. Single-threaded.
class UdpDoor {
 public:
  using Say = std::function<void(const std::string&)>;

  struct Options {
    std::filesystem::path state;  ///< folder for what must survive a restart: `budget`, and `egress.log`, the ledger's lines
    bool ipv6 = true;
    /// One end of a socket pair (SOCK_SEQPACKET) with whoever shares the attack list with other sensors, in reflector::hub_message; -1:
    /// nobody does. Owned by the caller.
    int hub = -1;
  };

  /// Opens the sockets and takes over what the last run left. On a first start (no folder) answers may be given at once; where the folder
  /// is there and the budget's file is missing, damaged or not cleanly ended, it listens for an hour (safety rule 15), and `say` is told
  /// why.
  static Result<std::unique_ptr<UdpDoor>> open(Options options, reflector::ReflectorConfig config, Say say);
  UdpDoor(const UdpDoor&) = delete;
  UdpDoor& operator=(const UdpDoor&) = delete;
  ~UdpDoor();

  /// Until `stop`; then the state is saved as cleanly ended. Fails when the state or the ledger cannot be written: nothing is sent any more
  /// then.
  Result<void> run(const std::atomic<bool>& stop);

  const reflector::ReflectorCounters& counters() const { return reflector_.counters(); }
  /// Datagrams that the kernel dropped because they came faster than they were read.
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Socket;
  struct Buffers;
  UdpDoor(Options options, reflector::ReflectorConfig config, Say say);
  Result<void> take_over();
  Result<void> open_socket(int family, std::uint16_t port);
  void serve(Socket& socket);
  void send(const Socket& socket, std::size_t number);
  Result<void> save(bool clean);
  Result<void> write_ledger();
  void hear_hub();
  void tell_hub();

  Options options_;
  Say say_;
  reflector::Reflector reflector_;
  reflector::ReplyPackets replies_;
  std::vector<std::unique_ptr<Socket>> sockets_;
  std::unique_ptr<Buffers> buffers_;
  int poll_ = -1;
  std::deque<Prefix> to_hub_;  ///< attacks found here that the link has not taken
  std::uint64_t dropped_ = 0, dropped_seen_ = 0;
};

}  // namespace nightjar
