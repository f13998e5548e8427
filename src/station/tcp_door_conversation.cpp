// What happens in an accepted connection, until its end.
#include "station/tcp_door_conversation.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "base/time.hpp"
#include "budget/source_key.hpp"

namespace nightjar {
namespace {

constexpr int kReadsInARow = 4, kFarewellReads = 16;

Moment moment_of(std::int64_t now_ms) { return {std::chrono::milliseconds(now_ms), second_of(now_ns())}; }

/// How many bytes the kernel took; -1: the connection is broken.
ssize_t push(int connection, std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    const ssize_t now = ::send(connection, bytes.data() + taken, bytes.size() - taken, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (now >= 0) {
      taken += static_cast<std::size_t>(now);
    } else if (errno != EINTR) {
      return errno == EAGAIN ? static_cast<ssize_t>(taken) : -1;
    }
  }
  return static_cast<ssize_t>(taken);
}

}  // namespace

std::string to_json(const EndedConversation& ended) {
  return fmt::format(
      R"({{"time":"{}","src":"{}","src_port":{},"dst":"{}","dst_port":{},"service":"{}","bytes_in":{},"bytes_out":{},"seconds":{:.3f},"end":"{}"}})",
      format_time(ended.begin_ns), format(ended.client.address), ended.client.port, format(ended.asked.address), ended.asked.port,
      ended.service, ended.bytes_in, ended.bytes_out, static_cast<double>(ended.length.count()) / 1e3,
      kEndingNames[static_cast<std::size_t>(ended.ending)]);
}

void TcpDoor::begin(Descriptor connection, const Endpoint& client, const Endpoint& asked, std::int64_t now_ms) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(conversations_.size()));
    conversations_.push_back(std::make_unique<Conversation>());
    conversations_.back()->place = free_.back();
  }
  Conversation& begun = *conversations_[free_.back()];
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = begun.key();
  if (epoll_ctl(poll_.number(), EPOLL_CTL_ADD, connection.number(), &event) != 0) {
    ++counters_.exhausted;
    return;
  }
  free_.pop_back();
  begun.state = Conversation::State::talking;
  begun.closing = begun.client_done = false;
  begun.events = event.events;
  begun.connection = std::move(connection);
  begun.client = client;
  begun.asked = asked;
  begun.begin_ns = now_ns();
  begun.begin_ms = now_ms;
  begun.visit.emplace(persona_.at(asked.address), options_.login, options_.limits.visit, asked.port, ++number_);
  ++networks_[static_cast<std::uint64_t>(budget::prefix_key(client.address))];
  silent_.move(begun.place, 0);
  ++counters_.conversations;
  counters_.most_at_a_time = std::max(counters_.most_at_a_time, ++counters_.now);
  answer_.clear();
  follow(begun, begun.visit->opened(moment_of(now_ms), answer_), now_ms);
}

void TcpDoor::serve(Conversation& conversation, std::uint32_t events, std::int64_t now_ms) {
  if ((events & EPOLLIN) != 0) {
    if (conversation.state == Conversation::State::farewell) return hear_farewell(conversation, now_ms);
    return hear(conversation, now_ms);
  }
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) return end(conversation, Ending::client, now_ms);
  if ((events & EPOLLOUT) != 0) send_rest(conversation, now_ms);
}

void TcpDoor::hear(Conversation& conversation, std::int64_t now_ms) {
  const auto listening = [&] {
    return conversation.state == Conversation::State::talking && !conversation.closing && conversation.unsent.empty();
  };
  for (int i = 0; i < kReadsInARow && listening(); ++i) {
    const ssize_t got = recv(conversation.connection.number(), received_.data(), received_.size(), MSG_DONTWAIT);
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) return;
      return end(conversation, Ending::client, now_ms);
    }
    if (got == 0) return hear_end(conversation, now_ms);
    const auto bytes = static_cast<std::size_t>(got);
    silent_.move(conversation.place, 0);
    answer_.clear();
    follow(conversation, conversation.visit->received({received_.data(), bytes}, moment_of(now_ms), answer_), now_ms);
    if (bytes < received_.size()) return;
  }
}

/// He says nothing more, but may still listen: who waits for his silence has waited long enough.
void TcpDoor::hear_end(Conversation& conversation, std::int64_t now_ms) {
  conversation.client_done = true;
  answer_.clear();
  if (conversation.visit->bytes_in() > 0) {
    // The first silence may only tell which protocol it is.
    for (int i = 0; i < 2 && answer_.empty(); ++i) {
      if (conversation.visit->silent(moment_of(now_ms), answer_).close) break;
    }
  }
  follow(conversation, {true, {}}, now_ms);
}

/// Sends what was answered, and does what is to be done afterwards.
void TcpDoor::follow(Conversation& conversation, const Visit::Next& next, std::int64_t now_ms) {
  conversation.closing = next.close;
  conversation.wait = next.wait;
  const ssize_t taken = push(conversation.connection.number(), answer_);
  if (taken < 0) return end(conversation, Ending::client, now_ms);
  if (static_cast<std::size_t>(taken) == answer_.size()) return all_is_sent(conversation, now_ms);
  conversation.unsent = answer_.substr(static_cast<std::size_t>(taken));
  unsent_bytes_ += conversation.unsent.size();
  if (unsent_bytes_ > options_.limits.unsent_bytes) return end(conversation, Ending::unread, now_ms);
  // Until he has taken it nothing is read: what he says meanwhile fills his side, not ours.
  wait_for(conversation, EPOLLOUT);
  timers_.set(conversation.place, now_ms + options_.limits.unread.count());
}

void TcpDoor::send_rest(Conversation& conversation, std::int64_t now_ms) {
  const ssize_t taken = push(conversation.connection.number(), conversation.unsent);
  if (taken < 0) return end(conversation, Ending::client, now_ms);
  if (taken == 0) return;
  conversation.unsent.erase(0, static_cast<std::size_t>(taken));
  unsent_bytes_ -= static_cast<std::size_t>(taken);
  if (conversation.unsent.empty()) {
    conversation.unsent.shrink_to_fit();
    return all_is_sent(conversation, now_ms);
  }
  // Not for ever, byte by byte.
  const std::int64_t unread = options_.limits.unread.count();
  timers_.set(conversation.place, std::min(now_ms, conversation.begin_ms + options_.limits.visit.total.count()) + unread);
}

void TcpDoor::all_is_sent(Conversation& conversation, std::int64_t now_ms) {
  if (!conversation.closing) {
    wait_for(conversation, EPOLLIN);
    return timers_.set(conversation.place, now_ms + conversation.wait.count());
  }
  if (conversation.client_done) return end(conversation, Ending::client, now_ms);
  tell(conversation, Ending::ours, now_ms);
  conversation.state = Conversation::State::farewell;
  if (shutdown(conversation.connection.number(), SHUT_WR) != 0) return end(conversation, Ending::client, now_ms);
  wait_for(conversation, EPOLLIN);
  timers_.set(conversation.place, now_ms + options_.limits.farewell.count());
}

void TcpDoor::hear_farewell(Conversation& conversation, std::int64_t now_ms) {
  for (int i = 0; i < kFarewellReads; ++i) {
    const ssize_t got = recv(conversation.connection.number(), received_.data(), received_.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return end(conversation, Ending::ours, now_ms);
  }
}

void TcpDoor::time_is_over(Conversation& conversation, std::int64_t now_ms) {
  if (conversation.state == Conversation::State::farewell) return end(conversation, Ending::ours, now_ms);
  if (!conversation.unsent.empty()) return end(conversation, Ending::unread, now_ms);
  answer_.clear();
  follow(conversation, conversation.visit->silent(moment_of(now_ms), answer_), now_ms);
}

/// The conversation is over, though its connection may not be.
void TcpDoor::tell(Conversation& conversation, Ending ending, std::int64_t now_ms) {
  const Visit& visit = *conversation.visit;
  const Service& service = visit.service();
  counters_.bytes_in += visit.bytes_in();
  counters_.bytes_out += visit.bytes_out();
  ++counters_.by_ending[static_cast<std::size_t>(ending)];
  ++counters_.by_service[static_cast<std::size_t>(&service - honeypot_services().data())];
  if (on_end_) {
    on_end_({conversation.begin_ns, conversation.client, conversation.asked, service.name, visit.bytes_in(), visit.bytes_out(),
             std::chrono::milliseconds(now_ms - conversation.begin_ms), ending});
  }
  conversation.visit.reset();
}

void TcpDoor::end(Conversation& conversation, Ending ending, std::int64_t now_ms) {
  if (conversation.visit) tell(conversation, ending, now_ms);
  if (ending == Ending::unread) {
    // What he did not take must not stay in the kernel for minutes.
    const linger at_once{1, 0};
    setsockopt(conversation.connection.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  conversation.connection = Descriptor();
  unsent_bytes_ -= conversation.unsent.size();
  conversation.unsent = std::string();
  conversation.state = Conversation::State::free;
  conversation.generation = (conversation.generation + 1) & 0x7fff'ffff;
  timers_.clear(conversation.place);
  silent_.remove(conversation.place);
  const auto network = networks_.find(static_cast<std::uint64_t>(budget::prefix_key(conversation.client.address)));
  if (network != networks_.end() && --network->second == 0) networks_.erase(network);
  free_.push_back(conversation.place);
  --counters_.now;
}

void TcpDoor::wait_for(Conversation& conversation, std::uint32_t events) {
  if (conversation.events == events) return;
  epoll_event event{};
  event.events = conversation.events = events;
  event.data.u64 = conversation.key();
  epoll_ctl(poll_.number(), EPOLL_CTL_MOD, conversation.connection.number(), &event);
}

}  // namespace nightjar
