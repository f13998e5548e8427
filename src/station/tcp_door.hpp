#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "budget/secret.hpp"
#include "honeypot/login_rule.hpp"
#include "honeypot/persona.hpp"
#include "honeypot/visit.hpp"
#include "station/firewall_rules.hpp"
#include "station/tcp_door_lists.hpp"
#include "station/tcp_door_sockets.hpp"

namespace nightjar {

/// How much all conversations together may take. Memory of the door: 1 KiB for each at most, what dialogues gather (honeypot/visit.hpp),
/// and what is not sent yet; of the kernel: 64 KiB for each.
struct DoorLimits {
  VisitLimits visit;                          ///< each
  std::uint32_t conversations = 20'000;       ///< at a time; then the one that was silent for longest makes room
  std::uint32_t of_network = 500;             ///< at a time with one IPv4 /24 or IPv6 /48; more are closed at once
  std::uint32_t accepts_in_a_row = 256;       ///< before those who are there already are served again
  std::size_t unsent_bytes = 32 << 20;        ///< of all answers that clients have not taken yet
  std::chrono::milliseconds unread{10'000};   ///< a client who takes nothing of his answer for so long is closed
  std::chrono::milliseconds farewell{2'000};  ///< for his end, after ours
  std::chrono::milliseconds exhausted{100};   ///< pause in accepting when the machine has no file or memory left
};

/// Why a conversation ended.
enum class Ending : std::uint8_t {
  ours,       ///< the dialogue, or a limit of it: time, silence, bytes
  client,     ///< he closed, or his connection broke
  unread,     ///< he did not take what was sent
  made_room,  ///< it was silent for longest, and there were too many
  door_closing
};
inline constexpr std::array<std::string_view, 5> kEndingNames{"ours", "client", "unread", "made_room", "door_closing"};

struct EndedConversation {
  std::int64_t begin_ns;  ///< UTC
  Endpoint client, asked;
  std::string_view service;
  std::uint64_t bytes_in, bytes_out;  ///< of the conversation; an answer that was not taken counts
  std::chrono::milliseconds length;
  Ending ending;
};
/// One line of JSON, without its end.
std::string to_json(const EndedConversation& ended);

struct DoorCounters {
  std::uint64_t conversations = 0, bytes_in = 0, bytes_out = 0;
  std::uint64_t of_network = 0;  ///< not begun: too many with that network
  std::uint64_t never = 0;       ///< not begun: with a source that is left alone
  std::uint64_t not_ours = 0;    ///< not begun: to an address that is not served
  std::uint64_t exhausted = 0;   ///< not begun: no file or memory left
  std::uint64_t now = 0, most_at_a_time = 0;
  std::array<std::uint64_t, kEndingNames.size()> by_ending{};
  std::vector<std::uint64_t> by_service;  ///< in the order of honeypot_services(); of those that have ended
};

/// The honeypot at the sockets of this machine: conversations of TCP are accepted and carried to a Visit each, and its answers back. Does
/// not record: whoever captures the interface does. Nothing waits for a client. Single-threaded.
class TcpDoor {
 public:
  struct Options {
    std::vector<Prefix> transparent, redirect;  ///< whose conversations the kernel hands over at `door_port` (firewall_rules.hpp)
    std::uint16_t door_port = kDoorPort;
    std::vector<Endpoint> listen;  ///< and sockets at the ports themselves
    std::vector<Prefix> never;     ///< clients that are closed at once
    DoorLimits limits;
    LoginRule login;
  };
  using OnEnd = std::function<void(const EndedConversation&)>;

  /// Opens the sockets. `persona`: of the sensor; each address is a device of its own. `on_end` may be empty, must not wait. Raises the
  /// process's limit of open files as far as it may; where that is not enough `limits.conversations` is lowered.
  static Result<std::unique_ptr<TcpDoor>> open(Options options, const Persona& persona, OnEnd on_end);
  TcpDoor(const TcpDoor&) = delete;
  TcpDoor& operator=(const TcpDoor&) = delete;
  ~TcpDoor();

  /// Until `stop`, which is seen within a quarter of a second; then every conversation is closed. `each_minute` is called about once a
  /// minute.
  void run(const std::atomic<bool>& stop, const std::function<void()>& each_minute);

  const DoorCounters& counters() const { return counters_; }
  const Options& options() const { return options_; }

 private:
  struct Conversation;
  struct Listener;
  struct NetworkHash {
    budget::Secret secret;
    std::size_t operator()(std::uint64_t network) const { return budget::sip_hash(secret, network); }
  };
  TcpDoor(Options options, const Persona& persona, OnEnd on_end);
  Result<void> open_sockets();
  Result<void> listen(const Endpoint& endpoint, DoorSocket kind);
  void fit_into_open_files();

  void accept_some(Listener& listener, std::int64_t now_ms);
  void receive(Descriptor connection, const Endpoint& client, const Listener& listener, std::int64_t now_ms);
  void exhausted(const Listener& listener, std::int64_t now_ms);
  void set_accepting(bool accepting);
  bool asked_endpoint(const Listener& listener, int connection, const Endpoint& client, Endpoint& asked) const;
  void begin(Descriptor connection, const Endpoint& client, const Endpoint& asked, std::int64_t now_ms);

  void serve(Conversation& conversation, std::uint32_t events, std::int64_t now_ms);
  void hear(Conversation& conversation, std::int64_t now_ms);
  void hear_end(Conversation& conversation, std::int64_t now_ms);
  void follow(Conversation& conversation, const Visit::Next& next, std::int64_t now_ms);
  void send_rest(Conversation& conversation, std::int64_t now_ms);
  void all_is_sent(Conversation& conversation, std::int64_t now_ms);
  void hear_farewell(Conversation& conversation, std::int64_t now_ms);
  void time_is_over(Conversation& conversation, std::int64_t now_ms);
  void tell(Conversation& conversation, Ending ending, std::int64_t now_ms);
  void end(Conversation& conversation, Ending ending, std::int64_t now_ms);
  void wait_for(Conversation& conversation, std::uint32_t events);
  Conversation* find(std::uint64_t key);

  Options options_;
  Persona persona_;
  OnEnd on_end_;
  DoorCounters counters_;
  Descriptor poll_, spare_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::int64_t accept_again_ms_ = 0;  ///< 0: accepting
  std::vector<std::unique_ptr<Conversation>> conversations_;
  std::vector<std::uint32_t> free_;
  TimerWheel timers_;
  NumberLists silent_{1};  ///< conversations, whoever has said nothing for longest first
  std::unordered_map<std::uint64_t, std::uint32_t, NetworkHash> networks_;
  std::vector<char> received_;  ///< of one read, of one conversation
  std::string answer_;          ///< to it
  std::vector<std::uint32_t> due_;
  std::size_t unsent_bytes_ = 0;
  std::uint64_t number_ = 0;
};

}  // namespace nightjar
