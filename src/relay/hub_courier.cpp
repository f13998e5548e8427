#include "relay/hub_courier.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "net/address.hpp"
#include "reflector/hub_message.hpp"
#include "relay/inbox_server.hpp"

namespace nightjar {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostWaiting = 100'000;
constexpr std::chrono::seconds kMostPause{30};

class Courier {
 public:
  Courier(int link, HttpsClient& central, const std::function<void(const std::string&)>& say) : link_(link), central_(central), say_(say) {}

  void run(const std::atomic<bool>& stop) {
    auto next = Clock::now();
    std::chrono::seconds pause{0};
    while (!stop && listen(next)) {
      hand_on();
      if (Clock::now() < next) continue;
      if (exchange()) {
        pause = std::chrono::seconds(0);
        // More may wait there, or here.
        next = again_ ? Clock::now() : Clock::now() + kCourierEvery;
      } else {
        pause = std::clamp(pause * 2, std::chrono::seconds(1), kMostPause);
        next = Clock::now() + pause;
      }
    }
  }

 private:
  /// Waits for the reflector's word, at most until `next`. False: it is gone.
  bool listen(Clock::time_point next) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next - Clock::now());
    // A full link is tried again soon.
    const auto most = from_hub_.empty() ? std::chrono::milliseconds(250) : std::chrono::milliseconds(10);
    pollfd waiting{link_, POLLIN, 0};
    ::poll(&waiting, 1, static_cast<int>(std::clamp(left, std::chrono::milliseconds(0), most).count()));
    std::array<std::uint8_t, 64> message{};
    for (;;) {
      const ssize_t count = ::recv(link_, message.data(), message.size(), MSG_DONTWAIT);
      if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return false;
      if (count < 0) return true;
      const auto attack = reflector::attack_of({message.data(), static_cast<std::size_t>(count)});
      if (attack && to_hub_.size() < kMostWaiting) to_hub_.insert(*attack);
    }
  }

  void hand_on() {
    while (!from_hub_.empty()) {
      const auto message = reflector::hub_message(from_hub_.front());
      if (::send(link_, message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) return;
      from_hub_.pop_front();
    }
  }

  bool exchange() {
    std::string body;
    std::vector<Prefix> told;
    for (const Prefix& attack : to_hub_) {
      if (told.size() == kMostAttacksTold) break;
      told.push_back(attack);
      body += format(attack) + "\n";
    }
    auto reply = central_.call("POST", "/v1/attacks?since=" + std::to_string(cursor_), body);
    std::string trouble;
    if (!reply) {
      trouble = reply.error().sentence;
    } else if (!take(*reply)) {
      trouble = "the central node answers " + std::to_string(reply->status) + " to attacks";
    } else {
      for (const Prefix& attack : told) to_hub_.erase(attack);
    }
    again_ = trouble.empty() && (!to_hub_.empty() || again_);
    if (trouble == said_) return trouble.empty();
    if (!trouble.empty()) say_(trouble + "; attacks that other sensors see are not known here until it is back");
    if (trouble.empty()) say_("attacks are shared with other sensors again");
    said_ = trouble;
    return trouble.empty();
  }

  bool take(const HttpsReply& reply) {
    const auto body = nlohmann::json::parse(reply.body, nullptr, false);
    if (reply.status != 200 || !body.is_object()) return false;
    const auto cursor = body.find("cursor");
    const auto attacks = body.find("attacks");
    if (cursor == body.end() || !cursor->is_number_unsigned() || attacks == body.end() || !attacks->is_array()) return false;
    for (const auto& one : *attacks) {
      if (!one.is_string()) return false;
      const auto attack = parse_prefix(one.get<std::string>());
      if (attack && reflector::is_shared_prefix(*attack) && from_hub_.size() < kMostWaiting) from_hub_.push_back(*attack);
    }
    again_ = attacks->size() >= kMostAttacksAnswered && cursor->get<std::uint64_t>() != cursor_;
    cursor_ = cursor->get<std::uint64_t>();
    return true;
  }

  int link_;
  HttpsClient& central_;
  const std::function<void(const std::string&)>& say_;
  std::set<Prefix, reflector::PrefixOrder> to_hub_;
  std::deque<Prefix> from_hub_;
  std::uint64_t cursor_ = 0;
  bool again_ = false;
  std::string said_;
};

}  // namespace

void carry_attacks(int link, HttpsClient& central, const std::atomic<bool>& stop, const std::function<void(const std::string&)>& say) {
  Courier(link, central, say).run(stop);
}

}  // namespace nightjar
