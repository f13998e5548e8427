#include "station/tcp_door.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "budget/source_key.hpp"
#include "station/tcp_door_conversation.hpp"

namespace nightjar {
namespace {

constexpr std::uint64_t kListeners = std::uint64_t{1} << 63;  ///< in epoll's numbers: a listener, not a conversation
constexpr std::size_t kRead = 16'384;
constexpr int kLookMs = 250;
constexpr std::int64_t kMinuteMs = 60'000;
constexpr rlim_t kOtherFiles = 256;  ///< that are not conversations
constexpr std::size_t kEvents = 256;

std::int64_t monotonic_ms() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
}

bool any_contains(const std::vector<Prefix>& prefixes, const Address& address) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const Prefix& prefix) { return prefix.contains(address); });
}

Descriptor open_spare() { return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace

struct TcpDoor::Listener {
  Descriptor socket;
  DoorSocket kind;
};

TcpDoor::TcpDoor(Options options, const Persona& persona, OnEnd on_end)
    : options_(std::move(options)),
      persona_(persona),
      on_end_(std::move(on_end)),
      timers_(monotonic_ms()),
      networks_(0, NetworkHash{budget::draw_secret()}),
      received_(kRead) {
  counters_.by_service.resize(honeypot_services().size());
}

TcpDoor::~TcpDoor() = default;

Result<std::unique_ptr<TcpDoor>> TcpDoor::open(Options options, const Persona& persona, OnEnd on_end) {
  std::unique_ptr<TcpDoor> door(new TcpDoor(std::move(options), persona, std::move(on_end)));
  door->poll_ = Descriptor(epoll_create1(EPOLL_CLOEXEC));
  if (door->poll_.number() < 0) return errno_error("cannot wait for conversations", errno);
  door->spare_ = open_spare();
  if (auto opened = door->open_sockets(); !opened) return opened.error();
  door->fit_into_open_files();
  return door;
}

Result<void> TcpDoor::open_sockets() {
  for (const std::uint8_t version : {std::uint8_t{4}, std::uint8_t{6}}) {
    const auto has_version = [version](const Prefix& prefix) { return prefix.first.version == version; };
    const bool any = std::any_of(options_.transparent.begin(), options_.transparent.end(), has_version) ||
                     std::any_of(options_.redirect.begin(), options_.redirect.end(), has_version);
    if (!any) continue;
    if (auto opened = listen({{version, 0, 0}, options_.door_port}, DoorSocket::transparent); !opened) return opened;
  }
  for (const Endpoint& endpoint : options_.listen) {
    if (auto opened = listen(endpoint, DoorSocket::plain); !opened) return opened;
  }
  return {};
}

Result<void> TcpDoor::listen(const Endpoint& endpoint, DoorSocket kind) {
  auto socket = listen_at(endpoint, kind);
  if (!socket) return socket.error();
  if (socket->number() < 0) return {};
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kListeners | listeners_.size();
  if (epoll_ctl(poll_.number(), EPOLL_CTL_ADD, socket->number(), &event) != 0) return errno_error("cannot wait for conversations", errno);
  listeners_.push_back(std::make_unique<Listener>(Listener{*std::move(socket), kind}));
  return {};
}

void TcpDoor::fit_into_open_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t others = kOtherFiles + listeners_.size(), wanted = others + options_.limits.conversations;
  if (limit.rlim_cur < wanted) {
    rlimit more{wanted, std::max(limit.rlim_max, wanted)};
    if (setrlimit(RLIMIT_NOFILE, &more) != 0) {
      more = {std::min(wanted, limit.rlim_max), limit.rlim_max};
      if (setrlimit(RLIMIT_NOFILE, &more) != 0) more = limit;
    }
    limit = more;
  }
  const rlim_t fit = limit.rlim_cur > others ? limit.rlim_cur - others : 1;
  options_.limits.conversations = static_cast<std::uint32_t>(std::clamp<rlim_t>(fit, 1, std::max(options_.limits.conversations, 1U)));
}

void TcpDoor::accept_some(Listener& listener, std::int64_t now_ms) {
  for (std::uint32_t i = 0; i < options_.limits.accepts_in_a_row; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    Descriptor connection(accept4(listener.socket.number(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (connection.number() >= 0) {
      receive(std::move(connection), endpoint_of(address), listener, now_ms);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      return exhausted(listener, now_ms);
    } else if (errno == EAGAIN) {
      return;
    }  // else that one is gone; the next
  }
}

/// Without room for one more the queue would never become empty, and the loop never rest.
void TcpDoor::exhausted(const Listener& listener, std::int64_t now_ms) {
  ++counters_.exhausted;
  spare_ = Descriptor();
  Descriptor refused(accept4(listener.socket.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  refused = Descriptor();
  spare_ = open_spare();
  set_accepting(false);
  accept_again_ms_ = now_ms + options_.limits.exhausted.count();
}

void TcpDoor::set_accepting(bool accepting) {
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    epoll_event event{};
    event.events = 0;
    if (accepting) event.events = EPOLLIN;
    event.data.u64 = kListeners | i;
    epoll_ctl(poll_.number(), EPOLL_CTL_MOD, listeners_[i]->socket.number(), &event);
  }
  accept_again_ms_ = 0;
}

void TcpDoor::receive(Descriptor connection, const Endpoint& client, const Listener& listener, std::int64_t now_ms) {
  Endpoint asked;
  if (!asked_endpoint(listener, connection.number(), client, asked)) {
    ++counters_.not_ours;
    return;
  }
  if (any_contains(options_.never, client.address)) {
    ++counters_.never;
    return;
  }
  const auto network = networks_.find(static_cast<std::uint64_t>(budget::prefix_key(client.address)));
  if (network != networks_.end() && network->second >= options_.limits.of_network) {
    ++counters_.of_network;
    return;
  }
  if (counters_.now >= options_.limits.conversations) end(*conversations_[silent_.first(0)], Ending::made_room, now_ms);
  begin(std::move(connection), client, asked, now_ms);
}

bool TcpDoor::asked_endpoint(const Listener& listener, int connection, const Endpoint& client, Endpoint& asked) const {
  const auto local = local_endpoint(connection);
  if (!local) return false;
  asked = *local;
  if (listener.kind == DoorSocket::plain || any_contains(options_.transparent, local->address)) return true;
  // Its own address, where the rules turned it to: the real one is what connection tracking remembers.
  const auto before = options_.redirect.empty() ? std::nullopt : redirected_endpoint(connection, client.address.version);
  if (!before || !any_contains(options_.redirect, before->address)) return false;
  asked = *before;
  return true;
}

TcpDoor::Conversation* TcpDoor::find(std::uint64_t key) {
  const std::uint64_t place = key & 0xffff'ffff;
  if (place >= conversations_.size()) return nullptr;
  Conversation& found = *conversations_[place];
  return found.state != Conversation::State::free && found.key() == key ? &found : nullptr;
}

void TcpDoor::run(const std::atomic<bool>& stop, const std::function<void()>& each_minute) {
  std::array<epoll_event, kEvents> events{};
  std::int64_t minute_ms = monotonic_ms();
  while (!stop) {
    // Deadlines are looked at 16 times a second while anybody is there.
    const int wait = counters_.now > 0 || accept_again_ms_ != 0 ? kLookMs / 4 : kLookMs;
    const int ready = epoll_wait(poll_.number(), events.data(), static_cast<int>(events.size()), wait);
    const std::int64_t now = monotonic_ms();
    // Those who are there before those who come.
    for (int i = 0; i < ready; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if ((event.data.u64 & kListeners) != 0) continue;
      if (Conversation* conversation = find(event.data.u64)) serve(*conversation, event.events, now);
    }
    timers_.take_due(now, due_);
    for (const std::uint32_t place : due_) {
      if (conversations_[place]->state != Conversation::State::free) time_is_over(*conversations_[place], now);
    }
    for (int i = 0; i < ready && accept_again_ms_ == 0; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if ((event.data.u64 & kListeners) != 0) accept_some(*listeners_[event.data.u64 & ~kListeners], now);
    }
    if (accept_again_ms_ != 0 && now >= accept_again_ms_) set_accepting(true);
    if (now - minute_ms < kMinuteMs) continue;
    minute_ms = now;
    if (each_minute) each_minute();
  }
  listeners_.clear();
  const std::int64_t now = monotonic_ms();
  for (const auto& conversation : conversations_) {
    if (conversation->state != Conversation::State::free) end(*conversation, Ending::door_closing, now);
  }
}

}  // namespace nightjar
